/*
 * hba.h
 *    pg_hba.conf: which connections may use which authentication method.
 */
#ifndef AUTH_HBA_H
#define AUTH_HBA_H

#include <sys/socket.h>

#include "libpq/libpq-be.h"
#include "nodes/pg_list.h"

typedef enum HbaConnType
{
	HBA_LOCAL,
	HBA_HOST,
	HBA_HOSTSSL,
	HBA_HOSTNOSSL,
	HBA_HOSTGSSENC,
	HBA_HOSTNOGSSENC
} HbaConnType;

typedef enum HbaMethod
{
	HBA_REJECT,
	HBA_TRUST,
	HBA_PASSWORD,
	HBA_MD5,
	HBA_SCRAM,
	HBA_PEER,
	HBA_IMPLICIT_REJECT
} HbaMethod;

typedef enum HbaAddressKind
{
	HBA_ADDRESS_ALL,
	HBA_ADDRESS_MASK,
	HBA_ADDRESS_SAMEHOST,
	HBA_ADDRESS_SAMENET
} HbaAddressKind;

typedef struct HbaLine
{
	int line_number;
	const char *raw_line;
	HbaConnType conntype;
	List *databases;	/* HbaToken */
	List *roles;		/* HbaToken */
	HbaAddressKind address_kind;
	struct sockaddr_storage address;
	struct sockaddr_storage mask;
	HbaMethod method;
	const char *map;	/* pg_ident map, not used without one */
} HbaLine;

typedef struct HbaToken
{
	char *string;
	bool quoted;	/* a quoted keyword is a plain name */
} HbaToken;

/* Lines in file order, in CurrentMemoryContext. Errors go to the log at elevel; *ok tells whether there were any. */
extern List *hba_load(const char *filename, int elevel, bool *ok);
extern List *hba_parse(const char *text, const char *filename, int elevel, bool *ok);
/* For the postmaster: keeps what it read for its children, or keeps the old lines when the file is damaged. */
extern bool load_hba(void);
/* The first line that fits; a line with HBA_IMPLICIT_REJECT when none does. */
extern HbaLine *hba_match(List *lines, Port *port, Oid role_oid);
extern List *hba_current_lines(void);
extern const char *hba_method_name(HbaMethod method);

#endif /* AUTH_HBA_H */
