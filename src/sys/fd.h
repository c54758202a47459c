/* sys/fd.h: the server's name of storage/fd.h. */
#ifndef SYS_FD_H
#define SYS_FD_H
#include "storage/fd.h"
#endif
