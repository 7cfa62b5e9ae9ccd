/* SPDX-License-Identifier: CC0-1.0 */
/* Private to the kernel: a list of those who wait. */
#ifndef LIST_H
#define LIST_H
#include "rtos.h"

struct list_item {
	tick_t value;
	struct list_item *next, *previous;
	TaskHandle_t owner;
};

struct list {
	unsigned n;
	struct list_item *index;
	struct list_item end;
};

static inline void list_init(struct list *list)
{
	list->n = 0;
	list->index = &list->end;
	list->end = (struct list_item){ .next = &list->end, .previous = &list->end };
}
#endif
