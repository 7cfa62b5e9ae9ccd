/* SPDX-License-Identifier: MIT */
/* slabwatch: the caches of a running program as they change, in a terminal. */
#include <errno.h>
#include <getopt.h>
#include <locale.h>
#include <math.h>
#include <ncurses.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"
#include "write.h"

static const char usage[] =
	"usage: slabwatch [OPTION...] PID\n"
	"Show the slab caches of a running process that uses the slab library, again and again. The\n"
	"process goes on meanwhile. Keys: a letter of those below sorts by it, i the other way\n"
	"round, the space bar looks at once, q quits.\n"
	"\n"
	"  -d, --delay SECONDS  look this often; every three seconds without\n"
	"  -s, --sort KEY       sort by KEY at first; by objects without\n"
	"  -o, --once           print one screen and end\n"
	"  -h, --help           show this\n"
	"  -V, --version        show the version\n"
	"\n";

static struct {
	const struct column *sort;
	bool inverted;
	bool once;
	int delay_ms;
} request = { .sort = columns + 1, .delay_ms = 3000 };

static int parse_delay(const char *text)
{
	char *end;
	double seconds = strtod(text, &end);

	if (end == text || *end || !isfinite(seconds) || seconds < 0.001 || seconds > 1e6)
		cli_die(EXIT_USAGE, "'%s' is no delay in seconds", text);
	return (int)(seconds * 1000);
}

static void parse_options(int argc, char **argv)
{
	static const struct option options[] = {
		{ "delay", required_argument, NULL, 'd' }, { "sort", required_argument, NULL, 's' },
		{ "once", no_argument, NULL, 'o' },	   { "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },	   { 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "d:s:ohV", options, NULL)) != -1) {
		switch (option) {
		case 'd':
			request.delay_ms = parse_delay(optarg);
			break;
		case 's':
			request.sort = cli_column(optarg);
			break;
		case 'o':
			request.once = true;
			break;
		case 'h':
			fputs(usage, stdout);
			cli_print_keys();
			cli_finish();
		case 'V':
			puts("slabwatch " SLAB_VERSION);
			cli_finish();
		default:
			cli_die(EXIT_USAGE, "see slabwatch --help");
		}
	}
	if (optind + 1 != argc)
		cli_die(EXIT_USAGE, "whose caches? Name one process id; see slabwatch --help");
}

/* ---- one screen, as lines ---- */

struct line {
	char text[256];
};

static const char *const shown[] = { "objects",	 "active",  "use",  "object-size", "slabs",
				     "per-slab", "at-hand", "size", "name" };
#define SHOWN (sizeof(shown) / sizeof(shown[0]))

static void print_heading(char *text, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < SHOWN; i++)
		n += (size_t)snprintf(text + n, size - n, i ? " %s" : "%s",
				      column_find(shown[i])->heading);
}

static void print_row(const struct snapshot *s, const struct cache_view *cache, char *text,
		      size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < SHOWN; i++) {
		char cell[80];

		column_format(column_find(shown[i]), s, cache, cell, sizeof(cell));
		n += (size_t)snprintf(text + n, size - n, i ? " %s" : "%s", cell);
	}
}

static void print_once(const struct snapshot *s)
{
	struct line line;

	write_summary(stdout, s, "\n");
	print_heading(line.text, sizeof(line.text));
	printf("\n%s\n", line.text);
	for (size_t i = 0; i < s->nr_caches; i++) {
		print_row(s, &s->caches[i], line.text, sizeof(line.text));
		puts(line.text);
	}
}

/* ---- the terminal ---- */

/* The summary, a line for each of its own. */
static int draw_summary(const struct snapshot *s)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	char *rest = NULL;
	int row = 1;

	if (!out)
		return row;
	write_summary(out, s, "\n");
	if (fclose(out) == 0)
		for (char *line = strtok_r(text, "\n", &rest); line;
		     line = strtok_r(NULL, "\n", &rest))
			mvaddnstr(row++, 0, line, COLS);
	free(text);
	return row;
}

static void draw_title(const struct target *target, const struct snapshot *s)
{
	struct line line;
	time_t now = time(NULL);
	struct tm local;
	char clock[16] = "";

	if (localtime_r(&now, &local))
		strftime(clock, sizeof(clock), "%H:%M:%S", &local);
	snprintf(line.text, sizeof(line.text), " %s (%d), %zu thread%s, by %s%s, %s",
		 target->program, target->pid, s->nr_threads, s->nr_threads == 1 ? "" : "s",
		 request.sort->key, request.inverted ? " inverted" : "", clock);
	mvaddnstr(0, 0, line.text, COLS);
}

static void draw(const struct target *target, struct snapshot *s)
{
	struct line line;

	columns_sort(s, request.sort, request.inverted);
	erase();
	draw_title(target, s);
	int row = draw_summary(s) + 1;
	print_heading(line.text, sizeof(line.text));
	attron(A_REVERSE);
	mvprintw(row++, 0, "%-*.*s", COLS, COLS, line.text);
	attroff(A_REVERSE);
	for (size_t i = 0; i < s->nr_caches && row < LINES; i++) {
		print_row(s, &s->caches[i], line.text, sizeof(line.text));
		mvaddnstr(row++, 0, line.text, COLS);
	}
	refresh();
}

enum wish {
	WISH_LOOK, /* it is time, or a key asks for it */
	WISH_DRAW, /* what is known, in another way */
	WISH_QUIT,
};

static enum wish take_key(int key)
{
	char name[2] = { (char)key, '\0' };
	const struct column *column = key > ' ' && key <= '~' ? column_find(name) : NULL;

	if (key == 'q' || key == 'Q')
		return WISH_QUIT;
	if (key == ERR && !isatty(STDIN_FILENO))
		return WISH_QUIT; /* the terminal is gone */
	if (key == ERR || key == ' ')
		return WISH_LOOK;
	if (key == 'i')
		request.inverted = !request.inverted;
	else if (column)
		request.sort = column;
	return WISH_DRAW;
}

/* False: the process has ended. */
static bool watch(struct target *target)
{
	for (;;) {
		struct snapshot snapshot;
		enum wish wish = WISH_DRAW;

		cli_hurry(target);
		if (!snapshot_take(&snapshot, target, DETAIL_COUNTS))
			return false;
		while (wish == WISH_DRAW) {
			draw(target, &snapshot);
			cli_rest();
			wish = take_key(getch());
		}
		snapshot_free(&snapshot);
		if (wish == WISH_QUIT)
			return true;
	}
}

static void close_terminal(void)
{
	if (!isendwin())
		endwin();
}

static void open_terminal(void)
{
	cli_rest();

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		cli_die(EXIT_USAGE, "this is no terminal; --once prints one screen");
	setlocale(LC_ALL, "");
	/* initscr() would end the program itself, with less to say. */
	if (!newterm(NULL, stdout, stdin)) {
		const char *name = getenv("TERM");

		cli_die(EXIT_FAILURE, "terminals called '%s' are unknown", name ? name : "");
	}
	cli_at_end(close_terminal);
	cbreak();
	noecho();
	keypad(stdscr, TRUE);
	curs_set(0);
	timeout(request.delay_ms);
}

int main(int argc, char **argv)
{
	struct target target;
	struct snapshot snapshot;

	parse_options(argc, argv);
	cli_open(&target, cli_pid(argv[optind]));
	if (request.once) {
		cli_take(&snapshot, &target, DETAIL_COUNTS);
		columns_sort(&snapshot, request.sort, request.inverted);
		print_once(&snapshot);
		snapshot_free(&snapshot);
		cli_finish();
	}
	open_terminal();
	bool asked = watch(&target);
	close_terminal();
	if (!asked && !target.ended)
		cli_die(EXIT_FAILURE, "process %d: %s", target.pid, target.error);
	if (!asked)
		printf("slabwatch: process %d has ended\n", target.pid);
	cli_finish();
}
