/*
 * catalog/storage_xlog.h
 *    The name under which modules know the WAL records of storage/relation_storage.h.
 */
#ifndef CATALOG_STORAGE_XLOG_H
#define CATALOG_STORAGE_XLOG_H

#include "storage/relation_storage.h"

#endif /* CATALOG_STORAGE_XLOG_H */
