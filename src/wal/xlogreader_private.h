/*
 * wal/xlogreader_private.h
 *    Between the reader and the decoder.
 */
#ifndef WAL_XLOGREADER_PRIVATE_H
#define WAL_XLOGREADER_PRIVATE_H

#include "access/xlogreader.h"

/* Sets errormsg_buf. */
extern void xlogreader_error(XLogReaderState *state, const char *fmt, ...) pg_attribute_printf(2, 3);
/* Takes a record whose CRC is right apart into state; false with an error when its insides do not fit. */
extern bool xlogreader_decode(XLogReaderState *state, XLogRecord *record);
/* The checksum that xl_crc should be. */
extern uint32 xlog_record_crc(const XLogRecord *record);

#endif /* WAL_XLOGREADER_PRIVATE_H */
