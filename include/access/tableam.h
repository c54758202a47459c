/*
 * access/tableam.h
 *    Results of trying to change or lock one row, and the flags of scans. There is one kind of table, the heap: the functions are
 *    in access/heapam.h.
 */
#ifndef TABLEAM_H
#define TABLEAM_H

#include "access/heapam.h"

#endif /* TABLEAM_H */
