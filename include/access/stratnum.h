/*
 * access/stratnum.h
 *    Strategy numbers: which comparison an operator is within its operator family.
 */
#ifndef STRATNUM_H
#define STRATNUM_H

#include "c.h"

typedef uint16 StrategyNumber;

#define InvalidStrategy ((StrategyNumber) 0)
#define BTLessStrategyNumber 1
#define BTLessEqualStrategyNumber 2
#define BTEqualStrategyNumber 3
#define BTGreaterEqualStrategyNumber 4
#define BTGreaterStrategyNumber 5
#define BTMaxStrategyNumber 5
#define HTEqualStrategyNumber 1
#define HTMaxStrategyNumber 1

#endif /* STRATNUM_H */
