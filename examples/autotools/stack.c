/* SPDX-License-Identifier: CC0-1.0 */
#include "stack.h"

#include "stack_opaque.h"

enum { DEPTH = 10 };

struct STACK_PRIVATE stack {
	unsigned char n;
	int values[DEPTH];
};
STACK_OPAQUE_CHECK();

void stack_init(struct stack *stack)
{
	stack->n = 0;
}

int stack_push(struct stack *stack, int value)
{
	if (stack->n == DEPTH)
		return 0;
	stack->values[stack->n++] = value;
	return 1;
}

int stack_pop(struct stack *stack)
{
	return stack->n ? stack->values[--stack->n] : -1;
}
