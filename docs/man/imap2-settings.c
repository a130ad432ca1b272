/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Prints the manual page imap2-settings(5). A program of the build: what is
   said of each setting comes from imap2-settings.def. */

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct entry {
	const char *type, *name, *shown_default, *since, *example, *text;
};

#define SET(type, name, value, shown_default, since, example, text) \
	{ #type, #name, shown_default, since, example, text },
static const struct entry entries[] = {
#include "settings/imap2-settings.def"
	{ NULL, NULL, NULL, NULL, NULL, NULL }
};
#undef SET

static const struct {
	const char *type, *meaning;
} types[] = {
	{ "BOOL", "yes or no" },
	{ "UINT", "number" },
	{ "SIZE", "size in octets, or with k, M, G" },
	{ "STR", "text" },
	{ "STR_VARS", "text, with Dovecot's variables" },
	{ "WORDS", "list of words" },
	{ NULL, NULL }
};

static const char *const beginning =
".\\\" Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE\n"
".TH IMAP2-SETTINGS 5 2026-11-23 \"dovecot-imap2 " VERSION "\" "
"\"dovecot-imap2\"\n"
".SH NAME\n"
"imap2-settings \\- the settings of IMAP2 in Dovecot's configuration\n"
".SH DESCRIPTION\n"
"All of these may stand\n"
".IP \\(bu 2\n"
"outside of any section, for every client;\n"
".IP \\(bu 2\n"
"in\n"
".BR \"protocol imap2 { }\" ,\n"
"for every client as well;\n"
".IP \\(bu 2\n"
"in\n"
".B \"remote 192.0.2.3 { protocol imap2 { } }\"\n"
"for clients with that address or network, or in\n"
".B \"local 192.0.2.2 { protocol imap2 { } }\"\n"
"for those that connected to it;\n"
".IP \\(bu 2\n"
"in a user's entry of the userdb, as\n"
".BR userdb_ \\fINAME\\fR= \\fIvalue\\fR\n"
"in a passwd-file for example, for that user.\n"
".PP\n"
"What is said for an address or a user counts more than what stands before it,\n"
"outside of any section, where a value for all others belongs then.\n"
"If that is in\n"
".B \"protocol imap2 { }\"\n"
"and another in\n"
".BR \"remote { protocol imap2 { } }\" ,\n"
"Dovecot 2.3 doesn't start, and with Dovecot 2.4 the later one counts.\n"
".SH SETTINGS\n";

/* Dovecot's, with what it has for them by default. */
static const char *const ending =
".SH DOVECOT'S OWN SETTINGS\n"
"They count for IMAP2 as for IMAP4 and POP3, among them:\n"
".TP\n"
".BR mail_plugins \" (none)\"\n"
"plugins of the session, such as acl or quota, in\n"
".BR \"protocol imap2 { }\" .\n"
".TP\n"
".BR mail_max_userip_connections \" (10)\"\n"
"sessions of one user from one address.\n"
".TP\n"
".BR disable_plaintext_auth \" (yes, Dovecot 2.3), \" "
"auth_allow_cleartext \" (no, Dovecot 2.4)\"\n"
"whether passwords may come without TLS; it may stand in\n"
".BR \"remote { }\" .\n"
".PP\n"
"In\n"
".BR \"service imap2 { }\" :\n"
".TP\n"
".BR process_limit \" (1024), \" client_limit \" (1)\"\n"
"how many processes there may be, and how many sessions in each.\n"
".TP\n"
".BR vsz_limit \" (that of default_vsz_limit)\"\n"
"memory of each process.\n"
".PP\n"
"In\n"
".BR \"service imap2-login { }\" :\n"
".TP\n"
".BR \"inet_listener imap2 { }\" \" (port = 0)\"\n"
"where IMAP2 listens; 0 is nowhere.\n"
".TP\n"
".BR \"inet_listener imap2s { }\" \" (port = 0, ssl = yes)\"\n"
"the same, with TLS from the first octet.\n"
".TP\n"
".BR service_count \" (1, Dovecot 2.3), \" "
"restart_request_count \" (1, Dovecot 2.4)\"\n"
"how many connections a process takes before a new one is started.\n"
".SH FILES\n"
".I conf.d/20-imap2.conf\n"
"in Dovecot's configuration directory has those of this module with their\n"
"defaults.\n"
".SH SEE ALSO\n"
".BR imap2 (7),\n"
".BR imap2 (8),\n"
".BR imap2-login (8),\n"
".BR doveconf (1)\n";

/* What roff takes literally. Each paragraph is a line, and none may begin like
   a request. */
static void print_text(const char *text)
{
	if (*text == '.' || *text == '\'')
		fputs("\\&", stdout);
	for (; *text != '\0'; text++) {
		if (*text == '\\')
			fputs("\\e", stdout);
		else if (*text == '-')
			fputs("\\-", stdout);
		else if (strncmp(text, "\n\n", 2) == 0) {
			fputs("\n.PP\n", stdout);
			text++;
		} else
			putchar(*text);
	}
	putchar('\n');
}

static const char *type_meaning(const char *type)
{
	unsigned int i;

	for (i = 0; types[i].type != NULL; i++) {
		if (strcmp(types[i].type, type) == 0)
			return types[i].meaning;
	}
	return NULL;
}

/* As Dovecot 2.3 has it; 2.4 too, but for lists. */
static void print_line(const char *name, const char *value)
{
	fputs(name, stdout);
	fputs(*value == '\0' ? " =" : " = ", stdout);
	print_text(value);
}

/* A boolean list of Dovecot 2.4. */
static void print_words(const char *name, const char *words)
{
	const char *end;

	printf("%s {\n", name);
	for (; *words != '\0'; words = *end == '\0' ? end : end + 1) {
		end = words + strcspn(words, " ");
		printf("  %.*s = yes\n", (int)(end - words), words);
	}
	printf("}\n");
}

static void print_example(const struct entry *entry)
{
	bool is_list = strchr(entry->example, ' ') != NULL &&
		strcmp(entry->type, "WORDS") == 0;

	printf(".PP\nExample for Dovecot 2.3%s:\n.PP\n.EX\n",
	       is_list ? "" : " and 2.4");
	print_line(entry->name, entry->example);
	printf(".EE\n");
	if (is_list) {
		printf(".PP\nExample for Dovecot 2.4:\n.PP\n.EX\n");
		print_words(entry->name, entry->example);
		printf(".EE\n");
	}
}

static void print_entry(const struct entry *entry)
{
	printf(".SS %s\n", entry->name);
	print_text(entry->text);
	printf(".PP\nType: %s.\n.br\nDefault: ", type_meaning(entry->type));
	print_text(*entry->shown_default == '\0' ? "(empty)" :
		   entry->shown_default);
	printf(".br\nSince: dovecot\\-imap2 %s.\n", entry->since);
	print_example(entry);
}

int main(void)
{
	const struct entry *entry;

	fputs(beginning, stdout);
	for (entry = entries; entry->name != NULL; entry++)
		print_entry(entry);
	fputs(ending, stdout);
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
