#ifndef SHIM_MEMORY_H
#define SHIM_MEMORY_H

/* Memory of processes that live on while their clients come and go. */

/* To be called with the number of clients whenever it has changed. Once most
   of them are gone, what they needed goes back to the system. */
void shim_memory_set_clients(unsigned int count);

#endif
