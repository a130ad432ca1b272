/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Dates (RFC 1176 p.16-17, p.26; RFC 822 section 5.1). */

#include "lib.h"
#include "str.h"
#include "test-common.h"
#include "proto/date.h"

#include <stdlib.h>
#include <time.h>

/* Written out, so that no zone database is needed */
#define ZONE_SHANGHAI "CST-8"
#define ZONE_LONDON "GMT0BST,M3.5.0/1,M10.5.0"
#define ZONE_KOLKATA "IST-5:30"
#define ZONE_ST_JOHNS "NST3:30NDT,M3.2.0,M11.1.0"

static void set_zone(const char *zone)
{
	if (setenv("TZ", zone, 1) < 0)
		i_fatal("setenv() failed: %m");
	tzset();
}

static void test_date_parse(void)
{
	static const struct {
		const char *input;
		int year, month, day;
	} tests[] = {
		{ "1-Oct-87", 1987, 10, 1 },
		{ "2-Jan-1990", 1990, 1, 2 },
		{ " 2-Jan-90", 1990, 1, 2 },
		{ "02-jan-90", 1990, 1, 2 },
		{ "31-DEC-1999", 1999, 12, 31 },
		/* two-digit years */
		{ "1-Jan-70", 1970, 1, 1 },
		{ "31-Dec-99", 1999, 12, 31 },
		{ "1-Jan-00", 2000, 1, 1 },
		{ "31-Dec-69", 2069, 12, 31 },
		/* other years */
		{ "1-Jan-1969", 1969, 1, 1 },
		{ "1-Jan-1901", 1901, 1, 1 },
		{ "31-Dec-2099", 2099, 12, 31 },
		/* leap years */
		{ "29-Feb-92", 1992, 2, 29 },
		{ "29-Feb-00", 2000, 2, 29 },
		{ "29-Feb-2024", 2024, 2, 29 }
	};
	static const char *const zones[] = {
		"UTC", "EST5EDT", "PST8PDT", ZONE_SHANGHAI, ZONE_LONDON,
		ZONE_KOLKATA
	};
	const struct tm *tm;
	time_t t;
	unsigned int i, j;

	test_begin("date: parse");
	for (i = 0; i < N_ELEMENTS(zones); i++) {
		set_zone(zones[i]);
		for (j = 0; j < N_ELEMENTS(tests); j++) {
			t = 0;
			test_assert_idx(imap2_date_parse(tests[j].input,
							 &t) == 0, j);
			tm = gmtime(&t);
			test_assert_idx(tm->tm_year + 1900 == tests[j].year &&
					tm->tm_mon + 1 == tests[j].month &&
					tm->tm_mday == tests[j].day &&
					tm->tm_hour == 0 && tm->tm_min == 0 &&
					tm->tm_sec == 0, j);
		}
	}
	test_end();
}

static void test_date_parse_invalid(void)
{
	static const char *const tests[] = {
		"", " ", "1", "1-", "1-Jan", "1-Jan-", "Jan-90", "-Jan-90",
		"1-Jan-9", "1-Jan-990", "1-Jan-19900", "1-Jan-90 ",
		"1-Jan-90x", "1-Jan-1990 00:00:00", "1 Jan 90", "1/1/90",
		"1-1-90", "1-Foo-90", "1-Janu-90", "+1-Jan-90", "1-Jan--90",
		"1-Jan-+90", "0-Jan-90", "00-Jan-90", "32-Jan-90",
		"001-Jan-90", " 12-Jan-90", "  1-Jan-90", "31-Apr-90",
		"31-Feb-90", "30-Feb-92", "29-Feb-90", "29-Feb-1900",
		"29-Feb-2001", "today"
	};
	time_t t;
	unsigned int i;

	test_begin("date: invalid");
	set_zone("UTC");
	for (i = 0; i < N_ELEMENTS(tests); i++)
		test_assert_idx(imap2_date_parse(tests[i], &t) < 0, i);
	test_end();
}

static void test_date_write(void)
{
	static const struct {
		const char *zone;
		time_t t;
		const char *date, *date_long;
	} tests[] = {
		{ "UTC", 631238400, " 2-Jan-90 00:00:00-GMT",
		  " 2-Jan-1990 00:00:00 +0000" },
		{ "GMT0", 631238400, " 2-Jan-90 00:00:00-GMT",
		  " 2-Jan-1990 00:00:00 +0000" },
		{ "EST5EDT", 631238400, " 1-Jan-90 19:00:00-EST",
		  " 1-Jan-1990 19:00:00 -0500" },
		{ "EST5EDT", 646876800, " 1-Jul-90 20:00:00-EDT",
		  " 1-Jul-1990 20:00:00 -0400" },
		{ "CST6CDT", 646876800, " 1-Jul-90 19:00:00-CDT",
		  " 1-Jul-1990 19:00:00 -0500" },
		{ "MST7MDT", 631238400, " 1-Jan-90 17:00:00-MST",
		  " 1-Jan-1990 17:00:00 -0700" },
		{ "PST8PDT", 631238400, " 1-Jan-90 16:00:00-PST",
		  " 1-Jan-1990 16:00:00 -0800" },
		{ "PST8PDT", 646876800, " 1-Jul-90 17:00:00-PDT",
		  " 1-Jul-1990 17:00:00 -0700" },
		/* China's CST isn't RFC 822's */
		{ ZONE_SHANGHAI, 725846400, " 1-Jan-93 00:00:00-GMT",
		  " 1-Jan-1993 08:00:00 +0800" },
		{ ZONE_LONDON, 631238400, " 2-Jan-90 00:00:00-GMT",
		  " 2-Jan-1990 00:00:00 +0000" },
		/* BST isn't a name of RFC 822 */
		{ ZONE_LONDON, 646876800, " 2-Jul-90 00:00:00-GMT",
		  " 2-Jul-1990 01:00:00 +0100" },
		{ ZONE_KOLKATA, 631238400, " 2-Jan-90 00:00:00-GMT",
		  " 2-Jan-1990 05:30:00 +0530" },
		{ ZONE_ST_JOHNS, 631238400, " 2-Jan-90 00:00:00-GMT",
		  " 1-Jan-1990 20:30:00 -0330" },
		/* other times */
		{ "UTC", 0, " 1-Jan-70 00:00:00-GMT",
		  " 1-Jan-1970 00:00:00 +0000" },
		{ "UTC", -1, "31-Dec-69 23:59:59-GMT",
		  "31-Dec-1969 23:59:59 +0000" },
		{ "UTC", 951782399, "28-Feb-00 23:59:59-GMT",
		  "28-Feb-2000 23:59:59 +0000" },
		{ "UTC", 951782400, "29-Feb-00 00:00:00-GMT",
		  "29-Feb-2000 00:00:00 +0000" },
		{ "UTC", 1795373012, "22-Nov-26 18:43:32-GMT",
		  "22-Nov-2026 18:43:32 +0000" },
		{ "UTC", 4294967296, " 7-Feb-06 06:28:16-GMT",
		  " 7-Feb-2106 06:28:16 +0000" },
		{ "UTC", -2145916800, " 1-Jan-02 00:00:00-GMT",
		  " 1-Jan-1902 00:00:00 +0000" }
	};
	string_t *str = t_str_new(64);
	unsigned int i;

	test_begin("date: write");
	for (i = 0; i < N_ELEMENTS(tests); i++) {
		set_zone(tests[i].zone);
		str_truncate(str, 0);
		imap2_date_write(str, tests[i].t);
		test_assert_strcmp_idx(str_c(str), tests[i].date, i);
		str_truncate(str, 0);
		imap2_date_write_long(str, tests[i].t);
		test_assert_strcmp_idx(str_c(str), tests[i].date_long, i);
	}
	test_end();
}

static void test_date_write_extreme(void)
{
	string_t *str = t_str_new(64);

	test_begin("date: a time that is no date");
	set_zone("UTC");
	imap2_date_write(str, (time_t)1 << 62);
	test_assert_strcmp(str_c(str), " 1-Jan-70 00:00:00-GMT");
	str_truncate(str, 0);
	imap2_date_write_long(str, -((time_t)1 << 62));
	test_assert_strcmp(str_c(str), " 1-Jan-1970 00:00:00 +0000");
	test_end();
}

static void test_datetime_parse(void)
{
	static const struct {
		const char *input;
		time_t time;
	} tests[] = {
		{ " 2-Jan-90 00:00:00-GMT", 631238400 },
		{ " 2-Jan-1990 00:00:00 +0000", 631238400 },
		{ "2-jan-90 00:00:00-ut", 631238400 },
		{ "02-Jan-1990 00:00:00 GMT", 631238400 },
		{ " 2-Jan-90 01:02:03-PST", 631238400 + 9*3600 + 2*60 + 3 },
		{ " 2-Jan-90 01:02:03 EDT", 631238400 + 5*3600 + 2*60 + 3 },
		{ " 2-Jan-1990 00:00:00 +0530", 631238400 - 19800 },
		{ " 2-Jan-1990 00:00:00 -0130", 631238400 + 5400 },
		{ " 2-Jan-90 00:00:00-0800", 631238400 + 8*3600 },
		{ " 2-Jan-90 00:00:00+0800", 631238400 - 8*3600 },
		{ "31-Dec-1969 23:59:00 -0100", 3540 },
		{ "29-Feb-2024 23:59:59 +0000", 1709251199 },
	};
	static const char *const invalid[] = {
		"", "2-Jan-90", " 2-Jan-90 ", " 2-Jan-90 00:00:00",
		" 2-Jan-90 00:00:00-", " 2-Jan-90 00:00:00 ",
		" 2-Jan-90 00:00-GMT", " 2-Jan-90 0:00:00-GMT",
		" 2-Jan-90 24:00:00-GMT", " 2-Jan-90 00:60:00-GMT",
		" 2-Jan-90 00:00:61-GMT", "31-Feb-90 00:00:00-GMT",
		" 2-Jan-90  00:00:00-GMT", " 2-Jan-90 00:00:00-GMT ",
		" 2-Jan-90 00:00:00-XYZ", " 2-Jan-90 00:00:00--GMT",
		" 2-Jan-90 00:00:00 0000", " 2-Jan-90 00:00:00 +000",
		" 2-Jan-90 00:00:00 +00000", " 2-Jan-90 00:00:00 +2400",
		" 2-Jan-90 00:00:00 +0060", " 2-Jan-90 00:00:00 + 000",
		" 2-Jan-9990000000 00:00:00 +0000",
	};
	unsigned int i;
	time_t t;

	test_begin("date: internal dates");
	for (i = 0; i < N_ELEMENTS(tests); i++) {
		test_assert_idx(imap2_datetime_parse(tests[i].input, &t) == 0 &&
				t == tests[i].time, i);
	}
	for (i = 0; i < N_ELEMENTS(invalid); i++)
		test_assert_idx(imap2_datetime_parse(invalid[i], &t) < 0, i);
	test_end();
}

int main(void)
{
	static void (*const test_functions[])(void) = {
		test_date_parse,
		test_date_parse_invalid,
		test_datetime_parse,
		test_date_write,
		test_date_write_extreme,
		NULL
	};
	return test_run(test_functions);
}
