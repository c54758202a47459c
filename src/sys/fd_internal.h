/*
 * sys/fd_internal.h
 *    What the files of sys/ that make up storage/fd.h share.
 */
#ifndef SYS_FD_INTERNAL_H
#define SYS_FD_INTERNAL_H

#include "storage/fd.h"

/* fd.c */
extern void fd_make_room(void);			/* close virtual descriptors until one more may be opened */
extern bool fd_close_one_virtual(void); /* the least recently used; false: none is open */
extern void fd_close_temporary_files(bool also_inter_xact);

/* fd_transient.c */
extern int fd_transient_count(void);

/* fd_temp.c */
extern void fd_temporary_path(char *path, size_t size, bool interXact); /* a new name */
extern void fd_make_temporary_directory(const char *path);				/* for a file of that path */
extern void fd_report_temporary_file(const char *path, off_t size);

#endif /* SYS_FD_INTERNAL_H */
