/*
 * access/sdir.h
 *    Scan directions.
 */
#ifndef SDIR_H
#define SDIR_H

#include "c.h"

typedef enum ScanDirection
{
	BackwardScanDirection = -1,
	NoMovementScanDirection = 0,
	ForwardScanDirection = 1
} ScanDirection;

#define ScanDirectionIsValid(direction) ((direction) >= BackwardScanDirection && (direction) <= ForwardScanDirection)
#define ScanDirectionIsBackward(direction) ((direction) == BackwardScanDirection)
#define ScanDirectionIsNoMovement(direction) ((direction) == NoMovementScanDirection)
#define ScanDirectionIsForward(direction) ((direction) == ForwardScanDirection)

#endif /* SDIR_H */
