/* SPDX-License-Identifier: MIT */
/*
 * Unnamed bit-fields leave no trace but holes. So a hole that no alignment explains voids all that
 * holes prove of a record and raises hi (an unnamed bit-field aligns the record on some machines);
 * so do named bit-fields, which are often neighbours of unnamed ones, and a member below its
 * natural alignment, which shows the record packed.
 */
#include "read/dwarf_types.h"

#include "read/dwarf_constants.h"
#include "read/dwarf_language.h"

enum { DEEPEST = 100, MOST_TYPEDEFS = 100, UNNAMED_BITS = 16 };

static uint64_t smaller(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* The largest alignment that n can have; of 0 that is any. */
static uint64_t most_at(uint64_t n)
{
	return n ? power_in(n) : ALIGN_UNKNOWN;
}

static bool is_gcc(const struct types *t)
{
	return t->abi.traits.kind == COMPILER_GCC;
}

uint64_t types_stated(struct types *t, const struct fact_die *die)
{
	if (!(die->has & HAS_ALIGN))
		return 0;
	if (die->align < 0 || (die->align & (die->align - 1)) || die->align > (int64_t)1 << 32) {
		types_wrong(t, "a type says that it is aligned to %lld bytes",
			    (long long)die->align);
		return 0;
	}
	return (uint64_t)die->align;
}

static bool has_typedef(const struct fact_die *die)
{
	for (int i = 0; die && i < MOST_TYPEDEFS; i++) {
		if (die->tag == TAG_TYPEDEF)
			return true;
		if (!die_is_qualifier(die) && die->tag != TAG_ARRAY)
			return false;
		die = die->type;
	}
	return false;
}

/* ---- members ---- */

/* What a member is made of: of arrays the element. */
static struct fact_die *scalar_of(struct types *t, const struct fact_die *type)
{
	struct fact_die *die = types_bare(t, type);

	for (int i = 0; die && die->tag == TAG_ARRAY && i < MOST_TYPEDEFS; i++)
		die = types_bare(t, die->type);
	return die && (die->tag == TAG_BASE || die->tag == TAG_ENUMERATION) ? die : NULL;
}

/* What a member can be aligned to for other reasons than its type's own alignment. */
static uint64_t raised(struct types *t, const struct member *m)
{
	struct fact_die *scalar = scalar_of(t, m->type);
	uint64_t most, bytes = m->width / 8;

	if (!scalar)
		return 0;
	most = abi_most_in_record(&t->abi, types_size(t, scalar), (unsigned)scalar->encoding);
	/* gcc takes a bit-field that is as wide as an integer for one, whatever its typedef says.
	 */
	if (is_gcc(t) && m->is_bit_field && m->width % 8 == 0 && bytes && bytes == power_in(bytes))
		most = larger(most, abi_scalar(&t->abi, bytes, ENCODING_UNSIGNED).hi);
	return most;
}

uint64_t types_member_limit(struct types *t, const struct member *m, uint64_t record_size)
{
	uint64_t stated = types_stated(t, m->die), natural = types_bounds(t, m->type).hi;
	uint64_t fits = most_at(record_size), place = most_at(m->bits / 8), limit;

	if (stated && traits_hide_typedefs(&t->abi.traits) && has_typedef(m->type))
		natural = ALIGN_UNKNOWN;
	else if (stated)
		natural = is_gcc(t) ? stated : larger(natural, stated);
	natural = larger(natural, raised(t, m));
	limit = smaller(smaller(natural, fits), m->is_bit_field ? ALIGN_UNKNOWN : place);
	/* clang never states the alignment of what it takes for a bit-field. */
	if (t->abi.traits.kind == COMPILER_CLANG && (m->die->has & HAS_BITS) && m->bits % 8 == 0)
		limit = larger(limit, smaller(fits, place));
	return limit;
}

/* What the members of one record tell of its alignment. */
struct inference {
	uint64_t size, lo, hi, end;
	bool is_union;
	bool proof;	  /* do holes prove something? */
	bool unexplained; /* is there a hole that no alignment explains? */
	bool has_virtual; /* a virtual base, which stands somewhere in what looks like holes */
};

static void add_hole(struct inference *in, uint64_t start, uint64_t limit)
{
	uint64_t needed;

	if (start <= in->end)
		return;
	needed = power_above(start - in->end + 1);
	if (needed > limit)
		in->unexplained = true;
	else
		in->lo = larger(in->lo, needed);
}

static void add_member(struct inference *in, struct types *t, const struct member *m)
{
	uint64_t limit = types_member_limit(t, m, in->size), start = m->bits / 8;

	in->hi = larger(in->hi, limit);
	if (!m->placed) {
		in->has_virtual = true;
		return;
	}
	if (m->is_bit_field) {
		in->proof = false;
		in->end = larger(in->end, (m->bits + m->width + 7) / 8);
		return;
	}
	if (limit < types_bounds(t, m->type).lo)
		in->proof = false;
	if (!in->is_union)
		add_hole(in, start, limit);
	in->end = larger(in->end, start + m->size);
}

static struct bounds infer(struct types *t, const struct fact_die *record, uint64_t size)
{
	struct inference in = {
		.size = size, .lo = 1, .hi = 1, .is_union = record->tag == TAG_UNION, .proof = true
	};
	struct member m;

	for (size_t i = 0; i < record->n_children && !t->wrong; i++)
		if (types_member(t, record, record->children[i], &m))
			add_member(&in, t, &m);
	add_hole(&in, size, in.hi);
	if (in.has_virtual)
		return (struct bounds){ 1, in.hi };
	if (in.unexplained) /* by an unnamed bit-field of some integer type */
		return (struct bounds){ 1, larger(in.hi, smaller(size ? power_in(size) : 1,
								 UNNAMED_BITS)) };
	return (struct bounds){ in.proof ? in.lo : 1, in.hi };
}

/* ---- types ---- */

/* rustc states each record's alignment, and puts members in any order. */
static struct bounds rust_record(uint64_t size, uint64_t stated)
{
	if (stated)
		return (struct bounds){ stated, stated };
	return (struct bounds){ 1, most_at(size) };
}

static struct bounds record_bounds(struct types *t, const struct fact_die *die)
{
	struct fact_die *found = types_bare(t, die);
	uint64_t size, stated;
	struct bounds b;

	if (!found || die_is_declaration(found))
		return (struct bounds){ 1, ALIGN_UNKNOWN };
	if (found != die)
		return types_bounds(t, found);
	size = types_size(t, found);
	stated = types_stated(t, die);
	if (t->abi.traits.kind == COMPILER_RUSTC)
		return rust_record(size, stated);
	if (stated && is_gcc(t))
		return (struct bounds){ stated, stated };
	b = infer(t, die, size);
	if (traits_is_doubtful(&t->abi.traits))
		b.hi = larger(b.hi, most_at(size));
	else if (abi_is_strict(&t->abi) && (size == 2 || size == 4 || size == 8 || size == 16))
		b.hi = larger(b.hi, size);
	b.hi = larger(b.hi, stated);
	b.hi = larger(b.hi, smaller(t->abi.traits.least_record, size ? power_in(size) : 1));
	b.lo = smaller(larger(b.lo, stated), b.hi);
	return b;
}

static struct bounds atomic_bounds(struct types *t, struct fact_die *die)
{
	struct bounds b = types_bounds(t, die->type);
	uint64_t size = types_size(t, die);

	if (size && size <= 16 && size == power_in(size))
		b.hi = larger(b.hi, size);
	return b;
}

static struct bounds scalar_bounds(struct types *t, struct fact_die *die)
{
	uint64_t size = die->tag == TAG_POINTER_TO_MEMBER ? die->unit->address : types_size(t, die);
	unsigned encoding = ENCODING_UNSIGNED;

	if (die->tag == TAG_BASE)
		encoding = die->has & HAS_ENCODING ? (unsigned)die->encoding : 0;
	return abi_scalar(&t->abi, size, encoding);
}

static struct bounds one_bounds(struct types *t, struct fact_die *die)
{
	uint64_t stated;

	if (die_is_record(die))
		return record_bounds(t, die);
	stated = types_stated(t, die);
	if (stated) /* on a typedef: exactly that */
		return (struct bounds){ stated, stated };
	if (die->tag == TAG_ATOMIC)
		return atomic_bounds(t, die);
	if (die->tag == TAG_TYPEDEF && traits_is_doubtful(&t->abi.traits))
		return (struct bounds){ 1, most_at(types_size(t, die)) };
	if (die->tag == TAG_TYPEDEF || die_is_qualifier(die))
		return types_bounds(t, die->type);
	if (die->tag == TAG_ARRAY && (die->flags & FACT_VECTOR))
		return (struct bounds){ 1, power_above(types_size(t, die)) };
	if (die->tag == TAG_ARRAY)
		return types_bounds(t, die->type);
	return scalar_bounds(t, die);
}

static bool may_be_atomic(const struct fact_die *die)
{
	return die_is_record(die) || die_is_pointer(die) || die->tag == TAG_BASE ||
	       die->tag == TAG_ENUMERATION;
}

static struct bounds used_bounds(struct types *t, struct fact_die *die)
{
	struct bounds b = one_bounds(t, die);
	uint64_t size;

	if (traits_hide_atomic(&t->abi.traits) && may_be_atomic(die)) {
		size = types_size(t, die);
		if (size == 2 || size == 4 || size == 8 || size == 16)
			b.hi = larger(b.hi, size);
	}
	return b;
}

struct bounds types_bounds(struct types *t, struct fact_die *die)
{
	struct bounds b = { 1, 1 };

	if (!die || t->wrong)
		return b;
	if (die->bounds_noted == t->round)
		return (struct bounds){ die->noted_lo, die->noted_hi };
	if (t->depth >= DEEPEST) {
		types_wrong(t, "types of its DWARF nest too deeply, or in a circle");
		return b;
	}
	t->depth++;
	b = used_bounds(t, die);
	t->depth--;
	die->noted_lo = b.lo;
	die->noted_hi = b.hi;
	die->bounds_noted = t->round;
	return b;
}

struct bounds types_named(struct types *t, struct fact_die *die)
{
	struct bounds b = die_is_record(die) ? record_bounds(t, die) : types_bounds(t, die);

	if (!die_is_record(die) && traits_hide_typedefs(&t->abi.traits) && !types_stated(t, die)) {
		uint64_t size = types_size(t, die);

		return (struct bounds){ 1, larger(b.hi, size ? power_in(size) : 0) };
	}
	b.lo = smaller(b.lo, t->abi.traits.pack);
	return b;
}
