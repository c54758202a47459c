/*
 * describe_config.c
 *    postgres --describe-config: the settings, one tab-separated line each, for tools.
 */
#include "postgres.h"

#include "config/settings.h"
#include "main/programs.h"
#include "utils/guc.h"

static void
print_row(const Setting *setting)
{
	static const char *const contexts[] = {"internal", "postmaster", "sighup", "superuser-backend",
										   "backend",  "superuser",	 "user"};

	printf("%s\t%s\t%s\t", setting->name, contexts[setting->context], setting->category);
	switch (setting->type)
	{
		case SETTING_BOOL:
			printf("BOOLEAN\t%s\t\t\t", setting->boot.b ? "TRUE" : "FALSE");
			break;
		case SETTING_INT:
			printf("INTEGER\t%d\t%d\t%d\t", setting->boot.i, setting->int_min, setting->int_max);
			break;
		case SETTING_REAL:
			printf("REAL\t%g\t%g\t%g\t", setting->boot.r, setting->real_min, setting->real_max);
			break;
		case SETTING_STRING:
			printf("STRING\t%s\t\t\t", setting->boot.s ? setting->boot.s : "");
			break;
		case SETTING_ENUM:
			printf("ENUM\t%s\t\t\t", setting_enum_label(setting, setting->boot.i));
			break;
	}
	printf("%s\t%s\n", setting->short_desc ? setting->short_desc : "", setting->extra_desc ? setting->extra_desc : "");
}

int
postgres_describe_config_main(int argc, char **argv)
{
	int count;
	Setting **all;

	InitializeGUCOptions();
	all = settings_sorted(&count);
	for (int i = 0; i < count; i++)
		if (!(all[i]->flags & (GUC_NO_SHOW_ALL | GUC_NOT_IN_SAMPLE | GUC_DISALLOW_IN_FILE)))
			print_row(all[i]);
	return 0;
}
