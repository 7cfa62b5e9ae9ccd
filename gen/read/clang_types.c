/* SPDX-License-Identifier: MIT */
#include "read/clang_types.h"

#include "base/nearest.h"
#include "base/text.h"
#include "base/words.h"
#include "read/clang_cursor.h"
#include "read/clang_fields.h"
#include "read/scan.h"

#include <stdlib.h>
#include <string.h>

/* ---- finding ---- */

/* One type that was asked for, and what the unit has of that name. */
struct found {
	CXCursor definition, declaration, template; /* null cursors: none */
	CXCursor other;				    /* a second definition, of another type */
};

/* The types of a request by the last part of their names: "conn" of "net::conn". */
struct wanted {
	const char *last;
	size_t index;
};

struct search {
	const struct read_request *request;
	struct found *found;   /* one for each type of the request; else NULL */
	struct wanted *wanted; /* the same, sorted */
	struct words *names;   /* to collect names in; else NULL */
	struct layouts *list;  /* to list types in; else NULL */
	bool in_functions;     /* types inside functions count, too */
};

static bool kind_of_cursor(CXCursor cursor, enum layout_kind *kind)
{
	switch (clang_getCursorKind(cursor)) {
	case CXCursor_StructDecl:
	case CXCursor_ClassDecl:
	case CXCursor_ClassTemplate:
		*kind = LAYOUT_STRUCT;
		return true;
	case CXCursor_UnionDecl:
		*kind = LAYOUT_UNION;
		return true;
	case CXCursor_TypedefDecl:
	case CXCursor_TypeAliasDecl:
		*kind = LAYOUT_TYPEDEF;
		return true;
	default:
		return false;
	}
}

static bool is_template(CXCursor cursor)
{
	return clang_getCursorKind(cursor) == CXCursor_ClassTemplate;
}

static bool adds_to_names(CXCursor cursor, bool inline_too)
{
	switch (clang_getCursorKind(cursor)) {
	case CXCursor_Namespace:
		return inline_too || !clang_Cursor_isInlineNamespace(cursor);
	case CXCursor_StructDecl:
	case CXCursor_ClassDecl:
	case CXCursor_UnionDecl:
		return true;
	default:
		return false;
	}
}

/* In C++ "net::conn", as one writes it at file scope; NULL for what has no name. */
static char *full_name(CXCursor cursor, bool inline_too)
{
	char *name = string_of(clang_getCursorSpelling(cursor));
	CXCursor up = clang_getCursorSemanticParent(cursor);

	if (!text_is_identifier(name)) {
		free(name);
		return NULL;
	}
	for (; !clang_Cursor_isNull(up); up = clang_getCursorSemanticParent(up)) {
		char *outer = string_of(clang_getCursorSpelling(up)), *both;

		/* What is in an unnamed namespace needs none. */
		if (adds_to_names(up, inline_too) && text_is_identifier(outer)) {
			both = text_format("%s::%s", outer, name);
			free(name);
			name = both;
		}
		free(outer);
	}
	return name;
}

/* "net::conn" will do for net::v1::conn where v1 is inline. */
static bool is_called(CXCursor cursor, const char *name, const char *wanted)
{
	const char *colons = strrchr(wanted, ':'), *last = colons ? colons + 1 : wanted;
	char *shorter;
	bool same;

	if (strcmp(name, wanted) == 0 || !strchr(name, ':') || !text_ends(name, last))
		return strcmp(name, wanted) == 0;
	shorter = full_name(cursor, false);
	same = strcmp(shorter, wanted) == 0;
	free(shorter);
	return same;
}

/* A plain name may in C++ be that of a class. */
static bool is_wanted(const struct type_name *wanted, const struct type_name *name, CXCursor cursor)
{
	if (!is_called(cursor, name->name, wanted->name))
		return false;
	return wanted->kind == name->kind ||
	       (wanted->kind == LAYOUT_TYPEDEF &&
		clang_getCursorLanguage(cursor) == CXLanguage_CPlusPlus);
}

static const char *last_part(const char *name)
{
	const char *colons = strrchr(name, ':');

	return colons ? colons + 1 : name;
}

static int compare_wanted(const void *a, const void *b)
{
	const struct wanted *x = a, *y = b;
	int found = strcmp(x->last, y->last);

	return found ? found : (x->index > y->index) - (x->index < y->index);
}

static struct wanted *sort_wanted(const struct read_request *request)
{
	struct wanted *wanted = text_alloc(request->n_types, sizeof(*wanted));

	for (size_t i = 0; i < request->n_types; i++)
		wanted[i] = (struct wanted){ last_part(request->types[i].name), i };
	if (request->n_types > 0)
		qsort(wanted, request->n_types, sizeof(*wanted), compare_wanted);
	return wanted;
}

/* The first of the sorted whose name ends with this one's last part; n: there is none. */
static size_t first_wanted(const struct search *search, const char *name)
{
	const struct wanted key = { last_part(name), 0 };
	size_t from = 0, to = search->request->n_types;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (compare_wanted(&search->wanted[middle], &key) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

static bool same_entity(CXCursor a, CXCursor b)
{
	char *usr_a = string_of(clang_getCursorUSR(a)), *usr_b = string_of(clang_getCursorUSR(b));
	bool same = strcmp(usr_a, usr_b) == 0;

	free(usr_a);
	free(usr_b);
	return same;
}

static void note_match(struct found *found, CXCursor cursor, enum layout_kind kind)
{
	if (is_template(cursor)) {
		found->template = cursor;
	} else if (kind != LAYOUT_TYPEDEF && !clang_isCursorDefinition(cursor)) {
		if (clang_Cursor_isNull(found->declaration))
			found->declaration = cursor;
	} else if (clang_Cursor_isNull(found->definition)) {
		found->definition = cursor;
	} else if (!same_entity(found->definition, cursor)) {
		found->other = cursor;
	}
}

/* All but the fields and what else a record tells. */
static void fill_outline(struct layout *l, CXCursor cursor, const struct type_name *name)
{
	CXType type = clang_getCursorType(cursor);
	struct place at = place_of(clang_getCursorLocation(cursor));

	memset(l, 0, sizeof(*l));
	l->kind = name->kind;
	l->name = text_copy(name->name);
	l->file = (char *)at.file;
	l->line = at.line;
	l->column = at.column;
	l->size = size_or_zero(clang_Type_getSizeOf(type));
	l->align = l->align_low = size_or_zero(clang_Type_getAlignOf(type));
	l->size_exact = l->align_exact = true;
	l->reader = READER_CLANG;
}

/* A complete record by its tag, or by its typedef where it has none. */
static void list_type(struct layouts *list, CXCursor cursor, const struct type_name *name)
{
	CXType type = clang_getCursorType(cursor), canonical = clang_getCanonicalType(type);
	bool listed = name->kind != LAYOUT_TYPEDEF
			      ? clang_isCursorDefinition(cursor) != 0
			      : canonical.kind == CXType_Record &&
					!record_has_tag(clang_getTypeDeclaration(canonical));

	if (listed && clang_Type_getSizeOf(type) >= 0 && clang_Type_getAlignOf(type) > 0)
		fill_outline(layouts_add(list), cursor, name);
}

static void add_name(struct words *names, const struct type_name *name)
{
	char *text = type_name_text(name);

	words_add(names, text);
	free(text);
}

static void match(const struct search *search, CXCursor cursor, const struct type_name *name)
{
	const char *last = last_part(name->name);

	if (name->kind != LAYOUT_TYPEDEF && !is_template(cursor) && !record_has_tag(cursor))
		return;
	for (size_t i = first_wanted(search, name->name);
	     i < search->request->n_types && strcmp(search->wanted[i].last, last) == 0; i++) {
		size_t index = search->wanted[i].index;

		if (is_wanted(&search->request->types[index], name, cursor))
			note_match(&search->found[index], cursor, name->kind);
	}
}

static void look_at(const struct search *search, CXCursor cursor, enum layout_kind kind)
{
	/* What a template makes is named by its typedefs only. */
	bool is_instance = !clang_Cursor_isNull(clang_getSpecializedCursorTemplate(cursor));
	struct type_name name = { kind, is_instance ? NULL : full_name(cursor, true) };

	if (!name.name)
		return;
	if (search->found)
		match(search, cursor, &name);
	if (search->names && (kind == LAYOUT_TYPEDEF || record_has_tag(cursor)))
		add_name(search->names, &name);
	if (search->list && (kind == LAYOUT_TYPEDEF || record_has_tag(cursor)))
		list_type(search->list, cursor, &name);
	free(name.name);
}

/* Most of what a unit holds are functions of headers, whose insides are no place for types. */
static bool is_scope(CXCursor cursor)
{
	switch (clang_getCursorKind(cursor)) {
	case CXCursor_StructDecl:
	case CXCursor_ClassDecl:
	case CXCursor_UnionDecl:
	case CXCursor_Namespace:
	case CXCursor_LinkageSpec:
	case CXCursor_UnexposedDecl: /* extern "C", to some versions */
		return true;
	default:
		return false;
	}
}

static enum CXChildVisitResult visit_declaration(CXCursor cursor, CXCursor parent,
						 CXClientData data)
{
	const struct search *search = data;
	enum layout_kind kind;

	(void)parent;
	if (kind_of_cursor(cursor, &kind))
		look_at(search, cursor, kind);
	return is_scope(cursor) || (search->in_functions && !is_template(cursor))
		       ? CXChildVisit_Recurse
		       : CXChildVisit_Continue;
}

static void visit_all(CXTranslationUnit tu, const struct search *search)
{
	clang_visitChildren(clang_getTranslationUnitCursor(tu), visit_declaration,
			    (CXClientData)search);
}

static void suggest(const struct unit *u, const char *wanted, struct diags *d)
{
	struct words names = { NULL, 0 };
	const struct search search = { .names = &names };

	visit_all(u->tu, &search);
	nearest_note(wanted, &names, "give the source or header that defines it", d);
	words_free(&names);
}

/* ---- one type ---- */

static bool says_may_alias(CXCursor record)
{
	CXPrintingPolicy policy = clang_getCursorPrintingPolicy(record);
	char *text, *brace;
	bool says;

	clang_PrintingPolicy_setProperty(policy, CXPrintingPolicy_TerseOutput, 1);
	text = string_of(clang_getCursorPrettyPrinted(record, policy));
	clang_PrintingPolicy_dispose(policy);
	brace = strchr(text, '{');
	if (brace)
		*brace = '\0';
	says = strstr(text, "may_alias") != NULL;
	free(text);
	return says;
}

/* Of which GNU C says that it has a size of 1. */
static bool is_function(CXCursor cursor)
{
	enum CXTypeKind kind = clang_getCanonicalType(clang_getCursorType(cursor)).kind;

	return kind == CXType_FunctionProto || kind == CXType_FunctionNoProto;
}

static bool check_size(CXCursor cursor, const char *name, const struct layout *l, long long size,
		       long long align, struct diags *d)
{
	if (clang_Type_getNumTemplateArguments(
		    clang_getCanonicalType(clang_getCursorType(cursor))) > 0 &&
	    size < 0) {
		report_at(d, SEVERITY_ERROR, cursor,
			  "'%s' is of a template that is not instantiated here", name);
		diag_note(d, "instantiate it: 'template struct NAME<...>;'");
	} else if (size == CXTypeLayoutError_Incomplete) {
		report_at(d, SEVERITY_ERROR, cursor, "'%s' is declared here, but never defined",
			  name);
		diag_note(d, "give the source or header that defines it");
	} else if (size < 0 || align <= 0 || is_function(cursor)) {
		report_at(d, SEVERITY_ERROR, cursor, "'%s' has no size known to the compiler",
			  name);
	} else if (size == 0 && !l->has_flexible) {
		report_at(d, SEVERITY_ERROR, cursor, "'%s' is empty: there is nothing to hold",
			  name);
	} else if (size % align != 0) {
		report_at(d, SEVERITY_ERROR, cursor,
			  "the size of '%s' (%lld) is not a multiple of its alignment (%lld)", name,
			  size, align);
		diag_note(d, "no struct can stand in for an over-aligned typedef; put the "
			     "alignment on the struct itself");
	} else {
		return true;
	}
	return false;
}

/* In C++ there are classes of which nothing can be. */
static bool check_class(CXCursor cursor, const char *name, CXCursor record, struct diags *d)
{
	if (!clang_CXXRecord_isAbstract(record))
		return true;
	report_at(d, SEVERITY_ERROR, cursor, "'%s' is abstract: there can be nothing of it to hold",
		  name);
	diag_note(d, "name a class that is derived from it");
	return false;
}

static bool check_understood(CXCursor cursor, const char *name, bool broken, struct diags *d)
{
	if (broken)
		report_at(d, SEVERITY_ERROR, cursor,
			  "'%s' is not understood; its layout is unknown", name);
	return !broken;
}

/* What describing a type takes, beside what was found of it. */
struct describing {
	const struct unit *unit;
	const struct read_request *request;
	struct bases bases;
};

static void fill_record(struct layout *l, CXCursor cursor, const struct describing *how,
			bool *broken)
{
	CXType canonical = clang_getCanonicalType(clang_getCursorType(cursor));
	CXCursor record = clang_getTypeDeclaration(canonical);

	l->is_record = canonical.kind == CXType_Record;
	if (!l->is_record)
		return;
	l->is_union = clang_getCursorKind(record) == CXCursor_UnionDecl;
	l->declared = record_tag(canonical);
	l->has_may_alias = says_may_alias(record) || says_may_alias(cursor);
	record_add_fields(l, canonical, &how->bases, how->request->nested, broken);
	record_add_flexible(l, canonical);
	l->no_copy = bases_forbid_copy(&how->bases, canonical);
	*broken = *broken || clang_isInvalidDeclaration(record);
}

static bool describe(CXCursor cursor, const struct type_name *wanted, const struct describing *how,
		     struct layout *l, struct diags *d)
{
	CXType type = clang_getCursorType(cursor); /* as written: an alignment may be there */
	char *name = type_name_text(wanted);
	long long size = clang_Type_getSizeOf(type), align = clang_Type_getAlignOf(type);
	bool broken = clang_isInvalidDeclaration(cursor), good;

	fill_outline(l, cursor, wanted);
	fill_record(l, cursor, how, &broken);
	if (how->request->for_show && size >= 0 &&
	    align > 0) /* an odd shape can still be looked at */
		good = check_understood(cursor, name, broken, d);
	else
		good = check_class(cursor, name,
				   clang_getTypeDeclaration(clang_getCanonicalType(type)), d) &&
		       check_understood(cursor, name, broken, d) &&
		       check_size(cursor, name, l, size, align, d);
	free(name);
	return good;
}

static void report_two(const struct found *found, const char *name, struct diags *d)
{
	report_at(d, SEVERITY_ERROR, found->definition, "'%s' means two different types", name);
	report_at(d, SEVERITY_NOTE, found->definition, "one of %lld bytes is defined here",
		  clang_Type_getSizeOf(clang_getCursorType(found->definition)));
	report_at(d, SEVERITY_NOTE, found->other, "another of %lld bytes is defined here",
		  clang_Type_getSizeOf(clang_getCursorType(found->other)));
}

static void report_template(CXCursor cursor, const char *name, struct diags *d)
{
	report_at(d, SEVERITY_ERROR, cursor, "'%s' is a template: it has no one size", name);
	diag_note(d, "name one of its instances: 'using NAME = TEMPLATE<...>;'");
}

static bool describe_found(const struct describing *how, const struct type_name *wanted,
			   const struct found *found, struct layout *l, struct diags *d)
{
	char *name = type_name_text(wanted);
	bool good = false;

	if (!clang_Cursor_isNull(found->other)) {
		report_two(found, name, d);
	} else if (!clang_Cursor_isNull(found->definition)) {
		good = describe(found->definition, wanted, how, l, d);
		if (!good)
			layout_release(l);
	} else if (!clang_Cursor_isNull(found->declaration)) {
		check_size(found->declaration, name, l, CXTypeLayoutError_Incomplete, 1, d);
	} else if (!clang_Cursor_isNull(found->template)) {
		report_template(found->template, name, d);
	} else {
		const struct place at = { how->request->input, 0, 0 };

		diag_add(d, SEVERITY_ERROR, &at, "there is no '%s' here", name);
		suggest(how->unit, name, d);
	}
	free(name);
	return good;
}

/* ---- all types ---- */

/*
 * Function bodies are skipped, and with them types of the same name that are defined there. Where
 * the source looks as if it had such, it is parsed once more with them.
 */
static bool may_have_twins(const struct read_request *request)
{
	static const char *const keywords[] = { "struct", "union" };
	char *text = text_read_file(request->input, NULL);
	bool may = false;

	for (size_t k = 0; text && k < 2 && !may; k++) {
		struct words names = { NULL, 0 };

		scan_definitions(text, keywords[k], &names);
		words_sort(&names);
		for (size_t i = 0; i < request->n_types && !may; i++)
			may = (size_t)request->types[i].kind == k &&
			      words_repeat(&names, request->types[i].name);
		words_free(&names);
	}
	free(text);
	return may;
}

/* The bases of all classes that were found. */
static void find_bases(struct describing *how, const struct found *found)
{
	for (size_t i = 0; i < how->request->n_types; i++) {
		CXCursor cursor = found[i].definition;
		CXType type = clang_getCanonicalType(clang_getCursorType(cursor));

		if (!clang_Cursor_isNull(cursor) && type.kind == CXType_Record &&
		    clang_getCursorLanguage(clang_getTypeDeclaration(type)) == CXLanguage_CPlusPlus)
			bases_add_class(&how->bases, type);
	}
	bases_place(&how->bases, how->unit, how->request);
}

void types_describe(const struct unit *u, const struct read_request *request,
		    struct layouts *layouts, struct diags *d)
{
	size_t n = request->n_types;
	struct search search = { .request = request,
				 .found = text_alloc(n, sizeof(struct found)),
				 .wanted = sort_wanted(request) };
	struct describing how = { .unit = u, .request = request };
	CXTranslationUnit whole = may_have_twins(request) ? unit_with_bodies(u, request) : NULL;

	for (size_t i = 0; i < n; i++)
		search.found[i].definition = search.found[i].declaration =
			search.found[i].template = search.found[i].other = clang_getNullCursor();
	visit_all(u->tu, &search);
	search.in_functions = true;
	if (whole)
		visit_all(whole, &search);
	find_bases(&how, search.found);
	layouts->v = text_alloc(n, sizeof(*layouts->v));
	for (size_t i = 0; i < n; i++)
		if (describe_found(&how, &request->types[i], &search.found[i],
				   &layouts->v[layouts->n], d))
			layouts->n++;
	if (layouts->n != n)
		layouts_free(layouts);
	clang_disposeTranslationUnit(whole);
	bases_free(&how.bases);
	free(search.wanted);
	free(search.found);
}

void types_list(const struct unit *u, struct layouts *layouts)
{
	const struct search search = { .list = layouts };

	visit_all(u->tu, &search);
}
