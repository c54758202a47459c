/*
 * dynload.c
 *    Loadable modules: finding, checking and opening shared libraries.
 */
#include "postgres.h"

#include <dlfcn.h>
#include <sys/stat.h>

#include "fmgr.h"
#include "lib/stringinfo.h"
#include "utils/memutils.h"

#define MODULE_DIRECTORY "/usr/lib/matriarch/modules"

char *Dynamic_library_path = "$libdir";

typedef struct LoadedModule
{
	struct LoadedModule *next;
	dev_t device; /* device and inode: one file loaded by two names is one module */
	ino_t inode;
	void *handle;
	char path[];
} LoadedModule;

static LoadedModule *loaded_modules = NULL;

static bool
file_exists(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISDIR(st.st_mode);
}

/* "$libdir/x" → MODULE_DIRECTORY/x. */
static char *
expand_libdir(const char *name)
{
	if (strncmp(name, "$libdir", 7) != 0)
		return pstrdup(name);
	return psprintf("%s%s", MODULE_DIRECTORY, name + 7);
}

static char *
try_path(const char *directory, const char *name)
{
	char *path = directory ? psprintf("%s/%s", directory, name) : pstrdup(name);
	char *with_suffix;

	if (file_exists(path))
		return path;
	with_suffix = psprintf("%s.so", path);
	pfree(path);
	if (file_exists(with_suffix))
		return with_suffix;
	pfree(with_suffix);
	return NULL;
}

/* A name without a slash is sought in Dynamic_library_path's directories. */
static char *
find_module(const char *name)
{
	char *found = NULL;

	if (strchr(name, '/') != NULL)
		found = try_path(NULL, expand_libdir(name));
	else
	{
		char *save = NULL;
		char *path = pstrdup(Dynamic_library_path ? Dynamic_library_path : "");

		for (char *dir = strtok_r(path, ":", &save); dir && !found; dir = strtok_r(NULL, ":", &save))
			found = try_path(expand_libdir(dir), name);
	}
	return found ? found : pstrdup(name);
}

static void
check_magic(void *handle, const char *path)
{
	const Pg_magic_struct *(*get_magic)(void) = (const Pg_magic_struct *(*) (void)) dlsym(handle, CppAsString2(PG_MAGIC_FUNCTION_NAME));
	static const Pg_magic_struct ours = PG_MODULE_MAGIC_DATA;

	if (get_magic == NULL)
	{
		dlclose(handle);
		ereport(ERROR, errmsg("incompatible library \"%s\": missing magic block", path),
				errhint("Extension libraries are required to use the PG_MODULE_MAGIC macro."));
	}
	if (get_magic()->len != ours.len || memcmp(get_magic(), &ours, sizeof(ours)) != 0)
	{
		dlclose(handle);
		ereport(ERROR, errmsg("incompatible library \"%s\": magic block mismatch", path));
	}
}

static void *
open_module(const char *path)
{
	struct stat st;
	LoadedModule *module;
	void *handle;
	void (*init)(void);

	if (stat(path, &st) != 0)
		ereport(ERROR, errcode_for_file_access(), errmsg("could not access file \"%s\": %m", path));
	for (module = loaded_modules; module; module = module->next)
	{
		if (module->device == st.st_dev && module->inode == st.st_ino)
			return module->handle;
	}
	handle = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
	if (handle == NULL)
		ereport(ERROR, errcode_for_file_access(), errmsg("could not load library \"%s\": %s", path, dlerror()));
	check_magic(handle, path);
	init = (void (*)(void)) dlsym(handle, "_PG_init");
	if (init != NULL)
		init();
	module = MemoryContextAlloc(TopMemoryContext, sizeof(LoadedModule) + strlen(path) + 1);
	module->device = st.st_dev;
	module->inode = st.st_ino;
	module->handle = handle;
	strlcpy(module->path, path, strlen(path) + 1);
	module->next = loaded_modules;
	loaded_modules = module;
	return handle;
}

void *
load_external_function(const char *filename, const char *funcname, bool signalNotFound, void **filehandle)
{
	char *path = find_module(filename);
	void *handle = open_module(path);
	void *function = dlsym(handle, funcname);

	if (filehandle != NULL)
		*filehandle = handle;
	if (function == NULL && signalNotFound)
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_FUNCTION),
				errmsg("could not find function \"%s\" in file \"%s\"", funcname, path));
	pfree(path);
	return function;
}

void *
lookup_external_function(void *filehandle, const char *funcname)
{
	return dlsym(filehandle, funcname);
}

void
load_file(const char *filename, bool restricted)
{
	char *path;

	if (restricted && (strncmp(filename, "$libdir/plugins/", 16) != 0 || strchr(filename + 16, '/') != NULL))
		ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("access to library \"%s\" is not allowed", filename));
	path = find_module(filename);
	open_module(path);
	pfree(path);
}
