/* SPDX-License-Identifier: MIT */
/*
 * Engine one: facts by libdw of elfutils, object by object.
 *
 * dwarf_archive	files in memory and the members of archives
 * dwarf_elf	what an ELF file must be before libdw may look at it
 * dwarf_hunt	separate debug files, .dwo files, what dwz shares
 * dwarf_walk	the DIEs that are asked for
 * dwarf_copy	DIEs become facts
 */
#include "base/text.h"
#include "read/dwarf_arm.h"
#include "read/dwarf_file.h"
#include "read/dwarf_walk.h"

#include <gelf.h>
#include <stdlib.h>
#include <string.h>

/* One request, and the input at hand. */
struct engine {
	struct reading r;
	struct walk walk;
	size_t input;
	bool shown; /* was an object of the input delivered? */
};

/* An object as it is delivered. A list has new ones for each batch. */
static void describe_object(void *arg, struct fact_object *o)
{
	Elf *elf = arg;
	GElf_Ehdr header;

	if (!gelf_getehdr(elf, &header))
		return;
	o->machine = header.e_machine;
	o->bits = header.e_ident[EI_CLASS] == ELFCLASS64 ? 64 : 32;
	o->flags = header.e_flags;
	o->big = header.e_ident[EI_DATA] == ELFDATA2MSB;
	if (o->machine == EM_ARM)
		arm_attributes(elf, o);
}

static bool is_finished(const struct engine *e)
{
	return facts_stopped(e->r.f) != NULL;
}

static void read_part(struct engine *e, struct object *o, Dwarf *dwarf, Dwarf *owner,
		      Dwarf_Die *skeleton)
{
	struct walk_part part = {
		.elf = o->elf,
		.dwarf = dwarf,
		.owner = owner,
		.skeleton = skeleton,
		.describe = describe_object,
		.label = o->blob.label,
		.input = e->input,
	};

	walk_units(&e->walk, &part);
	e->shown = true;
}

/* What the units of an object left in other files. */
static void read_halves(struct engine *e, struct object *o)
{
	Dwarf_CU *cu = NULL;
	Dwarf_Die root;
	uint64_t number;

	while (!is_finished(e) &&
	       dwarf_get_units(o->dwarf, cu, &cu, NULL, NULL, &root, NULL) == 0) {
		struct object half;

		if (!walk_is_skeleton(&root) || !split_number(cu, &number))
			continue;
		if (hunt_split(&e->r, o, &root, number, &half)) {
			free(half.blob.label);
			half.blob.label = text_copy(o->blob.label);
			read_part(e, &half, half.dwarf, half.dwarf, &root);
		}
		object_close(&half);
	}
}

static void read_object(struct engine *e, struct object *o)
{
	struct object shared;

	if (hunt_alternate(&e->r, o, &shared)) {
		if (shared.dwarf)
			dwarf_setalt(o->dwarf, shared.dwarf);
		read_part(e, o, o->dwarf, o->dwarf, NULL);
		if (shared.dwarf && !is_finished(e))
			read_part(e, o, shared.dwarf, o->dwarf, NULL);
		read_halves(e, o);
	}
	if (shared.dwarf)
		dwarf_setalt(o->dwarf, NULL);
	object_close(&shared);
}

static bool read_blob(void *arg, const struct blob *b)
{
	struct engine *e = arg;
	struct object o;

	if (object_open(&e->r, b, &o))
		read_object(e, &o);
	if (o.elf && !e->shown && e->r.request->op == FACT_FIND)
		describe_object(o.elf, facts_object(e->r.f, b->label, e->input));
	e->shown = e->shown || o.elf;
	object_close(&o);
	return !is_finished(e);
}

void libdw_facts(const struct fact_request *request, struct facts *f, facts_take *take, void *arg)
{
	struct engine e = {
		.r = { request, f },
		.walk = { .request = request, .f = f, .take = take, .arg = arg },
	};

	elf_version(EV_CURRENT);
	for (size_t i = 0; i < request->inputs->n && !is_finished(&e); i++) {
		e.input = i;
		e.shown = false;
		blob_each(&e.r, request->inputs->v[i], read_blob, &e);
	}
	walk_end(&e.walk);
}
