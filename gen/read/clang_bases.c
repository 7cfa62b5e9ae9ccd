/* SPDX-License-Identifier: MIT */
#include "read/clang_bases.h"

#include "base/text.h"
#include "read/clang_cursor.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_BASES = 4096 }; /* more are not looked for */

static char *usr_of(CXType record)
{
	return string_of(clang_getCursorUSR(clang_getTypeDeclaration(record)));
}

/* ---- what a class has ---- */

struct visit {
	base_function *function;
	void *context;
};

static enum CXChildVisitResult visit_base(CXCursor cursor, CXCursor parent, CXClientData data)
{
	const struct visit *visit = data;

	(void)parent;
	if (clang_getCursorKind(cursor) == CXCursor_CXXBaseSpecifier)
		visit->function(visit->context, clang_getCanonicalType(clang_getCursorType(cursor)),
				clang_isVirtualBase(cursor));
	return CXChildVisit_Continue;
}

void bases_visit(CXType record, base_function *function, void *context)
{
	struct visit visit = { function, context };

	clang_visitChildren(clang_getTypeDeclaration(record), visit_base, &visit);
}

static enum CXChildVisitResult find_virtual(CXCursor cursor, CXCursor parent, CXClientData data)
{
	(void)parent;
	if (clang_CXXMethod_isVirtual(cursor))
		*(bool *)data = true;
	return *(bool *)data ? CXChildVisit_Break : CXChildVisit_Continue;
}

static void add_dynamic(void *context, CXType base, bool is_virtual)
{
	bool *dynamic = context;

	*dynamic = *dynamic || is_virtual || is_dynamic(base);
}

bool is_dynamic(CXType record)
{
	bool dynamic = false;

	clang_visitChildren(clang_getTypeDeclaration(record), find_virtual, &dynamic);
	if (!dynamic)
		bases_visit(record, add_dynamic, &dynamic);
	return dynamic;
}

static void add_virtual(void *context, CXType base, bool is_virtual)
{
	bool *has = context;

	*has = *has || is_virtual || has_virtual_base(base);
}

bool has_virtual_base(CXType record)
{
	bool has = false;

	bases_visit(record, add_virtual, &has);
	return has;
}

static enum CXVisitorResult find_field(CXCursor cursor, CXClientData data)
{
	(void)cursor;
	*(bool *)data = false;
	return CXVisit_Break;
}

static void add_empty(void *context, CXType base, bool is_virtual)
{
	bool *empty = context;

	*empty = *empty && !is_virtual && is_empty_class(base);
}

bool is_empty_class(CXType record)
{
	bool empty = clang_Type_getSizeOf(record) <= 1 && !is_dynamic(record);

	clang_Type_visitFields(record, find_field, &empty);
	if (empty)
		bases_visit(record, add_empty, &empty);
	return empty;
}

/* ---- collecting ---- */

/*
 * As the end of the source may write it; NULL where it cannot. What is in an unnamed namespace can
 * be named without it.
 */
static char *words_for(CXType type)
{
	static const char unnamed[] = "(anonymous namespace)::";
	char *words = string_of(clang_getTypeSpelling(type)), *at;

	while ((at = strstr(words, unnamed)))
		memmove(at, at + strlen(unnamed), strlen(at + strlen(unnamed)) + 1);
	if (!strstr(words, "(unnamed") && !strstr(words, "(anonymous") && !strstr(words, "(lambda"))
		return words;
	free(words);
	return NULL;
}

static void add_bases(struct bases *b, CXType record);

struct collection {
	struct bases *bases;
	CXType derived;
};

static void collect_base(void *context, CXType base, bool is_virtual)
{
	const struct collection *c = context;
	struct bases *b = c->bases;
	char *derived = words_for(c->derived), *words = words_for(base);

	if (!is_virtual && derived && words && b->n < MOST_BASES) {
		b->v = text_resize(b->v, b->n + 1, sizeof(*b->v));
		b->v[b->n++] = (struct base_place){ .derived = usr_of(c->derived),
						    .base = usr_of(base),
						    .derived_words = derived,
						    .base_words = words };
	} else {
		free(derived);
		free(words);
	}
	add_bases(b, base);
}

static enum CXVisitorResult collect_member(CXCursor cursor, CXClientData data)
{
	CXType type = clang_getCanonicalType(clang_getCursorType(cursor));

	while (type.kind == CXType_ConstantArray || type.kind == CXType_IncompleteArray)
		type = clang_getCanonicalType(clang_getArrayElementType(type));
	if (type.kind == CXType_Record)
		add_bases(data, type);
	return CXVisit_Continue;
}

static void add_bases(struct bases *b, CXType record)
{
	struct collection c = { b, record };
	char *usr = usr_of(record);
	bool seen = words_have(&b->seen, usr) || b->seen.n >= MOST_BASES;

	if (!seen)
		words_add(&b->seen, usr);
	free(usr);
	if (seen)
		return;
	bases_visit(record, collect_base, &c);
	clang_Type_visitFields(record, collect_member, b);
}

/* Plain old data is copied by its bytes, without a question. */
static void add_copy(struct bases *b, CXType record)
{
	bool is_union = clang_getCursorKind(clang_getTypeDeclaration(record)) == CXCursor_UnionDecl;
	char *words = clang_isPODType(record) ? NULL : words_for(record);

	if (!words)
		return;
	b->copies = text_resize(b->copies, b->n_copies + 1, sizeof(*b->copies));
	b->copies[b->n_copies++] = (struct class_copy){
		.usr = usr_of(record),
		.words = text_format("%s %s", is_union ? "union" : "struct", words),
		.by_bytes = true,
	};
	free(words);
}

void bases_add_class(struct bases *b, CXType record)
{
	add_bases(b, record);
	add_copy(b, record);
}

/* ---- answers ---- */

static const char prefix[] = "gen_opaque_base_", copy_prefix[] = "gen_opaque_copy_";

/*
 * __builtin_constant_p makes clang compute what is no constant in the language's own sense: the
 * conversion of a pointer that is itself a constant. -1 stands for what it cannot compute.
 */
static char *with_questions(const struct bases *b, const char *source)
{
	struct text t;

	text_open(&t);
	fprintf(t.file,
		"%s\n"
		"#define gen_opaque_base(D, B) \\\n"
		"\t(__builtin_constant_p((__UINTPTR_TYPE__)(B *)(D *)4096) ? \\\n"
		"\t\t(__INTPTR_TYPE__)(B *)(D *)4096 - 4096 : -1)\n",
		source);
	/* Commas between template arguments: through names of their own. */
	for (size_t i = 0; i < b->n; i++)
		fprintf(t.file,
			"typedef struct %s %sd%zu;\ntypedef struct %s %sb%zu;\n"
			"enum { %s%zu = gen_opaque_base(%sd%zu, %sb%zu) };\n",
			b->v[i].derived_words, prefix, i, b->v[i].base_words, prefix, i, prefix, i,
			prefix, i, prefix, i);
	for (size_t i = 0; i < b->n_copies; i++)
		fprintf(t.file, "enum { %s%zu = __is_trivially_copyable(%s) };\n", copy_prefix, i,
			b->copies[i].words);
	return text_close(&t);
}

static enum CXChildVisitResult take_answer(CXCursor cursor, CXCursor parent, CXClientData data)
{
	struct bases *b = data;
	char *name;
	long long value;

	(void)parent;
	if (clang_getCursorKind(cursor) != CXCursor_EnumConstantDecl)
		return clang_getCursorKind(cursor) == CXCursor_EnumDecl ? CXChildVisit_Recurse
									: CXChildVisit_Continue;
	name = string_of(clang_getCursorSpelling(cursor));
	value = clang_getEnumConstantDeclValue(cursor);
	if (text_starts(name, prefix) && value >= 0) {
		size_t i = strtoul(name + strlen(prefix), NULL, 10);

		if (i < b->n) {
			b->v[i].offset = (uint64_t)value;
			b->v[i].known = true;
		}
	}
	if (text_starts(name, copy_prefix)) {
		size_t i = strtoul(name + strlen(copy_prefix), NULL, 10);

		if (i < b->n_copies)
			b->copies[i].by_bytes = value != 0;
	}
	free(name);
	return CXChildVisit_Continue;
}

void bases_place(struct bases *b, const struct unit *u, const struct read_request *request)
{
	char *source = b->n + b->n_copies > 0 ? text_read_file(request->input, NULL) : NULL;
	char *text = source ? with_questions(b, source) : NULL;
	CXTranslationUnit tu = text ? unit_with_text(u, request, text) : NULL;

	if (tu)
		clang_visitChildren(clang_getTranslationUnitCursor(tu), take_answer, b);
	clang_disposeTranslationUnit(tu);
	free(text);
	free(source);
}

bool bases_find(const struct bases *b, CXType derived, CXType base, uint64_t *offset)
{
	char *of = usr_of(derived), *what = usr_of(base);
	bool known = false;

	for (size_t i = 0; i < b->n && !known; i++) {
		known = b->v[i].known && strcmp(b->v[i].derived, of) == 0 &&
			strcmp(b->v[i].base, what) == 0;
		if (known)
			*offset = b->v[i].offset;
	}
	free(of);
	free(what);
	return known;
}

bool bases_forbid_copy(const struct bases *b, CXType record)
{
	char *usr = b->n_copies > 0 ? usr_of(record) : NULL;
	bool forbidden = false;

	for (size_t i = 0; i < b->n_copies; i++)
		forbidden =
			forbidden || (!b->copies[i].by_bytes && strcmp(b->copies[i].usr, usr) == 0);
	free(usr);
	return forbidden;
}

void bases_free(struct bases *b)
{
	for (size_t i = 0; i < b->n; i++) {
		free(b->v[i].derived);
		free(b->v[i].base);
		free(b->v[i].derived_words);
		free(b->v[i].base_words);
	}
	free(b->v);
	for (size_t i = 0; i < b->n_copies; i++) {
		free(b->copies[i].usr);
		free(b->copies[i].words);
	}
	free(b->copies);
	words_free(&b->seen);
	memset(b, 0, sizeof(*b));
}
