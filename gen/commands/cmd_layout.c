/* SPDX-License-Identifier: MIT */
/* layout: what lies where in a type, for people and for programs. */
#include "base/output.h"
#include "commands/command.h"
#include "generate/find_layouts.h"
#include "write/writer.h"

#include <stdlib.h>
#include <string.h>

const struct command_spec layout_spec = {
	.name = "layout",
	.usage = "-t TYPE... [-o FILE] [OPTIONS] SOURCE [-- COMPILE-FLAGS]\n"
		 "       gen-opaque layout -t TYPE... [-o FILE] [OPTIONS] OBJECT...\n"
		 "       gen-opaque layout [-t TYPE...] [-o FILE] [OPTIONS] LAYOUTS.json",
	.summary = "show what lies where in a type: members, holes, cache lines",
	.help = "Shows each type with the offset and size of its members and of theirs, with holes,\n"
		"padding and the lines of the cache: as text, as JSON for other programs, or as a page\n"
		"with a picture of all bytes. Of a source the numbers are the compiler's own, but for\n"
		"the places of bit-fields, which are libclang's.",
	.options = layout_options,
};

static char *make_text(const struct request *r, const struct layouts *all)
{
	const struct text_style style = {
		.here = r->here,
		.cacheline = r->show.cacheline,
		.colour = strcmp(r->output.given, "-") == 0 && diag_wants_colour(stdout),
	};

	switch (r->show.format) {
	case FORMAT_JSON:
		return layouts_json(all, r->here);
	case FORMAT_HTML:
		return layouts_html(all, &style);
	default:
		return layouts_text(all, &style);
	}
}

static bool show(const struct request *r, struct diags *diags)
{
	struct found_layouts found;
	bool good = find_layouts(r, TO_SHOW, &found, diags);

	if (good) {
		char *text = make_text(r, &found.layouts);
		struct output output = { .path = r->output.given, .text = text };

		good = output_write(&output, 1, diags);
		free(text);
	}
	found_layouts_free(&found);
	return good;
}

int cmd_layout(int argc, char *argv[], struct diags *diags)
{
	return command_run(&layout_spec, request_parse_layout, show, argc, argv, diags);
}
