/* SPDX-License-Identifier: MIT */
#include "base/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
enum { N_SIGNALS = sizeof(signals) / sizeof(*signals) };

static volatile sig_atomic_t came; /* the first one's number */
static int wake[2] = { -1, -1 };   /* a pipe, since poll() might start just after the signal */

static void note(int signal)
{
	int error = errno;
	ssize_t written = 0;

	if (!came) {
		came = signal;
		written = write(wake[1], "", 1);
	}
	(void)written; /* an empty pipe has room for a byte */
	errno = error;
}

static bool is_ignored(int signal)
{
	struct sigaction old;

	return sigaction(signal, NULL, &old) == 0 && old.sa_handler == SIG_IGN;
}

void interrupt_catch(void)
{
	struct sigaction action = { .sa_handler = note, .sa_flags = (int)SA_RESETHAND };

	if (pipe2(wake, O_CLOEXEC) != 0)
		return;
	sigemptyset(&action.sa_mask);
	for (int i = 0; i < N_SIGNALS; i++)
		if (!is_ignored(signals[i]))
			sigaction(signals[i], &action, NULL);
}

void interrupt_let_die(void)
{
	for (int i = 0; i < N_SIGNALS; i++)
		if (!is_ignored(signals[i]))
			signal(signals[i], SIG_DFL);
}

bool interrupt_came(void)
{
	return came != 0;
}

int interrupt_descriptor(void)
{
	return wake[0];
}

void interrupt_obey(void)
{
	if (!came)
		return;
	signal(came, SIG_DFL);
	raise(came);
}
