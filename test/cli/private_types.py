# SPDX-License-Identifier: MIT
"""The private types that headers of every shape are made for."""

SOURCE = """\
#include <stddef.h>
#include <stdint.h>
struct peer;
enum state { IDLE, BUSY };
#ifdef __cplusplus
typedef bool truth;
#else
typedef _Bool truth;
#endif
typedef long low_long __attribute__((aligned(2)));
struct __attribute__((may_alias)) conn {
	int fd;
	uint16_t port;
	unsigned ready : 1;
	struct peer *peer;
	const char *name;
	enum state state;
	struct { struct peer *next, *prev; } list;
	double load[2];
	truth open;
	low_long sent;
	void (*wake)(struct peer *, int);
};
union __attribute__((may_alias)) word { long l; char c[sizeof(long)]; };
typedef struct __attribute__((may_alias)) { char a; short b; } pair_t;
typedef struct conn conn_alias;
typedef long double number_t;
struct __attribute__((may_alias)) small { char c[3]; };
struct __attribute__((may_alias, aligned(64))) wide { char c; };
struct __attribute__((may_alias)) open { char a[8]; short b __attribute__((packed)); char c[6]; };
"""
