/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "conn.h"
#include "conn_opaque.h"

static struct conn_opaque out;

int main(void)
{
	conn_open(to_conn(&out), 1);
	conn_sent(to_conn(&out), 40);
	printf("%ld bytes, by a struct conn of %d\n", conn_sent(to_conn(&out), 2), CONN_SIZE);
	return 0;
}
