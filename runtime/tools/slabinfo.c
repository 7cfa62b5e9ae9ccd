/* SPDX-License-Identifier: MIT */
/* slabinfo: what the caches of a running program look like, once. */
#include <errno.h>
#include <fnmatch.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "write.h"

static const char usage[] =
	"usage: slabinfo [OPTION...] PID [PATTERN...]\n"
	"Show the slab caches of a running process that uses the slab library; with patterns such\n"
	"as 'kmalloc-*' only those of such names. The process goes on meanwhile.\n"
	"\n"
	"  -s, --sort KEY   sort by KEY, see below; by name without\n"
	"  -S, -L, -P       sort by size, loss, or partial slabs\n"
	"  -i, --inverted   the other way round\n"
	"  -N, --lines N    show the first N caches only\n"
	"  -z, --zero       show caches that have no slabs, too\n"
	"  -a, --aliases    show which caches share slabs instead\n"
	"  -T, --totals     show the sums instead\n"
	"      --json       show all as JSON instead\n"
	"      --html FILE  draw slabs and their objects as a page instead; - is standard output\n"
	"  -h, --help       show this\n"
	"  -V, --version    show the version\n"
	"\n";

enum form {
	FORM_TABLE,
	FORM_ALIASES,
	FORM_TOTALS,
	FORM_JSON,
	FORM_HTML,
};

static struct {
	const struct column *sort;
	bool inverted;
	size_t lines;
	bool zero;
	enum form form;
	const char *page; /* where the page goes */
	char **patterns;  /* NULL behind the last */
} request = { .sort = columns, .lines = SIZE_MAX, .patterns = (char *[]){ NULL } };

static size_t parse_lines(const char *text)
{
	char *end;
	unsigned long lines = strtoul(text, &end, 10);

	if (text[0] < '0' || text[0] > '9' || *end)
		cli_die(EXIT_USAGE, "'%s' is no number of lines", text);
	return lines;
}

/* False: no such option. */
static bool take_option(int option)
{
	switch (option) {
	case 's':
		request.sort = cli_column(optarg);
		break;
	case 'S':
	case 'L':
	case 'P':
		request.sort = column_find(option == 'S'   ? "size"
					   : option == 'L' ? "loss"
							   : "partial");
		break;
	case 'i':
		request.inverted = true;
		break;
	case 'N':
		request.lines = parse_lines(optarg);
		break;
	case 'z':
		request.zero = true;
		break;
	case 'a':
		request.form = FORM_ALIASES;
		break;
	case 'T':
		request.form = FORM_TOTALS;
		break;
	case 'j':
		request.form = FORM_JSON;
		break;
	case 'H':
		request.form = FORM_HTML;
		request.page = optarg;
		break;
	default:
		return false;
	}
	return true;
}

static void parse_options(int argc, char **argv)
{
	static const struct option options[] = {
		{ "sort", required_argument, NULL, 's' },
		{ "inverted", no_argument, NULL, 'i' },
		{ "lines", required_argument, NULL, 'N' },
		{ "zero", no_argument, NULL, 'z' },
		{ "aliases", no_argument, NULL, 'a' },
		{ "totals", no_argument, NULL, 'T' },
		{ "json", no_argument, NULL, 'j' },
		{ "html", required_argument, NULL, 'H' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "s:SLPiN:zaThV", options, NULL)) != -1) {
		if (option == 'h') {
			fputs(usage, stdout);
			cli_print_keys();
			cli_finish();
		}
		if (option == 'V') {
			puts("slabinfo " SLAB_VERSION);
			cli_finish();
		}
		if (!take_option(option))
			cli_die(EXIT_USAGE, "see slabinfo --help");
	}
	if (optind == argc)
		cli_die(EXIT_USAGE, "whose caches? Name a process id; see slabinfo --help");
	request.patterns = argv + optind + 1;
}

static bool wanted(const struct snapshot *s, const struct cache_view *cache)
{
	if (!request.patterns[0])
		return request.zero || s->stores[cache->store].nr_slabs || cache->lost;
	for (char **pattern = request.patterns; *pattern; pattern++)
		if (fnmatch(*pattern, cache->name, 0) == 0)
			return true;
	return false;
}

/* What was asked for comes first. */
static void select_caches(struct snapshot *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->nr_caches; i++) {
		struct cache_view cache = s->caches[i];

		if (!wanted(s, &cache))
			continue;
		s->caches[i] = s->caches[kept];
		s->caches[kept++] = cache;
	}
	s->nr_shown = kept;
	columns_sort(s, request.sort, request.inverted);
	if (s->nr_shown > request.lines)
		s->nr_shown = request.lines;
}

static int name_width(const struct snapshot *s)
{
	size_t width = strlen("NAME");

	for (size_t i = 0; i < s->nr_shown; i++) {
		size_t length = strlen(s->caches[i].name);
		width = length > width ? length : width;
	}
	return (int)width;
}

static void print_table(const struct snapshot *s)
{
	static const char *const shown[] = { "active",	   "object-size", "size",    "slabs",
					     "partial",	   "per-slab",	  "at-hand", "fragmented",
					     "efficiency", "flags" };
	const size_t n = sizeof(shown) / sizeof(shown[0]);
	int width = name_width(s);

	printf("%-*s", width, "NAME");
	for (size_t i = 0; i < n; i++)
		printf(" %s", column_find(shown[i])->heading);
	putchar('\n');
	for (size_t row = 0; row < s->nr_shown; row++) {
		printf("%-*s", width, s->caches[row].name);
		for (size_t i = 0; i < n; i++) {
			char cell[80];

			column_format(column_find(shown[i]), s, &s->caches[row], cell,
				      sizeof(cell));
			/* Nothing stands behind the last cell. */
			if (i + 1 == n)
				cell[strcspn(cell, " ")] = '\0';
			printf(*cell ? " %s" : "%s", cell);
		}
		putchar('\n');
	}
	if (!s->settled)
		puts("(some of it changed while it was read)");
}

static bool has_shown(const struct snapshot *s, size_t store)
{
	for (size_t i = 0; i < s->nr_shown; i++)
		if (s->caches[i].store == store)
			return true;
	return false;
}

/* "a <- b c": they have their objects in the same slabs. */
static void print_aliases(const struct snapshot *s)
{
	static const char *const separators[] = { "", " <- ", " " };

	for (size_t store = 0; store < s->nr_stores; store++) {
		size_t met = 0;

		if (s->stores[store].sharers < 2 || !has_shown(s, store))
			continue;
		for (size_t i = 0; i < s->nr_caches; i++)
			if (s->caches[i].store == store)
				printf("%s%s", separators[met < 2 ? met++ : 2], s->caches[i].name);
		putchar('\n');
	}
}

static void print_page(const struct target *target, const struct snapshot *s)
{
	bool to_stdout = strcmp(request.page, "-") == 0;
	FILE *out = to_stdout ? stdout : fopen(request.page, "we");

	if (!out)
		cli_die(EXIT_FAILURE, "%s: %s", request.page, strerror(errno));
	write_html(out, target, s);
	if (to_stdout)
		return;
	bool failed = ferror(out);
	if (fclose(out) != 0 || failed)
		cli_die(EXIT_FAILURE, "%s: %s", request.page, strerror(errno));
}

int main(int argc, char **argv)
{
	struct target target;
	struct snapshot snapshot;

	parse_options(argc, argv);
	cli_open(&target, cli_pid(argv[optind]));
	cli_take(&snapshot, &target, request.form == FORM_HTML ? DETAIL_OBJECTS : DETAIL_SLABS);
	if (request.form != FORM_TOTALS)
		select_caches(&snapshot);
	switch (request.form) {
	case FORM_TABLE:
		print_table(&snapshot);
		break;
	case FORM_ALIASES:
		print_aliases(&snapshot);
		break;
	case FORM_TOTALS:
		write_summary(stdout, &snapshot, "\n");
		break;
	case FORM_JSON:
		write_json(stdout, &target, &snapshot);
		break;
	case FORM_HTML:
		print_page(&target, &snapshot);
		break;
	}
	snapshot_free(&snapshot);
	cli_finish();
}
