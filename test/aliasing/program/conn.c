/* SPDX-License-Identifier: MIT */
/* The owner of struct conn. The tests take CONN_PRIVATE away to show what happens without it. */
#include <stddef.h>

#include "conn.h"
#include "conn_opaque.h"

struct CONN_PRIVATE conn {
	int fd;
	int flags;
	long bytes;
	void *next;
};
CONN_OPAQUE_CHECK();

void conn_init(struct conn *conn, int fd, long bytes)
{
	conn->fd = fd;
	conn->flags = 1;
	conn->bytes = bytes;
	conn->next = NULL;
}

int conn_fd(const struct conn *conn)
{
	return conn->fd;
}

long conn_bytes(const struct conn *conn)
{
	return conn->bytes;
}

void conn_add(struct conn *conn, long bytes)
{
	conn->bytes += bytes;
}
