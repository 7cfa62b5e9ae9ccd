/* SPDX-License-Identifier: MIT */
#ifndef GEN_ELF_DATA_H
#define GEN_ELF_DATA_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Where in an ELF file that ends which a program would load: debug information, which may be ten
 * times as much, comes behind. All of what is no ELF file.
 */
size_t elf_data_end(const char *bytes, size_t len);
bool elf_is_linked(const char *bytes, size_t len); /* a program or shared library */

#endif
