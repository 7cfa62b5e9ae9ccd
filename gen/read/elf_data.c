/* SPDX-License-Identifier: MIT */
#include "read/elf_data.h"

#include <elf.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Numbers of either order, in a file of either width. */
struct file {
	const unsigned char *bytes;
	size_t len;
	bool big, wide;
};

static uint64_t number(const struct file *f, uint64_t at, size_t size)
{
	uint64_t value = 0;

	if (at > f->len || size > f->len - at)
		return 0;
	for (size_t i = 0; i < size; i++)
		value = value << 8 | f->bytes[at + (f->big ? i : size - 1 - i)];
	return value;
}

/* A member that has four bytes in narrow files, eight in wide ones. */
static uint64_t word(const struct file *f, uint64_t base, size_t narrow_at, size_t wide_at)
{
	return number(f, base + (f->wide ? wide_at : narrow_at), f->wide ? 8 : 4);
}

/* Where a section ends that a program would load; else 0. */
static uint64_t section_end(const struct file *f, uint64_t at)
{
	uint64_t type = number(f, at + offsetof(Elf64_Shdr, sh_type), 4);
	uint64_t flags =
		word(f, at, offsetof(Elf32_Shdr, sh_flags), offsetof(Elf64_Shdr, sh_flags));

	if (type == SHT_NOBITS || !(flags & SHF_ALLOC))
		return 0;
	return word(f, at, offsetof(Elf32_Shdr, sh_offset), offsetof(Elf64_Shdr, sh_offset)) +
	       word(f, at, offsetof(Elf32_Shdr, sh_size), offsetof(Elf64_Shdr, sh_size));
}

static bool open_file(const char *bytes, size_t len, struct file *f)
{
	if (len < sizeof(Elf64_Ehdr) || memcmp(bytes, ELFMAG, SELFMAG) != 0)
		return false;
	*f = (struct file){
		.bytes = (const unsigned char *)bytes,
		.len = len,
		.wide = bytes[EI_CLASS] == ELFCLASS64,
		.big = bytes[EI_DATA] == ELFDATA2MSB,
	};
	return true;
}

bool elf_is_linked(const char *bytes, size_t len)
{
	struct file f;
	uint64_t type;

	if (!open_file(bytes, len, &f))
		return false;
	type = number(&f, offsetof(Elf64_Ehdr, e_type), 2);
	return type == ET_EXEC || type == ET_DYN;
}

size_t elf_data_end(const char *bytes, size_t len)
{
	struct file f;
	uint64_t table, size, n, end = 0;

	if (!open_file(bytes, len, &f))
		return len;
	table = word(&f, 0, offsetof(Elf32_Ehdr, e_shoff), offsetof(Elf64_Ehdr, e_shoff));
	n = number(&f, f.wide ? offsetof(Elf64_Ehdr, e_shnum) : offsetof(Elf32_Ehdr, e_shnum), 2);
	size = f.wide ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
	if (table == 0 || n == 0 || table > len || n * size > len - table)
		return len;
	for (uint64_t i = 0; i < n; i++) {
		uint64_t its = section_end(&f, table + i * size);

		end = its > end ? its : end;
	}
	return end < len ? (size_t)end : len;
}
