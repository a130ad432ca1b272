/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Preloaded into the imap2 program by test_operation.py, to let it wait for
   half an hour in no time. The file named by IMAP2_CLOCK has the number of
   seconds by which the program's clock is to be ahead. Time passes only while
   the program waits in epoll_wait(), and never beyond what it waits for, so it
   sees the time pass quickly but not jump. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/time.h>
#include <time.h>

/* How long to really wait before looking into the file again. */
#define STEP_MSECS 20

static long long ahead_msecs;

static long long wanted_msecs(void)
{
	const char *path = getenv("IMAP2_CLOCK");
	FILE *file = path == NULL ? NULL : fopen(path, "r");
	long long secs = 0;

	if (file == NULL)
		return 0;
	if (fscanf(file, "%lld", &secs) != 1)
		secs = 0;
	fclose(file);
	return secs * 1000;
}

int clock_gettime(clockid_t clock, struct timespec *ts)
{
	static int (*real)(clockid_t, struct timespec *);
	int ret;

	if (real == NULL)
		real = dlsym(RTLD_NEXT, "clock_gettime");
	ret = real(clock, ts);
	ts->tv_sec += ahead_msecs / 1000;
	ts->tv_nsec += ahead_msecs % 1000 * 1000000;
	if (ts->tv_nsec >= 1000000000) {
		ts->tv_nsec -= 1000000000;
		ts->tv_sec++;
	}
	return ret;
}

int gettimeofday(struct timeval *restrict tv, void *restrict tz)
{
	struct timespec ts;

	(void)tz;
	clock_gettime(CLOCK_REALTIME, &ts);
	tv->tv_sec = ts.tv_sec;
	tv->tv_usec = ts.tv_nsec / 1000;
	return 0;
}

time_t time(time_t *now_r)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	if (now_r != NULL)
		*now_r = ts.tv_sec;
	return ts.tv_sec;
}

int epoll_wait(int fd, struct epoll_event *events, int max, int msecs)
{
	static int (*real)(int, struct epoll_event *, int, int);
	long long left = msecs, step;
	int ret;

	if (real == NULL)
		real = dlsym(RTLD_NEXT, "epoll_wait");
	for (;;) {
		step = msecs < 0 || left > STEP_MSECS ? STEP_MSECS : left;
		ret = real(fd, events, max, step);
		left -= step;
		if (ret != 0 || (msecs >= 0 && left <= 0))
			return ret;
		step = wanted_msecs() - ahead_msecs;
		if (msecs >= 0 && step > left)
			step = left;
		if (step > 0) {
			ahead_msecs += step;
			left -= step;
		}
		if (msecs >= 0 && left <= 0)
			return 0;
	}
}
