/* SPDX-License-Identifier: MIT */
/* A type's words around a name, as C declares it. */
#ifndef GEN_DECLARATION_H
#define GEN_DECLARATION_H

/*
 * "int (*)(void)" and "fn" make "int" and "(*fn)(void)"; "char[16]" makes "char" and "name[16]";
 * "struct node *" stays whole before the name. The caller frees both.
 */
void declaration_split(const char *type, const char *name, char **left, char **right);

#endif
