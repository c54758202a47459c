/*
 * report.h
 *    Errors and notices for the client.
 */
#ifndef PROTOCOL_REPORT_H
#define PROTOCOL_REPORT_H

/* From now on ereport() sends to the client too (client_report_hook). */
extern void protocol_reports_install(void);

#endif /* PROTOCOL_REPORT_H */
