/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Dates (RFC 1176 p.16-17 search dates, p.26 date; RFC 822 section 5.1 zone
   names).

   Used by SEARCH and APPEND on the way in, by INTERNALDATE on the way out. Must
   never write a zone name that means another offset where it is read: outside
   North America "CST" is China's. */

#include "lib.h"
#include "str.h"
#include "utc-mktime.h"
#include "utc-offset.h"
#include "proto/date.h"
#include "proto/string-write.h"

#include <ctype.h>
#include <time.h>

static const char *const month_names[] = {
	"Jan", "Feb", "Mar", "Apr", "May", "Jun",
	"Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
};

/* RFC 822 section 5.1 */
static const struct {
	const char *name;
	int utc_offset_hours;
} zone_names[] = {
	{ "UT", 0 }, { "GMT", 0 },
	{ "EST", -5 }, { "EDT", -4 },
	{ "CST", -6 }, { "CDT", -5 },
	{ "MST", -7 }, { "MDT", -6 },
	{ "PST", -8 }, { "PDT", -7 }
};

/* Reads 1 to max_digits digits. Returns how many there were. */
static unsigned int
date_parse_digits(const char **str, unsigned int max_digits, int *num_r)
{
	unsigned int count;

	*num_r = 0;
	for (count = 0; count < max_digits; count++) {
		if (!i_isdigit((*str)[count]))
			break;
		*num_r = *num_r * 10 + ((*str)[count] - '0');
	}
	*str += count;
	return count;
}

static int date_parse_day(const char **str, struct tm *tm)
{
	bool space = **str == ' ';
	unsigned int digits;

	if (space)
		*str += 1;
	digits = date_parse_digits(str, space ? 1 : 2, &tm->tm_mday);
	return digits > 0 ? 0 : -1;
}

static int date_parse_month(const char **str, struct tm *tm)
{
	unsigned int i;

	for (i = 0; i < N_ELEMENTS(month_names); i++) {
		if (strncasecmp(*str, month_names[i], 3) == 0) {
			tm->tm_mon = i;
			*str += 3;
			return 0;
		}
	}
	return -1;
}

static int date_parse_year(const char **str, struct tm *tm)
{
	int year;

	switch (date_parse_digits(str, 4, &year)) {
	case 2:
		tm->tm_year = year < 70 ? year + 100 : year;
		return 0;
	case 4:
		tm->tm_year = year - 1900;
		return 0;
	default:
		return -1;
	}
}

static int date_parse_char(const char **str, char chr)
{
	if (**str != chr)
		return -1;
	*str += 1;
	return 0;
}

static int date_parse_fields(const char **str, struct tm *tm)
{
	if (date_parse_day(str, tm) < 0 ||
	    date_parse_char(str, '-') < 0 ||
	    date_parse_month(str, tm) < 0 ||
	    date_parse_char(str, '-') < 0)
		return -1;
	return date_parse_year(str, tm);
}

static int date_parse_clock(const char **str, struct tm *tm)
{
	if (date_parse_digits(str, 2, &tm->tm_hour) != 2 ||
	    date_parse_char(str, ':') < 0 ||
	    date_parse_digits(str, 2, &tm->tm_min) != 2 ||
	    date_parse_char(str, ':') < 0 ||
	    date_parse_digits(str, 2, &tm->tm_sec) != 2)
		return -1;
	return 0;
}

/* "+hhmm" or "-hhmm", to the end */
static int date_parse_zone_offset(const char *str, int *minutes_r)
{
	bool west = *str++ == '-';
	int hours, minutes;

	if (date_parse_digits(&str, 2, &hours) != 2 ||
	    date_parse_digits(&str, 2, &minutes) != 2 ||
	    *str != '\0' || hours > 23 || minutes > 59)
		return -1;
	*minutes_r = hours * 60 + minutes;
	if (west)
		*minutes_r = -*minutes_r;
	return 0;
}

/* A hyphen or space, and a zone's name; or a space, or nothing, and its
   offset. */
static int date_parse_zone(const char *str, int *minutes_r)
{
	unsigned int i;

	if (*str == ' ' || (*str == '-' && !i_isdigit(str[1])))
		str++;
	if (*str == '+' || *str == '-')
		return date_parse_zone_offset(str, minutes_r);
	for (i = 0; i < N_ELEMENTS(zone_names); i++) {
		if (strcasecmp(str, zone_names[i].name) == 0) {
			*minutes_r = zone_names[i].utc_offset_hours * 60;
			return 0;
		}
	}
	return -1;
}

int imap2_date_parse(const char *str, time_t *time_r)
{
	struct tm tm;

	i_zero(&tm);
	if (date_parse_fields(&str, &tm) < 0 || *str != '\0')
		return -1;
	/* Midnight never is one second before 1970. */
	*time_r = utc_mktime(&tm);
	return *time_r == (time_t)-1 ? -1 : 0;
}

int imap2_datetime_parse(const char *str, time_t *time_r)
{
	struct tm tm;
	int minutes;

	i_zero(&tm);
	if (date_parse_fields(&str, &tm) < 0 ||
	    date_parse_char(&str, ' ') < 0 ||
	    date_parse_clock(&str, &tm) < 0 ||
	    date_parse_zone(str, &minutes) < 0)
		return -1;
	*time_r = utc_mktime(&tm);
	/* The last second before 1970 is no date of a message. */
	if (*time_r == (time_t)-1)
		return -1;
	*time_r -= minutes * 60;
	return 0;
}

/* The RFC 822 name of the server's zone at that time, or NULL. */
static const char *date_zone_name(const struct tm *tm, time_t timestamp)
{
	struct tm tm_copy = *tm;
	int offset = utc_offset(&tm_copy, timestamp);
	unsigned int i;

	for (i = 0; i < N_ELEMENTS(zone_names); i++) {
		if (strcmp(tm->tm_zone, zone_names[i].name) == 0 &&
		    offset == zone_names[i].utc_offset_hours * 60)
			return zone_names[i].name;
	}
	return NULL;
}

static void date_localtime(time_t *timestamp, struct tm *tm_r)
{
	const struct tm *tm = localtime(timestamp);

	if (tm == NULL) {
		/* The year doesn't fit into an int: no date of a message. */
		*timestamp = 0;
		tm = localtime(timestamp);
		i_assert(tm != NULL);
	}
	*tm_r = *tm;
}

/* At least two digits */
static void date_write_two(string_t *dest, char pad, unsigned int number)
{
	if (number < 10)
		str_append_c(dest, pad);
	imap2_write_number(dest, number);
}

static void date_write_day_month(string_t *dest, const struct tm *tm)
{
	date_write_two(dest, ' ', tm->tm_mday);
	str_append_c(dest, '-');
	str_append(dest, month_names[tm->tm_mon]);
	str_append_c(dest, '-');
}

static void date_write_clock(string_t *dest, const struct tm *tm)
{
	str_append_c(dest, ' ');
	date_write_two(dest, '0', tm->tm_hour);
	str_append_c(dest, ':');
	date_write_two(dest, '0', tm->tm_min);
	str_append_c(dest, ':');
	date_write_two(dest, '0', tm->tm_sec);
}

void imap2_date_write(string_t *dest, time_t timestamp)
{
	struct tm tm;
	const char *zone;

	date_localtime(&timestamp, &tm);
	zone = date_zone_name(&tm, timestamp);
	if (zone == NULL) {
		tm = *gmtime(&timestamp);
		zone = "GMT";
	}
	date_write_day_month(dest, &tm);
	/* RFC 1176 p.26: the year is two digits; the century is lost. */
	date_write_two(dest, '0', (tm.tm_year % 100 + 100) % 100);
	date_write_clock(dest, &tm);
	str_append_c(dest, '-');
	str_append(dest, zone);
}

void imap2_date_write_long(string_t *dest, time_t timestamp)
{
	struct tm tm;
	int offset;

	date_localtime(&timestamp, &tm);
	date_write_day_month(dest, &tm);
	str_printfa(dest, "%04d", tm.tm_year + 1900);
	date_write_clock(dest, &tm);
	offset = utc_offset(&tm, timestamp);
	str_append(dest, offset < 0 ? " -" : " +");
	date_write_two(dest, '0', abs(offset) / 60);
	date_write_two(dest, '0', abs(offset) % 60);
}
