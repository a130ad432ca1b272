#ifndef SHIM_VERSION_H
#define SHIM_VERSION_H

/* The programs share structures with the host's libraries, whose layout
   changes between Dovecot versions without any check by the linker. */

/* End the process with a clear log line if it was started by a Dovecot of
   another version than the one it was built for. To be called first in
   main(), before any function of the host. */
void shim_version_check(void);

#endif
