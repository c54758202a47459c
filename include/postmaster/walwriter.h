/*
 * postmaster/walwriter.h
 *    The process that writes WAL out in the background: asynchronous commits reach disk through it.
 */
#ifndef WALWRITER_H
#define WALWRITER_H

#include "c.h"

extern int WalWriterDelay;
extern int WalWriterFlushAfter;

/* Has the WAL writer gone into long sleeps, so that asynchronous commits must wake it? */
extern bool wal_writer_sleeps_long(void);
extern void wal_writer_set_sleeps_long(bool sleeps_long);
extern void WalWriterMain(const void *startup_data, size_t startup_data_len) pg_attribute_noreturn();

#endif /* WALWRITER_H */
