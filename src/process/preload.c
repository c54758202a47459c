/*
 * preload.c
 *    shared_preload_libraries and its session-wide cousins.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "nodes/pg_list.h"
#include "utils/guc.h"
#include "utils/varlena.h"

extern void load_file(const char *filename, bool restricted) __attribute__((weak));

static void
load_listed(const char *setting, const char *value, bool restricted)
{
	char *copy;
	List *names;
	ListCell *lc;

	if (value == NULL || value[0] == '\0')
		return;
	copy = pstrdup(value);
	if (!SplitDirectoriesString(copy, ',', &names))
	{
		ereport(LOG, errcode(ERRCODE_SYNTAX_ERROR), errmsg("invalid list syntax in parameter \"%s\"", setting));
		return;
	}
	foreach (lc, names)
	{
		char *name = lfirst(lc);

		if (restricted && strchr(name, '/') == NULL)
			name = psprintf("$libdir/plugins/%s", name);
		if (load_file == NULL)
			ereport(ERROR,
					errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					errmsg("loading library \"%s\" is not supported", name));
		load_file(name, restricted);
		ereport(DEBUG1, errmsg_internal("loaded library \"%s\"", name));
	}
}

void
process_shared_preload_libraries(void)
{
	process_shared_preload_libraries_in_progress = true;
	load_listed("shared_preload_libraries", shared_preload_libraries_string, false);
	process_shared_preload_libraries_in_progress = false;
	process_shared_preload_libraries_done = true;
}

void
process_session_preload_libraries(void)
{
	load_listed("session_preload_libraries", session_preload_libraries_string, false);
	load_listed("local_preload_libraries", local_preload_libraries_string, true);
}
