/* Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE */

/* See shim/cache.h. */

#include "lib.h"
#include "mail-cache.h"
#include "shim-config.h"
#include "shim/cache.h"

#ifdef HAVE_CACHE_REGISTER_POOL

void shim_cache_register_field(struct mail_cache *cache,
			       struct mail_cache_field *field)
{
	mail_cache_register_fields(cache, field, 1,
				   MAIL_CACHE_TRUNCATE_NAME_FAIL);
}

#else

void shim_cache_register_field(struct mail_cache *cache,
			       struct mail_cache_field *field)
{
	mail_cache_register_fields(cache, field, 1);
}

#endif
