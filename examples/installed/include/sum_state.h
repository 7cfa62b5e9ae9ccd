/* SPDX-License-Identifier: CC0-1.0 */
/* Made by gen-opaque: a public half. Do not edit. */
#ifndef SUM_STATE_H
#define SUM_STATE_H
#define SUM_STATE_SIZE 64
#define SUM_STATE_ALIGN 16
#ifdef _MSC_VER
struct __declspec(align(SUM_STATE_ALIGN)) sum_state {
#else
struct __attribute__((__aligned__(SUM_STATE_ALIGN), __may_alias__)) sum_state {
#endif
	unsigned char sum_state_opaque[SUM_STATE_SIZE];
};
typedef struct sum_state sum_state;
#endif
