/*
 * checks.c
 *    Check, assign and show hooks of settings whose subject has no folder of its own.
 */
#include "postgres.h"

#include "config/settings.h"
#include "error/log_context.h"
#include "sys/fault.h"

char *application_name = NULL;
char *cluster_name = NULL;
char *fault_points_string = NULL;

/* Printable ASCII only: the rest would upset logs and terminals. */
static void
replace_unprintable(char *text)
{
	for (; *text; text++)
		if (*text < 32 || *text > 126)
			*text = '?';
}

bool
check_application_name(char **newval, void **extra, GucSource source)
{
	replace_unprintable(*newval);
	return true;
}

void
assign_application_name(const char *newval, void *extra)
{
	extern void pgstat_report_appname(const char *appname) __attribute__((weak));

	log_context.application_name = newval;
	if (pgstat_report_appname)
		pgstat_report_appname(newval);
}

bool
check_cluster_name(char **newval, void **extra, GucSource source)
{
	replace_unprintable(*newval);
	return true;
}

bool
check_fault_points(char **newval, void **extra, GucSource source)
{
	const char *message;

	if (fault_points_check(*newval, &message))
		return true;
	GUC_check_errdetail("%s", message);
	return false;
}

void
assign_fault_points(const char *newval, void *extra)
{
	const char *message;

	if (newval && *newval)
		(void) fault_points_arm(newval, &message);
}

const char *
show_unix_socket_permissions(void)
{
	extern int Unix_socket_permissions;
	static char buf[12];

	snprintf(buf, sizeof(buf), "%04o", Unix_socket_permissions);
	return buf;
}

const char *
show_log_file_mode(void)
{
	extern int Log_file_mode;
	static char buf[12];

	snprintf(buf, sizeof(buf), "%04o", Log_file_mode);
	return buf;
}

const char *
show_data_directory_mode(void)
{
	extern int data_directory_mode;
	static char buf[12];

	snprintf(buf, sizeof(buf), "%04o", data_directory_mode);
	return buf;
}

const char *
show_archive_command(void)
{
	extern int XLogArchiveMode;
	extern char *XLogArchiveCommand;

	return XLogArchiveMode != 0 ? (XLogArchiveCommand ? XLogArchiveCommand : "") : "(disabled)";
}

bool
check_bonjour(bool *newval, void **extra, GucSource source)
{
	if (!*newval)
		return true;
	GUC_check_errmsg("Bonjour is not supported by this build");
	return false;
}

bool
check_ssl(bool *newval, void **extra, GucSource source)
{
	if (!*newval)
		return true;
	GUC_check_errcode(ERRCODE_FEATURE_NOT_SUPPORTED);
	GUC_check_errmsg("SSL is not supported");
	return false;
}

bool
check_huge_page_size(int *newval, void **extra, GucSource source)
{
	return true;
}

/* Statistics of one stage and of the whole statement exclude each other, as their figures would overlap. */
bool
check_stage_log_stats(bool *newval, void **extra, GucSource source)
{
	extern bool log_statement_stats;

	if (!*newval || !log_statement_stats)
		return true;
	GUC_check_errdetail("Cannot enable parameter when \"log_statement_stats\" is true.");
	return false;
}

bool
check_log_stats(bool *newval, void **extra, GucSource source)
{
	extern bool log_parser_stats;
	extern bool log_planner_stats;
	extern bool log_executor_stats;

	if (!*newval || !(log_parser_stats || log_planner_stats || log_executor_stats))
		return true;
	GUC_check_errdetail("Cannot enable \"log_statement_stats\" when "
						"\"log_parser_stats\", \"log_planner_stats\", "
						"or \"log_executor_stats\" is true.");
	return false;
}
