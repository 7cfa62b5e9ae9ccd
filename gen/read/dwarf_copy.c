/* SPDX-License-Identifier: MIT */
#include "read/dwarf_copy.h"

#include "base/paths.h"
#include "base/text.h"
#include "read/dwarf_file.h"
#include "read/dwarf_language.h"
#include "read/dwarf_scopes.h"

#include <dwarf.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { ASSEMBLER = DW_LANG_Mips_Assembler };
/* How much of a DIE is wanted: behind a pointer, records need no members. */
enum level { LEVEL_NONE, LEVEL_BRIEF, LEVEL_FULL };

struct copy {
	Dwarf_Die die;
	struct fact_die *fact;
	enum level level;
};

struct unit_copy {
	Dwarf_CU *cu;
	struct fact_unit *fact;
	Dwarf_Die root;
	struct scopes *scopes; /* NULL: not asked for yet */
};

struct copied {
	struct copy *v; /* in the order in which they came */
	size_t n;
	size_t *slots; /* of a hash table, 1 + index in v; 0: empty */
	size_t n_slots;
	size_t *queue; /* of indexes in v, whose references are still to be followed */
	size_t n_queue;
	struct unit_copy *units;
	size_t n_units;
};

static void wrong(struct copier *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void wrong(struct copier *c, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (!c->wrong)
		c->wrong = text_vformat(format, args);
	va_end(args);
}

static void *grown(void *list, size_t n, size_t size)
{
	return n & (n - 1) ? list : text_resize(list, n ? 2 * n : 1, size);
}

/* ---- units ---- */

static void find_producers(struct copier *c)
{
	struct fact_object *o = c->object;
	Dwarf_CU *cu = NULL;
	Dwarf_Half version;
	Dwarf_Die root;

	while (dwarf_get_units(c->owner, cu, &cu, &version, NULL, &root, NULL) == 0) {
		Dwarf_Attribute attr;
		const char *text = dwarf_formstring(dwarf_attr(&root, DW_AT_producer, &attr));
		int language = dwarf_srclang(&root);
		struct fact_producer p = { NULL, version, language > 0 ? (unsigned)language : 0 };
		struct fact_producer *old = o->producers;

		if (!text || language == ASSEMBLER)
			continue;
		if (o->n_producers && old[o->n_producers - 1].version == p.version &&
		    old[o->n_producers - 1].language == p.language &&
		    strcmp(old[o->n_producers - 1].text, text) == 0)
			continue;
		o->producers = facts_alloc(c->f, (o->n_producers + 1) * sizeof(p));
		if (o->n_producers)
			memcpy(o->producers, old, o->n_producers * sizeof(p));
		p.text = facts_copy(c->f, text);
		o->producers[o->n_producers++] = p;
	}
}

void copy_producers(struct copier *c)
{
	if (!c->object->n_producers)
		find_producers(c);
}

static struct unit_copy *unit_of(struct copier *c, Dwarf_CU *cu)
{
	struct copied *all = c->copied;
	struct unit_copy *u;
	Dwarf_Attribute attr;
	uint8_t address = 0;
	Dwarf_Half version = 0;
	const char *producer;
	int language;

	for (size_t i = all->n_units; i-- > 0;)
		if (all->units[i].cu == cu)
			return &all->units[i];
	all->units = grown(all->units, all->n_units, sizeof(*all->units));
	u = &all->units[all->n_units++];
	memset(u, 0, sizeof(*u));
	u->cu = cu;
	u->fact = facts_alloc(c->f, sizeof(*u->fact));
	dwarf_cu_info(cu, &version, NULL, &u->root, NULL, NULL, &address, NULL);
	producer = dwarf_formstring(dwarf_attr(&u->root, DW_AT_producer, &attr));
	language = dwarf_srclang(&u->root);
	u->fact->object = c->object;
	u->fact->version = version;
	u->fact->address = address;
	u->fact->language = language > 0 ? (unsigned)language : 0;
	u->fact->producer = producer ? facts_copy(c->f, producer) : NULL;
	if (!producer)
		copy_producers(c);
	return u;
}

/* The line table of a split unit is where its skeleton is. */
static Dwarf_Die *lines_of(const struct copier *c, struct unit_copy *u)
{
	uint64_t its, number;

	if (c->skeleton && split_number(u->cu, &its) && split_number(c->skeleton->cu, &number) &&
	    its == number)
		return c->skeleton;
	return &u->root;
}

static char *file_of(struct copier *c, struct unit_copy *u, uint64_t index)
{
	Dwarf_Die *lines = lines_of(c, u);
	Dwarf_Attribute attribute;
	Dwarf_Files *files;
	size_t n;
	const char *path, *name, *dir;
	char *joined, *copy;

	if (dwarf_getsrcfiles(lines, &files, &n) != 0 || index >= n)
		return NULL;
	path = dwarf_filesrc(files, index, NULL, NULL);
	if (!path)
		return NULL;
	name = strrchr(path, '/');
	name = name ? name + 1 : path;
	if (strcmp(name, "<built-in>") == 0)
		return facts_copy(c->f, name);
	/* libdw leaves a directory that the line table has below that of the compilation alone. */
	dir = dwarf_formstring(dwarf_attr(lines, DW_AT_comp_dir, &attribute));
	if (path[0] == '/' || !dir)
		return facts_copy(c->f, path);
	joined = path_join(dir, path);
	copy = facts_copy(c->f, joined);
	free(joined);
	return copy;
}

/* ---- DIEs ---- */

static size_t hash_of(const void *address)
{
	return (size_t)(((uintptr_t)address * 0x9e3779b97f4a7c15U) >> 20);
}

static void fill_slots(struct copied *all)
{
	memset(all->slots, 0, all->n_slots * sizeof(*all->slots));
	for (size_t i = 0; i < all->n; i++) {
		size_t at = hash_of(all->v[i].die.addr) & (all->n_slots - 1);

		while (all->slots[at])
			at = (at + 1) & (all->n_slots - 1);
		all->slots[at] = i + 1;
	}
}

/* The slot of a DIE, or where it would be. */
static size_t *slot_of(struct copied *all, const Dwarf_Die *die)
{
	size_t at;

	if (2 * (all->n + 1) > all->n_slots) {
		all->n_slots = all->n_slots ? 2 * all->n_slots : 256;
		all->slots = text_resize(all->slots, all->n_slots, sizeof(*all->slots));
		fill_slots(all);
	}
	at = hash_of(die->addr) & (all->n_slots - 1);
	while (all->slots[at] && all->v[all->slots[at] - 1].die.addr != die->addr)
		at = (at + 1) & (all->n_slots - 1);
	return &all->slots[at];
}

/* The fact of a DIE, whose references are followed as far as the level says, later. */
static struct fact_die *fact_of(struct copier *c, Dwarf_Die *die, enum level level)
{
	struct copied *all = c->copied;
	size_t *slot = slot_of(all, die);
	struct copy *copy;

	if (!*slot) {
		all->v = grown(all->v, all->n, sizeof(*all->v));
		all->v[all->n] = (struct copy){ *die, facts_alloc(c->f, sizeof(struct fact_die)),
						LEVEL_NONE };
		*slot = ++all->n;
	}
	copy = &all->v[*slot - 1];
	if (copy->level < level) {
		copy->level = level;
		all->queue = grown(all->queue, all->n_queue, sizeof(*all->queue));
		all->queue[all->n_queue++] = *slot - 1;
	}
	return copy->fact;
}

/* What the attributes of one DIE lead to. */
struct attributes {
	struct copier *c;
	Dwarf_Die *die;
	struct fact_die *fact;
	struct unit_copy *unit;
	enum level behind; /* what its type is wanted for */
	uint64_t file;
	bool has_file;
	Dwarf_Die declared; /* what DW_AT_specification leads to */
	bool first;	    /* its own numbers are to be copied, too */
};

static void set(struct fact_die *fact, unsigned has, int64_t *place, int64_t value)
{
	fact->has |= has;
	*place = value;
}

/* False: it is no constant. */
static bool constant(Dwarf_Attribute *attr, int64_t *value)
{
	Dwarf_Word word;
	Dwarf_Sword sword;

	switch (dwarf_whatform(attr)) {
	case DW_FORM_sdata:
	case DW_FORM_implicit_const:
		if (dwarf_formsdata(attr, &sword) != 0)
			return false;
		*value = sword;
		break;
	case DW_FORM_data1:
	case DW_FORM_data2:
	case DW_FORM_data4:
	case DW_FORM_data8:
	case DW_FORM_udata:
		if (dwarf_formudata(attr, &word) != 0)
			return false;
		*value = (int64_t)word;
		if (dwarf_whatform(attr) == DW_FORM_data4 && word == UINT32_MAX)
			*value = -1;
		break;
	default:
		return false;
	}
	return true;
}

static void set_constant(struct fact_die *fact, Dwarf_Attribute *attr, unsigned has, int64_t *place)
{
	int64_t value;

	if (constant(attr, &value))
		set(fact, has, place, value);
	else if (has & (HAS_SIZE | HAS_BITS | HAS_COUNT | HAS_UPPER))
		fact->flags |= FACT_VARIES;
}

/* DWARF 2 has an expression for it, DW_OP_plus_uconst. */
static void set_place(struct fact_die *fact, Dwarf_Attribute *attr)
{
	Dwarf_Op *ops;
	size_t n;
	int64_t value;

	if (constant(attr, &value))
		set(fact, HAS_AT, &fact->at, value);
	else if (dwarf_getlocation(attr, &ops, &n) == 0 && n == 1 &&
		 ops[0].atom == DW_OP_plus_uconst)
		set(fact, HAS_AT, &fact->at, (int64_t)ops[0].number);
	else
		fact->flags |= FACT_PLACE_VARIES;
}

static void set_flag(struct fact_die *fact, Dwarf_Attribute *attr, unsigned flag)
{
	bool value = false;
	int64_t number;

	if (dwarf_formflag(attr, &value) == 0 ? value : constant(attr, &number) && number != 0)
		fact->flags |= flag;
}

/* NULL: it leads nowhere, which is wrong unless it is the name of a type unit. */
static struct fact_die *referred(struct attributes *a, Dwarf_Attribute *attr, enum level level)
{
	Dwarf_Die die;

	if (dwarf_formref_die(attr, &die)) {
		if (dwarf_tag(&die) != DW_TAG_invalid)
			return fact_of(a->c, &die, level);
	} else if (dwarf_whatform(attr) == DW_FORM_ref_sig8) {
		return NULL;
	}
	wrong(a->c, "a reference of its DWARF leads out of its section");
	return NULL;
}

static void take_reference(struct attributes *a, Dwarf_Attribute *attr)
{
	switch (dwarf_whatattr(attr)) {
	case DW_AT_type:
		a->fact->type = referred(a, attr, a->behind);
		break;
	case DW_AT_signature:
		a->fact->definition = referred(a, attr, a->behind);
		break;
	case DW_AT_specification:
		a->fact->flags |= FACT_SPECIFICATION;
		if (!dwarf_formref_die(attr, &a->declared))
			a->declared.addr = NULL;
		break;
	default:
		break;
	}
}

static void take_number(struct attributes *a, Dwarf_Attribute *attr)
{
	struct fact_die *f = a->fact;
	int64_t value;

	switch (dwarf_whatattr(attr)) {
	case DW_AT_byte_size:
		set_constant(f, attr, HAS_SIZE, &f->size);
		break;
	case DW_AT_bit_size:
		set_constant(f, attr, HAS_BITS, &f->bits);
		break;
	case DW_AT_alignment:
		set_constant(f, attr, HAS_ALIGN, &f->align);
		break;
	case DW_AT_data_member_location:
		set_place(f, attr);
		break;
	case DW_AT_data_bit_offset:
		set_constant(f, attr, HAS_BIT_AT, &f->bit_at);
		break;
	case DW_AT_bit_offset:
		set_constant(f, attr, HAS_BIT_OFFSET, &f->bit_offset);
		break;
	case DW_AT_encoding:
		set_constant(f, attr, HAS_ENCODING, &f->encoding);
		break;
	case DW_AT_count:
		set_constant(f, attr, HAS_COUNT, &f->count);
		break;
	case DW_AT_upper_bound:
		set_constant(f, attr, HAS_UPPER, &f->upper);
		break;
	case DW_AT_lower_bound:
		set_constant(f, attr, HAS_LOWER, &f->lower);
		break;
	case DW_AT_decl_line:
		f->line = constant(attr, &value) && value > 0 ? (unsigned)value : 0;
		break;
	case DW_AT_decl_file:
		a->has_file = constant(attr, &value) && value >= 0;
		a->file = a->has_file ? (uint64_t)value : 0;
		break;
	default:
		break;
	}
}

static void take_flag(struct attributes *a, Dwarf_Attribute *attr)
{
	static const struct {
		unsigned attribute, flag;
	} flags[] = {
		{ DW_AT_declaration, FACT_DECLARATION },
		{ DW_AT_external, FACT_EXTERNAL },
		{ DW_AT_GNU_vector, FACT_VECTOR },
		{ DW_AT_prototyped, FACT_PROTOTYPED },
		{ DW_AT_virtuality, FACT_VIRTUAL },
		{ DW_AT_artificial, FACT_ARTIFICIAL },
		{ DW_AT_export_symbols, FACT_EXPORT_SYMBOLS },
	};

	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++)
		if (dwarf_whatattr(attr) == flags[i].attribute)
			set_flag(a->fact, attr, flags[i].flag);
}

static int take_attribute(Dwarf_Attribute *attr, void *arg)
{
	struct attributes *a = arg;
	const char *name;

	take_reference(a, attr);
	if (!a->first)
		return DWARF_CB_OK;
	if (dwarf_whatattr(attr) == DW_AT_name) {
		name = dwarf_formstring(attr);
		if (name)
			a->fact->name = facts_copy(a->c->f, name);
		else
			wrong(a->c, "a string of its DWARF has no end");
	}
	take_number(a, attr);
	take_flag(a, attr);
	return DWARF_CB_OK;
}

static bool is_named(unsigned tag)
{
	return tag == DW_TAG_structure_type || tag == DW_TAG_class_type ||
	       tag == DW_TAG_union_type || tag == DW_TAG_typedef;
}

static bool is_pointer(unsigned tag)
{
	return tag == DW_TAG_pointer_type || tag == DW_TAG_reference_type ||
	       tag == DW_TAG_rvalue_reference_type || tag == DW_TAG_ptr_to_member_type;
}

static bool is_record(unsigned tag)
{
	return tag != DW_TAG_typedef && is_named(tag);
}

/* ---- scopes ---- */

static struct fact_die *scope_of(struct copier *c, struct unit_copy *u, Dwarf_Die *die)
{
	Dwarf_Die scope;

	if (language_is_c(u->fact->language))
		return NULL;
	if (!u->scopes)
		u->scopes = scopes_find(&u->root);
	return scopes_around(u->scopes, die, &scope) ? fact_of(c, &scope, LEVEL_BRIEF) : NULL;
}

static void set_scope(struct attributes *a, Dwarf_Die *declared)
{
	struct fact_die *f = a->fact;

	if (!is_named(f->tag) && f->tag != DW_TAG_enumeration_type && f->tag != DW_TAG_namespace)
		return;
	if (declared->addr && dwarf_tag(declared) != DW_TAG_invalid) {
		if (!f->name[0] && dwarf_diename(declared))
			f->name = facts_copy(a->c->f, dwarf_diename(declared));
		f->scope = scope_of(a->c, unit_of(a->c, declared->cu), declared);
	} else {
		f->scope = scope_of(a->c, unit_of(a->c, a->die->cu), a->die);
	}
}

/* ---- one DIE ---- */

static void copy_die(struct copier *c, Dwarf_Die *die, struct fact_die *fact, enum level level)
{
	unsigned tag = (unsigned)dwarf_tag(die);
	struct attributes a = {
		.c = c,
		.die = die,
		.fact = fact,
		.unit = unit_of(c, die->cu),
		.behind = is_pointer(tag) ? LEVEL_BRIEF : level,
		.first = fact->name == NULL,
	};

	if (a.first) {
		fact->tag = tag;
		fact->unit = a.unit->fact;
		fact->name = (char *)"";
	}
	dwarf_getattrs(die, take_attribute, &a, 0);
	if (!a.first)
		return;
	if (a.has_file && is_named(tag))
		fact->file = file_of(c, unit_of(c, die->cu), a.file);
	set_scope(&a, &a.declared);
}

static bool has_wanted_children(unsigned tag)
{
	return tag == DW_TAG_array_type || tag == DW_TAG_subroutine_type || is_record(tag);
}

static bool is_child(unsigned parent, unsigned tag)
{
	switch (parent) {
	case DW_TAG_array_type:
		return tag == DW_TAG_subrange_type || tag == DW_TAG_enumeration_type;
	case DW_TAG_subroutine_type:
		return tag == DW_TAG_formal_parameter || tag == DW_TAG_unspecified_parameters;
	default:
		return is_record(parent) && (tag == DW_TAG_member || tag == DW_TAG_inheritance);
	}
}

static void add_child(struct copier *c, struct fact_die *fact, struct fact_die *child)
{
	struct fact_die **old = fact->children;
	size_t n = fact->n_children;

	if ((n & (n - 1)) == 0) { /* room doubles */
		fact->children = facts_alloc(c->f, (n ? 2 * n : 1) * sizeof(child));
		if (n)
			memcpy(fact->children, old, n * sizeof(child));
	}
	fact->children[fact->n_children++] = child;
}

static void copy_children(struct copier *c, Dwarf_Die *die, struct fact_die *fact, enum level level)
{
	Dwarf_Die child;
	int more = dwarf_child(die, &child);

	for (; more == 0 && !c->wrong; more = dwarf_siblingof(&child, &child)) {
		unsigned tag = (unsigned)dwarf_tag(&child);
		struct fact_die *copy;

		if (tag == DW_TAG_invalid)
			more = -1;
		else if (tag == DW_TAG_variant_part)
			fact->flags |= FACT_VARIANT;
		if (more != 0 || !is_child(fact->tag, tag))
			continue;
		copy = facts_alloc(c->f, sizeof(*copy));
		copy_die(c, &child, copy, level);
		add_child(c, fact, copy);
	}
	if (more < 0)
		wrong(c, "a DIE of its DWARF cannot be read");
}

/* Copy what is queued, and what that leads to. */
static void copy_queue(struct copier *c)
{
	struct copied *all = c->copied;

	while (all->n_queue > 0 && !c->wrong) {
		struct copy *copy = &all->v[all->queue[--all->n_queue]];
		struct fact_die *fact = copy->fact;
		enum level level = copy->level;
		Dwarf_Die die = copy->die; /* the list may move */

		copy_die(c, &die, fact, level);
		fact->flags &= ~(unsigned)FACT_BRIEF;
		if (level == LEVEL_BRIEF && is_record(fact->tag))
			fact->flags |= FACT_BRIEF;
		else if (fact->n_children == 0 && has_wanted_children(fact->tag))
			copy_children(c, &die, fact, level);
	}
}

/* ---- the whole ---- */

void copier_start(struct copier *c)
{
	c->copied = text_alloc(1, sizeof(*c->copied));
}

void copier_end(struct copier *c)
{
	struct copied *all = c->copied;

	for (size_t i = 0; all && i < all->n_units; i++)
		scopes_free(all->units[i].scopes);
	if (all) {
		free(all->units);
		free(all->v);
		free(all->slots);
		free(all->queue);
	}
	free(all);
	c->copied = NULL;
}

void copy_found(struct copier *c, Dwarf_Die *die)
{
	struct fact_die *fact = fact_of(c, die, LEVEL_FULL);

	copy_queue(c);
	facts_found(c->f, fact);
}

struct fact_die *copy_name(struct copier *c, Dwarf_Die *die)
{
	struct fact_die *fact = fact_of(c, die, LEVEL_BRIEF);

	copy_queue(c);
	return fact;
}
