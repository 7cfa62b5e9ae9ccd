/* SPDX-License-Identifier: MIT */
#include "read/dwarf_abi.h"

#include "base/text.h"
#include "read/dwarf_constants.h"
#include "read/dwarf_language.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum {
	EF_MIPS_ABI2 = 0x20,
	NEVER = 1 << 30,
	UNTESTED = 0 /* a machine whose compilers were never held against this table */
};

/*
 * most: no scalar member is aligned to more. clang pads _Atomic types up to 16 bytes from version
 * pads_16 on, before that up to `pads`. strict: see abi_is_strict().
 */
static const struct machine {
	unsigned number;
	uint64_t most, pads;
	unsigned pads_16;
	bool strict;
} machines[] = {
	{ MACHINE_SPARC, 16, 8, NEVER, true }, { MACHINE_386, 16, 8, NEVER, false },
	{ MACHINE_68K, 2, 0, NEVER, false },   { MACHINE_MIPS, 16, 8, NEVER, true },
	{ MACHINE_HPPA, 16, 8, 0, true },      { MACHINE_SPARC32PLUS, 16, 8, NEVER, true },
	{ MACHINE_PPC, 16, 8, 0, false },      { MACHINE_PPC64, 16, 8, 15, false },
	{ MACHINE_S390, 8, 8, 18, false },     { MACHINE_ARM, 8, 8, NEVER, true },
	{ MACHINE_SH, 4, 8, 0, true },	       { MACHINE_SPARCV9, 16, 8, NEVER, true },
	{ MACHINE_X86_64, 16, 8, 0, false },   { MACHINE_AVR, 1, 0, NEVER, true },
	{ MACHINE_MSP430, 2, 0, NEVER, true }, { MACHINE_AARCH64, 16, 8, 0, false },
	{ MACHINE_RISCV, 16, 8, 0, true },     { MACHINE_LOONGARCH, 16, 8, NEVER, false },
	{ MACHINE_ALPHA, 16, 8, 0, true },     { MACHINE_BPF, 16, 8, 0, true },
	{ MACHINE_XTENSA, 16, 8, 0, true },
};
static const struct machine untested = { UNTESTED, 16, 8, 0, true };

static const struct machine *machine_of(const struct abi *abi)
{
	for (size_t i = 0; i < sizeof(machines) / sizeof(*machines); i++)
		if (machines[i].number == abi->number)
			return &machines[i];
	return &untested;
}

uint64_t power_above(uint64_t n)
{
	uint64_t power = 1;

	while (power < n && power < (uint64_t)1 << 62)
		power *= 2;
	return power;
}

uint64_t power_in(uint64_t n)
{
	return n & -n;
}

/* ---- compilers ---- */

static bool word_starts(const char *word, size_t len, const char *start)
{
	return len >= strlen(start) && strncmp(word, start, strlen(start)) == 0;
}

static uint64_t number_behind(const char *word, size_t len, const char *start, uint64_t otherwise)
{
	size_t n = strlen(start);

	if (len > n && word[n] == '=' && isdigit((unsigned char)word[n + 1]))
		return strtoul(word + n + 1, NULL, 10);
	return otherwise;
}

static void take_flag(struct traits *t, const char *word, size_t len)
{
	static const char *const strict[] = { "-mstrict-align", "-m68000", "-m68010", "-m5",
					      "-mcf",		"-mcpu32" };
	static const char boundary[] = "-mstructure-size-boundary", pack[] = "-fpack-struct";
	uint64_t n;

	for (size_t i = 0; i < sizeof(strict) / sizeof(*strict); i++)
		if (word_starts(word, len, strict[i]))
			t->flags |= FLAG_STRICT_ALIGN;
	if (word_starts(word, len, "-gstrict-dwarf"))
		t->flags |= FLAG_STRICT_DWARF;
	if (word_starts(word, len, "-malign-double"))
		t->flags |= FLAG_ALIGN_DOUBLE;
	if (word_starts(word, len, "-malign-int"))
		t->flags |= FLAG_ALIGN_INT;
	if (word_starts(word, len, "-femit-struct-debug-"))
		t->flags |= FLAG_REDUCED;
	if (word_starts(word, len, pack)) {
		n = number_behind(word, len, pack, 1);
		t->pack = n && n < t->pack ? n : t->pack;
	}
	if (word_starts(word, len, boundary)) {
		n = number_behind(word, len, boundary, 8);
		if ((n == 16 || n == 32 || n == 64) && n / 8 > t->least_record)
			t->least_record = n / 8;
	}
}

/* "GNU C17 12.2.0 ..." has a word and a number behind GNU, wherever that stands. */
static bool is_gcc(const char *producer, unsigned *version)
{
	for (const char *at = producer; (at = strstr(at, "GNU ")) != NULL; at += 4) {
		const char *number = strchr(at + 4, ' ');
		char *end;
		unsigned long n = number ? strtoul(number + 1, &end, 10) : 0;

		if (number && isdigit((unsigned char)number[1]) && end[0] == '.' &&
		    isdigit((unsigned char)end[1])) {
			*version = (unsigned)n;
			return true;
		}
	}
	return false;
}

static bool is_clang(const char *producer, unsigned *version)
{
	static const char words[] = "clang version ";
	const char *at = strstr(producer, words);

	if (!at || !isdigit((unsigned char)at[strlen(words)]))
		return false;
	*version = (unsigned)strtoul(at + strlen(words), NULL, 10);
	return true;
}

struct traits traits_of(const char *producer, unsigned dwarf, unsigned language)
{
	struct traits t = { .kind = COMPILER_OTHER,
			    .dwarf = dwarf,
			    .language = language,
			    .pack = (uint64_t)1 << 32,
			    .least_record = 1,
			    .text = producer };

	for (const char *at = producer; *at;) {
		size_t len = strcspn(at, " ");

		take_flag(&t, at, len);
		at += len + strspn(at + len, " ");
	}
	if (language_is_rust(language))
		t.kind = COMPILER_RUSTC;
	else if (is_gcc(producer, &t.version))
		t.kind = COMPILER_GCC;
	else if (is_clang(producer, &t.version))
		t.kind = COMPILER_CLANG;
	return t;
}

bool traits_same(const struct traits *a, const struct traits *b)
{
	return a->kind == b->kind && a->version == b->version && a->flags == b->flags &&
	       a->dwarf == b->dwarf && a->language == b->language && a->pack == b->pack &&
	       a->least_record == b->least_record &&
	       (a->kind != COMPILER_OTHER || strcmp(a->text, b->text) == 0);
}

/* The first three words of a producer. */
static char *producer_words(const char *text)
{
	struct text t;
	int n = 0;

	text_open(&t);
	while (n < 3 && *text) {
		size_t len;

		text += strspn(text, " ");
		len = strcspn(text, " ");
		if (len)
			fprintf(t.file, "%s%.*s", n++ ? " " : "", (int)len, text);
		text += len;
	}
	return text_close(&t);
}

char *traits_doubt(const struct traits *t)
{
	static const char leaves[] = "leaves the alignment of types out of DWARF";
	char *words, *doubt;

	if (t->kind == COMPILER_GCC && t->version < 7)
		return text_format("gcc %u %s", t->version, leaves);
	if (t->kind == COMPILER_GCC && (t->flags & FLAG_STRICT_DWARF) && t->dwarf < 5)
		return text_format("gcc -gstrict-dwarf %s %u", leaves, t->dwarf);
	if (t->kind == COMPILER_CLANG && t->version < 5)
		return text_format("clang %u %s", t->version, leaves);
	if (t->kind != COMPILER_OTHER)
		return NULL;
	words = producer_words(t->text);
	doubt = text_format("'%s' is not known to put the alignment of types into DWARF",
			    words[0] ? words : "an unknown compiler");
	free(words);
	return doubt;
}

bool traits_is_doubtful(const struct traits *t)
{
	switch (t->kind) {
	case COMPILER_GCC:
		return t->version < 7 || ((t->flags & FLAG_STRICT_DWARF) && t->dwarf < 5);
	case COMPILER_CLANG:
		return t->version < 5;
	case COMPILER_RUSTC:
		return false;
	case COMPILER_OTHER:
	default:
		return true;
	}
}

bool traits_hide_typedefs(const struct traits *t)
{
	return t->kind == COMPILER_CLANG && t->dwarf < 5;
}

bool traits_hide_atomic(const struct traits *t)
{
	return t->dwarf < 5 && t->kind != COMPILER_RUSTC && !language_is_cxx(t->language);
}

/* ---- machines ---- */

struct abi abi_of(const struct fact_object *object, struct traits traits)
{
	return (struct abi){
		.number = object->machine,
		.narrow = object->machine == MACHINE_MIPS && object->bits == 32 &&
			  !(object->flags & EF_MIPS_ABI2),
		.traits = traits,
	};
}

static struct bounds exactly(uint64_t n)
{
	return (struct bounds){ n, n };
}

static bool is_halved(unsigned encoding)
{
	return encoding == ENCODING_COMPLEX || encoding == ENCODING_IMAGINARY;
}

struct bounds abi_scalar(const struct abi *abi, uint64_t size, unsigned encoding)
{
	const struct machine *machine = machine_of(abi);
	bool gcc = abi->traits.kind == COMPILER_GCC;
	uint64_t natural;

	size = is_halved(encoding) ? size / 2 : size;
	natural = power_above(size) < 16 ? power_above(size) : 16;
	if (abi->number == MACHINE_386 && encoding != ENCODING_DECIMAL &&
	    (size == 8 || size == 12)) {
		if (gcc)
			return exactly(abi->traits.flags & FLAG_ALIGN_DOUBLE ? 8 : 4);
		return (struct bounds){ 4, 8 }; /* no other producer tells of -malign-double */
	}
	if (abi->number == MACHINE_68K && (abi->traits.flags & FLAG_ALIGN_INT))
		return exactly(natural < 4 ? natural : 4);
	natural = natural < machine->most ? natural : machine->most;
	if (machine->number == UNTESTED && size > 2)
		return (struct bounds){ 1, natural };
	if (abi->number == MACHINE_S390 && size == 16 && !gcc && encoding != ENCODING_FLOAT)
		return (struct bounds){ natural, 16 }; /* __int128 of clang before 16 */
	return exactly(natural);
}

/* gcc's __attribute__((ms_struct)), which no DWARF tells of, aligns members as they are alone. */
uint64_t abi_most_in_record(const struct abi *abi, uint64_t size, unsigned encoding)
{
	size = is_halved(encoding) ? size / 2 : size;
	return abi->number == MACHINE_386 && abi->traits.kind == COMPILER_GCC && size == 8 ? 8 : 0;
}

uint64_t abi_padded_atomic(const struct abi *abi)
{
	const struct machine *machine = machine_of(abi);

	if (abi->narrow || abi->number == MACHINE_PPC)
		return 4;
	return abi->traits.version >= machine->pads_16 ? 16 : machine->pads;
}

bool abi_is_strict(const struct abi *abi)
{
	return abi->traits.kind == COMPILER_GCC &&
	       (machine_of(abi)->strict || (abi->traits.flags & FLAG_STRICT_ALIGN));
}
