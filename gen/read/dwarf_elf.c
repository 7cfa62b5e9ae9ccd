/* SPDX-License-Identifier: MIT */
/* ELF files with DWARF: what must be right in them before libdw may look. */
#include "base/paths.h"
#include "base/text.h"
#include "read/dwarf_file.h"

#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Honest debug information does not shrink so much; what says it did is meant to fill memory. */
enum { MOST_COMPRESSED = 1100, MOST_COMPRESSED_BIG = 100, SMALL_ENOUGH = 64 << 20 };
enum { ELF32_HEADER = 52, ELF64_HEADER = 64, OLD_COMPRESSED_HEADER = 12 };
enum { COMPRESSED_ZSTD = 2 };

static const char no_lto[] = "build it with -fno-lto, or give the linked file";

/* ---- what is no ELF file ---- */

static const struct {
	const char *magic;
	size_t len;
	const char *text;
	const char *note;
} known[] = {
	{ "BC\xc0\xde", 4, "is LLVM bitcode (clang -flto), which holds no DWARF", no_lto },
	{ "\xde\xc0\x17\x0b", 4, "is LLVM bitcode (clang -flto), which holds no DWARF", no_lto },
	{ "\0asm", 4, "is WebAssembly; only ELF objects are read", NULL },
	{ "MZ", 2, "is a Windows program; only ELF objects are read", NULL },
	{ "\x64\x86", 2, "is a COFF object; only ELF objects are read", NULL },
	{ "\x4c\x01", 2, "is a COFF object; only ELF objects are read", NULL },
	{ "\xcf\xfa\xed\xfe", 4, "is a Mach-O object; only ELF objects are read", NULL },
	{ "\xca\xfe\xba\xbe", 4, "is a Mach-O object; only ELF objects are read", NULL },
};

static void absent(struct reading *r, const struct blob *b, const char *text, const char *note)
{
	struct fact_error *e = facts_error(r->f, FACT_ABSENT, b->label, "%s", text);

	if (note)
		words_add(&e->notes, note);
}

static void say_what_it_is(struct reading *r, const struct blob *b)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		if (b->len >= known[i].len && memcmp(b->data, known[i].magic, known[i].len) == 0) {
			absent(r, b, known[i].text, known[i].note);
			return;
		}
	}
	if (b->len == 0)
		facts_error(r->f, FACT_REFUSED, b->label, "is empty");
	else if (b->len < SELFMAG && memcmp(b->data, ELFMAG, b->len) == 0)
		facts_error(r->f, FACT_REFUSED, b->label,
			    "truncated: it ends at byte %zu, inside its header", b->len);
	else
		absent(r, b, "is neither an ELF object nor an archive of them", NULL);
}

/* ---- headers ---- */

static bool truncated(struct reading *r, const struct blob *b, const char *what, uint64_t end)
{
	if (end <= b->len)
		return false;
	facts_error(r->f, FACT_REFUSED, b->label,
		    "truncated: its %s would end at byte %llu, but it has %zu", what,
		    (unsigned long long)end, b->len);
	return true;
}

static bool corrupt(struct reading *r, const struct blob *b, const char *text)
{
	facts_error(r->f, FACT_CORRUPT, b->label, "corrupt: %s", text);
	return false;
}

static bool has_header(struct reading *r, const struct blob *b)
{
	int class = b->len > EI_DATA ? b->data[EI_CLASS] : 0;
	int order = b->len > EI_DATA ? b->data[EI_DATA] : 0;
	bool known_class = (class == ELFCLASS32 || class == ELFCLASS64) &&
			   (order == ELFDATA2LSB || order == ELFDATA2MSB);

	if (b->len < ELF32_HEADER ||
	    (known_class && class == ELFCLASS64 && b->len < ELF64_HEADER)) {
		facts_error(r->f, FACT_REFUSED, b->label,
			    "truncated: it ends at byte %zu, inside its header", b->len);
		return false;
	}
	return known_class || corrupt(r, b, "its ELF header is of no known class");
}

/* Sections whose headers lie are not worth a look by libelf. */
static bool sections_are_there(struct reading *r, const struct blob *b, Elf *elf)
{
	GElf_Ehdr header;
	GElf_Shdr section;
	size_t n, names;
	bool wide = b->data[EI_CLASS] == ELFCLASS64;
	size_t size = wide ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);

	if (!gelf_getehdr(elf, &header))
		return corrupt(r, b, elf_errmsg(-1));
	if (header.e_shoff == 0)
		return true;
	if (truncated(r, b, "section headers", header.e_shoff + size))
		return false;
	if (header.e_shentsize != size) {
		facts_error(r->f, FACT_CORRUPT, b->label,
			    "corrupt: its section headers are of %u bytes", header.e_shentsize);
		return false;
	}
	if (header.e_shnum &&
	    truncated(r, b, "section headers", header.e_shoff + (uint64_t)header.e_shnum * size))
		return false;
	if (elf_getshdrnum(elf, &n) != 0 || elf_getshdrstrndx(elf, &names) != 0 || names >= n)
		return corrupt(r, b, "its sections have no names");
	if (!gelf_getshdr(elf_getscn(elf, names), &section))
		return corrupt(r, b, "its sections have no names");
	return !truncated(r, b, "section names", section.sh_offset + section.sh_size);
}

Elf *elf_checked(struct reading *r, const struct blob *b)
{
	Elf *elf;

	if (b->len < SELFMAG || memcmp(b->data, ELFMAG, SELFMAG) != 0) {
		say_what_it_is(r, b);
		return NULL;
	}
	if (!has_header(r, b))
		return NULL;
	elf = b->fd >= 0 ? elf_begin(b->fd, ELF_C_READ_MMAP, NULL)
			 : elf_memory((char *)b->data, b->len);
	if (!elf || elf_kind(elf) != ELF_K_ELF) {
		corrupt(r, b, elf ? "its ELF header is of no known class" : elf_errmsg(-1));
		elf_end(elf);
		return NULL;
	}
	if (!sections_are_there(r, b, elf)) {
		elf_end(elf);
		return NULL;
	}
	return elf;
}

/* ---- sections ---- */

static const char *section_name(Elf *elf, Elf_Scn *scn, GElf_Shdr *header)
{
	size_t names;
	const char *name;

	if (!gelf_getshdr(scn, header) || elf_getshdrstrndx(elf, &names) != 0)
		return "";
	name = elf_strptr(elf, names, header->sh_name);
	return name ? name : "";
}

/* ".debug_info" is the same as ".zdebug_info". */
static bool is_section(const char *name, const char *wanted)
{
	return strcmp(name, wanted) == 0 ||
	       (text_starts(name, ".z") && strcmp(name + 2, wanted + 1) == 0);
}

size_t elf_count_sections(Elf *elf, const char *name)
{
	GElf_Shdr header;
	size_t n = 0;

	for (Elf_Scn *s = NULL; (s = elf_nextscn(elf, s)) != NULL;)
		n += is_section(section_name(elf, s, &header), name) &&
		     header.sh_type != SHT_NOBITS;
	return n;
}

bool elf_has_section(Elf *elf, const char *name)
{
	return elf_count_sections(elf, name) > 0;
}

bool elf_has_dwarf(Elf *elf)
{
	static const char *const names[] = { ".debug_info", ".debug_types", ".debug_info.dwo",
					     ".debug_types.dwo" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (elf_has_section(elf, names[i]))
			return true;
	return false;
}

bool elf_section_bytes(Elf *elf, const char *name, const char **data, size_t *len)
{
	GElf_Shdr header;

	for (Elf_Scn *s = NULL; (s = elf_nextscn(elf, s)) != NULL;) {
		Elf_Data *d;

		if (strcmp(section_name(elf, s, &header), name) != 0 ||
		    header.sh_type == SHT_NOBITS)
			continue;
		d = elf_getdata(s, NULL);
		if (!d || !d->d_buf)
			return false;
		*data = d->d_buf;
		*len = d->d_size;
		return true;
	}
	return false;
}

uint32_t elf_flags(Elf *elf)
{
	GElf_Ehdr header;

	return gelf_getehdr(elf, &header) ? header.e_flags : 0;
}

/* How large a compressed section says that it is; 0: it is not compressed. */
static uint64_t unpacked_size(Elf_Scn *scn, const GElf_Shdr *header, const char *name,
			      uint64_t *packed, bool *zstd)
{
	GElf_Chdr chdr;
	Elf_Data *raw;
	uint64_t size = 0;

	*packed = header->sh_size;
	*zstd = false;
	if (header->sh_flags & SHF_COMPRESSED) {
		if (!gelf_getchdr(scn, &chdr))
			return 0;
		*packed -= header->sh_size > sizeof(Elf64_Chdr) ? sizeof(Elf64_Chdr) : 0;
		*zstd = chdr.ch_type == COMPRESSED_ZSTD;
		return chdr.ch_size;
	}
	raw = text_starts(name, ".zdebug") ? elf_rawdata(scn, NULL) : NULL;
	if (!raw || !raw->d_buf || raw->d_size < OLD_COMPRESSED_HEADER)
		return 0;
	for (int i = 4; i < OLD_COMPRESSED_HEADER; i++)
		size = size << 8 | ((const unsigned char *)raw->d_buf)[i];
	return size;
}

static bool section_is_fit(struct reading *r, const struct blob *b, Elf_Scn *scn,
			   const GElf_Shdr *header, const char *name)
{
	uint64_t packed, size;
	char *what = text_format("section %s", name);
	bool zstd, cut = truncated(r, b, what, header->sh_offset + header->sh_size);

	free(what);
	if (cut)
		return false;
	size = unpacked_size(scn, header, name, &packed, &zstd);
	if (size > MOST_COMPRESSED * packed + 4096 ||
	    (size > SMALL_ENOUGH && size > MOST_COMPRESSED_BIG * packed)) {
		facts_error(r->f, FACT_CORRUPT, b->label,
			    "corrupt: its section %s cannot grow from %llu to %llu bytes", name,
			    (unsigned long long)packed, (unsigned long long)size);
		return false;
	}
	if (zstd)
		facts_error(r->f, FACT_UNABLE, b->label,
			    "its section %s is compressed with zstd, which this libdw cannot read",
			    name);
	return !zstd;
}

static bool debug_sections_are_fit(struct reading *r, const struct blob *b, Elf *elf)
{
	GElf_Shdr header;

	for (Elf_Scn *s = NULL; (s = elf_nextscn(elf, s)) != NULL;) {
		const char *name = section_name(elf, s, &header);

		if (header.sh_type != SHT_NOBITS &&
		    (text_starts(name, ".debug_") || text_starts(name, ".zdebug_")) &&
		    !section_is_fit(r, b, s, &header, name))
			return false;
	}
	return true;
}

/* ---- objects ---- */

/* Another file's DWARF is never looked for here: dwarf_hunt.c does so, and says where. */
static int find_nothing(Dwfl_Module *m, void **user, const char *name, Dwarf_Addr base,
			const char *file, const char *link, GElf_Word crc, char **found)
{
	(void)m, (void)user, (void)name, (void)base, (void)file, (void)link, (void)crc;
	(void)found;
	return -1;
}

static bool open_relocatable(struct reading *r, struct object *o)
{
	static const Dwfl_Callbacks callbacks = {
		.find_debuginfo = find_nothing,
		.section_address = dwfl_offline_section_address,
	};
	struct blob *b = &o->blob;
	int fd = b->fd >= 0 ? dup(b->fd) : memfd_create("member", MFD_CLOEXEC);
	Dwfl_Module *module = NULL;
	Dwarf_Addr bias;

	if (b->fd < 0 && write(fd, b->data, b->len) != (ssize_t)b->len) {
		close(fd);
		facts_error(r->f, FACT_LIMIT, b->label, "no memory is left for it");
		return false;
	}
	o->dwfl = dwfl_begin(&callbacks);
	if (o->dwfl) {
		module = dwfl_report_offline(o->dwfl, b->label, b->path, fd);
		dwfl_report_end(o->dwfl, NULL, NULL);
	}
	if (!module)
		close(fd);
	o->dwarf = module ? dwfl_module_getdwarf(module, &bias) : NULL;
	if (!o->dwarf)
		facts_error(r->f, FACT_UNABLE, b->label, "cannot be read by libdw: %s",
			    dwfl_errmsg(-1));
	return o->dwarf != NULL;
}

/* A type unit in a COMDAT group of its own: libdw looks into one group, or into none. */
static bool has_grouped_units(Elf *elf)
{
	GElf_Shdr header;

	for (Elf_Scn *s = NULL; (s = elf_nextscn(elf, s)) != NULL;) {
		const char *name = section_name(elf, s, &header);

		if ((header.sh_flags & SHF_GROUP) &&
		    (is_section(name, ".debug_info") || is_section(name, ".debug_types")))
			return true;
	}
	return false;
}

bool elf_has_scattered_units(Elf *elf)
{
	return has_grouped_units(elf) || elf_count_sections(elf, ".debug_info") > 1 ||
	       elf_count_sections(elf, ".debug_types") > 1 ||
	       elf_count_sections(elf, ".debug_types.dwo") > 1 ||
	       elf_count_sections(elf, ".debug_info.dwo") > 1;
}

static bool is_for_another_engine(struct reading *r, const struct blob *b, Elf *elf)
{
	const char *text = NULL;
	GElf_Ehdr header;

	if (elf_has_section(elf, ".debug_cu_index") || elf_has_section(elf, ".debug_tu_index"))
		text = "is a package of split units (.dwp), which this libdw cannot read";
	else if (elf_has_scattered_units(elf))
		text = "has its type units in sections of their own, which libdw cannot join";
	else if (gelf_getehdr(elf, &header) && header.e_type == ET_REL && header.e_machine == EM_SH)
		/* R_SH_DIR32 adds to what the section holds, though the entry has an addend. */
		text = "cannot be read by libdw, which relocates objects for SH wrongly";
	if (text)
		facts_error(r->f, FACT_UNABLE, b->label, "%s", text);
	return text != NULL;
}

bool object_open_dwarf(struct reading *r, struct object *o)
{
	GElf_Ehdr header;

	if (!debug_sections_are_fit(r, &o->blob, o->elf) ||
	    is_for_another_engine(r, &o->blob, o->elf))
		return false;
	if (gelf_getehdr(o->elf, &header) && header.e_type == ET_REL &&
	    !elf_has_section(o->elf, ".debug_info.dwo"))
		return open_relocatable(r, o);
	o->dwarf = dwarf_begin_elf(o->elf, DWARF_C_READ, NULL);
	if (!o->dwarf)
		facts_error(r->f, FACT_UNABLE, o->blob.label, "cannot be read by libdw: %s",
			    dwarf_errmsg(-1));
	return o->dwarf != NULL;
}

/* ---- objects without DWARF ---- */

static bool has_section_that_starts(Elf *elf, const char *start)
{
	GElf_Shdr header;

	for (Elf_Scn *s = NULL; (s = elf_nextscn(elf, s)) != NULL;)
		if (text_starts(section_name(elf, s, &header), start))
			return true;
	return false;
}

static bool is_stripped(Elf *elf)
{
	GElf_Ehdr header;

	return elf_has_section(elf, ".gnu_debuglink") ||
	       (gelf_getehdr(elf, &header) && header.e_type != ET_REL &&
		!elf_has_section(elf, ".symtab"));
}

static void say_what_it_lacks(struct reading *r, const struct blob *b, Elf *elf,
			      const struct words *looked)
{
	struct fact_error *e;
	bool stripped = is_stripped(elf);

	if (elf_has_section(elf, ".stab")) {
		absent(r, b, "holds stabs, an old form of debug information, no DWARF",
		       "build it with -gdwarf-5");
		return;
	}
	if (elf_has_section(elf, ".BTF")) {
		absent(r, b, "holds BTF, no DWARF", "build it with -g");
		return;
	}
	e = facts_error(r->f, FACT_ABSENT, b->label, "%s",
			stripped ? "is stripped of its debug information, and no debug file of it "
				   "is found"
				 : "holds no DWARF: it was built without -g, or stripped of it");
	if (looked->n)
		error_looked_for(e, looked);
	else if (stripped)
		words_add(&e->notes, "it names no debug file: it has neither build-id nor "
				     "debuglink");
}

bool object_open(struct reading *r, const struct blob *b, struct object *o)
{
	struct words looked = { NULL, 0 };
	bool good;

	memset(o, 0, sizeof(*o));
	o->blob = *b;
	o->elf = elf_checked(r, b);
	if (!o->elf)
		return false;
	if (elf_has_dwarf(o->elf))
		return object_open_dwarf(r, o);
	if (has_section_that_starts(o->elf, ".gnu.lto_") ||
	    has_section_that_starts(o->elf, ".gnu.debuglto_")) {
		absent(r, b, "is a slim LTO object (gcc -flto), which holds no finished DWARF",
		       no_lto);
		return false;
	}
	if (elf_has_section(o->elf, ".llvmbc")) {
		absent(r, b, known[0].text, no_lto);
		return false;
	}
	good = hunt_debug_file(r, o, &looked);
	if (good)
		good = object_open_dwarf(r, o);
	else
		say_what_it_lacks(r, b, o->elf, &looked);
	words_free(&looked);
	return good;
}

void object_close(struct object *o)
{
	if (o->dwfl)
		dwfl_end(o->dwfl); /* with its DWARF */
	else
		dwarf_end(o->dwarf);
	elf_end(o->elf);
	if (o->owns_blob)
		blob_close(&o->blob);
	memset(o, 0, sizeof(*o));
}
