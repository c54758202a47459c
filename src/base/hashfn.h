/* base/hashfn.h: the hash functions are public; this is their name for files of the server. */
#ifndef BASE_HASHFN_H
#define BASE_HASHFN_H
#include "common/hashfn.h"
#endif
