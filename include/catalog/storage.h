/*
 * catalog/storage.h
 *    The name under which modules know storage/relation_storage.h.
 */
#ifndef CATALOG_STORAGE_H
#define CATALOG_STORAGE_H

#include "storage/relation_storage.h"

#endif /* CATALOG_STORAGE_H */
