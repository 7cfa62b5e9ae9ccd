/* SPDX-License-Identifier: CC0-1.0 */
#include <sum.h>

static sum_state state;

int main(void)
{
	sum_start(&state);
	sum_add(&state, "Wiki");
	sum_add(&state, "pedia");
	return sum_of(&state) != 0x11E60398UL;
}
