/* SPDX-License-Identifier: MIT */
#include "read/clang_unit.h"

#include "base/paths.h"
#include "base/text.h"
#include "compile/compiler.h"
#include "compile/flags.h"
#include "read/clang_cursor.h"

#include <stdlib.h>
#include <string.h>

/*
 * Where stand-ins are found by a source that includes them by a path that does not exist yet: by
 * the end of their path, also with "./" or up to six "../" before it, which libclang leaves as
 * they are.
 */
static const struct {
	const char *dir, *step;
} stand_in_ways[] = {
	{ STAND_IN_DIR, "" },
	{ STAND_IN_DIR, "/." },
	{ STAND_IN_DIR "/d", "/.." },
	{ STAND_IN_DIR "/d/d", "/../.." },
	{ STAND_IN_DIR "/d/d/d", "/../../.." },
	{ STAND_IN_DIR "/d/d/d/d", "/../../../.." },
	{ STAND_IN_DIR "/d/d/d/d/d", "/../../../../.." },
	{ STAND_IN_DIR "/d/d/d/d/d/d", "/../../../../../.." },
};
enum { STAND_IN_WAYS = sizeof(stand_in_ways) / sizeof(*stand_in_ways), STAND_IN_DEPTH = 4 };

/* ---- parsing once ---- */

/* The stand-ins at their own paths, and again where an include path that does not exist finds them.
 */
static struct CXUnsavedFile *unsaved_files(const struct read_request *request, struct words *names,
					   unsigned *n)
{
	struct CXUnsavedFile *files = text_alloc(
		request->n_stand_ins * (STAND_IN_WAYS * STAND_IN_DEPTH + 1) + 1, sizeof(*files));

	*n = 0;
	for (size_t i = 0; i < request->n_stand_ins; i++) {
		const struct stand_in *s = &request->stand_ins[i];
		const char *tail = s->path + strlen(s->path);

		words_add(names, s->path);
		for (int depth = 0; depth < STAND_IN_DEPTH && tail > s->path; depth++) {
			while (tail > s->path && *--tail != '/')
				;
			for (int k = 0; k < STAND_IN_WAYS; k++)
				words_addf(names, "%s%s%s", stand_in_ways[k].dir,
					   stand_in_ways[k].step, tail);
		}
		for (; *n < names->n; (*n)++) {
			files[*n].Contents = s->text;
			files[*n].Length = strlen(s->text);
		}
	}
	for (unsigned i = 0; i < *n; i++)
		files[i].Filename = names->v[i];
	return files;
}

static CXTranslationUnit parse_files(struct unit *u, const struct read_request *request,
				     const struct words *args, unsigned options, const char *text)
{
	struct words names = { NULL, 0 };
	unsigned n;
	struct CXUnsavedFile *files = unsaved_files(request, &names, &n);
	CXTranslationUnit tu = NULL;
	enum CXErrorCode error;

	if (text)
		files[n++] = (struct CXUnsavedFile){ request->input, text, strlen(text) };
	error = clang_parseTranslationUnit2(u->index, request->input, (const char *const *)args->v,
					    (int)args->n, files, n, options, &tu);
	u->crashed = error == CXError_Crashed;
	free(files);
	words_free(&names);
	return error == CXError_Success ? tu : NULL;
}

static CXTranslationUnit parse_once(struct unit *u, const struct read_request *request,
				    const struct words *args, unsigned options)
{
	return parse_files(u, request, args, options, NULL);
}

static void parse_again(struct unit *u, const struct read_request *request)
{
	unsigned options = CXTranslationUnit_SkipFunctionBodies;

	if (request->keep_going)
		options |= CXTranslationUnit_KeepGoing;
	clang_disposeTranslationUnit(u->tu);
	u->tu = parse_once(u, request, &u->args, options);
}

/* ---- arguments without which there is no unit ---- */

/* Does libclang take these arguments at all? Then it makes a unit of a file with nothing in it. */
static bool takes(const struct unit *u, const struct read_request *request,
		  const struct words *args)
{
	const char *dot = strrchr(path_name(request->input), '.');
	char *name = text_format("%s/nothing%s", STAND_IN_DIR, dot ? dot : ".c");
	struct CXUnsavedFile nothing = { name, "", 0 };
	CXTranslationUnit tu = NULL;

	clang_parseTranslationUnit2(u->index, name, (const char *const *)args->v, (int)args->n,
				    &nothing, 1, 0, &tu);
	clang_disposeTranslationUnit(tu);
	free(name);
	return tu != NULL;
}

/* Without it only the compiler's own numbers can be right. */
static bool matters(const char *arg)
{
	return flag_fate_of(arg) == FLAG_LAYOUT || flag_fate_of(arg) == FLAG_CPU;
}

/*
 * The same processor in other words: the macros that the real compiler defines for it. Without
 * them the flag is to blame.
 */
static void replace_by_macros(struct unit *u, const struct read_request *request)
{
	for (size_t i = 0; i < u->dropped.n; i++) {
		if (flag_fate_of(u->dropped.v[i]) != FLAG_CPU)
			continue;
		if (!request->compile || !compiler_macros(request->compile, &u->dropped, &u->args))
			u->unfit = text_copy(u->dropped.v[i]);
		return;
	}
}

/* An unknown processor or ABI leaves no unit: do without the flags that name it. */
static bool drop_targets(struct unit *u, const struct read_request *request)
{
	struct words args = { NULL, 0 };
	size_t before = u->dropped.n;
	bool good;

	for (size_t i = 0; i < u->args.n; i++)
		if (!matters(u->args.v[i]))
			words_add(&args, u->args.v[i]);
	good = args.n < u->args.n && takes(u, request, &args);
	for (size_t i = 0; i < u->args.n && good; i++) {
		if (!matters(u->args.v[i]))
			continue;
		words_add(&args, u->args.v[i]);
		if (!takes(u, request, &args)) {
			words_add(&u->dropped, u->args.v[i]);
			words_remove(&args, args.n - 1);
		}
	}
	good = good && u->dropped.n > before;
	if (good) {
		words_free(&u->args);
		u->args = args;
		replace_by_macros(u, request);
	} else {
		words_free(&args);
	}
	return good && !u->unfit;
}

/* libclang does not say which argument it is; what it can do without tells. */
static char *find_unfit(const struct unit *u, const struct read_request *request)
{
	for (size_t i = 0; i < u->args.n; i++) {
		struct words args = { NULL, 0 };
		bool good;

		for (size_t j = 0; j < u->args.n; j++)
			if (j != i)
				words_add(&args, u->args.v[j]);
		good = takes(u, request, &args);
		words_free(&args);
		if (good)
			return text_copy(u->args.v[i]);
	}
	return NULL;
}

/* ---- arguments that a unit complains of ---- */

/* "unknown argument: '-fconserve-stack'", "unsupported argument 'x' to option '-march='" */
static bool is_complaint(const char *text)
{
	return text_starts(text, "unknown argument") || text_starts(text, "unsupported argument") ||
	       text_starts(text, "unsupported option") || text_starts(text, "invalid arch name") ||
	       text_starts(text, "the clang compiler does not support");
}

/* Is the argument the one in quotes, or a processor of that name? */
static bool is_meant(const char *arg, const char *quoted)
{
	const char *value = flag_fate_of(arg) == FLAG_CPU ? strchr(arg, '=') : NULL;

	return strcmp(arg, quoted) == 0 || (value && strcmp(value + 1, quoted) == 0);
}

static bool drop_one(struct unit *u, const char *quoted)
{
	bool dropped = false;

	for (size_t i = u->args.n; i-- > 0;) {
		if (!is_meant(u->args.v[i], quoted))
			continue;
		if (matters(u->args.v[i]))
			words_add(&u->dropped, u->args.v[i]);
		words_remove(&u->args, i);
		dropped = true;
	}
	return dropped;
}

/* True: there were some that libclang does not know; parse again. */
static bool drop_unknown(struct unit *u, const struct read_request *request)
{
	size_t before = u->dropped.n;
	bool dropped = false;

	for (unsigned i = 0; i < clang_getNumDiagnostics(u->tu); i++) {
		CXDiagnostic diagnostic = clang_getDiagnostic(u->tu, i);
		char *text = string_of(clang_getDiagnosticSpelling(diagnostic));
		const char *quote = strchr(text, '\'');

		if (clang_getDiagnosticSeverity(diagnostic) >= CXDiagnostic_Error && quote &&
		    is_complaint(text)) {
			char *quoted = text_copy_n(quote + 1, strcspn(quote + 1, "'"));

			dropped = drop_one(u, quoted) || dropped;
			free(quoted);
		}
		free(text);
		clang_disposeDiagnostic(diagnostic);
	}
	if (u->dropped.n > before)
		replace_by_macros(u, request);
	return dropped;
}

/* Is this about one of the compiler's own headers? */
static bool is_about_builtin_header(const char *text)
{
	static const char *const headers[] = { "stddef.h", "stdarg.h",	  "stdbool.h", "limits.h",
					       "float.h",  "stdatomic.h", "stdint.h" };
	bool is = false;

	for (size_t i = 0; i < sizeof(headers) / sizeof(*headers); i++) {
		char *complaint = text_format("'%s' file not found", headers[i]);

		is = is || strcmp(text, complaint) == 0;
		free(complaint);
	}
	return is;
}

static bool lacks_builtin_headers(const struct unit *u)
{
	bool lacks = false;

	for (unsigned i = 0; i < clang_getNumDiagnostics(u->tu); i++) {
		CXDiagnostic diagnostic = clang_getDiagnostic(u->tu, i);
		char *text = string_of(clang_getDiagnosticSpelling(diagnostic));

		lacks = lacks || is_about_builtin_header(text);
		free(text);
		clang_disposeDiagnostic(diagnostic);
	}
	return lacks;
}

/* Should libclang have been installed without them, the compiler's will do. */
static bool add_builtin_headers(struct unit *u, const struct read_request *request)
{
	if (request->builtin_dirs->n == 0 || !lacks_builtin_headers(u))
		return false;
	for (size_t i = 0; i < request->builtin_dirs->n; i++) {
		words_add(&u->args, "-isystem");
		words_add(&u->args, request->builtin_dirs->v[i]);
	}
	return true;
}

/* ---- opening ---- */

static void own_args(const struct read_request *request, struct words *args)
{
	words_add_all(args, request->args);
	words_add(args, "-ferror-limit=0");
	words_add(args, "-Wno-error");
	for (int k = 0; k < STAND_IN_WAYS && request->n_stand_ins > 0; k++)
		words_addf(args, "-idirafter%s", stand_in_ways[k].dir);
}

/* Without a unit there are no diagnostics either: the second time it says why on stderr. */
static void say_why(struct unit *u, const struct read_request *request)
{
	CXIndex quiet = u->index;
	bool crashed = u->crashed;

	if (!crashed)
		u->unfit = find_unfit(u, request);
	u->index = clang_createIndex(0, 1);
	parse_once(u, request, &u->args, CXTranslationUnit_SkipFunctionBodies);
	clang_disposeIndex(u->index);
	u->index = quiet;
	u->crashed = crashed;
}

void unit_open(struct unit *u, const struct read_request *request)
{
	bool has_builtins = false;

	memset(u, 0, sizeof(*u));
	u->index = clang_createIndex(0, 0);
	own_args(request, &u->args);
	parse_again(u, request);
	if (!u->tu && !u->crashed && drop_targets(u, request))
		parse_again(u, request);
	/* Again as long as that helps with what is only a matter of flags. */
	while (u->tu && !u->unfit) {
		bool again = drop_unknown(u, request);

		if (!again && !has_builtins)
			again = has_builtins = add_builtin_headers(u, request);
		if (!again)
			return;
		parse_again(u, request);
	}
	u->tu = NULL;
	if (!u->unfit)
		say_why(u, request);
}

CXTranslationUnit unit_with_bodies(const struct unit *u, const struct read_request *request)
{
	struct unit copy = *u;

	return parse_once(&copy, request, &u->args, 0);
}

CXTranslationUnit unit_with_text(const struct unit *u, const struct read_request *request,
				 const char *text)
{
	struct unit copy = *u;
	struct words args = { NULL, 0 };
	CXTranslationUnit tu;

	words_add_all(&args, &u->args);
	words_add(&args, "-fno-access-control");
	tu = parse_files(&copy, request, &args, CXTranslationUnit_SkipFunctionBodies, text);
	words_free(&args);
	return tu;
}

/* ---- what there is to say of it ---- */

static enum severity severity_of(enum CXDiagnosticSeverity severity)
{
	if (severity >= CXDiagnostic_Error)
		return SEVERITY_ERROR;
	return severity == CXDiagnostic_Warning ? SEVERITY_WARNING : SEVERITY_NOTE;
}

static void add_diagnostic(CXDiagnostic diagnostic, enum severity severity, struct diags *d)
{
	struct place at = place_of(clang_getDiagnosticLocation(diagnostic));
	char *text = string_of(clang_getDiagnosticSpelling(diagnostic));
	CXDiagnosticSet notes = clang_getChildDiagnostics(diagnostic);

	if (!text_starts(text, "in file included from")) /* the place says enough */
		diag_add(d, severity, &at, "%s", text);
	if (is_about_builtin_header(text))
		diag_note(d, "libclang's own headers are not there: install them "
			     "(libclang-common-N-dev), or name a compiler with --cc");
	for (unsigned i = 0; i < clang_getNumDiagnosticsInSet(notes); i++)
		add_diagnostic(clang_getDiagnosticInSet(notes, i), SEVERITY_NOTE, d);
	free((char *)at.file);
	free(text);
}

void unit_errors(const struct unit *u, struct diags *d)
{
	for (unsigned i = 0; i < clang_getNumDiagnostics(u->tu); i++) {
		CXDiagnostic diagnostic = clang_getDiagnostic(u->tu, i);
		enum severity severity = severity_of(clang_getDiagnosticSeverity(diagnostic));

		if (severity == SEVERITY_ERROR)
			add_diagnostic(diagnostic, severity, d);
		clang_disposeDiagnostic(diagnostic);
	}
}

struct inclusions {
	const struct read_request *request;
	struct read_answer *answer;
};

static bool is_stand_in(const struct read_request *request, const char *path)
{
	if (text_starts(path, STAND_IN_DIR "/"))
		return true;
	for (size_t i = 0; i < request->n_stand_ins; i++)
		if (strcmp(request->stand_ins[i].path, path) == 0)
			return true;
	return false;
}

static void visit_inclusion(CXFile file, CXSourceLocation *stack, unsigned depth, CXClientData data)
{
	struct inclusions *inclusions = data;
	char *name = string_of(clang_getFileName(file)), *real = file_real_name(file);

	(void)stack;
	(void)depth;
	if (is_stand_in(inclusions->request, name) || is_stand_in(inclusions->request, real))
		inclusions->answer->used_stand_in = true;
	else
		words_add(&inclusions->answer->files, real);
	free(name);
	free(real);
}

void unit_files(const struct unit *u, const struct read_request *request,
		struct read_answer *answer)
{
	struct inclusions inclusions = { request, answer };

	clang_getInclusions(u->tu, visit_inclusion, &inclusions);
}

char *unit_triple(const struct unit *u)
{
	CXTargetInfo info = clang_getTranslationUnitTargetInfo(u->tu);
	char *triple = string_of(clang_TargetInfo_getTriple(info));

	clang_TargetInfo_dispose(info);
	return triple;
}
