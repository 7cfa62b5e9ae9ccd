// SPDX-License-Identifier: CC0-1.0
#include "forward.h"

#include <sum.h>

namespace
{
struct document {
	char kind;
	sum_state state;
};
}

unsigned long finish(sum_state *state)
{
	return sum_of(state);
}

int main()
{
	document d;

	sum_start(&d.state);
	sum_add(&d.state, "Wikipedia");
	return finish(&d.state) != 0x11E60398UL;
}
