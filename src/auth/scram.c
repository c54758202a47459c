/*
 * scram.c
 *    The arithmetic of SCRAM-SHA-256: keys, verifiers, base64. The message exchange is in scram_exchange.c.
 */
#include "postgres.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "auth/scram.h"

void
scram_hmac(const uint8 *key, size_t key_length, const char *data, size_t length, uint8 *out)
{
	unsigned int size = SCRAM_KEY_LEN;

	if (HMAC(EVP_sha256(), key, (int) key_length, (const unsigned char *) data, length, out, &size) == NULL)
		ereport(ERROR, errcode(ERRCODE_INTERNAL_ERROR), errmsg("could not calculate HMAC"));
}

static void
sha256(const uint8 *data, size_t length, uint8 *out)
{
	unsigned int size = SCRAM_KEY_LEN;

	if (EVP_Digest(data, length, out, &size, EVP_sha256(), NULL) != 1)
		ereport(ERROR, errcode(ERRCODE_INTERNAL_ERROR), errmsg("could not compute %s hash", "SHA-256"));
}

char *
scram_base64(const uint8 *bytes, int length)
{
	char *text = palloc((length + 2) / 3 * 4 + 1);

	EVP_EncodeBlock((unsigned char *) text, bytes, length);
	return text;
}

int
scram_unbase64(const char *text, int length, uint8 *out, int out_size)
{
	unsigned char *buffer;
	int decoded;

	if (length % 4 != 0 || length / 4 * 3 > out_size + 2 || length == 0)
		return -1;
	buffer = palloc(length / 4 * 3 + 1);
	decoded = EVP_DecodeBlock(buffer, (const unsigned char *) text, length);
	if (decoded >= 0 && text[length - 1] == '=')
		decoded -= text[length - 2] == '=' ? 2 : 1;
	if (decoded < 0 || decoded > out_size)
	{
		pfree(buffer);
		return -1;
	}
	memcpy(out, buffer, decoded);
	pfree(buffer);
	return decoded;
}

static void
derive_keys(const char *password, ScramVerifier *verifier)
{
	uint8 salted[SCRAM_KEY_LEN];
	uint8 client_key[SCRAM_KEY_LEN];

	/* SASLprep would only change non-ASCII passwords; like clients that lack it, we use the bytes as they are. */
	if (PKCS5_PBKDF2_HMAC(password, (int) strlen(password), verifier->salt, verifier->salt_length, verifier->iterations,
						  EVP_sha256(), SCRAM_KEY_LEN, salted) != 1)
		ereport(ERROR, errcode(ERRCODE_INTERNAL_ERROR), errmsg("could not derive a key from a password"));
	scram_hmac(salted, SCRAM_KEY_LEN, "Client Key", 10, client_key);
	sha256(client_key, SCRAM_KEY_LEN, verifier->stored_key);
	scram_hmac(salted, SCRAM_KEY_LEN, "Server Key", 10, verifier->server_key);
}

char *
scram_build_verifier(const char *password)
{
	ScramVerifier verifier = {.iterations = SCRAM_ITERATIONS, .salt_length = SCRAM_SALT_LEN};

	if (RAND_bytes(verifier.salt, SCRAM_SALT_LEN) != 1)
		ereport(ERROR, errcode(ERRCODE_INTERNAL_ERROR), errmsg("could not generate random salt"));
	derive_keys(password, &verifier);
	return psprintf("SCRAM-SHA-256$%d:%s$%s:%s", verifier.iterations, scram_base64(verifier.salt, SCRAM_SALT_LEN),
					scram_base64(verifier.stored_key, SCRAM_KEY_LEN), scram_base64(verifier.server_key, SCRAM_KEY_LEN));
}

bool
scram_parse_verifier(const char *secret, ScramVerifier *verifier)
{
	static const char prefix[] = "SCRAM-SHA-256$";
	const char *salt, *stored, *server;
	char *end;

	if (strncmp(secret, prefix, sizeof(prefix) - 1) != 0)
		return false;
	errno = 0;
	verifier->iterations = (int) strtol(secret + sizeof(prefix) - 1, &end, 10);
	if (*end != ':' || errno != 0 || verifier->iterations < 1)
		return false;
	salt = end + 1;
	stored = strchr(salt, '$');
	if (stored == NULL)
		return false;
	server = strchr(stored + 1, ':');
	if (server == NULL)
		return false;
	verifier->salt_length = scram_unbase64(salt, (int) (stored - salt), verifier->salt, SCRAM_MAX_SALT_LEN);
	return verifier->salt_length > 0 &&
		   scram_unbase64(stored + 1, (int) (server - stored - 1), verifier->stored_key, SCRAM_KEY_LEN) == SCRAM_KEY_LEN &&
		   scram_unbase64(server + 1, (int) strlen(server + 1), verifier->server_key, SCRAM_KEY_LEN) == SCRAM_KEY_LEN;
}

bool
scram_verify_plain_password(const char *password, const char *secret)
{
	ScramVerifier stored, computed;

	if (!scram_parse_verifier(secret, &stored))
		return false;
	computed = stored;
	derive_keys(password, &computed);
	return CRYPTO_memcmp(stored.server_key, computed.server_key, SCRAM_KEY_LEN) == 0;
}
