/*
 * auth.h
 *    Who is the client, and may it come in?
 *
 * auth_authenticate() finds the first line of pg_hba.conf that fits the connection and carries out its method; it returns
 * when the client has proved itself and sent AuthenticationOk's predecessors, and raises FATAL 28000 or 28P01 otherwise. The file
 * is read by the postmaster (so that a damaged one is noticed at start and reload) and again by each backend.
 */
#ifndef AUTH_AUTH_H
#define AUTH_AUTH_H

#include "auth/hba.h"
#include "libpq/libpq-be.h"

extern void auth_authenticate(Port *port);
/* The stored secret of a role (pg_authid.rolpassword); NULL: none, or expired. *logdetail tells the log why. */
extern char *auth_role_secret(const char *role, const char **logdetail);
extern void auth_failed(Port *port, int status, const char *logdetail) pg_attribute_noreturn();

/* Results of the password checks. */
enum
{
	AUTH_OK = 0,
	AUTH_ERROR = -1,
	AUTH_EOF = -2
};

extern int auth_password_exchange(Port *port, const char **logdetail);
extern int auth_md5_exchange(Port *port, const char **logdetail);
extern int auth_scram_exchange(Port *port, const char *secret, const char **logdetail);
extern void auth_send_request(uint32 code, const char *data, int length);
extern char *auth_read_password_message(Port *port, int *length); /* NULL: the client left */

/* ---- secrets (auth/secret.c): what rolpassword holds ------------------------------------------------------------------- */
typedef enum PasswordType
{
	PASSWORD_TYPE_PLAINTEXT = 0,
	PASSWORD_TYPE_MD5,
	PASSWORD_TYPE_SCRAM_SHA_256
} PasswordType;
extern PasswordType get_password_type(const char *shadow_pass);
/* The password as it is stored, in CurrentMemoryContext; already encrypted ones are returned as they are. */
extern char *encrypt_password(PasswordType target_type, const char *role, const char *password);
/* Does this clear-text password fit the stored secret? */
extern bool password_matches_secret(const char *role, const char *secret, const char *password);
extern void md5_hex(const void *data, size_t length, char *out33);

#endif /* AUTH_AUTH_H */
