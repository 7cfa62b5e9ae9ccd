/* SPDX-License-Identifier: MIT */
#ifndef AT_HAND_H
#define AT_HAND_H

/*
 * One budget for what all threads have at hand: the bytes that objects on the sheaves of their
 * slots may occupy. HAND_SHARE bytes for each slot are free; what a slot may hold beyond that it
 * asks for here, when its sheaves change on a slow path, and gives back when they become smaller.
 *
 *	at hand in all threads <= the budget + HAND_SHARE * slots in use
 *
 * The budget is SLAB_AT_HAND in the environment, or what slab_at_hand_set() said last.
 * Thread-safe, without a lock.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HAND_SHARE   ((size_t)4 << 10)
#define HAND_DEFAULT ((uint32_t)64 << 20)

/*
 * How many bytes a slot that holds @now of them beyond its share may hold, so that enough is left
 * for the other slots: the more threads there are, the less one slot gets.
 */
size_t at_hand_part(size_t now);

/* It wants to hold @wanted from now on. False: the budget has less, and nothing is changed. */
bool at_hand_claim(size_t now, size_t wanted);

/* A slot that holds @now bytes holds @then from now on, whatever the budget says. */
void at_hand_change(size_t now, size_t then);

/* A thread has got a table of slots, or given it up. */
void at_hand_threads(int change);

#endif
