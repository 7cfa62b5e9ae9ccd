/* SPDX-License-Identifier: MIT */
/* Where the rest of an object's debug information is: in separate debug files, .dwo files, and
 * what dwz -m made of several. */
#include "base/paths.h"
#include "base/text.h"
#include "read/dwarf_file.h"

#include <dwarf.h>
#include <elfutils/libdwelf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Candidates for another file, in order. */
struct hunt {
	struct reading *r;
	bool (*good)(const struct hunt *h, const struct blob *b, Elf *elf);
	struct words looked;
	const unsigned char *id; /* a build-id, or the like */
	size_t id_len;
	uint32_t crc;
	uint64_t number; /* of a split unit */
};

/* Without "//", "/./" and "x/..", as far as the text tells. */
static char *normal_path(const char *path)
{
	struct words parts = { NULL, 0 };
	struct text t;

	for (const char *at = path; *at;) {
		size_t len = strcspn(at, "/");

		if (len == 2 && at[0] == '.' && at[1] == '.' && parts.n &&
		    strcmp(parts.v[parts.n - 1], "..") != 0)
			words_remove(&parts, parts.n - 1);
		else if (len > 1 || (len == 1 && at[0] != '.'))
			words_add_n(&parts, at, len);
		at += len + (at[len] == '/');
	}
	text_open(&t);
	for (size_t i = 0; i < parts.n; i++)
		fprintf(t.file, "%s%s", i || path[0] == '/' ? "/" : "", parts.v[i]);
	words_free(&parts);
	return text_close(&t);
}

static bool is_file(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* What is wrong with a candidate is its own business. */
static bool try_file(struct hunt *h, const char *path, struct object *found)
{
	struct facts errors = { 0 };
	struct reading quiet = { h->r->request, &errors };
	struct blob b;
	Elf *elf = NULL;
	bool good;

	if (!is_file(path) || !blob_open(h->r, path, path, &b))
		return false;
	elf = elf_checked(&quiet, &b);
	good = elf && h->good(h, &b, elf);
	if (good) {
		memset(found, 0, sizeof(*found));
		found->blob = b;
		found->owns_blob = true;
		found->elf = elf;
	} else {
		elf_end(elf);
		blob_close(&b);
	}
	facts_free(&errors);
	return good;
}

/* Takes the path over. */
static bool try_path(struct hunt *h, char *path, struct object *found)
{
	char *normal = normal_path(path);
	bool good = false;

	if (!words_have(&h->looked, normal)) {
		words_add(&h->looked, normal);
		good = try_file(h, normal, found);
	}
	free(normal);
	free(path);
	return good;
}

void error_looked_for(struct fact_error *e, const struct words *looked)
{
	struct text t;
	char *text;

	text_open(&t);
	for (size_t i = 0; i < looked->n; i++)
		fprintf(t.file, "%s%s", i ? ", " : "looked for ", looked->v[i]);
	text = text_close(&t);
	words_add(&e->notes, text);
	free(text);
}

static char *real_dir(const char *path)
{
	char *real = path_real(path), *dir = path_dir(real);

	free(real);
	return dir;
}

/* ---- separate debug files ---- */

static size_t build_id(Elf *elf, const unsigned char **id)
{
	const void *bits = NULL;
	ssize_t len = dwelf_elf_gnu_build_id(elf, &bits);

	*id = bits;
	return len > 0 ? (size_t)len : 0;
}

static bool has_id(const struct hunt *h, const struct blob *b, Elf *elf)
{
	const unsigned char *id;
	size_t len = build_id(elf, &id);

	(void)b;
	return len == h->id_len && memcmp(id, h->id, len) == 0 && elf_has_dwarf(elf);
}

/* The sum that objcopy --add-gnu-debuglink writes: CRC-32 of IEEE 802.3. */
static uint32_t crc_of(const struct blob *b)
{
	uint32_t table[256], crc = 0xffffffff;

	for (uint32_t i = 0; i < 256; i++) {
		table[i] = i;
		for (int k = 0; k < 8; k++)
			table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0xedb88320 : 0);
	}
	for (size_t i = 0; i < b->len; i++)
		crc = table[(crc ^ (unsigned char)b->data[i]) & 0xff] ^ crc >> 8;
	return ~crc;
}

static bool has_crc(const struct hunt *h, const struct blob *b, Elf *elf)
{
	return elf_has_dwarf(elf) && crc_of(b) == h->crc;
}

static bool try_build_id(struct hunt *h, struct object *found)
{
	const struct words *dirs = h->r->request->debug_dirs;
	struct text t;
	char *hex;
	bool good = false;

	if (h->id_len < 2)
		return false;
	text_open(&t);
	for (size_t i = 0; i < h->id_len; i++)
		fprintf(t.file, "%s%02x", i == 1 ? "/" : "", h->id[i]);
	hex = text_close(&t);
	for (size_t i = 0; i < dirs->n && !good; i++)
		good = try_path(h, text_format("%s/.build-id/%s.debug", dirs->v[i], hex), found);
	free(hex);
	return good;
}

static bool try_link(struct hunt *h, const char *name, const char *here, struct object *found)
{
	const struct words *dirs = h->r->request->debug_dirs;
	char *hidden = text_format(".debug/%s", name);
	bool good = try_path(h, path_join(here, name), found) ||
		    try_path(h, path_join(here, hidden), found);

	for (size_t i = 0; i < dirs->n && !good; i++) {
		char *dir = text_format("%s%s", dirs->v[i], here);

		good = try_path(h, path_join(dir, name), found);
		free(dir);
	}
	free(hidden);
	return good;
}

bool hunt_debug_file(struct reading *r, struct object *o, struct words *looked)
{
	struct hunt h = { .r = r, .good = has_id };
	char *here = real_dir(o->blob.path);
	struct object found;
	GElf_Word crc;
	const char *name;
	bool good;

	h.id_len = build_id(o->elf, &h.id);
	good = try_build_id(&h, &found);
	name = good ? NULL : dwelf_elf_gnu_debuglink(o->elf, &crc);
	if (name) {
		h.good = has_crc;
		h.crc = crc;
		good = try_link(&h, name, here, &found);
	}
	if (good) {
		free(found.blob.label);
		found.blob.label = text_copy(o->blob.label);
		elf_end(o->elf);
		*o = found;
	}
	words_add_all(looked, &h.looked);
	words_free(&h.looked);
	free(here);
	return good;
}

/* ---- what dwz -m moved out ---- */

/* DWARF 5's .debug_sup: a version, a flag (is this the other file?), a name, a sum. */
static bool read_sup(Elf *elf, bool other, const char **name, const unsigned char **id, size_t *len)
{
	const char *data;
	size_t size, name_len;

	if (!elf_section_bytes(elf, ".debug_sup", &data, &size) || size < 5 ||
	    (data[2] != 0) != other)
		return false;
	name_len = strnlen(data + 3, size - 3);
	if (3 + name_len + 2 > size)
		return false;
	*name = data + 3;
	*id = (const unsigned char *)data + 3 + name_len +
	      2; /* behind its length, which is short */
	*len = size - (3 + name_len + 2);
	return true;
}

static bool is_shared(const struct hunt *h, const struct blob *b, Elf *elf)
{
	const unsigned char *id;
	const char *name;
	size_t len = build_id(elf, &id);

	(void)b;
	if (len == h->id_len && len && memcmp(id, h->id, len) == 0)
		return true;
	return read_sup(elf, true, &name, &id, &len) && len == h->id_len &&
	       memcmp(id, h->id, len) == 0;
}

static bool try_shared(struct hunt *h, const char *name, const char *here, struct object *found)
{
	const struct words *dirs = h->r->request->debug_dirs;
	bool good = try_path(h, path_join(here, name), found) || try_build_id(h, found);

	for (size_t i = 0; i < dirs->n && !good; i++)
		good = try_path(h, text_format("%s/.dwz/%s", dirs->v[i], path_name(name)), found);
	return good;
}

bool hunt_alternate(struct reading *r, const struct object *o, struct object *found)
{
	struct hunt h = { .r = r, .good = is_shared };
	const void *id = NULL;
	const char *name = NULL;
	ssize_t len = dwelf_dwarf_gnu_debugaltlink(o->dwarf, &name, &id);
	char *here;
	bool good;

	memset(found, 0, sizeof(*found));
	h.id = id;
	h.id_len = len > 0 ? (size_t)len : 0;
	if (len <= 0 && !read_sup(o->elf, false, &name, &h.id, &h.id_len))
		return true;
	here = real_dir(o->blob.path);
	good = try_shared(&h, name, here, found);
	if (!good)
		error_looked_for(facts_error(r->f, FACT_REFUSED, o->blob.label,
					     "shares its debug information (dwz) with a file that "
					     "is not found"),
				 &h.looked);
	words_free(&h.looked);
	free(here);
	return good && object_open_dwarf(r, found);
}

/* ---- split units ---- */

bool split_number(Dwarf_CU *cu, uint64_t *number)
{
	uint8_t kind;
	Dwarf_Half version;
	Dwarf_Die root;
	Dwarf_Attribute attr;
	Dwarf_Word value;

	if (dwarf_cu_info(cu, &version, &kind, &root, NULL, number, NULL, NULL) != 0)
		return false;
	if (version >= 5)
		return kind == DW_UT_skeleton || kind == DW_UT_split_compile;
	if (dwarf_tag(&root) != DW_TAG_compile_unit ||
	    dwarf_formudata(dwarf_attr(&root, DW_AT_GNU_dwo_id, &attr), &value) != 0)
		return false;
	*number = value;
	return true;
}

static bool has_unit(const struct hunt *h, const struct blob *b, Elf *elf)
{
	Dwarf *dwarf;
	Dwarf_CU *cu = NULL;
	uint64_t number;
	bool found = false;

	(void)b;
	if (elf_has_scattered_units(elf))
		return true; /* which the other engine will look into */
	dwarf = dwarf_begin_elf(elf, DWARF_C_READ, NULL);
	while (dwarf && !found && dwarf_get_units(dwarf, cu, &cu, NULL, NULL, NULL, NULL) == 0)
		found = split_number(cu, &number) && number == h->number;
	dwarf_end(dwarf);
	return found;
}

static const char *string_of(Dwarf_Die *die, unsigned name)
{
	Dwarf_Attribute attr;
	const char *s = dwarf_formstring(dwarf_attr(die, name, &attr));

	return s ? s : "";
}

bool hunt_split(struct reading *r, const struct object *o, Dwarf_Die *skeleton, uint64_t number,
		struct object *found)
{
	struct hunt h = { .r = r, .good = has_unit, .number = number };
	const char *name = string_of(skeleton, DW_AT_dwo_name);
	char *here = real_dir(o->blob.path), *real = path_real(o->blob.path), *package;
	bool good;

	memset(found, 0, sizeof(*found));
	name = name[0] ? name : string_of(skeleton, DW_AT_GNU_dwo_name);
	package = text_format("%s.dwp", real);
	if (is_file(package)) {
		facts_error(r->f, FACT_UNABLE, o->blob.label,
			    "has split units in a package (%s), which this libdw cannot read",
			    package);
		good = false;
	} else {
		good = try_path(&h, path_join(string_of(skeleton, DW_AT_comp_dir), name), found) ||
		       try_path(&h, path_join(here, name), found) ||
		       try_path(&h, path_join(here, path_name(name)), found);
		words_add(&h.looked, package);
		if (!good)
			error_looked_for(facts_error(r->f, FACT_ABSENT, o->blob.label,
						     "has its types in a .dwo file that is not "
						     "found (or is of another build)"),
					 &h.looked);
	}
	words_free(&h.looked);
	free(package);
	free(here);
	free(real);
	return good && object_open_dwarf(r, found);
}
