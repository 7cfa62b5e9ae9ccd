/* SPDX-License-Identifier: MIT */
#include "conn.h"

#include "conn_opaque.h"

/* Private. After a change here: meson compile -C build update-headers, and commit what it wrote. */
struct CONN_PRIVATE conn {
	int fd;
	long sent;
};

CONN_OPAQUE_CHECK();

void conn_open(struct conn *conn, int fd)
{
	conn->fd = fd;
	conn->sent = 0;
}

long conn_sent(struct conn *conn, long bytes)
{
	conn->sent += bytes;
	return conn->sent;
}
