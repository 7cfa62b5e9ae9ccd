/* SPDX-License-Identifier: MIT */
/*
 * An owner that reaches its type through pointer types which were built while the type was still
 * incomplete: what a public header's typedefs, struct members, globals and function results are.
 * gcc 12 looks for may_alias when it builds a pointer type, so these are where CONN_PRIVATE could
 * be lost. One file, as after inlining.
 */
#include <stddef.h>

#include "check.h"
#include "conn_opaque.h"

struct conn;
typedef struct conn *conn_ref;
typedef struct conn conn_type;
struct request {
	struct conn *conn;
};
extern struct conn *current;
static struct conn *find(struct conn_opaque *shadow);

struct CONN_PRIVATE conn {
	int fd;
	int flags;
	long bytes;
	void *next;
};
CONN_OPAQUE_CHECK();

struct conn *current;

static struct conn *find(struct conn_opaque *shadow)
{
	return (struct conn *)shadow;
}

#ifdef EMBEDDED
struct HOLDER_PRIVATE holder {
	int id;
	struct conn_opaque conn;
};
#define SHADOW(whole) (&(whole)->conn)
#else
#define holder	      conn_opaque
#define SHADOW(whole) (whole)
#endif
#define RESET(whole) (*(whole) = (struct holder){ 0 })

/* Each is 0: whatever the connection held, it is reset before it is read again. */
CASE parameter(struct holder *whole, struct conn *conn)
{
	conn->bytes = 10;
	RESET(whole);
	return conn->bytes;
}

CASE local(struct holder *whole)
{
	struct conn *conn = to_conn(SHADOW(whole));

	conn->bytes = 10;
	RESET(whole);
	return conn->bytes;
}

CASE type_name(struct holder *whole)
{
	conn_type *conn = to_conn(SHADOW(whole));

	conn->bytes = 10;
	RESET(whole);
	return conn->bytes;
}

CASE whole_struct(struct holder *whole)
{
	struct conn *conn = to_conn(SHADOW(whole));
	struct conn got;

	*conn = (struct conn){ .bytes = 10 };
	RESET(whole);
	got = *conn;
	return got.bytes;
}

CASE global(struct holder *whole)
{
	current->bytes = 10;
	RESET(whole);
	return current->bytes;
}

CASE cast_result(struct holder *whole)
{
	to_conn(SHADOW(whole))->bytes = 10;
	RESET(whole);
	return to_conn(SHADOW(whole))->bytes;
}

CASE function_result(struct holder *whole)
{
	find(SHADOW(whole))->bytes = 10;
	RESET(whole);
	return find(SHADOW(whole))->bytes;
}

CASE pointer_typedef(struct holder *whole)
{
	conn_ref conn = to_conn(SHADOW(whole));

	conn->bytes = 10;
	RESET(whole);
	return conn->bytes;
}

CASE pointer_member(struct holder *whole, struct request *request)
{
	request->conn->bytes = 10;
	RESET(whole);
	return request->conn->bytes;
}

CASE field_pointer(struct holder *whole)
{
	long *bytes = &to_conn(SHADOW(whole))->bytes;

	*bytes = 10;
	RESET(whole);
	return *bytes;
}

int main(int argc, char **argv)
{
	int rounds = argc * 2;
	static struct holder place;
	struct request request;

	(void)argv;
	current = request.conn = to_conn(SHADOW(&place));
	SHOW(parameter, &place, current);
	SHOW(local, &place);
	SHOW(type_name, &place);
	SHOW(whole_struct, &place);
	SHOW(global, &place);
	SHOW(cast_result, &place);
	SHOW(function_result, &place);
	SHOW(pointer_typedef, &place);
	SHOW(pointer_member, &place, &request);
	SHOW(field_pointer, &place);
	return 0;
}
