/* SPDX-License-Identifier: MIT */
#include "request/request.h"

#include "base/paths.h"
#include "base/text.h"
#include "base/words.h"
#include "model/targets.h"
#include "request/shadow_request.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- options ---- */

static void *slot_of(struct request *r, const struct option_spec *option)
{
	return (char *)r + option->slot;
}

static bool check_argument(const struct option_spec *option, const char *argument, bool is_given,
			   struct diags *diags)
{
	char *word;

	if (!is_given && argument[0])
		return true;
	word = option_word(option);
	if (is_given)
		diag_error(diags, "%s is given twice", word);
	else
		diag_error(diags, "%s needs an argument that is not empty", word);
	free(word);
	return false;
}

static bool set_once(char **slot, const struct option_spec *option, const char *argument,
		     struct diags *diags)
{
	if (!check_argument(option, argument, *slot, diags))
		return false;
	*slot = text_copy(argument);
	return true;
}

static bool add_once(struct words *list, const struct option_spec *option, const char *argument,
		     struct diags *diags)
{
	if (!check_argument(option, argument, false, diags))
		return false;
	if (words_have(list, argument)) {
		diag_error(diags, "--%s %s is given twice", option->name, argument);
		return false;
	}
	words_add(list, argument);
	return true;
}

static bool set_option(void *context, const struct option_spec *option, const char *argument,
		       struct diags *diags)
{
	struct request *r = context;
	void *slot = slot_of(r, option);

	switch (option->kind) {
	case OPTION_FLAG:
		*(bool *)slot = true;
		return true;
	case OPTION_TEXT:
		return set_once(slot, option, argument, diags);
	case OPTION_OUTPUT:
		return set_once(&((struct output_path *)slot)->given, option, argument, diags);
	case OPTION_LIST:
		return add_once(slot, option, argument, diags);
	case OPTION_READER:
		r->insists = true;
		return input_kind_parse(argument, slot, diags);
	case OPTION_PARSED:
		return option->parse(r, argument, diags);
	case OPTION_TYPE_SHADOW:
		return shadow_request_set(&type_requests_current(&r->types)->shadow, argument,
					  diags);
	default:
		return type_requests_set(&r->types, option, argument, diags);
	}
}

static bool set_banner_option(void *context, const struct option_spec *option, const char *argument,
			      struct diags *diags)
{
	if (option->banner > 0)
		return set_option(context, option, argument, diags);
	diag_error(diags, "the header asks for --%s, which no header may ask for", option->name);
	return false;
}

static bool parse(struct request *r, const struct command_spec *command, int argc,
		  char *const argv[], option_handler *handle, struct diags *diags)
{
	*r = (struct request){ .options = command->options };
	return options_parse(command, argc, argv, handle, r, &r->inputs, &r->flags, diags);
}

/* ---- targets and compilers ---- */

static bool set_cc(struct request *r, const char *command, struct diags *diags)
{
	if (words_split(&r->cc, command) && r->cc.n > 0)
		return true;
	diag_error(diags, "'%s' is not a compiler's command", command);
	return false;
}

bool request_has_many_targets(const struct request *r)
{
	return r->targets.n > 1 || r->compilers.n > 1;
}

/* The usual case: one target and one compiler, or none. */
static bool settle_only_target(struct request *r, struct diags *diags)
{
	if (r->targets.n == 1) {
		const struct target *known = target_find(r->targets.v[0]);

		if (known && strcmp(known->name, r->targets.v[0]) == 0)
			words_set(&r->targets, 0, known->triple);
		r->target = text_copy(r->targets.v[0]);
	}
	return r->compilers.n == 0 || set_cc(r, r->compilers.v[0], diags);
}

bool request_has_floors(const struct request *r)
{
	for (size_t i = 0; i < r->types.n; i++) {
		const struct type_request *w = &r->types.v[i];

		if (!w->reserve || !w->align || w->flexible || w->offsets.n || w->exposed.n)
			return false;
	}
	return r->types.n > 0 && input_is_source(r->from);
}

/* For a command that is about one target. */
static bool settle_one_target(struct request *r, struct diags *diags)
{
	if (!request_has_many_targets(r))
		return settle_only_target(r, diags);
	diag_error(diags, "there can be only one %s here", r->targets.n > 1 ? "--target" : "--cc");
	return false;
}

/* ---- what has to be there ---- */

static bool has_input(const struct request *r, struct diags *diags)
{
	if (r->inputs.n > 0)
		return true;
	diag_error(diags, "no source is given");
	diag_note(diags, "compile flags go after '--'");
	return false;
}

static bool has_type(const struct request *r, struct diags *diags)
{
	if (r->types.n > 0)
		return true;
	diag_error(diags, "no type is asked for");
	diag_note(diags, "name one with -t 'struct NAME'");
	return false;
}

const struct output_path *request_second_half(const struct request *r)
{
	return r->header.private_half.given ? &r->header.private_half : &r->header.forward;
}

/* A light half is not for a header whose casts are in a private one. */
static bool check_halves(const struct request *r, struct diags *diags)
{
	const struct output_path *second = request_second_half(r);
	bool has_private = r->header.private_half.given;
	const char *wrong = r->header.forward.given ? "--fwd" : r->header.guard ? "--guard" : NULL;

	if (second->given && strcmp(second->given, "-") == 0) {
		diag_error(diags, "%s needs a file of its own",
			   has_private ? "--private" : "--fwd");
		return false;
	}
	if (has_private && wrong) {
		diag_error(diags,
			   "%s cannot be had with --private: its text would be in the public "
			   "half",
			   wrong);
		return false;
	}
	if (has_private && (!r->output.given || strcmp(r->output.given, "-") == 0)) {
		diag_error(diags,
			   "--private needs a file for -o, the public half, which it includes");
		return false;
	}
	return true;
}

static bool check_header_request(struct request *r, struct diags *diags)
{
	const struct output_path *layout = &r->header.layout;

	if (!has_type(r, diags) || !type_requests_settle(&r->types, r->options, diags) ||
	    !has_input(r, diags))
		return false;
	if (!shadow_requests_settle(&r->types, r->header.private_half.given, r->header.libc,
				    diags) ||
	    !check_halves(r, diags))
		return false;
	if (layout->given && strcmp(layout->given, "-") == 0) {
		diag_error(diags, "--layout needs a file of its own");
		return false;
	}
	return true;
}

/* ---- what fits together ---- */

/* What a type is asked for, to be answered by a compiler that says numbers only. */
static bool check_spoken(const struct type_request *w, struct diags *diags)
{
	if (w->exposed.n > 0) {
		diag_error(diags,
			   "the type of '%s' cannot be spelled for --expose: a compiler says sizes "
			   "and offsets only",
			   w->exposed.v[0]);
		diag_note(diags,
			  "libclang can, as can object files with DWARF; --offset needs neither");
		return false;
	}
	if (w->flexible && !w->flexible[0]) {
		diag_error(diags, "--flex has to name the array: a compiler does not know how a "
				  "type ends");
		diag_note(diags, "write it as --flex FIELD=%" PRIu64, w->elements);
		return false;
	}
	return true;
}

bool request_check_numbers(const struct request *r, struct diags *diags)
{
	if (r->header.layout.given) {
		diag_error(diags, "a compiler does not know the fields, which --layout needs");
		return false;
	}
	for (size_t i = 0; i < r->types.n; i++)
		if (!check_spoken(&r->types.v[i], diags))
			return false;
	return true;
}

/* Where the compiler is all there is: it says numbers, and those of its own target only. */
static bool check_alone(const struct request *r, struct diags *diags)
{
	const char *wrong = r->target || r->targets.n ? "--target"
			    : r->no_confirm	      ? "--no-confirm"
						      : NULL;

	if (r->from == INPUT_ALONE && wrong) {
		diag_error(diags, "%s is for libclang, which --from cc does not ask", wrong);
		return false;
	}
	return (r->from != INPUT_ALONE && r->from != INPUT_PROBES) ||
	       request_check_numbers(r, diags);
}

/* Objects and layouts are made already; a source says its alignments itself. */
static bool check_reader(const struct request *r, struct diags *diags)
{
	const char *wrong = NULL;

	if (r->header.second_opinion && r->from != INPUT_OBJECTS) {
		diag_error(diags, "--second-opinion is for object files");
		return false;
	}
	if (!input_is_source(r->from)) {
		wrong = r->flags.n		    ? "compile flags"
			: r->database		    ? "-p"
			: r->cc.n || r->compilers.n ? "--cc"
			: r->target || r->targets.n ? "--target"
			: r->no_confirm		    ? "--no-confirm"
						    : NULL;
		if (wrong)
			diag_error(diags, "%s cannot change what is compiled already", wrong);
		return !wrong && check_alone(r, diags);
	}
	return check_alone(r, diags);
}

/* ---- paths ---- */

char *request_root(const char *file, const char *here)
{
	char *dir = path_dir(file);

	while (strcmp(dir, "/") != 0) {
		char *git = path_join(dir, ".git"), *up;
		bool has_git = path_exists(git); /* a file in a worktree, else a directory */

		free(git);
		if (has_git)
			return dir;
		up = path_dir(dir);
		free(dir);
		dir = up;
	}
	free(dir);
	return text_copy(here);
}

static bool check_same_file(const char *one, const char *other, const char *word,
			    const char *other_word, struct diags *diags)
{
	if (!one || !other || strcmp(one, other) != 0 || text_starts(one, "/dev/"))
		return true;
	diag_error(diags, "%s and %s are the same file", word, other_word);
	return false;
}

/* An output has a file of its own, which is no input. */
static bool check_output(struct request *r, const struct option_spec *option, struct diags *diags)
{
	const struct output_path *path = slot_of(r, option);
	char *word = option_word(option);
	bool good = !path->real || !words_have(&r->objects, path->real);

	if (!good)
		diag_error(diags, "the object and %s are the same file", word);
	good = good && check_same_file(r->input, path->real, "the source", word, diags);
	for (const struct option_spec *o = r->options; o != option && good; o++) {
		const struct output_path *other = slot_of(r, o);
		char *other_word = option_word(o);

		good = o->kind != OPTION_OUTPUT ||
		       check_same_file(other->real, path->real, other_word, word, diags);
		free(other_word);
	}
	free(word);
	return good;
}

static bool settle_outputs(struct request *r, struct diags *diags)
{
	bool good = true;

	for (const struct option_spec *o = r->options; o->name; o++) {
		struct output_path *path = slot_of(r, o);

		if (o->kind == OPTION_OUTPUT && path->given && strcmp(path->given, "-") != 0)
			path->real = path_real(path->given);
	}
	if (r->depfile.given && !r->output.real) {
		diag_error(diags, "--depfile needs a file for -o, whose dependencies it lists");
		good = false;
	}
	if (r->header.stamp.given && !r->output.real) {
		diag_error(diags, "--stamp needs a file for -o, which it says the age of");
		good = false;
	}
	for (const struct option_spec *o = r->options; o->name && good; o++)
		good = o->kind != OPTION_OUTPUT || check_output(r, o, diags);
	if (!r->output.given)
		r->output.given = text_copy("-");
	return good;
}

static void settle_inputs(struct request *r)
{
	r->input = path_real(r->inputs.v[0]);
	for (size_t i = 0; i < r->inputs.n && !input_is_source(r->from); i++) {
		char *real = path_real(r->inputs.v[i]);

		words_add(&r->objects, real);
		free(real);
	}
}

/* What all commands need that read inputs themselves. */
static bool settle(struct request *r, struct diags *diags)
{
	char *root;

	if (!input_check(&r->inputs, &r->from, diags) || !check_reader(r, diags))
		return false;
	if (!r->here)
		r->here = path_here();
	settle_inputs(r);
	root = r->root ? path_real(r->root) : request_root(r->input, r->here);
	free(r->root);
	r->root = root;
	return settle_outputs(r, diags);
}

/* ---- emit, and headers that are made again ---- */

/* A shadow is not made from what may be an old copy of a layout, nor is that listed. */
static bool is_no_layout(const struct request *r, struct diags *diags)
{
	if (r->from != INPUT_LAYOUTS)
		return true;
	diag_error(diags, "%s: layouts in JSON are only for layout and diff", r->inputs.v[0]);
	diag_note(diags, "give the source or the object files that they are of");
	return false;
}

bool request_settle_header(struct request *r, struct diags *diags)
{
	return (request_has_many_targets(r) || settle_only_target(r, diags)) && settle(r, diags) &&
	       is_no_layout(r, diags);
}

bool request_parse_emit(struct request *r, const struct command_spec *command, int argc,
			char *argv[], struct diags *diags)
{
	return parse(r, command, argc, argv, set_option, diags) &&
	       (r->help || (check_header_request(r, diags) && request_settle_header(r, diags)));
}

bool request_parse_banner(struct request *r, const struct words *command, struct diags *diags)
{
	static const struct command_spec spec = { .name = "emit", .options = emit_options };

	return parse(r, &spec, (int)command->n, command->v, set_banner_option, diags) &&
	       check_header_request(r, diags);
}

bool request_parse_probe(struct request *r, const struct command_spec *command, int argc,
			 char *argv[], struct diags *diags)
{
	if (!parse(r, command, argc, argv, set_option, diags))
		return false;
	if (r->help)
		return true;
	if (r->flags.n > 0) {
		diag_error(diags,
			   "a probe is compiled with the flags of its build: none belong here");
		return false;
	}
	r->from = INPUT_SOURCE;
	return check_header_request(r, diags) && settle(r, diags);
}

/* ---- list, layout and diff ---- */

static bool knows_all(const struct request *r, struct diags *diags)
{
	if (r->from != INPUT_ALONE)
		return true;
	diag_error(diags, "--from cc is for emit only: a compiler knows no more types and fields "
			  "than it is asked for");
	return false;
}

/* Nor does a probe know every member. */
static bool knows_members(const struct request *r, struct diags *diags)
{
	if (r->from != INPUT_PROBES)
		return knows_all(r, diags);
	diag_error(diags, "%s: a probe is only for emit and list: it does not know every member",
		   r->inputs.v[0]);
	return false;
}

bool request_parse_list(struct request *r, const struct command_spec *command, int argc,
			char *argv[], struct diags *diags)
{
	if (!parse(r, command, argc, argv, set_option, diags))
		return false;
	if (r->help)
		return true;
	if (!has_input(r, diags) || !settle_one_target(r, diags) || !settle(r, diags) ||
	    !is_no_layout(r, diags) || !knows_all(r, diags))
		return false;
	r->no_confirm = true; /* a list is libclang's word */
	return true;
}

bool request_parse_layout(struct request *r, const struct command_spec *command, int argc,
			  char *argv[], struct diags *diags)
{
	enum { DEFAULT_CACHELINE = 64 };

	if (!parse(r, command, argc, argv, set_option, diags))
		return false;
	if (r->help)
		return true;
	if (!r->show.cacheline)
		r->show.cacheline = DEFAULT_CACHELINE;
	return has_input(r, diags) && settle_one_target(r, diags) && settle(r, diags) &&
	       knows_members(r, diags) && (r->from == INPUT_LAYOUTS || has_type(r, diags));
}

/* What says how a source is compiled is for the side that is one. */
static void forget_compile(struct request *r)
{
	words_free(&r->flags);
	words_free(&r->cc);
	words_free(&r->compilers);
	words_free(&r->targets);
	free(r->database);
	free(r->target);
	r->database = r->target = NULL;
	r->no_confirm = false;
}

static bool settle_sides(struct request *sides, struct diags *diags)
{
	bool has_source = false, has_layouts = false;

	for (int k = 0; k < 2; k++) {
		if (!input_check(&sides[k].inputs, &sides[k].from, diags))
			return false;
		has_source = has_source || input_is_source(sides[k].from);
		has_layouts = has_layouts || sides[k].from == INPUT_LAYOUTS;
	}
	for (int k = 0; k < 2; k++) {
		if (has_source && !input_is_source(sides[k].from))
			forget_compile(&sides[k]);
		if (!settle(&sides[k], diags) || !knows_members(&sides[k], diags))
			return false;
	}
	return has_layouts || has_type(&sides[0], diags);
}

static bool parse_side(struct request *r, size_t other, const struct command_spec *command,
		       int argc, char *argv[], struct diags *diags)
{
	if (!parse(r, command, argc, argv, set_option, diags))
		return false;
	if (r->help)
		return true;
	if (r->inputs.n != 2) {
		diag_error(diags, "diff needs two inputs, not %zu", r->inputs.n);
		diag_note(diags, "compile flags go after '--'");
		return false;
	}
	words_remove(&r->inputs, other);
	return settle_one_target(r, diags);
}

bool request_parse_diff(struct request *sides, const struct command_spec *command, int argc,
			char *argv[], struct diags *diags)
{
	memset(sides, 0, 2 * sizeof(*sides));
	if (!parse_side(&sides[0], 1, command, argc, argv, diags))
		return false;
	return sides[0].help ||
	       (parse_side(&sides[1], 0, command, argc, argv, diags) && settle_sides(sides, diags));
}

/* ---- check ---- */

bool request_parse_check(struct request *r, const struct command_spec *command, int argc,
			 char *argv[], struct diags *diags)
{
	if (!parse(r, command, argc, argv, set_option, diags))
		return false;
	if (r->help || r->inputs.n > 0)
		return true;
	diag_error(diags, "no header is given");
	return false;
}

/* ---- the end ---- */

static void free_option(struct request *r, const struct option_spec *option)
{
	void *slot = slot_of(r, option);

	if (option->kind == OPTION_TEXT) {
		free(*(char **)slot);
		*(char **)slot = NULL;
	} else if (option->kind == OPTION_OUTPUT) {
		free(((struct output_path *)slot)->given);
		free(((struct output_path *)slot)->real);
		*(struct output_path *)slot = (struct output_path){ NULL, NULL };
	} else if (option->kind == OPTION_LIST) {
		words_free(slot);
	}
}

void request_release(struct request *r)
{
	for (const struct option_spec *o = r->options; o && o->name; o++)
		free_option(r, o);
	type_requests_free(&r->types);
	words_free(&r->inputs);
	words_free(&r->objects);
	words_free(&r->flags);
	words_free(&r->cc);
	words_free(&r->header.more_flags);
	words_free(&r->header.shown);
	free(r->input);
	free(r->target);
	free(r->root);
	free(r->here);
	memset(r, 0, sizeof(*r));
}
