/*
 * utils/ps_status.h
 *    The process title, as ps shows it.
 */
#ifndef PS_STATUS_H
#define PS_STATUS_H

#include "c.h"

extern bool update_process_title;

/* In main(), before anything keeps a pointer into argv; returns the argv to use from then on. */
extern char **save_ps_display_args(int argc, char **argv);
/* "postgres: [cluster: ]<fixed part>"; NULL: the backend type's description. */
extern void init_ps_display(const char *fixed_part);
extern void set_ps_display(const char *activity);
extern const char *get_ps_display(int *displen);

#endif /* PS_STATUS_H */
