/* SPDX-License-Identifier: MIT */
/*
 * Numbers from objects that a build system compiled from probes. Records are searched for in all
 * bytes of a file, so that ELF, COFF, Mach-O and archives of them need no reader each.
 */
#include "base/text.h"
#include "base/words.h"
#include "read/elf_data.h"
#include "read/probe.h"
#include "read/reader.h"
#include "read/thin_archive.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- bytes of a file ---- */

struct mapping {
	const char *bytes;
	size_t len;
};

static bool map(const char *path, struct mapping *m)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *bytes = MAP_FAILED;

	if (fd < 0)
		return false;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0)
		bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (bytes == MAP_FAILED)
		return false;
	m->bytes = bytes;
	m->len = (size_t)st.st_size;
	return true;
}

static void unmap(struct mapping *m)
{
	munmap((void *)m->bytes, m->len);
}

static const char *find(const struct mapping *m, const char *what)
{
	return memmem(m->bytes, m->len, what, strlen(what));
}

static bool starts(const struct mapping *m, const char *what)
{
	return m->len >= strlen(what) && memcmp(m->bytes, what, strlen(what)) == 0;
}

/* A probe's name without its data: in clang's bitcode, or in an object of gcc's. */
static bool is_lto_probe(const struct mapping *m)
{
	static const char bitcode[] = "BC\xc0\xde";
	const char *section;

	if (elf_is_linked(m->bytes, m->len) || !find(m, "gen_opaque_probe"))
		return false;
	section = find(m, ".gnu.lto");
	if (starts(m, bitcode) || (starts(m, "!<arch>") && find(m, bitcode)))
		return true;
	/* Not in one piece above, or our own binary would look like a probe. */
	return section && section + 8 < m->bytes + m->len && section[8] == '_';
}

static bool has_probe(const struct mapping *m)
{
	struct probe_answers answers;
	bool found;

	probe_search(m->bytes, elf_data_end(m->bytes, m->len), &answers);
	found = answers.n > 0 || is_lto_probe(m);
	probe_answers_free(&answers);
	return found;
}

/* The files in which the probes are: the file itself, or members of a thin archive. */
static void find_probes(const char *path, struct words *files)
{
	struct words members = { NULL, 0 };
	struct mapping m;

	if (!map(path, &m))
		return;
	if (has_probe(&m))
		words_add(files, path);
	thin_archive_members(path, m.bytes, m.len, &members);
	unmap(&m);
	for (size_t i = 0; i < members.n; i++) {
		if (!map(members.v[i], &m))
			continue;
		if (has_probe(&m))
			words_add(files, members.v[i]);
		unmap(&m);
	}
	words_free(&members);
}

bool is_probe_object(const char *path)
{
	struct words files = { NULL, 0 };
	bool found;

	find_probes(path, &files);
	found = files.n > 0;
	words_free(&files);
	return found;
}

/* ---- all inputs ---- */

static bool read_file(const char *path, struct probe_answers *answers, struct diags *diags)
{
	struct mapping m;
	bool good = map(path, &m);

	*answers = (struct probe_answers){ NULL, 0 };
	if (!good) {
		diag_error(diags, "%s: cannot be read: %s", path, strerror(errno));
		return false;
	}
	probe_search(m.bytes, m.len, answers);
	for (size_t i = 0; i < answers->n && good; i++) {
		good = probe_is_whole(&answers->v[i]);
		if (!good)
			diag_error(diags, "%s: the numbers of its probe are damaged or cut off",
				   path);
	}
	if (answers->n == 0) {
		diag_error(diags, "%s: link-time optimisation left no data in it", path);
		diag_note(diags, "compile the probe with -fno-lto; in Meson, override_options: "
				 "['b_lto=false']");
		good = false;
	}
	unmap(&m);
	return good;
}

static struct layouts *list_for(struct probed *probed, const struct layouts *answer)
{
	for (size_t i = 0; i < probed->n; i++)
		if (strcmp(probed->v[i].v[0].target, answer->v[0].target) == 0)
			return &probed->v[i];
	probed->v = text_resize(probed->v, probed->n + 1, sizeof(*probed->v));
	probed->v[probed->n] = (struct layouts){ NULL, 0 };
	return &probed->v[probed->n++];
}

/* Fields that only one of two probes asks for. */
static void merge_fields(struct layout *to, struct layout *from)
{
	for (size_t i = 0; i < from->n_fields; i++) {
		if (layout_find_field(to, from->fields[i].name))
			continue;
		*layout_add_field(to) = from->fields[i];
		memset(&from->fields[i], 0, sizeof(from->fields[i]));
	}
}

static void merge_flexible(struct layout *to, const struct layout *from)
{
	for (size_t i = 0; i < from->n_flexible; i++) {
		const struct flexible_array *a = &from->flexible[i];

		if (!layout_find_flexible(to, a->path))
			layout_add_flexible(to, a->path, a->offset, a->element);
	}
}

static bool fields_agree(const struct layout *a, const struct layout *b)
{
	for (size_t i = 0; i < a->n_fields; i++) {
		const struct field *x = &a->fields[i], *y = layout_find_field(b, x->name);

		if (y && (x->offset != y->offset || x->size != y->size))
			return false;
	}
	for (size_t i = 0; i < a->n_flexible; i++) {
		const struct flexible_array *x = &a->flexible[i];
		const struct flexible_array *y = layout_find_flexible(b, x->path);

		if (y && (x->offset != y->offset || x->element != y->element))
			return false;
	}
	return true;
}

static bool add_type(struct layouts *all, struct layout *l, const char *path, struct diags *diags)
{
	struct layout *old = layouts_find(all, l->kind, l->name, NULL);
	bool good =
		!old || (old->size == l->size && old->align == l->align && fields_agree(old, l));

	if (!old) {
		*layouts_add(all) = *l;
		memset(l, 0, sizeof(*l));
	} else if (good) {
		merge_fields(old, l);
		merge_flexible(old, l);
	} else {
		char *spelling = layout_spelling(l);

		diag_error(diags,
			   "%s: %s has size %" PRIu64 ", alignment %" PRIu64
			   " there, and size %" PRIu64 ", alignment %" PRIu64
			   " in another probe for %s",
			   path, spelling, l->size, l->align, old->size, old->align, l->target);
		free(spelling);
	}
	return good;
}

static bool add_file(struct probed *probed, const char *path, struct diags *diags)
{
	struct probe_answers answers;
	bool good = read_file(path, &answers, diags);

	for (size_t i = 0; i < answers.n && good; i++) {
		struct layouts *answer = &answers.v[i].layouts;
		struct layouts *list = list_for(probed, answer);

		for (size_t j = 0; j < answer->n && good; j++)
			good = add_type(list, &answer->v[j], path, diags);
	}
	probe_answers_free(&answers);
	return good;
}

/* ---- what was asked for ---- */

static bool select_types(const struct probe_request *r, struct layouts *all, struct diags *diags)
{
	struct layouts chosen = { NULL, 0 };
	bool good = true;

	for (size_t i = 0; i < r->n_types; i++) {
		const struct type_name *type = &r->types[i];
		const struct layout *l = layouts_find(all, type->kind, type->name, NULL);
		const struct layouts one = { (struct layout *)l, 1 };
		struct layouts copy;

		if (l) {
			layouts_copy(&copy, &one);
			*layouts_add(&chosen) = copy.v[0];
			free(copy.v);
		} else {
			char *spelling = type_name_text(type);

			diag_error(diags, "'%s' is not in the probe for %s", spelling,
				   all->v[0].target);
			diag_note(diags, "ask for it where the probe is written, with -t");
			free(spelling);
			good = false;
		}
	}
	layouts_free(all);
	*all = chosen;
	return good;
}

bool read_probes(const struct probe_request *request, struct probed *probed, struct diags *diags)
{
	struct words files = { NULL, 0 };
	bool good = true;

	*probed = (struct probed){ NULL, 0 };
	for (size_t i = 0; i < request->inputs->n; i++)
		find_probes(request->inputs->v[i], &files);
	for (size_t i = 0; i < files.n && good; i++)
		good = add_file(probed, files.v[i], diags);
	words_free(&files);
	for (size_t i = 0; i < probed->n && good && request->n_types > 0; i++)
		good = select_types(request, &probed->v[i], diags);
	return good;
}

void probed_free(struct probed *probed)
{
	for (size_t i = 0; i < probed->n; i++)
		layouts_free(&probed->v[i]);
	free(probed->v);
	*probed = (struct probed){ NULL, 0 };
}
