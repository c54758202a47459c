/*
 * storage/fd.h
 *    Files of the server: virtual descriptors, transient descriptors, temporary files, durable changes of directories.
 *
 * A File is a virtual descriptor: the kernel's one is opened when needed and closed when too many are open. Transient
 * descriptors (AllocateFile, OpenTransientFile, AllocateDir) are real ones that the end of the (sub)transaction closes.
 * Functions return -1 or NULL with errno set unless they say that they raise. All of them retry EINTR.
 */
#ifndef FD_H
#define FD_H

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "postgres.h"

typedef int File; /* > 0; 0 and below are never a file */

#define FILE_POSSIBLY_DELETED(err) ((err) == ENOENT)
#define PG_FILE_MODE_OWNER (S_IRUSR | S_IWUSR)
#define PG_DIR_MODE_OWNER S_IRWXU
extern int pg_file_create_mode; /* 0600, or 0640 in a data directory with group access */
extern int pg_dir_create_mode;
extern int max_files_per_process;
extern int max_safe_fds;
extern bool data_sync_retry;
extern int temp_file_limit; /* kB, -1: none */

enum FileExtendMethod
{
	RECOVERY_INIT_SYNC_METHOD_FSYNC,
	RECOVERY_INIT_SYNC_METHOD_SYNCFS
};
extern int recovery_init_sync_method;

/* ---- virtual descriptors ------------------------------------------------------------------------------------------ */
extern File PathNameOpenFile(const char *fileName, int fileFlags);
extern File PathNameOpenFilePerm(const char *fileName, int fileFlags, mode_t fileMode);
extern File OpenTemporaryFile(bool interXact); /* raises; deleted when closed, at the latest with the process */
extern void FileClose(File file);
extern int FilePrefetch(File file, off_t offset, off_t amount, uint32 wait_event_info);
extern int FileRead(File file, void *buffer, size_t amount, off_t offset, uint32 wait_event_info);
extern int FileWrite(File file, const void *buffer, size_t amount, off_t offset, uint32 wait_event_info);
extern ssize_t FileReadV(File file, const struct iovec *iov, int iovcnt, off_t offset, uint32 wait_event_info);
extern ssize_t FileWriteV(File file, const struct iovec *iov, int iovcnt, off_t offset, uint32 wait_event_info);
extern int FileSync(File file, uint32 wait_event_info);
extern int FileZero(File file, off_t offset, off_t amount, uint32 wait_event_info);
extern int FileFallocate(File file, off_t offset, off_t amount, uint32 wait_event_info);
extern off_t FileSize(File file);
extern int FileTruncate(File file, off_t offset, uint32 wait_event_info);
extern void FileWriteback(File file, off_t offset, off_t nbytes, uint32 wait_event_info);
extern char *FilePathName(File file); /* valid until the file is closed */
extern int FileGetRawDesc(File file); /* valid until the next call of this module */
extern int FileGetRawFlags(File file);
extern mode_t FileGetRawMode(File file);

/* ---- transient descriptors ------------------------------------------------------------------------------------------ */
extern FILE *AllocateFile(const char *name, const char *mode);
extern int FreeFile(FILE *file);
extern FILE *OpenPipeStream(const char *command, const char *mode);
extern int ClosePipeStream(FILE *file);
extern DIR *AllocateDir(const char *dirname); /* may return NULL: ReadDir raises then */
extern struct dirent *ReadDir(DIR *dir, const char *dirname);
extern struct dirent *ReadDirExtended(DIR *dir, const char *dirname, int elevel);
extern int FreeDir(DIR *dir);
extern int OpenTransientFile(const char *fileName, int fileFlags);
extern int OpenTransientFilePerm(const char *fileName, int fileFlags, mode_t fileMode);
extern int CloseTransientFile(int fd);
/* No bookkeeping at all: for descriptors kept for the life of the process. */
extern int BasicOpenFile(const char *fileName, int fileFlags);
extern int BasicOpenFilePerm(const char *fileName, int fileFlags, mode_t fileMode);
/* Descriptors opened by others count against the limit. */
extern bool AcquireExternalFD(void);
extern void ReserveExternalFD(void);
extern void ReleaseExternalFD(void);

/* ---- reading and writing plain descriptors ------------------------------------------------------------------------------ */
extern ssize_t pg_pread(int fd, void *buf, size_t nbyte, off_t offset);
extern ssize_t pg_pwrite(int fd, const void *buf, size_t nbyte, off_t offset);
extern ssize_t pg_pwritev_with_retry(int fd, const struct iovec *iov, int iovcnt, off_t offset);
extern int pg_fsync(int fd); /* does nothing when the setting fsync is off */
extern int pg_fsync_no_writethrough(int fd);
extern int pg_fdatasync(int fd);
extern void pg_flush_data(int fd, off_t offset, off_t amount);
extern int pg_truncate(const char *path, off_t length);

/* ---- directories ------------------------------------------------------------------------------------------------------- */
extern int MakePGDirectory(const char *directoryName);
extern void fsync_fname(const char *fname, bool isdir); /* raises */
extern int fsync_fname_ext(const char *fname, bool isdir, bool ignore_perm, int elevel);
extern int fsync_parent_path(const char *fname, int elevel);
/* Rename such that after a crash the new name is there with the file's content, or nothing has changed. */
extern int durable_rename(const char *oldfile, const char *newfile, int elevel);
extern int durable_rename_excl(const char *oldfile, const char *newfile, int elevel);
extern int durable_unlink(const char *fname, int elevel);
extern void SyncDataDirectory(void);
extern int data_sync_elevel(int elevel); /* PANIC in place of ERROR when a data file could not be synced */
extern bool rmtree(const char *path, bool rmtopdir);
extern void walkdir(const char *path, void (*action)(const char *fname, bool isdir, int elevel), bool process_symlinks,
					int elevel);
extern void copydir(const char *fromdir, const char *todir, bool recurse);
extern void copy_file(const char *fromfile, const char *tofile);
extern int pg_mkdir_p(char *path, int omode);
extern int pg_check_dir(const char *dir); /* 0 missing, 1 empty, 2 only dot files, 3 only lost+found, 4 full, -1 error */

/* ---- temporary files ------------------------------------------------------------------------------------------------------- */
#define PG_TEMP_FILES_DIR "pgsql_tmp"
#define PG_TEMP_FILE_PREFIX "pgsql_tmp"
extern void SetTempTablespaces(Oid *tableSpaces, int numSpaces);
extern bool TempTablespacesAreSet(void);
extern int GetTempTablespaces(Oid *tableSpaces, int numSpaces);
extern Oid GetNextTempTableSpace(void);
extern void RemovePgTempFiles(void);
extern bool looks_like_temp_rel_name(const char *name);

/* ---- life of the process ------------------------------------------------------------------------------------------------- */
extern void InitFileAccess(void);
extern void InitTemporaryFileAccess(void);
extern void set_max_safe_fds(void);
extern void closeAllVfds(void);
extern void AtEOXact_Files(bool isCommit);
extern void AtEOSubXact_Files(bool isCommit, SubTransactionId mySubid, SubTransactionId parentSubid);

#endif /* FD_H */
