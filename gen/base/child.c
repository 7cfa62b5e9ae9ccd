/* SPDX-License-Identifier: MIT */
#include "base/child.h"

#include "base/interrupt.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TIMEOUT_SECONDS = 300 }; /* unless the environment says another number */

/* What the child is to do; exactly one of the two is set. */
struct job {
	const char *dir;
	char *const *argv;
	int input; /* a file for its standard input; 0: nothing */
	void (*work)(void *arg, FILE *out);
	void *arg;
};

struct stream {
	int fd;
	char *data;
	size_t len;
};

static _Noreturn void run_command(const struct job *job)
{
	if (job->dir && chdir(job->dir) != 0) {
		fprintf(stderr, "%s: %s\n", job->dir, strerror(errno));
		_exit(127);
	}
	setenv("LC_ALL", "C", 1); /* we read what compilers say */
	execvp(job->argv[0], job->argv);
	fprintf(stderr, "%s: %s\n", job->argv[0], strerror(errno));
	_exit(127);
}

static _Noreturn void run_function(const struct job *job)
{
	FILE *out = fdopen(STDOUT_FILENO, "w");

	job->work(job->arg, out);
	_exit(fflush(out) == 0 ? 0 : 1);
}

static _Noreturn void be_child(const struct job *job, int out, int err)
{
	int in = job->input ? job->input : open("/dev/null", O_RDONLY | O_CLOEXEC);

	interrupt_let_die();
	setpgid(0, 0);
	if (dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 ||
	    dup2(err, STDERR_FILENO) < 0)
		_exit(126);
	if (job->argv)
		run_command(job);
	if (job->work)
		run_function(job);
	_exit(126);
}

/* Read what is there. False at the end of the stream. */
static bool read_some(struct stream *s)
{
	char buffer[65536];
	ssize_t got = read(s->fd, buffer, sizeof(buffer));

	if (got < 0)
		return errno == EINTR || errno == EAGAIN;
	s->data = text_resize(s->data, s->len + (size_t)got + 1, 1);
	memcpy(s->data + s->len, buffer, (size_t)got);
	s->len += (size_t)got;
	s->data[s->len] = '\0';
	return got > 0;
}

static long timeout_seconds(void)
{
	const char *said = getenv("GEN_OPAQUE_TIMEOUT");
	char *end;
	long seconds = said ? strtol(said, &end, 10) : 0;

	return seconds > 0 && seconds <= INT_MAX / 1000 && !*end ? seconds : TIMEOUT_SECONDS;
}

static int milliseconds_left(const struct timespec *start)
{
	struct timespec now;
	long long passed, allowed = timeout_seconds() * 1000LL;

	clock_gettime(CLOCK_MONOTONIC, &now);
	passed = (long long)(now.tv_sec - start->tv_sec) * 1000 +
		 (now.tv_nsec - start->tv_nsec) / 1000000;
	return passed >= allowed ? 0 : (int)(allowed - passed);
}

/* Read both streams to their ends. False when the time is over, or the user has had enough. */
static bool drain(struct stream *out, struct stream *err)
{
	struct stream *streams[2] = { out, err };
	struct pollfd fds[3] = { { out->fd, POLLIN, 0 },
				 { err->fd, POLLIN, 0 },
				 { interrupt_descriptor(), POLLIN, 0 } };
	struct timespec start;

	clock_gettime(CLOCK_MONOTONIC, &start);
	while (fds[0].fd >= 0 || fds[1].fd >= 0) {
		int left = milliseconds_left(&start);

		if (left == 0 || interrupt_came())
			return false;
		if (poll(fds, 3, left) < 0) {
			if (errno != EINTR)
				return true;
			continue;
		}
		for (int i = 0; i < 2; i++)
			if (fds[i].fd >= 0 && fds[i].revents && !read_some(streams[i]))
				fds[i].fd = -1;
	}
	return true;
}

static void wait_for(pid_t pid, struct child_result *result)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	result->exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	result->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void collect(pid_t pid, int out_fd, int err_fd, struct child_result *result)
{
	struct stream out = { out_fd, text_alloc(1, 1), 0 };
	struct stream err = { err_fd, text_alloc(1, 1), 0 };

	memset(result, 0, sizeof(*result));
	setpgid(pid, pid); /* the child does so, too, in case it comes first */
	if (!drain(&out, &err)) {
		result->timed_out = !interrupt_came();
		/* With all that it has started. Compilers remove their own temporary files. */
		kill(-pid, result->timed_out ? SIGKILL : SIGTERM);
	}
	wait_for(pid, result);
	result->out = out.data;
	result->out_len = out.len;
	result->err = err.data;
}

static bool run(const struct job *job, struct child_result *result)
{
	int out[2], err[2];
	pid_t pid;

	if (pipe2(out, O_CLOEXEC) != 0)
		return false;
	if (pipe2(err, O_CLOEXEC) != 0) {
		close(out[0]);
		close(out[1]);
		return false;
	}
	fflush(NULL);
	pid = fork();
	if (pid == 0)
		be_child(job, out[1], err[1]);
	close(out[1]);
	close(err[1]);
	if (pid > 0)
		collect(pid, out[0], err[0], result);
	close(out[0]);
	close(err[0]);
	return pid > 0;
}

bool child_run_command(const char *dir, char *const argv[], struct child_result *result)
{
	const struct job job = { .dir = dir, .argv = argv };

	return run(&job, result);
}

/* A file without a name, not a pipe: it need not be fed while the answer is read. */
static int file_of_text(const char *text)
{
	int fd = memfd_create("input", MFD_CLOEXEC);
	size_t len = strlen(text), done = 0;

	while (fd >= 0 && done < len) {
		ssize_t n = write(fd, text + done, len - done);

		if (n < 0) {
			close(fd);
			return -1;
		}
		done += (size_t)n;
	}
	if (fd >= 0)
		lseek(fd, 0, SEEK_SET);
	return fd;
}

bool child_ask_command(const char *dir, char *const argv[], const char *input,
		       struct child_result *result)
{
	const struct job job = { .dir = dir, .argv = argv, .input = file_of_text(input) };
	bool good;

	if (job.input < 0)
		return false;
	good = run(&job, result);
	close(job.input);
	return good;
}

bool child_run_function(void (*work)(void *arg, FILE *out), void *arg, struct child_result *result)
{
	const struct job job = { .work = work, .arg = arg };

	return run(&job, result);
}

void child_result_free(struct child_result *result)
{
	free(result->out);
	free(result->err);
	memset(result, 0, sizeof(*result));
}
