/* SPDX-License-Identifier: MIT */
/* Engine two: facts from a Python helper over pyelftools, asked and answering in JSON. */
#include "base/child.h"
#include "base/paths.h"
#include "base/text.h"
#include "model/layout_json.h"
#include "read/dwarf_facts.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Set by meson.build. */
#define HELPER_NAME "dwarf_facts.py"
static const char helper_in_source_tree[] = GEN_OPAQUE_SOURCE_DIR "/read/" HELPER_NAME;
static const char bin_dir[] = GEN_OPAQUE_BIN_DIR;
static const char helper_installed[] = GEN_OPAQUE_HELPER_DIR "/" HELPER_NAME;

/* ---- the helper ---- */

/* From where this program is installed to where its helper is: they may have been moved together.
 */
static char *helper_beside(void)
{
	char *exe = path_real("/proc/self/exe"), *dir = path_dir(exe);
	char *way = path_from(bin_dir, helper_installed), *helper = path_join(dir, way);

	free(exe);
	free(dir);
	free(way);
	return helper;
}

static char *find_helper(struct facts *f)
{
	const char *said = getenv("GEN_OPAQUE_DWARF");
	char *helper = said && said[0] ? text_copy(said) : helper_beside();
	struct fact_error *e;

	if (access(helper, R_OK) == 0)
		return helper;
	if (!(said && said[0]) && access(helper_in_source_tree, R_OK) == 0) {
		free(helper);
		return text_copy(helper_in_source_tree);
	}
	e = facts_error(f, FACT_UNABLE, "",
			"the reader of object files is not installed: there is no %s", helper);
	words_add(&e->notes, "GEN_OPAQUE_DWARF may say where " HELPER_NAME " is");
	free(helper);
	return NULL;
}

/* ---- the request ---- */

/* NULL: f says why. */
static char *request_text(const struct fact_request *r, struct facts *f)
{
	static const char *const ops[] = { "find", "list", "names" };
	json_t *object = json_object(), *inputs = words_to_json(r->inputs);
	char *text = NULL;

	json_object_set_new(object, "op", json_string(ops[r->op]));
	json_object_set_new(object, r->op == FACT_NAMES ? "near" : "names",
			    words_to_json(&r->names));
	json_object_set_new(object, "debug_dirs", words_to_json(r->debug_dirs));
	json_object_set_new(object, "seconds", json_real(r->seconds));
	json_object_set_new(object, "mebibytes", json_integer(r->mebibytes));
	if (json_array_size(inputs) == r->inputs->n) {
		json_object_set(object, "inputs", inputs);
		text = json_dumps(object, JSON_COMPACT);
	} else {
		facts_error(f, FACT_UNABLE, "", "the path of an object file is not UTF-8");
	}
	json_decref(inputs);
	json_decref(object);
	return text;
}

/* ---- asking ---- */

/* Words that a Python without an answer leaves: the last line is what a traceback is about. */
static void note_last_line(const char *python, const char *text, struct words *notes)
{
	size_t end = strlen(text), start;

	while (end > 0 && text[end - 1] == '\n')
		end--;
	start = end;
	while (start > 0 && text[start - 1] != '\n')
		start--;
	if (end > start)
		words_addf(notes, "%s said: %.*s", python, (int)(end - start), text + start);
}

/*
 * False: it is no Python, or one that is too old, or that lacks pyelftools; *notes has a note then.
 * True: *json is its answer, or NULL and f says why no other Python would do better.
 */
static bool ask_python(const char *python, const char *helper, const char *request, json_t **json,
		       struct words *notes, struct facts *f)
{
	char *const argv[] = { (char *)python, (char *)"-B", (char *)"-E", (char *)helper, NULL };
	struct child_result result;
	bool fits = true;

	*json = NULL;
	if (!child_ask_command(NULL, argv, request, &result)) {
		facts_error(f, FACT_UNABLE, "",
			    "no child process can be started for the DWARF reader");
		return true;
	}
	*json = json_loadb(result.out, result.out_len, 0, NULL);
	if (!*json && result.timed_out) {
		facts_error(f, FACT_LIMIT, "", "the DWARF reader did not finish, and was stopped");
	} else if (!*json && result.signal) {
		facts_error(f, FACT_UNABLE, "", "the DWARF reader died of signal %d (%s)",
			    result.signal, strsignal(result.signal));
	} else if (!*json) {
		note_last_line(python, result.err, notes);
		fits = false;
	}
	child_result_free(&result);
	return fits;
}

static json_t *ask(const char *helper, const char *request, struct facts *f)
{
	static const char *const pythons[] = { "python3", "/usr/bin/python3" };
	struct words notes = { NULL, 0 };
	struct fact_error *e;
	json_t *json;

	for (size_t i = 0; i < sizeof(pythons) / sizeof(*pythons); i++) {
		if (ask_python(pythons[i], helper, request, &json, &notes, f)) {
			words_free(&notes);
			return json;
		}
	}
	e = facts_error(f, FACT_UNABLE, "",
			"no Python is found that can run the reader of object files");
	words_add(&e->notes,
		  "it needs Python 3.9 or newer with pyelftools: apt install python3-pyelftools");
	words_add_all(&e->notes, &notes);
	words_free(&notes);
	return NULL;
}

/* ---- the answer ---- */

/* An answer on its way into the facts. */
struct loading {
	struct facts *f;
	const json_t *json;
	struct fact_object **objects;
	struct fact_unit **units;
	struct fact_die **dies;
	size_t n_objects, n_units, n_dies;
	bool broken;
};

static int64_t number_of(const json_t *object, const char *key, int64_t otherwise)
{
	const json_t *value = json_object_get(object, key);

	return json_is_integer(value) ? (int64_t)json_integer_value(value) : otherwise;
}

static unsigned unsigned_of(const json_t *object, const char *key)
{
	int64_t n = number_of(object, key, 0);

	return n > 0 && n <= UINT32_MAX ? (unsigned)n : 0;
}

static char *string_of(struct loading *l, const json_t *object, const char *key)
{
	const char *value = json_string_value(json_object_get(object, key));

	return value ? facts_copy(l->f, value) : NULL;
}

static void *indexed(struct loading *l, const json_t *index, void *const *list, size_t n)
{
	if (json_is_integer(index) && json_integer_value(index) >= 0 &&
	    (size_t)json_integer_value(index) < n)
		return list[json_integer_value(index)];
	l->broken = true;
	return NULL;
}

static void load_object(struct loading *l, const json_t *json)
{
	const json_t *producers = json_object_get(json, "producers");
	const char *label = json_string_value(json_object_get(json, "label"));
	struct fact_object *o = facts_object(l->f, label ? label : "", unsigned_of(json, "input"));

	o->machine = unsigned_of(json, "machine");
	o->bits = unsigned_of(json, "bits");
	o->flags = unsigned_of(json, "flags");
	o->big = json_is_true(json_object_get(json, "big"));
	o->enum_size = (int)number_of(json, "enum_size", -1);
	o->vfp_args = (int)number_of(json, "vfp_args", -1);
	o->n_producers = json_array_size(producers);
	o->producers = facts_alloc(l->f, o->n_producers * sizeof(*o->producers));
	for (size_t i = 0; i < o->n_producers; i++) {
		const json_t *row = json_array_get(producers, i);
		const char *text = json_string_value(json_array_get(row, 0));

		o->producers[i] = (struct fact_producer){
			facts_copy(l->f, text ? text : ""),
			(unsigned)json_integer_value(json_array_get(row, 1)),
			(unsigned)json_integer_value(json_array_get(row, 2)),
		};
	}
	l->objects[l->n_objects++] = o;
}

static void load_unit(struct loading *l, const json_t *json)
{
	struct fact_unit *u = facts_alloc(l->f, sizeof(*u));

	u->object = indexed(l, json_object_get(json, "object"), (void *const *)l->objects,
			    l->n_objects);
	u->version = unsigned_of(json, "version");
	u->address = unsigned_of(json, "address");
	u->language = unsigned_of(json, "language");
	u->producer = string_of(l, json, "producer");
	l->units[l->n_units++] = u;
}

static void load_number(const json_t *json, const char *key, unsigned has, int64_t *place,
			struct fact_die *die)
{
	if (json_is_integer(json_object_get(json, key))) {
		*place = number_of(json, key, 0);
		die->has |= has;
	}
}

static struct fact_die *die_at(struct loading *l, const json_t *json, const char *key)
{
	const json_t *index = json_object_get(json, key);

	return index ? indexed(l, index, (void *const *)l->dies, l->n_dies) : NULL;
}

static void load_die(struct loading *l, const json_t *json, struct fact_die *d)
{
	const json_t *children = json_object_get(json, "children");

	d->tag = unsigned_of(json, "tag");
	d->flags = unsigned_of(json, "flags");
	d->line = unsigned_of(json, "line");
	d->unit = indexed(l, json_object_get(json, "unit"), (void *const *)l->units, l->n_units);
	d->name = string_of(l, json, "name");
	d->name = d->name ? d->name : (char *)"";
	d->file = string_of(l, json, "file");
	load_number(json, "size", HAS_SIZE, &d->size, d);
	load_number(json, "bits", HAS_BITS, &d->bits, d);
	load_number(json, "align", HAS_ALIGN, &d->align, d);
	load_number(json, "at", HAS_AT, &d->at, d);
	load_number(json, "bit_at", HAS_BIT_AT, &d->bit_at, d);
	load_number(json, "bit_offset", HAS_BIT_OFFSET, &d->bit_offset, d);
	load_number(json, "encoding", HAS_ENCODING, &d->encoding, d);
	load_number(json, "count", HAS_COUNT, &d->count, d);
	load_number(json, "upper", HAS_UPPER, &d->upper, d);
	load_number(json, "lower", HAS_LOWER, &d->lower, d);
	d->type = die_at(l, json, "type");
	d->scope = die_at(l, json, "scope");
	d->definition = die_at(l, json, "definition");
	d->n_children = json_array_size(children);
	d->children = facts_alloc(l->f, d->n_children * sizeof(struct fact_die *));
	for (size_t i = 0; i < d->n_children; i++)
		d->children[i] =
			indexed(l, json_array_get(children, i), (void *const *)l->dies, l->n_dies);
}

static void load_error(struct facts *f, const json_t *json)
{
	static const char *const kinds[] = { "absent", "refused", "corrupt", "unable", "limit" };
	const char *kind = json_string_value(json_object_get(json, "kind"));
	const char *file = json_string_value(json_object_get(json, "file"));
	const char *text = json_string_value(json_object_get(json, "text"));
	struct fact_error *e = facts_error(f, FACT_REFUSED, file ? file : "", "%s",
					   text ? text : "cannot be read");

	for (size_t i = 0; kind && i < sizeof(kinds) / sizeof(*kinds); i++)
		if (strcmp(kind, kinds[i]) == 0)
			e->kind = (enum fact_error_kind)i;
	words_from_json(json_object_get(json, "notes"), &e->notes);
}

static void load_lists(struct loading *l)
{
	const json_t *objects = json_object_get(l->json, "objects");
	const json_t *units = json_object_get(l->json, "units");
	const json_t *dies = json_object_get(l->json, "dies");
	const json_t *found = json_object_get(l->json, "found");
	struct fact_die *die;
	size_t i;
	json_t *row;

	l->objects = text_alloc(json_array_size(objects), sizeof(*l->objects));
	l->units = text_alloc(json_array_size(units), sizeof(*l->units));
	l->n_dies = json_array_size(dies);
	l->dies = text_alloc(l->n_dies, sizeof(*l->dies));
	json_array_foreach((json_t *)objects, i, row) load_object(l, row);
	json_array_foreach((json_t *)units, i, row) load_unit(l, row);
	for (i = 0; i < l->n_dies; i++)
		l->dies[i] = facts_alloc(l->f, sizeof(**l->dies));
	json_array_foreach((json_t *)dies, i, row) load_die(l, row, l->dies[i]);
	json_array_foreach((json_t *)found, i, row)
	{
		die = indexed(l, row, (void *const *)l->dies, l->n_dies);
		if (die)
			facts_found(l->f, die);
	}
	free(l->objects);
	free(l->units);
	free(l->dies);
}

static void load(struct facts *f, const json_t *json)
{
	struct loading l = { .f = f, .json = json };
	const json_t *names = json_object_get(json, "names");
	size_t i;
	json_t *row;

	json_array_foreach(json_object_get(json, "errors"), i, row) load_error(f, row);
	words_from_json(json_object_get(json, "files"), &f->files);
	f->has_types = json_is_true(json_object_get(json, "types"));
	json_array_foreach((json_t *)names, i, row)
	{
		const char *kind = json_string_value(json_array_get(row, 0));
		const char *name = json_string_value(json_array_get(row, 1));

		if (kind && name)
			facts_name(f, kind, name);
	}
	load_lists(&l);
	if (l.broken && !facts_stopped(f))
		facts_error(f, FACT_UNABLE, "", "the DWARF reader's answer cannot be read");
}

void helper_facts(const struct fact_request *request, struct facts *f, facts_take *take, void *arg)
{
	char *helper = find_helper(f);
	char *text = helper ? request_text(request, f) : NULL;
	json_t *json = text ? ask(helper, text, f) : NULL;

	if (json) {
		load(f, json);
		if (take && !facts_stopped(f))
			take(arg, f);
	}
	json_decref(json);
	free(text);
	free(helper);
}
