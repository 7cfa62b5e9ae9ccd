/* SPDX-License-Identifier: MIT */
#include "read/dwarf_types.h"

#include "base/text.h"
#include "read/dwarf_constants.h"
#include "read/dwarf_names.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { DEEPEST = 100 };
static const char too_deep[] = "types of its DWARF nest too deeply, or in a circle";

struct types types_of(const struct fact_object *object, struct traits traits)
{
	static unsigned rounds;

	return (struct types){ .abi = abi_of(object, traits), .round = ++rounds };
}

void types_free(struct types *t)
{
	free(t->wrong);
	t->wrong = NULL;
}

void types_wrong(struct types *t, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (!t->wrong)
		t->wrong = text_vformat(format, args);
	va_end(args);
}

bool die_is_record(const struct fact_die *die)
{
	return die->tag == TAG_STRUCT || die->tag == TAG_CLASS || die->tag == TAG_UNION;
}

bool die_is_qualifier(const struct fact_die *die)
{
	switch (die->tag) {
	case TAG_CONST:
	case TAG_VOLATILE:
	case TAG_RESTRICT:
	case TAG_PACKED:
	case TAG_SHARED:
	case TAG_IMMUTABLE:
	case TAG_ATOMIC:
		return true;
	default:
		return false;
	}
}

bool die_is_pointer(const struct fact_die *die)
{
	return die->tag == TAG_POINTER || die->tag == TAG_REFERENCE ||
	       die->tag == TAG_RVALUE_REFERENCE;
}

bool die_is_declaration(const struct fact_die *die)
{
	return (die->flags & FACT_DECLARATION) && !die->definition;
}

static struct fact_die *completed(const struct types *t, struct fact_die *die)
{
	if (die_is_record(die) && die_is_declaration(die))
		for (size_t i = 0; i < t->n_completions; i++)
			if (dies_have_one_name(t->completions[i].declared, die))
				return t->completions[i].definition;
	return die;
}

struct fact_die *types_bare(struct types *t, const struct fact_die *die)
{
	for (int i = 0; i < DEEPEST; i++) {
		if (!die)
			return NULL;
		if (die->tag == TAG_TYPEDEF || die_is_qualifier(die))
			die = die->type;
		else if (die_is_record(die) && die->definition)
			die = die->definition;
		else
			return completed(t, (struct fact_die *)die);
	}
	types_wrong(t, "%s", too_deep);
	return NULL;
}

/* ---- sizes ---- */

static int64_t dimension(const struct fact_die *range)
{
	int64_t n = -1;

	if (range->has & HAS_COUNT)
		n = range->count;
	else if (range->has & HAS_UPPER)
		n = range->upper - (range->has & HAS_LOWER ? range->lower : 0) + 1;
	return n < 0 || n >= LONGEST ? -1 : n;
}

void types_dimensions(struct types *t, const struct fact_die *array, struct dimensions *d)
{
	d->n = 0;
	d->varies = false;
	for (size_t i = 0; i < array->n_children; i++) {
		const struct fact_die *child = array->children[i];

		if (child->tag != TAG_SUBRANGE && child->tag != TAG_ENUMERATION)
			continue;
		if (d->n == sizeof(d->v) / sizeof(*d->v)) {
			types_wrong(t, "an array of its DWARF has too many dimensions");
			return;
		}
		d->varies = d->varies || (child->flags & FACT_VARIES);
		d->v[d->n++] = dimension(child);
	}
}

static uint64_t array_size(struct types *t, const struct fact_die *die)
{
	struct dimensions d;
	uint64_t total = types_size(t, die->type);

	types_dimensions(t, die, &d);
	for (size_t i = 0; i < d.n; i++) {
		if (__builtin_mul_overflow(total, d.v[i] < 0 ? 0 : (uint64_t)d.v[i], &total) ||
		    total >= (uint64_t)LONGEST) {
			types_wrong(t, "an array says that it has more than 2^60 bytes");
			return 0;
		}
	}
	return d.n ? total : 0;
}

static uint64_t atomic_size(struct types *t, const struct fact_die *die)
{
	uint64_t size = types_size(t, die->type);

	if (t->abi.traits.kind == COMPILER_CLANG && size > 0 && size <= abi_padded_atomic(&t->abi))
		return power_above(size);
	return size;
}

static uint64_t size_without_note(struct types *t, struct fact_die *die)
{
	uint64_t address = die->unit->address;
	struct fact_die *target;

	if (die->has & HAS_SIZE) {
		if (die->size >= 0 && die->size < LONGEST)
			return (uint64_t)die->size;
		types_wrong(t, "a type says that it has %lld bytes", (long long)die->size);
		return 0;
	}
	if ((die->has & HAS_BITS) && die->bits >= 0 && die->bits < LONGEST)
		return ((uint64_t)die->bits + 7) / 8;
	if (die_is_pointer(die) || die->tag == TAG_UNSPECIFIED)
		return address;
	if (die->tag == TAG_POINTER_TO_MEMBER) {
		target = types_bare(t, die->type);
		return target && target->tag == TAG_SUBROUTINE ? 2 * address : address;
	}
	if (die->tag == TAG_ARRAY)
		return array_size(t, die);
	if (die->tag == TAG_ATOMIC)
		return atomic_size(t, die);
	if (die->tag == TAG_TYPEDEF || die_is_qualifier(die) || die->tag == TAG_ENUMERATION)
		return types_size(t, die->type);
	target = types_bare(t, die);
	return target && target != die ? types_size(t, target) : 0;
}

uint64_t types_size(struct types *t, struct fact_die *die)
{
	uint64_t size;

	if (!die || t->wrong)
		return 0;
	if (die->size_noted == t->round)
		return die->noted_size;
	if (t->depth >= DEEPEST) {
		types_wrong(t, "%s", too_deep);
		return 0;
	}
	t->depth++;
	size = size_without_note(t, die);
	t->depth--;
	die->noted_size = size;
	die->size_noted = t->round;
	return size;
}

bool types_vary(struct types *t, const struct fact_die *die)
{
	const struct fact_die *found = types_bare(t, die);
	struct dimensions d;

	if (!found)
		return false;
	if (found->flags & FACT_VARIES)
		return true;
	if (found->tag == TAG_ARRAY && !(found->has & HAS_SIZE)) {
		types_dimensions(t, found, &d);
		return d.varies;
	}
	return die_is_record(found) && !die_is_declaration(found) &&
	       !(found->has & (HAS_SIZE | HAS_BITS));
}

/* ---- members ---- */

static void place_member(const struct fact_die *die, struct member *m)
{
	uint64_t storage;

	m->placed = !(die->flags & FACT_PLACE_VARIES);
	m->bits = die->has & HAS_AT ? 8 * (uint64_t)die->at : 0;
	m->is_bit_field = (die->has & HAS_BITS) != 0;
	m->width = m->is_bit_field ? (uint64_t)die->bits : 0;
	if (die->has & HAS_BIT_AT) {
		m->bits += (uint64_t)die->bit_at;
	} else if (m->is_bit_field && (die->has & HAS_BIT_OFFSET) && m->placed) {
		storage = 8 * (die->has & HAS_SIZE ? (uint64_t)die->size : m->size);
		/* clang 14 counts from before the record's start where it pads an _Atomic struct:
		 * the sum wraps around.
		 */
		m->bits += die->unit->object->big ? (uint64_t)die->bit_offset
						  : storage - (uint64_t)die->bit_offset - m->width;
	}
}

/* clang 14 makes a bit-field of an _Atomic struct that it pads. */
static void settle_width(struct types *t, struct member *m)
{
	const struct fact_die *scalar = types_bare(t, m->type);

	if (m->is_bit_field &&
	    (!scalar || (scalar->tag != TAG_BASE && scalar->tag != TAG_ENUMERATION))) {
		m->size = m->size > m->width / 8 ? m->size : m->width / 8;
		m->is_bit_field = false;
		m->width = 0;
	}
}

static bool base_class(struct types *t, struct fact_die *child, struct member *m)
{
	m->type = child->type;
	m->size = types_size(t, child->type);
	m->placed = !(child->flags & (FACT_VIRTUAL | FACT_PLACE_VARIES));
	m->bits = m->placed && (child->has & HAS_AT) ? 8 * (uint64_t)child->at : 0;
	return true;
}

bool types_member(struct types *t, const struct fact_die *record, struct fact_die *child,
		  struct member *m)
{
	memset(m, 0, sizeof(*m));
	m->die = child;
	if (child->tag == TAG_INHERITANCE)
		return base_class(t, child, m);
	if (child->tag != TAG_MEMBER || (child->flags & (FACT_EXTERNAL | FACT_DECLARATION)))
		return false;
	m->type = child->type;
	m->size = types_size(t, child->type);
	place_member(child, m);
	settle_width(t, m);
	/* gcc for sh4 gives bit-fields of a union places before its start. */
	if (record->tag == TAG_UNION)
		m->bits = 0;
	if (m->bits >= (uint64_t)LONGEST || m->width >= (uint64_t)LONGEST)
		types_wrong(t, "a member lies outside of its record");
	return !t->wrong;
}
