/* SPDX-License-Identifier: MIT */
/*
 * Engine one's files: ELF objects, alone or in archives, and where the rest of their debug
 * information is. Only this and dwarf_hunt.c know libelf; see elf(5).
 */
#ifndef GEN_DWARF_FILE_H
#define GEN_DWARF_FILE_H

#include "read/dwarf_facts.h"

#include <elfutils/libdwfl.h>
#include <libelf.h>

/* A file that was mapped, or a member of an archive that was. */
struct blob {
	char *path;  /* of the file that it stands in */
	char *label; /* "libconn.a(conn.o)" */
	const char *data;
	size_t len;
	int fd; /* -1: a member */
};

/* An object with DWARF, or the file that has it instead. */
struct object {
	struct blob blob; /* of the latter */
	bool owns_blob;
	Elf *elf;
	Dwfl *dwfl; /* of a relocatable object */
	Dwarf *dwarf;
};

/* What one request has come to. */
struct reading {
	const struct fact_request *request;
	struct facts *f;
};

/* False: there is an error in f. */
bool blob_open(struct reading *r, const char *path, const char *label, struct blob *b);
void blob_close(struct blob *b);

/* Call work() for the file, or for each member of the archive that it is, until one says false. */
typedef bool blob_work(void *arg, const struct blob *b);
bool blob_each(struct reading *r, const char *path, blob_work *work, void *arg);

/* A header that can be read, and section headers that are all there. NULL: an error in f. */
Elf *elf_checked(struct reading *r, const struct blob *b);
bool elf_has_section(Elf *elf, const char *name); /* with bytes in the file; .zdebug too */
bool elf_has_dwarf(Elf *elf);
bool elf_has_scattered_units(Elf *elf); /* of which libdw sees only some */
size_t elf_count_sections(Elf *elf, const char *name);
bool elf_section_bytes(Elf *elf, const char *name, const char **data, size_t *len);
uint32_t elf_flags(Elf *elf);

/*
 * The DWARF of one blob. False: it has none to offer, or it cannot be read, and f has an error.
 * Either way object_close() frees what there is.
 */
bool object_open(struct reading *r, const struct blob *b, struct object *o);
void object_close(struct object *o);

/* ---- dwarf_hunt.c: other files ---- */

/* The separate debug file of a stripped one takes its place in o, its DWARF still closed; else
 * false, and *looked has where it was looked for. */
bool hunt_debug_file(struct reading *r, struct object *o, struct words *looked);
/* What dwz -m moved out. False: an error in f. None is named: *found stays closed. */
bool hunt_alternate(struct reading *r, const struct object *o, struct object *found);
/* The .dwo file that holds the unit of this number. False: an error in f. */
bool hunt_split(struct reading *r, const struct object *o, Dwarf_Die *skeleton, uint64_t number,
		struct object *found);
/* The number that a split unit and its skeleton have in common. */
bool split_number(Dwarf_CU *cu, uint64_t *number);
void error_looked_for(struct fact_error *e, const struct words *looked);
bool object_open_dwarf(struct reading *r, struct object *o); /* of its open ELF file */

#endif
