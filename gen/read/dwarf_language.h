/* SPDX-License-Identifier: MIT */
/* DW_AT_language: which rules a type follows. 0: a unit does not say it. */
#ifndef GEN_DWARF_LANGUAGE_H
#define GEN_DWARF_LANGUAGE_H

#include <stdbool.h>

bool language_is_c(unsigned language);
bool language_is_cxx(unsigned language);
bool language_is_rust(unsigned language);
/* Are its records laid out by C's rules, or does its DWARF state all that C's rules would say? */
bool language_is_known(unsigned language);
const char *language_name(unsigned language); /* "Ada", "language 0x1234" is "another language" */

#endif
