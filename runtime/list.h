/* SPDX-License-Identifier: MIT */
#ifndef LIST_H
#define LIST_H

/* A ring of nodes through a head, as used for everything that the runtime keeps in order. */

#include <stdbool.h>
#include <stddef.h>

struct list {
	struct list *prev;
	struct list *next;
};

#define LIST_INIT(head)          \
	{                        \
		&(head), &(head) \
	}

/* The struct around a node. */
#define list_entry(node, type, member) ((type *)(void *)((char *)(node)-offsetof(type, member)))

/* Walk all nodes; the current one may be removed in the body. */
#define list_for_each(node, head)                                                   \
	for (struct list *node = (head)->next, *next_ = node->next; node != (head); \
	     node = next_, next_ = node->next)

static inline void list_init(struct list *head)
{
	head->prev = head;
	head->next = head;
}

static inline bool list_empty(const struct list *head)
{
	return head->next == head;
}

static inline void list_add(struct list *head, struct list *node)
{
	node->prev = head;
	node->next = head->next;
	head->next->prev = node;
	head->next = node;
}

static inline void list_add_tail(struct list *head, struct list *node)
{
	list_add(head->prev, node);
}

static inline void list_del(struct list *node)
{
	node->prev->next = node->next;
	node->next->prev = node->prev;
}

#endif
