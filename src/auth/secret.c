/*
 * secret.c
 *    What pg_authid.rolpassword holds: "md5" + 32 hex digits, or a SCRAM verifier (RFC 5802, RFC 7677):
 *    SCRAM-SHA-256$<iterations>:<salt base64>$<StoredKey base64>:<ServerKey base64>.
 */
#include "postgres.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include "auth/auth.h"
#include "auth/scram.h"

void
md5_hex(const void *data, size_t length, char *out33)
{
	unsigned char digest[16];
	unsigned int size = sizeof(digest);

	if (EVP_Digest(data, length, digest, &size, EVP_md5(), NULL) != 1)
		ereport(ERROR, errcode(ERRCODE_INTERNAL_ERROR), errmsg("could not compute %s hash", "MD5"));
	for (int i = 0; i < 16; i++)
		snprintf(out33 + i * 2, 3, "%02x", digest[i]);
}

PasswordType
get_password_type(const char *shadow_pass)
{
	ScramVerifier verifier;

	if (strncmp(shadow_pass, "md5", 3) == 0 && strlen(shadow_pass) == 35 &&
		strspn(shadow_pass + 3, "0123456789abcdef") == 32)
		return PASSWORD_TYPE_MD5;
	if (scram_parse_verifier(shadow_pass, &verifier))
		return PASSWORD_TYPE_SCRAM_SHA_256;
	return PASSWORD_TYPE_PLAINTEXT;
}

static char *
md5_secret(const char *role, const char *password)
{
	char *salted = psprintf("%s%s", password, role);
	char *result = palloc(36);

	strlcpy(result, "md5", 36);
	md5_hex(salted, strlen(salted), result + 3);
	pfree(salted);
	return result;
}

char *
encrypt_password(PasswordType target_type, const char *role, const char *password)
{
	if (get_password_type(password) != PASSWORD_TYPE_PLAINTEXT)
		return pstrdup(password);
	return target_type == PASSWORD_TYPE_MD5 ? md5_secret(role, password) : scram_build_verifier(password);
}

bool
password_matches_secret(const char *role, const char *secret, const char *password)
{
	switch (get_password_type(secret))
	{
		case PASSWORD_TYPE_MD5:
			{
				char *computed = md5_secret(role, password);
				bool result = CRYPTO_memcmp(computed, secret, 35) == 0;

				pfree(computed);
				return result;
			}
		case PASSWORD_TYPE_SCRAM_SHA_256:
			return scram_verify_plain_password(password, secret);
		default:
			return false;
	}
}
