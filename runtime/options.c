/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <ctype.h>
#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "report.h"

#define ALL_LETTERS (SLAB_CONSISTENCY_CHECKS | SLAB_RED_ZONE | SLAB_POISON | SLAB_STORE_USER)
#define OPTIONS_MAX 1024

static const struct {
	char letter;
	slab_flags_t flag;
} letters[] = {
	{ 'F', SLAB_CONSISTENCY_CHECKS }, { 'Z', SLAB_RED_ZONE }, { 'P', SLAB_POISON },
	{ 'U', SLAB_STORE_USER },	  { 'T', SLAB_TRACE },	  { 'A', SLAB_FAILSLAB },
};

/* A copy of SLAB_DEBUG, and what it has for all caches. */
static char options[OPTIONS_MAX];
static slab_flags_t flags_of_all;
static bool keep_small;

struct block {
	slab_flags_t flags;
	bool keep_small;
	const char *names; /* up to ';' or the end; NULL: all caches */
};

/* Either case will do. */
static bool is_letter(char given, char letter)
{
	return toupper((unsigned char)given) == letter;
}

/* Take one letter into account; false: it is none. */
static bool take_letter(char letter, struct block *block)
{
	if (letter == '-')
		block->flags = 0;
	for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
		if (is_letter(letter, letters[i].letter)) {
			block->flags |= letters[i].flag;
			return true;
		}
	block->keep_small |= is_letter(letter, 'O');
	return letter == '-' || is_letter(letter, 'O');
}

/* A byte that a terminal would not show, or take for a part of a letter, as its number. */
static void complain_about(char letter)
{
	char shown[8];

	snprintf(shown, sizeof(shown), letter >= ' ' && letter <= '~' ? "%c" : "\\x%02x",
		 (unsigned char)letter);
	report("SLAB_DEBUG: option '%s' is not one of F, Z, P, U, T, A, O and -", shown);
}

static bool ends_block(char c)
{
	return !c || c == ';';
}

/* Read the block at @at and return where the next one begins, NULL if this was the last. */
static const char *next_block(const char *at, struct block *block, bool complain)
{
	const char *letter = at;

	block->flags = *at == ',' ? ALL_LETTERS : 0;
	block->keep_small = false;
	for (; !ends_block(*letter) && *letter != ','; letter++)
		if (!take_letter(*letter, block) && complain)
			complain_about(*letter);
	block->names = *letter == ',' ? letter + 1 : NULL;
	while (!ends_block(*letter))
		letter++;
	while (*letter == ';')
		letter++;
	return *letter ? letter : NULL;
}

/* Blocks with nothing in them are none. */
static const char *first_block(void)
{
	const char *at = options + strspn(options, ";");

	return *at ? at : NULL;
}

static void read_options(void)
{
	const char *given = getenv("SLAB_DEBUG");
	struct block block;

	if (!given)
		return;
	if (!*given)
		flags_of_all = ALL_LETTERS;
	if (strlen(given) >= sizeof(options))
		report("SLAB_DEBUG: longer than %zu characters: ignored", sizeof(options) - 1);
	else
		snprintf(options, sizeof(options), "%s", given);
	for (const char *at = first_block(); at;) {
		at = next_block(at, &block, true);
		keep_small |= block.keep_small;
		if (!block.names)
			flags_of_all = block.flags;
	}
}

static void read_once(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, read_options);
}

static bool matches(const char *pattern, size_t length, const char *name)
{
	const char *star = memchr(pattern, '*', length);

	if (star)
		return strncmp(name, pattern, (size_t)(star - pattern)) == 0;
	return strlen(name) == length && memcmp(name, pattern, length) == 0;
}

static bool names_match(const char *names, const char *name)
{
	for (;;) {
		size_t length = strcspn(names, ",;");

		if (matches(names, length, name))
			return true;
		if (names[length] != ',')
			return false;
		names += length + 1;
	}
}

bool options_leaks(void)
{
	static struct options_switch option = { "SLAB_LEAKS", false, 0 };

	return options_is_on(&option);
}

slab_flags_t options_flags(const char *name, slab_flags_t flags)
{
	struct block block;

	if (flags & SLAB_NO_USER_FLAGS)
		return flags;
	if (options_leaks() && !(flags & SLAB_NOLEAKTRACE))
		flags |= SLAB_STORE_USER;
	read_once();
	for (const char *at = first_block(); at;) {
		at = next_block(at, &block, false);
		if (block.names && names_match(block.names, name))
			return flags | block.flags;
	}
	/* Such a cache is itself part of some debugging: no stacks unless it is named. */
	if (flags & SLAB_NOLEAKTRACE)
		return flags | (flags_of_all & ~SLAB_STORE_USER);
	return flags | flags_of_all;
}

bool options_keep_small(void)
{
	read_once();
	return keep_small;
}

static bool is_one_of(const char *given, const char *const words[4])
{
	for (size_t i = 0; i < 4; i++)
		if (strcasecmp(given, words[i]) == 0)
			return true;
	return false;
}

static bool read_switch(const char *name, bool otherwise)
{
	static const char *const on[] = { "1", "y", "yes", "on" };
	static const char *const off[] = { "0", "n", "no", "off" };
	const char *given = getenv(name);

	if (!given)
		return otherwise;
	if (is_one_of(given, on))
		return true;
	if (is_one_of(given, off))
		return false;
	report("%s=%s is neither 1 nor 0: ignored", name, given);
	return otherwise;
}

bool options_is_on(struct options_switch *option)
{
	enum { UNKNOWN, ON, OFF };
	int known = __atomic_load_n(&option->known, __ATOMIC_RELAXED);

	if (known == UNKNOWN) {
		known = read_switch(option->name, option->otherwise) ? ON : OFF;
		__atomic_store_n(&option->known, known, __ATOMIC_RELAXED);
	}
	return known == ON;
}

bool options_read_number(const char **at, uint64_t most, uint64_t *number)
{
	char *end = NULL;

	/* No blanks, no sign: a negative number would come back as a large one. */
	if (!isdigit((unsigned char)**at))
		return false;
	errno = 0;
	unsigned long long given = strtoull(*at, &end, 10);
	if (errno == ERANGE || given > most)
		return false;
	*at = end;
	*number = given;
	return true;
}

uint32_t options_number(const char *name, uint32_t least, uint32_t most, uint32_t otherwise)
{
	const char *given = getenv(name);
	const char *at = given;
	uint64_t number = 0;

	if (!given)
		return otherwise;
	if (options_read_number(&at, most, &number) && !*at && number >= least)
		return (uint32_t)number;
	report("%s=%s is not a number from %u to %u: ignored", name, given, least, most);
	return otherwise;
}
