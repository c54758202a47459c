/* fmgroids.h: F_* constants, the OIDs of all built-in SQL functions (generated). */
#include "catalog/fmgroids.h"
