/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Preloaded into a program by killpoint.py: counts the calls that change what
   is below a directory, and kills the process before one of them, or makes that
   one and all after it fail, or wait. All it shares with the test is the file
   CONTROL, whose name is given to the compiler. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

/* The layout is known to killpoint.py, too. */
struct control {
	/* Before which call, from 1 on, to die. 0: calls aren't counted. */
	unsigned int victim;
	unsigned int calls;
	/* Not 0: don't die, but fail with it from then on. */
	int error;
	/* Not 0: don't die, but wait until it's 0. */
	unsigned int hold;
	char directory[PATH_MAX];
};

static volatile struct control *control;

__attribute__((constructor)) static void kill_point_init(void)
{
	int fd = open(CONTROL, O_RDWR);

	control = mmap(NULL, sizeof(*control), PROT_READ | PROT_WRITE,
		       MAP_SHARED, fd, 0);
	if (control == MAP_FAILED)
		abort();
	close(fd);
}

/* Returns whether the call is to fail. */
static bool reached(void)
{
	if (++control->calls < control->victim)
		return false;
	if (control->hold != 0) {
		while (control->hold != 0)
			usleep(1000);
		return false;
	}
	if (control->error == 0)
		kill(getpid(), SIGKILL);
	errno = control->error;
	return true;
}

static bool path_fails(const char *path)
{
	const char *directory;

	if (control == NULL || control->victim == 0)
		return false;
	directory = (const char *)control->directory;
	return strncmp(path, directory, strlen(directory)) == 0 && reached();
}

static bool fd_fails(int fd)
{
	char name[64], path[PATH_MAX];
	ssize_t size;

	if (control == NULL || control->victim == 0)
		return false;
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	size = readlink(name, path, sizeof(path) - 1);
	if (size < 0)
		return false;
	path[size] = '\0';
	return path_fails(path);
}

#define REAL(name) \
	static __typeof__(name) *real; \
	if (real == NULL) \
		real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

#define BY_PATH(type, name, parameters, path, ...) \
	type name parameters \
	{ \
		REAL(name); \
		if (path_fails(path)) \
			return -1; \
		return real(__VA_ARGS__); \
	}

#define BY_FD(type, name, parameters, ...) \
	type name parameters \
	{ \
		REAL(name); \
		if (fd_fails(fd)) \
			return -1; \
		return real(__VA_ARGS__); \
	}

#define OPEN(name) \
	int name(const char *path, int flags, ...) \
	{ \
		mode_t mode = 0; \
		va_list args; \
		REAL(name); \
		if ((flags & O_CREAT) != 0) { \
			va_start(args, flags); \
			mode = va_arg(args, mode_t); \
			va_end(args); \
		} \
		if ((flags & (O_CREAT | O_TRUNC)) != 0) \
			if (path_fails(path)) \
			return -1; \
		return real(path, flags, mode); \
	}

OPEN(open)
OPEN(open64)
BY_PATH(int, rename, (const char *from, const char *to), from, from, to)
BY_PATH(int, link, (const char *from, const char *to), to, from, to)
BY_PATH(int, symlink, (const char *from, const char *to), to, from, to)
BY_PATH(int, unlink, (const char *path), path, path)
BY_PATH(int, unlinkat, (int fd, const char *path, int flags), path,
	fd, path, flags)
BY_PATH(int, mkdir, (const char *path, mode_t mode), path, path, mode)
BY_PATH(int, rmdir, (const char *path), path, path)
BY_FD(int, ftruncate, (int fd, off_t size), fd, size)
BY_FD(int, ftruncate64, (int fd, off64_t size), fd, size)
BY_FD(int, fsync, (int fd), fd)
BY_FD(int, fdatasync, (int fd), fd)
BY_FD(ssize_t, write, (int fd, const void *data, size_t size), fd, data, size)
BY_FD(ssize_t, writev, (int fd, const struct iovec *iov, int count),
      fd, iov, count)
BY_FD(ssize_t, pwrite, (int fd, const void *data, size_t size, off_t offset),
      fd, data, size, offset)
BY_FD(ssize_t, pwrite64,
      (int fd, const void *data, size_t size, off64_t offset),
      fd, data, size, offset)
