#ifndef IMAP2_DATE_H
#define IMAP2_DATE_H

/* Dates (RFC 1176 p.16-17, p.26; RFC 822 section 5 zone names). */

/* Parse a search date, "d-mmm-yy" or "d-mmm-yyyy", with an optional leading
   space before a one-digit day, month names in any case. Two-digit years: 70-99
   are 1970-1999, 00-69 are 2000-2069. Sets *time_r to midnight at the start of
   that day as if the server's zone were UTC: lib-storage's date searches (those
   without MAIL_SEARCH_ARG_FLAG_UTC_TIMES) compare it with a message's local
   time taken the same way, so that a day is 24 hours long wherever its clock
   may have been changed. Returns 0, or -1 if it isn't a date of the calendar
   (31-Feb-90 isn't). */
int imap2_date_parse(const char *str, time_t *time_r);

/* Parse an internal date, as APPEND has it: RFC 1176's "dd-mmm-yy hh:mm:ss-zzz"
   or the later "dd-mmm-yyyy hh:mm:ss +zzzz", each also with the other's year
   or zone. Returns 0, or -1 if it isn't one. */
int imap2_datetime_parse(const char *str, time_t *time_r);

/* Append "dd-mmm-yy hh:mm:ss-zzz" (RFC 1176 p.26) without quotes, the day
   padded with a space: " 2-Jan-90 00:00:00-GMT". The zone is the server's own
   when RFC 822 has a name for it (UT GMT EST EDT CST CDT MST MDT PST PDT, the
   North American ones only at their North American offset), else GMT. */
void imap2_date_write(string_t *dest, time_t timestamp);
/* Append "dd-mmm-yyyy hh:mm:ss +zzzz" in the server's zone, the day padded
   with a space: the form all C-client releases read (workaround
   "long-dates"). */
void imap2_date_write_long(string_t *dest, time_t timestamp);

#endif
