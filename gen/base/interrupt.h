/* SPDX-License-Identifier: MIT */
/*
 * SIGINT, SIGTERM and SIGHUP. The first one only ends what is being waited for, so that temporary
 * files are removed and no compiler is left running; then the program dies of it. The second one
 * of the same kind is obeyed at once.
 */
#ifndef GEN_INTERRUPT_H
#define GEN_INTERRUPT_H

#include <stdbool.h>

void interrupt_catch(void);   /* from now on; what is ignored stays so */
void interrupt_let_die(void); /* no more, in a child process */
bool interrupt_came(void);
int interrupt_descriptor(void); /* for poll(): readable once one came; -1: none is caught */
void interrupt_obey(void);	/* does not return if one came */

#endif
