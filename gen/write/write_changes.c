/* SPDX-License-Identifier: MIT */
/* What became of a type's fields, in words. */
#include "base/text.h"
#include "base/words.h"
#include "write/writer.h"

#include <inttypes.h>
#include <stdlib.h>

enum { BITS = 8, MANY = 3 };

static void print_subject(FILE *out, const struct change *c)
{
	const struct field *f = c->now ? c->now : c->before;

	if (f->name[0])
		fprintf(out, "field '%s'", c->old_name ? c->old_name : c->name);
	else if (c->name[0])
		fprintf(out, "the anonymous member with '%s'", c->name);
	else
		fputs("an anonymous member", out);
}

static void print_place(FILE *out, const struct field *f)
{
	fprintf(out, "offset %" PRIu64, f->offset);
	if (f->is_bit_field)
		fprintf(out, ", bit %u", f->bit_offset);
}

static void print_width(FILE *out, const struct field *f)
{
	uint64_t n = f->is_bit_field ? f->bit_width : f->size;

	fprintf(out, "%" PRIu64 " %s%s", n, f->is_bit_field ? "bit" : "byte", n == 1 ? "" : "s");
}

static void print_whole(FILE *out, const struct field *f)
{
	print_place(out, f);
	fputs(", ", out);
	print_width(out, f);
	fprintf(out, ", %s", f->type);
}

static const char *as_bit_field(const struct field *f)
{
	return f->is_bit_field ? " as a bit-field" : "";
}

/* What changed in a field that both layouts have. */
static void print_differences(FILE *out, const struct change *c)
{
	const struct field *before = c->before, *now = c->now;
	const char *gap = " ";

	if (c->what & CHANGE_MOVED) {
		fprintf(out, "%smoved from ", gap);
		print_place(out, before);
		fputs(" to ", out);
		print_place(out, now);
		gap = ", ";
	}
	if (c->what & (CHANGE_GREW | CHANGE_SHRANK)) {
		fprintf(out, "%s%s from ", gap, c->what & CHANGE_GREW ? "grew" : "shrank");
		print_width(out, before);
		fputs(" to ", out);
		print_width(out, now);
		gap = ", ";
	}
	if (c->what & CHANGE_RETYPED) {
		fprintf(out, "%sis %s%s", gap, now->type, as_bit_field(now));
		fprintf(out, ", was %s%s", before->type, as_bit_field(before));
		gap = ", ";
	}
	if (c->what & CHANGE_REALIGNED)
		fprintf(out, "%shas alignment %" PRIu64 ", had %" PRIu64, gap, now->align,
			before->align);
}

static char *say(const struct change *c)
{
	struct text t;

	text_open(&t);
	print_subject(t.file, c);
	if (c->what & CHANGE_ADDED) {
		fputs(" added: ", t.file);
		print_whole(t.file, c->now);
	} else if (c->what & CHANGE_REMOVED) {
		fputs(" removed: ", t.file);
		print_whole(t.file, c->before);
	} else if (c->what & CHANGE_RENAMED) {
		fprintf(t.file, " is now '%s'", c->name);
	} else {
		print_differences(t.file, c);
	}
	return text_close(&t);
}

static uint64_t shift_of(const struct change *c)
{
	return field_place(c->now) - field_place(c->before); /* wraps where it moved down */
}

/* How many changes from here on are named fields that all moved by the same distance. */
static size_t count_moved(const struct changes *changes, size_t from)
{
	const struct change *first = &changes->v[from];
	size_t n = 0;

	for (size_t i = from; i < changes->n; i++, n++) {
		const struct change *c = &changes->v[i];

		if (c->what != CHANGE_MOVED || !c->now->name[0] || shift_of(c) != shift_of(first))
			break;
	}
	return n;
}

static void say_moved(const struct change *c, size_t n, struct words *sentences)
{
	bool up = field_place(c->now) > field_place(c->before);
	uint64_t bits = up ? shift_of(c) : 0 - shift_of(c);
	bool bytes = bits % BITS == 0;
	uint64_t far = bytes ? bits / BITS : bits;
	const char *unit = far == 1 ? (bytes ? "byte" : "bit") : (bytes ? "bytes" : "bits");

	words_addf(sentences, "%zu fields, '%s' to '%s', moved %s by %" PRIu64 " %s", n, c->name,
		   c[n - 1].name, up ? "up" : "down", far, unit);
}

void changes_say(const struct changes *changes, struct words *sentences)
{
	for (size_t i = 0; i < changes->n;) {
		size_t moved = count_moved(changes, i);
		char *sentence;

		if (moved >= MANY) {
			say_moved(&changes->v[i], moved, sentences);
			i += moved;
			continue;
		}
		sentence = say(&changes->v[i++]);
		words_add(sentences, sentence);
		free(sentence);
	}
}
