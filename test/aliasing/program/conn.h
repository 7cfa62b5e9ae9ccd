/* SPDX-License-Identifier: MIT */
/*
 * A library's public header, as people write it: the type is only declared here, and pointers to it
 * are in use before anybody has seen the definition.
 */
#ifndef CONN_H
#define CONN_H

#ifdef __cplusplus
extern "C" {
#endif

struct conn;

void conn_init(struct conn *conn, int fd, long bytes);
int conn_fd(const struct conn *conn);
long conn_bytes(const struct conn *conn);
void conn_add(struct conn *conn, long bytes);

#ifdef __cplusplus
}
#endif

#endif
