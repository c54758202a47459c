/*
 * ps_title.c
 *    The process title (utils/ps_status.h): written over the memory that argv and the environment had at start.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/guc.h"
#include "utils/ps_status.h"

extern char **environ;

typedef struct ProcessTitle
{
	char *buffer; /* where the kernel looks */
	size_t size;
	size_t fixed_length; /* "postgres: user db host " stays, what follows changes */
	size_t length;
} ProcessTitle;

static ProcessTitle title;

/* Argument strings and environment strings are contiguous; move the environment away and take it all. */
char **
save_ps_display_args(int argc, char **argv)
{
	char *end = argv[0] + strlen(argv[0]) + 1;
	char **new_argv;
	char **new_environ;
	int count;

	for (int i = 1; i < argc && argv[i] == end; i++)
		end += strlen(argv[i]) + 1;
	for (count = 0; environ[count]; count++)
		if (environ[count] == end)
			end += strlen(environ[count]) + 1;
	new_argv = malloc((argc + 1) * sizeof(char *));
	new_environ = malloc((count + 1) * sizeof(char *));
	if (new_argv == NULL || new_environ == NULL)
		return argv;
	for (int i = 0; i < argc; i++)
		new_argv[i] = strdup(argv[i]);
	new_argv[argc] = NULL;
	for (int i = 0; i < count; i++)
		new_environ[i] = strdup(environ[i]);
	new_environ[count] = NULL;
	environ = new_environ;
	title.buffer = argv[0];
	title.size = end - argv[0];
	return new_argv;
}

static void
show_title(size_t length)
{
	/* blank out what the previous title leaves behind */
	if (length < title.length)
		memset(title.buffer + length, '\0', title.length - length);
	title.length = length;
	title.buffer[Min(length, title.size - 1)] = '\0';
}

void
init_ps_display(const char *fixed_part)
{
	int length;

	if (fixed_part == NULL)
		fixed_part = GetBackendTypeDesc(MyBackendType);
	if (title.buffer == NULL || !IsUnderPostmaster)
		return;
	memset(title.buffer, '\0', title.size);
	if (cluster_name && *cluster_name)
		length = snprintf(title.buffer, title.size, "postgres: %s: %s ", cluster_name, fixed_part);
	else
		length = snprintf(title.buffer, title.size, "postgres: %s ", fixed_part);
	title.fixed_length = title.length = Min((size_t) length, title.size - 1);
	set_ps_display("");
}

void
set_ps_display(const char *activity)
{
	if (title.buffer == NULL || title.fixed_length == 0 || !update_process_title)
		return;
	strlcpy(title.buffer + title.fixed_length, activity, title.size - title.fixed_length);
	show_title(title.fixed_length + Min(strlen(activity), title.size - title.fixed_length - 1));
}

const char *
get_ps_display(int *displen)
{
	if (title.fixed_length == 0)
	{
		*displen = 0;
		return "";
	}
	*displen = (int) (title.length - title.fixed_length);
	return title.buffer + title.fixed_length;
}
