/* SPDX-License-Identifier: MIT */
/* A holder whose own struct embeds a shadow, and which copies, swaps and resets the whole. */
#include "check.h"
#include "conn.h"
#include "conn_opaque.h"

struct session {
	int id;
	struct conn_opaque conn;
	int state;
};

#ifdef COPY_BY_FUNCTION
static void session_copy(struct session *to, const struct session *from)
{
	to->id = from->id;
	conn_opaque_copy(&to->conn, &from->conn);
	to->state = from->state;
}

static void session_reset(struct session *session)
{
	session->id = 0;
	conn_opaque_zero(&session->conn);
	session->state = 0;
}
#define COPY(to, from) session_copy((to), (from))
#define RESET(session) session_reset(session)
#else
#define COPY(to, from) (*(to) = *(from))
#define RESET(session) (*(session) = (struct session){ 0 })
#endif

/* 21 */
CASE session_swap(struct session *all, int i, int j)
{
	struct session spare;

	conn_init(to_conn(&all[i].conn), 1, 10);
	conn_init(to_conn(&all[j].conn), 2, 20);
	COPY(&spare, &all[i]);
	COPY(&all[i], &all[j]);
	COPY(&all[j], &spare);
	return conn_fd(to_conn(&all[i].conn)) * 10 + conn_fd(to_conn(&all[j].conn));
}

/* 0 */
CASE session_clear(struct session *session)
{
	conn_init(to_conn(&session->conn), 1, 10);
	RESET(session);
	return conn_bytes(to_conn(&session->conn));
}

/* 20 */
CASE session_assign(struct session *session, const struct session *model)
{
	conn_init(to_conn(&session->conn), 1, 10);
	COPY(session, model);
	return conn_bytes(to_conn(&session->conn));
}

static struct session sessions[8];

int main(int argc, char **argv)
{
	int rounds = argc * 2;

	(void)argv;
	conn_init(to_conn(&sessions[4].conn), 2, 20);
	SHOW(session_swap, sessions, 0, argc);
	SHOW(session_clear, &sessions[2]);
	SHOW(session_assign, &sessions[3], &sessions[4]);
	return 0;
}
