/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* Are cache fields registered with a pool for their names? */

#include "lib.h"
#include "mail-cache.h"

void probe(struct mail_cache *cache, struct mail_cache_field *field);

void probe(struct mail_cache *cache, struct mail_cache_field *field)
{
	mail_cache_register_fields(cache, field, 1,
				   MAIL_CACHE_TRUNCATE_NAME_FAIL);
}

int main(void)
{
	return 0;
}
