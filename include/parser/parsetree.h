/*
 * parser/parsetree.h
 *    rt_fetch, get_rte_attribute_name, get_tle_by_resno: see parse_relation.h.
 */
#ifndef PARSETREE_H
#define PARSETREE_H

#include "parser/parse_relation.h"

#endif /* PARSETREE_H */
