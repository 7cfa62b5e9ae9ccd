/* SPDX-License-Identifier: MIT */
/* A holder that copies, swaps and resets shadows by plain assignment, as one does with any struct.
 */
#include <stdlib.h>

#include "check.h"
#include "conn.h"
#include "conn_opaque.h"

#ifdef COPY_BY_FUNCTION
#define COPY(to, from) conn_opaque_copy((to), (from))
#define RESET(shadow)  conn_opaque_zero(shadow)
#else
#define COPY(to, from) (*(to) = *(from))
#define RESET(shadow)  (*(shadow) = (struct conn_opaque){ 0 })
#endif

/* 21: the second connection comes first. */
CASE swap(struct conn_opaque *pool, int i, int j)
{
	struct conn_opaque spare;

	conn_init(to_conn(&pool[i]), 1, 10);
	conn_init(to_conn(&pool[j]), 2, 20);
	COPY(&spare, &pool[i]);
	COPY(&pool[i], &pool[j]);
	COPY(&pool[j], &spare);
	return conn_fd(to_conn(&pool[i])) * 10 + conn_fd(to_conn(&pool[j]));
}

/* 0: a reset connection has no bytes. */
CASE reset(struct conn_opaque *shadow)
{
	conn_init(to_conn(shadow), 1, 10);
	RESET(shadow);
	return conn_bytes(to_conn(shadow));
}

/* 20: what the model has. */
CASE assign(struct conn_opaque *shadow, const struct conn_opaque *model)
{
	conn_init(to_conn(shadow), 1, 10);
	COPY(shadow, model);
	return conn_bytes(to_conn(shadow));
}

/* 33: each of the two copies counts on from 30. */
CASE fork_counts(struct conn_opaque *left, struct conn_opaque *right)
{
	conn_init(to_conn(left), 1, 30);
	COPY(right, left);
	conn_add(to_conn(left), 1);
	COPY(left, right);
	conn_add(to_conn(left), 3);
	return conn_bytes(to_conn(left));
}

/* 0: the same for storage from malloc(), where the private stores alone would be fine. */
CASE heap_reset(struct conn_opaque **slot)
{
	struct conn_opaque *shadow = *slot;

	conn_init(to_conn(shadow), 1, 10);
	RESET(shadow);
	return conn_bytes(to_conn(shadow));
}

static struct conn_opaque pool[8];

int main(int argc, char **argv)
{
	int rounds = argc * 2;
	struct conn_opaque *heap = (struct conn_opaque *)malloc(sizeof(*heap));

	(void)argv;
	if (!heap)
		return 1;
	conn_init(to_conn(&pool[4]), 2, 20);
	SHOW(swap, pool, 0, argc);
	SHOW(reset, &pool[2]);
	SHOW(assign, &pool[3], &pool[4]);
	SHOW(fork_counts, &pool[5], &pool[6]);
	SHOW(heap_reset, &heap);
	free(heap);
	return 0;
}
