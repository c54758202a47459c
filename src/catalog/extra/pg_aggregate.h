#define AGGKIND_IS_ORDERED_SET(kind) ((kind) != AGGKIND_NORMAL)
