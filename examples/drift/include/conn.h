/* SPDX-License-Identifier: MIT */
#ifndef CONN_H
#define CONN_H

/* What users see: a name. Holders include conn_opaque.h as well, and have the room. */
struct conn;

void conn_open(struct conn *conn, int fd);
long conn_sent(struct conn *conn, long bytes);

#endif
