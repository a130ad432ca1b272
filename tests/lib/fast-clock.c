/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Preloaded into a program by process.py: while the first octet of the file
   HURRY (given to the compiler, like FACTOR) isn't 0, time runs FACTOR times as
   fast, so that half an hour of idling passes in seconds. What the event loop
   waits for is shortened by the same factor. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define NSECS 1000000000LL
/* How soon it's noticed that time runs faster. */
#define NAP_MSECS 50

static const volatile char *hurry;

/* Before the program changes its root. */
__attribute__((constructor)) static void fast_clock_init(void)
{
	int fd = open(HURRY, O_RDONLY);

	hurry = mmap(NULL, 1, PROT_READ, MAP_SHARED, fd, 0);
	if (hurry == MAP_FAILED)
		abort();
	close(fd);
}

static int factor(void)
{
	return hurry != NULL && *hurry != 0 ? FACTOR : 1;
}

static long long real_nsecs(clockid_t clock)
{
	static int (*real)(clockid_t, struct timespec *);
	struct timespec ts;

	if (real == NULL)
		real = dlsym(RTLD_NEXT, "clock_gettime");
	real(clock, &ts);
	return ts.tv_sec * NSECS + ts.tv_nsec;
}

static long long fast_nsecs(clockid_t clock)
{
	static long long last[16], fast[16];
	long long now = real_nsecs(clock);

	if (clock >= 16)
		return now;
	if (last[clock] == 0)
		fast[clock] = now;
	else
		fast[clock] += (now - last[clock]) * factor();
	last[clock] = now;
	return fast[clock];
}

int clock_gettime(clockid_t clock, struct timespec *ts)
{
	long long now = fast_nsecs(clock);

	ts->tv_sec = now / NSECS;
	ts->tv_nsec = now % NSECS;
	return 0;
}

int gettimeofday(struct timeval *restrict tv, void *restrict tz)
{
	long long now = fast_nsecs(CLOCK_REALTIME);

	(void)tz;
	tv->tv_sec = now / NSECS;
	tv->tv_usec = now % NSECS / 1000;
	return 0;
}

time_t time(time_t *now_r)
{
	time_t now = fast_nsecs(CLOCK_REALTIME) / NSECS;

	if (now_r != NULL)
		*now_r = now;
	return now;
}

int epoll_wait(int fd, struct epoll_event *events, int max, int msecs)
{
	static int (*real)(int, struct epoll_event *, int, int);

	if (real == NULL)
		real = dlsym(RTLD_NEXT, "epoll_wait");
	if (msecs > 0)
		msecs = (msecs + factor() - 1) / factor();
	if (msecs < 0 || msecs > NAP_MSECS)
		msecs = NAP_MSECS;
	return real(fd, events, max, msecs);
}
