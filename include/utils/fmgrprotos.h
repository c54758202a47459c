/* fmgrprotos.h: prototypes of all built-in SQL functions, by C name (generated). */
#include "catalog/fmgrprotos.h"
