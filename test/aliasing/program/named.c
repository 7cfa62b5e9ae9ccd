/* SPDX-License-Identifier: MIT */
/* A holder that assigns shadows by name, as array elements and as members, rather than through
 * pointers to them. */
#include "check.h"
#include "conn.h"
#include "conn_opaque.h"

#ifdef COPY_BY_FUNCTION
#define COPY(to, from) conn_opaque_copy(&(to), &(from))
#else
#define COPY(to, from) ((to) = (from))
#endif

struct session {
	int id;
	struct conn_opaque conn;
};

static struct conn_opaque one, model, pool[4];
static struct session session;

/* 20, in the first three: what the model has. */
CASE by_name(struct conn *conn)
{
	conn_init(conn, 1, 10);
	COPY(one, model);
	return conn_bytes(conn);
}

CASE by_element(struct conn *conn, int i)
{
	conn_init(conn, 1, 10);
	COPY(pool[i], model);
	return conn_bytes(conn);
}

CASE by_member(struct conn *conn, struct session *in)
{
	conn_init(conn, 1, 10);
	COPY(in->conn, model);
	return conn_bytes(conn);
}

/* 10: saved, changed, restored. */
CASE save_and_restore(struct conn *conn)
{
	struct conn_opaque saved;

	conn_init(conn, 1, 10);
	COPY(saved, one);
	conn_init(conn, 1, 30);
	COPY(one, saved);
	return conn_bytes(conn);
}

int main(int argc, char **argv)
{
	int rounds = argc * 2;

	(void)argv;
	conn_init(to_conn(&model), 2, 20);
	SHOW(by_name, to_conn(&one));
	SHOW(by_element, to_conn(&pool[argc]), argc);
	SHOW(by_member, to_conn(&session.conn), &session);
	SHOW(save_and_restore, to_conn(&one));
	return 0;
}
