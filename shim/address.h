#ifndef SHIM_ADDRESS_H
#define SHIM_ADDRESS_H

/* Addresses in an ENVELOPE as the host's storage gives them. */

/* Host names in the form in which mail is sent to them. From 2.4.3 on, Dovecot
   may have turned the "xn--" form of internationalised names into UTF-8, which
   legacy clients couldn't reply to. Returns NULL if `domain`, of so many
   octets, is in that form or isn't a valid name; else it's on the data
   stack. */
const char *shim_address_host(const char *domain, size_t size);

#endif
