/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Are the addresses of an envelope lists? */

#include "lib.h"
#include "message-address.h"

struct message_address_list probe_list = {
	.head = NULL,
};

int main(void)
{
	return 0;
}
