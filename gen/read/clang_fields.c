/* SPDX-License-Identifier: MIT */
#include "read/clang_fields.h"

#include "base/text.h"
#include "base/words.h"
#include "model/fingerprint.h"
#include "read/clang_cursor.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* ---- how a holder can write a type ---- */

/* Words for C's own arithmetic types that every C and C++ compiler knows; NULL for the others. */
static const char *builtin_words(enum CXTypeKind kind)
{
	switch (kind) {
	case CXType_Bool:
		return "_Bool"; /* the writer knows what C++ calls it */
	case CXType_Char_U:
	case CXType_Char_S:
		return "char";
	case CXType_SChar:
		return "signed char";
	case CXType_UChar:
		return "unsigned char";
	case CXType_Short:
		return "short";
	case CXType_UShort:
		return "unsigned short";
	case CXType_Int:
		return "int";
	case CXType_UInt:
		return "unsigned int";
	case CXType_Long:
		return "long";
	case CXType_ULong:
		return "unsigned long";
	case CXType_LongLong:
		return "long long";
	case CXType_ULongLong:
		return "unsigned long long";
	case CXType_Float:
		return "float";
	case CXType_Double:
		return "double";
	case CXType_LongDouble:
		return "long double";
	default:
		return NULL;
	}
}

/* Has the record a tag of its own? From 16 on, one without is spelled by its typedef or its place.
 */
bool record_has_tag(CXCursor record)
{
	char *name = string_of(clang_getCursorSpelling(record));
	char *usr = string_of(clang_getCursorUSR(record));
	bool has = text_is_identifier(name) && !clang_Cursor_isAnonymous(record) &&
		   !strstr(usr, "@SA@") && !strstr(usr, "@UA@");

	free(name);
	free(usr);
	return has;
}

static bool is_at_file_scope(CXCursor decl)
{
	CXCursor up = clang_getCursorSemanticParent(decl);

	/* extern "C" is no scope */
	while (clang_getCursorKind(up) == CXCursor_LinkageSpec ||
	       clang_getCursorKind(up) == CXCursor_UnexposedDecl)
		up = clang_getCursorSemanticParent(up);
	return clang_getCursorKind(up) == CXCursor_TranslationUnit;
}

char *record_tag(CXType type)
{
	CXCursor decl = clang_getTypeDeclaration(type);
	enum CXCursorKind kind = clang_getCursorKind(decl);
	char *name, *tag;

	if ((kind != CXCursor_StructDecl && kind != CXCursor_UnionDecl) || !record_has_tag(decl))
		return NULL;
	if (clang_getCursorLanguage(decl) == CXLanguage_CPlusPlus && !is_at_file_scope(decl))
		return NULL;
	name = string_of(clang_getCursorSpelling(decl));
	tag = text_format("%s %s", kind == CXCursor_UnionDecl ? "union" : "struct", name);
	free(name);
	return tag;
}

static char *holder_words(CXType type, struct words *tags);

static char *holder_pointer(CXType pointee, struct words *tags)
{
	CXType canonical = clang_getCanonicalType(pointee);
	char *words, *pointer;

	if (canonical.kind == CXType_Void)
		words = text_copy("void");
	else if (canonical.kind == CXType_Record && (words = record_tag(canonical)))
		words_add(tags, words);
	else
		words = holder_words(canonical, tags);
	if (!words)
		return NULL;
	pointer = text_format("%s%s%s%s*", clang_isConstQualifiedType(canonical) ? "const " : "",
			      clang_isVolatileQualifiedType(canonical) ? "volatile " : "", words,
			      text_ends(words, "*") ? "" : " ");
	if (text_ends(words, "*") &&
	    (clang_isConstQualifiedType(canonical) || clang_isVolatileQualifiedType(canonical))) {
		free(pointer); /* a qualified pointer takes its words behind the star */
		pointer = text_format("%s%s%s *", words,
				      clang_isConstQualifiedType(canonical) ? "const" : "",
				      clang_isVolatileQualifiedType(canonical) ? " volatile" : "");
	}
	free(words);
	return pointer;
}

/* A scalar type in a holder's words, without its own qualifiers; NULL where there are none. */
static char *holder_words(CXType type, struct words *tags)
{
	CXType canonical = clang_getCanonicalType(type);
	const char *builtin;

	if (canonical.kind == CXType_Pointer)
		return holder_pointer(clang_getPointeeType(canonical), tags);
	if (canonical.kind == CXType_Enum)
		canonical = clang_getCanonicalType(
			clang_getEnumDeclIntegerType(clang_getTypeDeclaration(canonical)));
	builtin = builtin_words(canonical.kind);
	return builtin ? text_copy(builtin) : NULL;
}

/* A holder's words say nothing of a typedef that lowers the alignment: they would put it elsewhere.
 */
static void spell_for_holder(CXType type, struct field *f)
{
	CXType element = clang_getCanonicalType(type);
	struct text suffix;
	char *words;

	text_open(&suffix);
	while (element.kind == CXType_ConstantArray) {
		fprintf(suffix.file, "[%lld]", clang_getArraySize(element));
		element = clang_getCanonicalType(clang_getArrayElementType(element));
	}
	f->holder_suffix = text_close(&suffix);
	if (clang_Type_getAlignOf(type) < clang_Type_getAlignOf(element))
		return;
	words = holder_words(element, &f->holder_tags);
	if (words && clang_isVolatileQualifiedType(element) && !text_ends(words, "*")) {
		f->holder_type = text_format("volatile %s", words);
		free(words);
	} else {
		f->holder_type = words;
	}
}

/* ---- fields ---- */

enum { MOST_NESTED = 10000 }; /* fields; beyond, a member's own are left out */

struct field_walk {
	struct layout *layout;
	long long base_bits; /* of the member that we are in */
	unsigned depth;
	bool all; /* not only the members of anonymous ones */
	bool broken;
	const struct bases *bases;
};

static void add_fields(struct field_walk *walk, CXType record);

static bool is_flexible(CXType type)
{
	CXType canonical = clang_getCanonicalType(type);

	return canonical.kind == CXType_IncompleteArray ||
	       (canonical.kind == CXType_ConstantArray && clang_getArraySize(canonical) == 0);
}

/*
 * As its owner spelled it; but for a type without a name libclang puts its place into the words,
 * "struct (unnamed struct at conn.h:3:2)", and places change.
 */
static char *type_words(CXType type)
{
	char *words = string_of(clang_getTypeSpelling(type));
	char *open = strstr(words, "(unnamed "), *close, *clean;

	if (!open)
		open = strstr(words, "(anonymous ");
	close = open ? strchr(open, ')') : NULL;
	while (close && !isdigit((unsigned char)close[-1])) /* one that is part of the path */
		close = strchr(close + 1, ')');
	if (!close)
		return words;
	clean = text_format("%.*s(unnamed)%s", (int)(open - words), words, close + 1);
	free(words);
	return clean;
}

/* A reference takes the room of a pointer, whatever sizeof says of it. */
static void set_size(struct field *f, CXCursor cursor, CXType type)
{
	CXTargetInfo info;

	f->size = size_or_zero(clang_Type_getSizeOf(type));
	f->align = size_or_zero(clang_Type_getAlignOf(type));
	if (type.kind != CXType_LValueReference && type.kind != CXType_RValueReference)
		return;
	info = clang_getTranslationUnitTargetInfo(clang_Cursor_getTranslationUnit(cursor));
	f->size = f->align = size_or_zero(clang_TargetInfo_getPointerWidth(info) / 8);
	clang_TargetInfo_dispose(info);
}

/* The element of an array, of whatever dimensions; else the type itself. */
static CXType set_array(struct field *f, CXType type)
{
	CXType element = clang_getCanonicalType(type);

	f->count = 1;
	while (element.kind == CXType_ConstantArray || element.kind == CXType_IncompleteArray) {
		f->count *= size_or_zero(clang_getArraySize(element));
		f->dimensions++;
		element = clang_getCanonicalType(clang_getArrayElementType(element));
	}
	if (!f->dimensions)
		f->count = 0;
	return element;
}

/*
 * Is it of a header that libclang brings itself, or built in? The compiler may have other members
 * in its own: what they are called is nobody's business.
 */
static bool is_own(CXType record)
{
	static const char resources[] = "/lib/clang/";
	CXSourceLocation at = clang_getCursorLocation(clang_getTypeDeclaration(record));
	CXFile file;
	char *path, *version;
	bool own;

	clang_getExpansionLocation(at, &file, NULL, NULL, NULL);
	if (!file)
		return true;
	path = file_real_name(file);
	version = strstr(path, resources);
	own = version && isdigit((unsigned char)version[strlen(resources)]) &&
	      strstr(version, "/include/");
	free(path);
	return own;
}

/* The members of a member, where they are wanted. */
static void add_members(struct field_walk *walk, CXType element, bool anonymous, long long bits)
{
	struct field_walk inner = *walk;

	inner.base_bits = bits;
	inner.depth++;
	if (element.kind != CXType_Record)
		return;
	if (!anonymous && (!walk->all || walk->layout->n_fields > MOST_NESTED || is_own(element)))
		return;
	walk->layout->fields[walk->layout->n_fields - 1].is_union =
		clang_getCursorKind(clang_getTypeDeclaration(element)) == CXCursor_UnionDecl;
	add_fields(&inner, element);
	walk->broken = walk->broken || inner.broken;
}

static bool is_unnamed_bit_field(CXCursor cursor)
{
	char *name = string_of(clang_getCursorSpelling(cursor));
	bool is = clang_Cursor_isBitField(cursor) && !text_is_identifier(name);

	free(name);
	return is;
}

static enum CXVisitorResult visit_field(CXCursor cursor, CXClientData data)
{
	struct field_walk *walk = data;
	CXType type = clang_getCursorType(cursor), element;
	bool anonymous = clang_Cursor_isAnonymousRecordDecl(clang_getTypeDeclaration(type));
	long long bits = clang_Cursor_getOffsetOfField(cursor);
	struct field *f;
	char *name;

	if (is_unnamed_bit_field(cursor)) /* a hole, as object files have it */
		return CXVisit_Continue;
	f = layout_add_field(walk->layout);
	name = string_of(clang_getCursorSpelling(cursor));

	/* From 16 on an anonymous member is spelled by its place. */
	if (!text_is_identifier(name)) {
		name[0] = '\0';
		anonymous = true;
	} else {
		anonymous = false;
	}
	f->name = name;
	f->type = type_words(type);
	f->depth = walk->depth;
	set_size(f, cursor, type);
	element = set_array(f, type);
	if (bits < 0) {
		walk->broken = true;
		return CXVisit_Continue;
	}
	bits += walk->base_bits;
	f->offset = (uint64_t)bits / 8;
	if (clang_Cursor_isBitField(cursor)) {
		f->is_bit_field = true;
		f->bit_offset = (unsigned)(bits % 8);
		f->bit_width = (unsigned)clang_getFieldDeclBitWidth(cursor);
	}
	if (!anonymous)
		spell_for_holder(type, f);
	add_members(walk, element, anonymous, bits);
	return CXVisit_Continue;
}

/* ---- at the end ---- */

/* The members of a record that may end it: the last one of a struct, all of a union. */
struct ends {
	bool all;
	CXCursor *v;
	size_t n;
};

static enum CXVisitorResult keep_end(CXCursor cursor, CXClientData data)
{
	struct ends *ends = data;

	if (!ends->all)
		ends->n = 0;
	ends->v = text_resize(ends->v, ends->n + 1, sizeof(*ends->v));
	ends->v[ends->n++] = cursor;
	return CXVisit_Continue;
}

static void add_flexible(struct layout *l, CXType array, const char *path, long long bits)
{
	CXType element = clang_getArrayElementType(clang_getCanonicalType(array));

	layout_add_flexible(l, path, (uint64_t)bits / 8,
			    size_or_zero(clang_Type_getSizeOf(element)));
}

static void find_flexible(struct layout *l, CXType record, const char *scope, long long base_bits);

static void look_for_flexible(struct layout *l, CXCursor member, const char *scope,
			      long long base_bits)
{
	CXType type = clang_getCanonicalType(clang_getCursorType(member));
	long long bits = clang_Cursor_getOffsetOfField(member);
	char *name = string_of(clang_getCursorSpelling(member));
	bool named = text_is_identifier(name);
	char *path = text_format("%s%s", scope, named ? name : "");

	if (bits >= 0 && is_flexible(type)) {
		add_flexible(l, type, path, base_bits + bits);
	} else if (bits >= 0 && type.kind == CXType_Record) {
		char *inner = text_format("%s%s", path, named ? "." : "");

		find_flexible(l, type, inner, base_bits + bits);
		free(inner);
	}
	free(path);
	free(name);
}

static void find_flexible(struct layout *l, CXType record, const char *scope, long long base_bits)
{
	enum CXCursorKind kind = clang_getCursorKind(clang_getTypeDeclaration(record));
	struct ends ends = { kind == CXCursor_UnionDecl, NULL, 0 };

	clang_Type_visitFields(record, keep_end, &ends);
	for (size_t i = 0; i < ends.n; i++)
		look_for_flexible(l, ends.v[i], scope, base_bits);
	free(ends.v);
}

void record_add_flexible(struct layout *l, CXType record)
{
	find_flexible(l, record, "", 0);
}

/* ---- the whole ---- */

/* A record that is laid out: its bases, and whether something lies at its start. */
struct record_walk {
	struct field_walk *fields;
	CXType record;
	bool starts; /* something does */
};

static void add_base(void *context, CXType base, bool is_virtual)
{
	struct record_walk *r = context;
	struct layout *l = r->fields->layout;
	uint64_t offset;
	struct field *f;

	if (!is_virtual && is_empty_class(base))
		return;
	if (is_virtual || !bases_find(r->fields->bases, r->record, base, &offset)) {
		l->has_hidden = true;
		return;
	}
	f = layout_add_field(l);
	f->name = text_copy("");
	f->type = type_words(base);
	f->depth = r->fields->depth;
	f->offset = (uint64_t)r->fields->base_bits / 8 + offset;
	f->size = size_or_zero(clang_Type_getSizeOf(base));
	f->align = size_or_zero(clang_Type_getAlignOf(base));
	add_members(r->fields, base, true, r->fields->base_bits + (long long)offset * 8);
}

static enum CXVisitorResult find_start(CXCursor cursor, CXClientData data)
{
	bool *starts = data;

	*starts = *starts || clang_Cursor_getOffsetOfField(cursor) == 0;
	return *starts ? CXVisit_Break : CXVisit_Continue;
}

/* Of the first class of its line that has virtual functions, by the Itanium C++ ABI: at its start.
 */
static void add_vptr(struct record_walk *r)
{
	CXCursor cursor = clang_getTypeDeclaration(r->record);
	CXTargetInfo info;
	struct field *f;

	if (!is_dynamic(r->record))
		return;
	clang_Type_visitFields(r->record, find_start, &r->starts);
	if (r->starts || has_virtual_base(r->record)) {
		r->fields->layout->has_hidden = r->fields->layout->has_hidden || !r->starts;
		return;
	}
	info = clang_getTranslationUnitTargetInfo(clang_Cursor_getTranslationUnit(cursor));
	f = layout_add_field(r->fields->layout);
	f->name = text_copy("");
	f->type = text_copy(VPTR_TYPE);
	f->depth = r->fields->depth;
	f->offset = (uint64_t)r->fields->base_bits / 8;
	f->size = f->align = size_or_zero(clang_TargetInfo_getPointerWidth(info) / 8);
	clang_TargetInfo_dispose(info);
}

static void note_start(void *context, CXType base, bool is_virtual)
{
	struct record_walk *r = context;
	uint64_t offset;

	r->starts = r->starts ||
		    (!is_virtual && !is_empty_class(base) &&
		     bases_find(r->fields->bases, r->record, base, &offset) && offset == 0);
}

static void add_fields(struct field_walk *walk, CXType record)
{
	struct record_walk r = { walk, record, false };

	bases_visit(record, note_start, &r);
	add_vptr(&r);
	bases_visit(record, add_base, &r);
	clang_Type_visitFields(record, visit_field, walk);
}

/* ---- what has no place of its own ---- */

struct virtual_walk {
	struct layout *layout;
	const struct bases *bases;
	bool all;
};

/* Where a virtual base lies, only a whole object tells; what is in it counts all the same. */
static void add_virtual(void *context, CXType base, bool is_virtual)
{
	struct virtual_walk *v = context;
	struct layout inner = { .name = type_words(base) };
	struct field_walk walk = { .layout = &inner, .all = v->all, .bases = v->bases };

	bases_visit(base, add_virtual, v);
	if (is_virtual) {
		inner.size = size_or_zero(clang_Type_getSizeOf(base));
		inner.align = size_or_zero(clang_Type_getAlignOf(base));
		add_fields(&walk, base);
		v->layout->hidden_print = fingerprint_more(v->layout->hidden_print, &inner);
	}
	layout_release(&inner);
}

void record_add_fields(struct layout *l, CXType record, const struct bases *bases, bool all,
		       bool *broken)
{
	struct field_walk walk = { .layout = l, .all = all, .bases = bases };
	struct virtual_walk virtuals = { l, bases, all };

	if (all && is_own(record))
		return;
	add_fields(&walk, record);
	if (bases->n > 0)
		layout_mark_ambiguous(l);
	bases_visit(record, add_virtual, &virtuals);
	*broken = *broken || walk.broken;
}
