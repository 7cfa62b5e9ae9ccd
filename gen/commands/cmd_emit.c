/* SPDX-License-Identifier: MIT */
/* emit: from a private type's source to the header of its shadow. */
#include "base/output.h"
#include "commands/command.h"
#include "generate/dependencies.h"
#include "generate/generate.h"

#include <stdlib.h>

const struct command_spec emit_spec = {
	.name = "emit",
	.usage = "-t TYPE... [-o FILE] [OPTIONS] SOURCE [-- COMPILE-FLAGS]\n"
		 "       gen-opaque emit -t TYPE... [-o FILE] [OPTIONS] OBJECT...",
	.summary = "write a header with shadows of private types",
	.help = "Writes a header with a shadow of each private type: a struct of the same size and\n"
		"alignment that shows nothing of it. The source may be a header or a .c file; it is\n"
		"read as the compiler would, with the flags behind '--' or those of -p.\n"
		"\n"
		"Instead of a source it takes object files, archives, libraries and programs that were\n"
		"built with -g. They do not always state the alignment; the header then uses one that\n"
		"is always enough, and says so.",
	.options = emit_options,
};

static bool write_all(const struct request *r, struct generated *g, struct diags *diags)
{
	struct output outputs[5] = { { .path = r->output.given, .text = g->text } };
	const struct output_path *second = request_second_half(r);
	char *dependencies = NULL;
	size_t n = 1;
	bool good;

	if (second->given)
		outputs[n++] = (struct output){ .path = second->given, .text = g->forward_text };
	if (r->header.layout.given)
		outputs[n++] =
			(struct output){ .path = r->header.layout.given, .text = g->layout_text };
	if (r->depfile.given) {
		dependencies = dependencies_text(r, &g->files);
		outputs[n++] = (struct output){ .path = r->depfile.given,
						.text = dependencies,
						.always = true };
	}
	if (r->header.stamp.given)
		outputs[n++] = (struct output){ .path = r->header.stamp.given,
						.text = "",
						.always = true };
	good = output_write(outputs, n, diags);
	free(dependencies);
	return good;
}

static bool emit(const struct request *r, struct diags *diags)
{
	struct generated g;
	bool good = generate(r, &g, diags) && write_all(r, &g, diags);

	generated_release(&g);
	return good;
}

int cmd_emit(int argc, char *argv[], struct diags *diags)
{
	return command_run(&emit_spec, request_parse_emit, emit, argc, argv, diags);
}
