/* SPDX-License-Identifier: CC0-1.0 */
/* A library's public header. Users hold a sum_state wherever they like, and see nothing of it. */
#ifndef SUM_H
#define SUM_H

#include "sum_state.h"

#ifdef __cplusplus
extern "C" {
#endif

void sum_start(sum_state *state);
void sum_add(sum_state *state, const char *text);
unsigned long sum_of(const sum_state *state);

#ifdef __cplusplus
}
#endif

#endif
