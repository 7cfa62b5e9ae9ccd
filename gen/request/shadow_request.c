/* SPDX-License-Identifier: MIT */
#include "request/shadow_request.h"

#include "base/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* ---- parts of the argument ---- */

/* Words of C up to C23 and of C++ up to C++23: a header for both can name nothing so. */
static const char keywords[] =
	" alignas alignof and and_eq asm auto bitand bitor bool break case catch char char16_t"
	" char32_t char8_t class co_await co_return co_yield compl concept const const_cast"
	" consteval constexpr constinit continue decltype default delete do double dynamic_cast"
	" else enum explicit export extern false float for friend goto if inline int long mutable"
	" namespace new noexcept not not_eq nullptr operator or or_eq private protected public"
	" register reinterpret_cast requires restrict return short signed sizeof static"
	" static_assert static_cast struct switch template this thread_local throw true try"
	" typedef typeid typename typeof typeof_unqual union unsigned using virtual void volatile"
	" wchar_t while xor xor_eq ";

static bool is_keyword(const char *name)
{
	char *word = text_format(" %s ", name);
	bool found = strstr(keywords, word);

	free(word);
	return found;
}

static bool is_reserved(const char *name)
{
	return name[0] == '_' && (name[1] == '_' || isupper((unsigned char)name[1]));
}

static bool check_name(const char *name, const char *what, struct diags *diags)
{
	if (text_is_identifier(name) && !is_keyword(name))
		return true;
	diag_error(diags, "'%s' cannot be the name of a %s", name, what);
	diag_note(diags, "a shadow is named as --shadow NAME, 'struct NAME' or 'union NAME', with "
			 ".MEMBER behind it for the name of its bytes");
	return false;
}

bool shadow_request_set(struct shadow_request *s, const char *argument, struct diags *diags)
{
	bool is_struct = text_starts(argument, "struct "),
	     is_union = text_starts(argument, "union ");
	const char *start = argument + (is_struct  ? strlen("struct ")
					: is_union ? strlen("union ")
						   : 0);
	const char *dot = strchr(start, '.');
	char *name = text_copy_n(start, dot ? (size_t)(dot - start) : strlen(start));
	bool good = check_name(name, "shadow", diags) &&
		    (!dot || check_name(dot + 1, "shadow's member", diags));

	if (good && s->name) {
		diag_error(diags, "--shadow is given twice for one type");
		good = false;
	}
	if (!good) {
		free(name);
		return false;
	}
	s->name = name;
	s->tag = text_format("%s %s", is_union ? "union" : "struct", name);
	s->has_typedef = !is_struct && !is_union;
	s->member = dot ? text_copy(dot + 1) : NULL;
	return true;
}

/* ---- all of them ---- */

static bool check_reserved(const char *name, bool libc, struct diags *diags)
{
	if (!name || libc || !is_reserved(name))
		return true;
	diag_error(diags, "'%s' is reserved: only a C library may use names like that", name);
	diag_note(diags, "choose another name; for a header of a C library give --libc");
	return false;
}

/* The private type keeps its name, and the owner sees both. */
static bool check_own(const struct type_request *w, struct diags *diags)
{
	bool same = w->shadow.name && strcmp(w->shadow.name, w->type.name) == 0;

	if (!same || (w->type.kind == LAYOUT_TYPEDEF && !w->shadow.has_typedef))
		return true;
	diag_error(diags, "the shadow cannot be called '%s': that is the private type's own name",
		   w->shadow.name);
	diag_note(diags, "rename the private type, which nobody else sees");
	return false;
}

static bool check_twice(const struct type_requests *all, size_t type, struct diags *diags)
{
	const char *name = all->v[type].shadow.name;

	for (size_t i = 0; i < type && name; i++) {
		if (!all->v[i].shadow.name || strcmp(all->v[i].shadow.name, name) != 0)
			continue;
		diag_error(diags, "two shadows are called '%s'", name);
		return false;
	}
	return true;
}

bool shadow_requests_settle(struct type_requests *all, bool has_private, bool libc,
			    struct diags *diags)
{
	for (size_t i = 0; i < all->n; i++) {
		struct type_request *w = &all->v[i];

		if (!check_reserved(w->shadow.name, libc, diags) ||
		    !check_reserved(w->shadow.member, libc, diags) || !check_own(w, diags) ||
		    !check_twice(all, i, diags))
			return false;
		if (!has_private)
			continue;
		w->public_base =
			text_copy(w->shadow.name && !w->base_given ? w->shadow.name : w->base);
		if (!check_reserved(w->public_base, libc, diags))
			return false;
		if (!w->shadow.member)
			w->shadow.member = text_format("%s_opaque", w->public_base);
	}
	return true;
}
