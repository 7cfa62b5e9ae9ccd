/* SPDX-License-Identifier: MIT */
/* probe: a source for a build system to compile; its object goes to emit. */
#include "base/output.h"
#include "commands/command.h"
#include "generate/placeholders.h"
#include "read/probe.h"
#include "request/request.h"

#include <stdlib.h>

const struct command_spec probe_spec = {
	.name = "probe",
	.usage = "-t TYPE... [--offset FIELD]... [-o FILE] SOURCE",
	.summary = "write a source that, once compiled, tells emit all numbers",
	.help = "Writes a C source that includes SOURCE and holds sizes, alignments and offsets as\n"
		"digits in constant data. A build system compiles it with its own flags, whatever the\n"
		"compiler and the target are; 'gen-opaque emit -t TYPE... OBJECT' then takes the\n"
		"numbers from the object, or from an archive that holds it. Nothing is linked or run.\n"
		"\n"
		"Compile it without link-time optimisation: that leaves no data in the object. It\n"
		"defines GEN_OPAQUE, so that SOURCE can leave out the header that does not exist yet.",
	.options = probe_options,
};

static bool write_probe(const struct request *r, struct diags *diags)
{
	struct layouts types;
	struct probe probe = { PROBE_DATA, r->input, &types, true };
	struct output output = { .path = r->output.given };
	char *text;
	bool good;

	placeholders_make(r, &types);
	text = probe_text(&probe);
	output.text = text;
	good = output_write(&output, 1, diags);
	layouts_free(&types);
	free(text);
	return good;
}

int cmd_probe(int argc, char *argv[], struct diags *diags)
{
	return command_run(&probe_spec, request_parse_probe, write_probe, argc, argv, diags);
}
