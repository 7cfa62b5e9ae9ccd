/* SPDX-License-Identifier: MIT */
#ifndef FORK_H
#define FORK_H

/* Hold all locks over fork() from now on. Idempotent. */
void fork_register(void);

#endif
