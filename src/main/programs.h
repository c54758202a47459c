/*
 * main/programs.h
 *    The main functions of the programs in the one binary.
 */
#ifndef MAIN_PROGRAMS_H
#define MAIN_PROGRAMS_H

extern int initdb_main(int argc, char **argv);
extern int pg_ctl_main(int argc, char **argv);
extern int pg_controldata_main(int argc, char **argv);
extern int pg_waldump_main(int argc, char **argv);
extern int postgres_single_main(int argc, char **argv);
extern int postgres_boot_main(int argc, char **argv);
extern int postgres_describe_config_main(int argc, char **argv);
extern int postmaster_main(int argc, char **argv);

#endif /* MAIN_PROGRAMS_H */
