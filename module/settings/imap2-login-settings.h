#ifndef IMAP2_LOGIN_SETTINGS_H
#define IMAP2_LOGIN_SETTINGS_H

/* The imap2-login service has no settings of its own; it uses those of every
   Dovecot login service. Hosts want the service's name known nevertheless. */

struct imap2_login_settings {
	pool_t pool;
};

extern const struct setting_parser_info imap2_login_setting_parser_info;

#endif
