/* SPDX-License-Identifier: MIT */
#include "write.h"

static void line(FILE *out, const char *what, size_t active, size_t all, const char *end)
{
	fprintf(out, " Active / Total %-20s : %zu / %zu (%zu%%)%s", what, active, all,
		percent(active, all), end);
}

void write_summary(FILE *out, const struct snapshot *s, const char *end)
{
	struct totals t = totals_of(s);
	char held[8];
	char bytes[8];

	format_bytes(t.held_bytes, held);
	format_bytes(t.bytes, bytes);
	line(out, "Objects (% used)", t.held, t.objects, end);
	line(out, "Slabs (% used)", t.active_slabs, t.slabs, end);
	line(out, "Caches (% used)", t.active_caches, t.caches, end);
	fprintf(out, " Active / Total %-20s : %s / %s (%zu%%)%s", "Size (% used)", held, bytes,
		percent(t.held_bytes, t.bytes), end);
	fprintf(out, " Minimum / Average / Maximum Object  : %zu / %zu / %zu%s", t.smallest,
		t.held ? t.held_bytes / t.held : 0, t.largest, end);
}
