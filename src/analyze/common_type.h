/*
 * common_type.h
 *    The rule of common_type.c on bare types.
 */
#ifndef COMMON_TYPE_H
#define COMMON_TYPE_H

/* InvalidOid and *clash >= 0 if two are of different categories. */
extern Oid common_type_of(const Oid *types, int count, int *which, int *clash);

#endif /* COMMON_TYPE_H */
