/* SPDX-License-Identifier: MIT */
/* A holder that uses an exposed field of the shadow beside the owner's accessors. The header is
 * made with --expose fd. */
#include "check.h"
#include "conn.h"
#include "conn_opaque.h"

struct session {
	int id;
	struct conn_opaque conn;
};

static struct conn_opaque one;
static struct session session;

/* 5, in each: what was stored last. */
CASE through_pointer(struct conn *conn, struct conn_opaque *shadow)
{
	conn_init(conn, 10, 0);
	shadow->fd = 5;
	return conn_fd(conn);
}

CASE read_through_pointer(struct conn *conn, struct conn_opaque *shadow)
{
	shadow->fd = 10;
	conn_init(conn, 5, 0);
	return shadow->fd;
}

CASE field_by_name(struct conn *conn)
{
	conn_init(conn, 10, 0);
	one.fd = 5;
	return conn_fd(conn);
}

CASE read_by_name(struct conn *conn)
{
	one.fd = 10;
	conn_init(conn, 5, 0);
	return one.fd;
}

CASE field_of_member(struct conn *conn, struct session *in)
{
	conn_init(conn, 10, 0);
	in->conn.fd = 5;
	return conn_fd(conn);
}

int main(int argc, char **argv)
{
	int rounds = argc * 2;

	(void)argv;
	SHOW(through_pointer, to_conn(&one), &one);
	SHOW(read_through_pointer, to_conn(&one), &one);
	SHOW(field_by_name, to_conn(&one));
	SHOW(read_by_name, to_conn(&one));
	SHOW(field_of_member, to_conn(&session.conn), &session);
	return 0;
}
