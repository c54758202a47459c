/*
 * postmaster/pidfile.h
 *    Lock files: postmaster.pid in the data directory, .s.PGSQL.<port>.lock beside each socket.
 *
 * postmaster.pid has eight lines (miscadmin.h, LOCK_FILE_LINE_...). The file is locked with flock(): children inherit the
 * lock over fork and exec, so it lasts until the last process of the cluster is gone, whatever the pid in the file says.
 */
#ifndef POSTMASTER_PIDFILE_H
#define POSTMASTER_PIDFILE_H

#include "postgres.h"

extern void CreateDataDirLockFile(bool amPostmaster); /* FATAL when another server has it */
extern void CreateSocketLockFile(const char *socketfile, bool amPostmaster, const char *socketDir);
extern void AddToDataDirLockFile(int target_line, const char *str);
extern void TouchSocketLockFiles(void);
extern bool RecheckDataDirLockFile(void); /* false: the file is not ours any more */

#endif /* POSTMASTER_PIDFILE_H */
