/*
 * scram.h
 *    SCRAM-SHA-256 (RFC 5802, RFC 7677), server side, without channel binding.
 */
#ifndef AUTH_SCRAM_H
#define AUTH_SCRAM_H

#include "c.h"

#define SCRAM_KEY_LEN 32
#define SCRAM_SALT_LEN 16
#define SCRAM_MAX_SALT_LEN 128
#define SCRAM_ITERATIONS 4096

typedef struct ScramVerifier
{
	int iterations;
	uint8 salt[SCRAM_MAX_SALT_LEN];
	int salt_length;
	uint8 stored_key[SCRAM_KEY_LEN];
	uint8 server_key[SCRAM_KEY_LEN];
} ScramVerifier;

extern bool scram_parse_verifier(const char *secret, ScramVerifier *verifier);
extern char *scram_build_verifier(const char *password);
extern bool scram_verify_plain_password(const char *password, const char *secret);
extern void scram_hmac(const uint8 *key, size_t key_length, const char *data, size_t length, uint8 *out);
/* Base64 of bytes, palloc'd; and back: length of the result, -1 when the text is no base64 or too long. */
extern char *scram_base64(const uint8 *bytes, int length);
extern int scram_unbase64(const char *text, int length, uint8 *out, int out_size);

#endif /* AUTH_SCRAM_H */
