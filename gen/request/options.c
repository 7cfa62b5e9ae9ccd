/* SPDX-License-Identifier: MIT */
#include "request/options.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

/* getopt's own tables, made from ours. */
struct tables {
	struct option *longs;
	char *shorts;
};

enum { ID_BASE = 1000 }; /* keeps the numbers of rows apart from letters */

static size_t count(const struct option_spec *options)
{
	size_t n = 0;

	while (options[n].name)
		n++;
	return n;
}

static void make_tables(const struct option_spec *options, struct tables *t)
{
	size_t n = count(options);
	struct text shorts;

	t->longs = text_alloc(n + 1, sizeof(*t->longs));
	text_open(&shorts);
	fputc(':', shorts.file); /* a missing argument is ours to report */
	for (size_t i = 0; i < n; i++) {
		t->longs[i].name = options[i].name;
		t->longs[i].has_arg = options[i].argument ? required_argument : no_argument;
		t->longs[i].val = ID_BASE + (int)i;
		if (options[i].letter)
			fprintf(shorts.file, "%c%s", options[i].letter,
				options[i].argument ? ":" : "");
	}
	t->shorts = text_close(&shorts);
}

static const struct option_spec *row_of(const struct option_spec *options, int got)
{
	if (got >= ID_BASE)
		return &options[got - ID_BASE];
	while (options->letter != got)
		options++;
	return options;
}

/* Most are flags for the compiler, as -Iinclude: the word is told whole, not letter by letter. */
static void report_letter(const struct command_spec *command, const char *rest, struct diags *diags)
{
	bool goes_on = rest && rest[0] == '-' && rest[1] == optopt && rest[2];

	if (goes_on)
		diag_error(diags, "unknown option '%s'", rest);
	else
		diag_error(diags, "unknown option '-%c'", optopt);
	if ((goes_on || strchr("DIU", optopt)) && command->usage &&
	    strstr(command->usage, "COMPILE-FLAGS"))
		diag_note(diags, "compile flags go after '--'");
}

static void report(const struct command_spec *command, int got, char *const argv[],
		   struct diags *diags)
{
	const char *word = argv[optind - 1];

	if (got == ':')
		diag_error(diags, "option '%s' needs an argument", word);
	else if (optopt && optopt < ID_BASE)
		report_letter(command, argv[optind], diags);
	else if (optopt)
		diag_error(diags, "option '%s' takes no argument", word);
	else
		diag_error(diags, "unknown option '%s'", word);
	diag_note(diags, "'gen-opaque %s --help' lists them", command->name);
}

bool options_parse(const struct command_spec *command, int argc, char *const argv[],
		   option_handler *handle, void *context, struct words *inputs, struct words *flags,
		   struct diags *diags)
{
	struct tables tables;
	int end = 1, got;
	bool good = true;

	while (end < argc && strcmp(argv[end], "--") != 0)
		end++;
	for (int i = end + 1; i < argc; i++)
		words_add(flags, argv[i]);
	make_tables(command->options, &tables);
	optind = 0; /* start again */
	opterr = 0;
	while ((got = getopt_long(end, argv, tables.shorts, tables.longs, NULL)) != -1) {
		if (got == '?' || got == ':') {
			report(command, got, argv, diags);
			good = false;
			if (got == '?' && optopt && optopt < ID_BASE)
				break; /* the rest of the word is no options */
		} else {
			good = handle(context, row_of(command->options, got), optarg, diags) &&
			       good;
		}
	}
	for (int i = optind; i < end; i++)
		words_add(inputs, strcmp(argv[i], "-") == 0 ? "/dev/stdin" : argv[i]);
	free(tables.longs);
	free(tables.shorts);
	return good;
}

static void print_option(const struct option_spec *o, FILE *out)
{
	enum { COLUMN = 26 };
	char *left = text_format("  %c%c%s --%s%s%s", o->letter ? '-' : ' ',
				 o->letter ? o->letter : ' ', o->letter ? "," : " ", o->name,
				 o->argument ? " " : "", o->argument ? o->argument : "");
	const char *line = o->help;

	fprintf(out, "%-*s", COLUMN, left);
	if (strlen(left) >= COLUMN)
		fprintf(out, "\n%*s", COLUMN, "");
	free(left);
	while (line) {
		size_t len = strcspn(line, "\n");

		fprintf(out, "%.*s\n", (int)len, line);
		line = line[len] ? line + len + 1 : NULL;
		if (line)
			fprintf(out, "%*s", COLUMN, "");
	}
}

void options_help(const struct command_spec *command, FILE *out)
{
	fprintf(out, "Usage: gen-opaque %s %s\n\n%s\n\nOptions:\n", command->name, command->usage,
		command->help);
	for (const struct option_spec *o = command->options; o->name; o++)
		print_option(o, out);
}

char *option_word(const struct option_spec *option)
{
	return option->letter ? text_format("-%c", option->letter)
			      : text_format("--%s", option->name);
}

const struct option_spec *options_next_in_banner(const struct option_spec *options, int place)
{
	const struct option_spec *next = NULL;

	for (const struct option_spec *o = options; o->name; o++)
		if (o->banner > place && (!next || o->banner < next->banner))
			next = o;
	return next;
}

bool option_is_of_type(const struct option_spec *option)
{
	return option->kind >= OPTION_TYPE_FIELDS;
}
