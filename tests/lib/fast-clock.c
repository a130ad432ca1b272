/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Preloaded into a program by process.py: time runs FACTOR (given to the
   compiler) times as fast, so that half an hour of idling passes in seconds.
   What the event loop waits for is shortened by the same factor. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <sys/epoll.h>
#include <sys/time.h>
#include <time.h>

#define NSECS 1000000000LL

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
	static long long start[16];
	long long now = real_nsecs(clock);

	if (clock >= 16)
		return now;
	if (start[clock] == 0)
		start[clock] = now;
	return start[clock] + (now - start[clock]) * FACTOR;
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
	return real(fd, events, max,
		    msecs <= 0 ? msecs : (msecs + FACTOR - 1) / FACTOR);
}
