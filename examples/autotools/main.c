/* SPDX-License-Identifier: CC0-1.0 */
/* A stack on the stack, by a program that does not see inside. */
#include <stdio.h>

#include "stack.h"
#include "stack_opaque.h"

int main(void)
{
	struct stack_opaque storage;
	struct stack *stack = to_stack(&storage);

	stack_init(stack);
	for (int i = 1; stack_push(stack, i); i++)
		;
	printf("a stack of %d bytes, with room for %d numbers\n", STACK_SIZE, stack_pop(stack));
	return stack_pop(stack) == 9 ? 0 : 1;
}
