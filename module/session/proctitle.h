#ifndef IMAP2_PROCTITLE_H
#define IMAP2_PROCTITLE_H

/* Show in the process title who is served and which command runs, if
   verbose_proctitle is on. */
void imap2_proctitle_refresh(void);

#endif
