#ifndef SHIM_CACHE_H
#define SHIM_CACHE_H

struct mail_cache;
struct mail_cache_field;

/* Make a field known to the cache of a mailbox, and find out its index. The
   field stays the caller's; its name isn't kept. */
void shim_cache_register_field(struct mail_cache *cache,
			       struct mail_cache_field *field);

#endif
