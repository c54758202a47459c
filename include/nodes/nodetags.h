/* Provisional; becomes generated from src/nodes/*.h. */
#ifndef NODETAGS_H
#define NODETAGS_H
#include "c.h"
typedef enum NodeTag
{
	T_Invalid = 0,
	T_List,
	T_IntList,
	T_OidList,
	T_XidList
} NodeTag;
#endif
