#ifndef SHIM_ADDRESS_H
#define SHIM_ADDRESS_H

/* The address lists of struct message_part_envelope: Dovecot 2.3.20 made them a
   struct, and so did Debian within 2.3.19.1. */

#include "shim-config.h"

#include "message-address.h"

#ifdef HAVE_MESSAGE_ADDRESS_LIST
typedef struct message_address_list shim_address_list;
#else
typedef struct message_address *shim_address_list;
#endif

/* The first address of a list, or NULL. */
static inline const struct message_address *
shim_address_first(const shim_address_list *list)
{
#ifdef HAVE_MESSAGE_ADDRESS_LIST
	return list->head;
#else
	return *list;
#endif
}

#endif
