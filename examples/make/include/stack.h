/* SPDX-License-Identifier: CC0-1.0 */
#ifndef STACK_H
#define STACK_H
struct stack;

void stack_init(struct stack *stack);
/* False where it is full. */
int stack_push(struct stack *stack, int value);
/* -1 where it is empty. */
int stack_pop(struct stack *stack);
#endif
