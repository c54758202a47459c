/*
 * postmaster/walwriter.h
 *    The process that writes WAL out in the background: asynchronous commits reach disk through it.
 */
#ifndef WALWRITER_H
#define WALWRITER_H

#include "c.h"

extern int WalWriterDelay;
extern int WalWriterFlushAfter;

extern void WalWriterMain(void) pg_attribute_noreturn();

#endif /* WALWRITER_H */
