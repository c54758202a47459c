/*
 * storage/buffile.h
 *    Temporary files of any size, read and written through a buffer, split into 1 GB segments.
 *
 * All functions raise on failure. A BufFile belongs to the memory context and resource owner current at creation; it
 * is gone at the end of the transaction unless interXact.
 */
#ifndef BUFFILE_H
#define BUFFILE_H

#include "postgres.h"

typedef struct BufFile BufFile;

extern BufFile *BufFileCreateTemp(bool interXact);
extern void BufFileClose(BufFile *file);
extern size_t BufFileRead(BufFile *file, void *ptr, size_t size); /* less than size at the end of the file */
extern void BufFileReadExact(BufFile *file, void *ptr, size_t size);
extern size_t BufFileReadMaybeEOF(BufFile *file, void *ptr, size_t size, bool eofOK); /* size, or 0 at a clean end */
extern void BufFileWrite(BufFile *file, const void *ptr, size_t size);
extern int BufFileSeek(BufFile *file, int fileno, off_t offset, int whence); /* EOF when out of range */
extern void BufFileTell(BufFile *file, int *fileno, off_t *offset);
extern int BufFileSeekBlock(BufFile *file, long blknum);
extern int64 BufFileSize(BufFile *file);

#endif /* BUFFILE_H */
