/*
 * access/relation.h
 *    relation_open() and relatives: see access/table.h.
 */
#ifndef ACCESS_RELATION_H
#define ACCESS_RELATION_H

#include "access/table.h"

#endif /* ACCESS_RELATION_H */
