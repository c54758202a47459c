/*
 * scram_exchange.c
 *    The SASL messages of SCRAM-SHA-256.
 *
 *    client-first   n,,n=<user>,r=<client nonce>
 *    server-first   r=<client nonce><server nonce>,s=<salt>,i=<iterations>
 *    client-final   c=biws,r=<both nonces>,p=<client proof>
 *    server-final   v=<server signature>
 *
 * A role that does not exist, or has no SCRAM secret, goes through the same exchange with made-up keys, so that the answer
 * tells a stranger nothing.
 */
#include "postgres.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "auth/auth.h"
#include "auth/scram.h"
#include "lib/stringinfo.h"
#include "libpq/libpq.h"
#include "libpq/pqformat.h"

#define AUTH_REQ_SASL 10
#define AUTH_REQ_SASL_CONT 11
#define AUTH_REQ_SASL_FIN 12
#define NONCE_BYTES 18

static void
protocol_error(const char *detail)
{
	ereport(ERROR, errcode(ERRCODE_PROTOCOL_VIOLATION), errmsg("malformed SCRAM message"), errdetail("%s", detail));
}

/* The value of attribute `name` at *cursor, up to the next comma; moves past it. */
static char *
take_attribute(char **cursor, char name)
{
	char *begin = *cursor;
	char *end;

	if (begin[0] != name || begin[1] != '=')
		ereport(ERROR, errcode(ERRCODE_PROTOCOL_VIOLATION), errmsg("malformed SCRAM message"),
				errdetail("Expected attribute \"%c\" but found \"%s\".", name, begin[0] ? pnstrdup(begin, 1) : ""));
	begin += 2;
	end = begin + strcspn(begin, ",");
	*cursor = *end ? end + 1 : end;
	return pnstrdup(begin, end - begin);
}

static void
mock_verifier(ScramVerifier *verifier)
{
	memset(verifier, 0, sizeof(*verifier));
	verifier->iterations = SCRAM_ITERATIONS;
	verifier->salt_length = SCRAM_SALT_LEN;
	if (RAND_bytes(verifier->salt, SCRAM_SALT_LEN) != 1)
		ereport(ERROR, errcode(ERRCODE_INTERNAL_ERROR), errmsg("could not generate random salt"));
}

/* The SASLInitialResponse: mechanism and client-first. *first_bare points into the message. */
static char *
read_client_first(Port *port, char **client_nonce)
{
	int length;
	char *message = auth_read_password_message(port, &length);
	StringInfoData buf;
	const char *mechanism;
	int response_length;
	char *response, *bare, *cursor;

	if (message == NULL)
		return NULL;
	buf = (StringInfoData){message, length, length + 1, 0};
	mechanism = pq_getmsgrawstring(&buf);
	if (strcmp(mechanism, "SCRAM-SHA-256") != 0)
		ereport(ERROR, errcode(ERRCODE_PROTOCOL_VIOLATION), errmsg("client selected an invalid SASL authentication mechanism"));
	response_length = (int) pq_getmsgint(&buf, 4);
	if (response_length < 0)
		protocol_error("The message is empty.");
	response = pnstrdup(pq_getmsgbytes(&buf, response_length), response_length);
	if ((int) strlen(response) != response_length)
		protocol_error("Message length does not match input length.");
	if (strncmp(response, "n,,", 3) != 0 && strncmp(response, "y,,", 3) != 0)
		protocol_error("Unexpected channel-binding flag.");
	bare = response + 3;
	cursor = bare;
	(void) take_attribute(&cursor, 'n'); /* the user name was in the start-up packet */
	*client_nonce = take_attribute(&cursor, 'r');
	if (**client_nonce == '\0')
		protocol_error("The nonce is empty.");
	return bare;
}

static bool
proof_is_right(const ScramVerifier *verifier, const char *auth_message, const uint8 *proof)
{
	uint8 signature[SCRAM_KEY_LEN];
	uint8 key[SCRAM_KEY_LEN];
	uint8 computed[SCRAM_KEY_LEN];
	unsigned int size = SCRAM_KEY_LEN;

	scram_hmac(verifier->stored_key, SCRAM_KEY_LEN, auth_message, strlen(auth_message), signature);
	for (int i = 0; i < SCRAM_KEY_LEN; i++)
		key[i] = proof[i] ^ signature[i];
	if (EVP_Digest(key, SCRAM_KEY_LEN, computed, &size, EVP_sha256(), NULL) != 1)
		return false;
	return CRYPTO_memcmp(computed, verifier->stored_key, SCRAM_KEY_LEN) == 0;
}

static void
send_server_final(const ScramVerifier *verifier, const char *auth_message)
{
	uint8 signature[SCRAM_KEY_LEN];
	char *message;

	scram_hmac(verifier->server_key, SCRAM_KEY_LEN, auth_message, strlen(auth_message), signature);
	message = psprintf("v=%s", scram_base64(signature, SCRAM_KEY_LEN));
	auth_send_request(AUTH_REQ_SASL_FIN, message, (int) strlen(message));
}

int
auth_scram_exchange(Port *port, const char *secret, const char **logdetail)
{
	ScramVerifier verifier;
	bool doomed = secret == NULL || !scram_parse_verifier(secret, &verifier);
	uint8 nonce_bytes[NONCE_BYTES];
	char *client_nonce, *first_bare, *nonce, *server_first, *final, *cursor, *without_proof, *binding, *echoed, *proof_text;
	char *auth_message;
	uint8 proof[SCRAM_KEY_LEN];
	int length;

	if (doomed)
		mock_verifier(&verifier);
	if (secret && doomed)
		*logdetail = psprintf("User \"%s\" does not have a valid SCRAM secret.", port->user_name);
	auth_send_request(AUTH_REQ_SASL, "SCRAM-SHA-256\0", 15);
	first_bare = read_client_first(port, &client_nonce);
	if (first_bare == NULL)
		return AUTH_EOF;
	if (RAND_bytes(nonce_bytes, NONCE_BYTES) != 1)
		ereport(ERROR, errcode(ERRCODE_INTERNAL_ERROR), errmsg("could not generate random nonce"));
	nonce = psprintf("%s%s", client_nonce, scram_base64(nonce_bytes, NONCE_BYTES));
	server_first = psprintf("r=%s,s=%s,i=%d", nonce, scram_base64(verifier.salt, verifier.salt_length), verifier.iterations);
	auth_send_request(AUTH_REQ_SASL_CONT, server_first, (int) strlen(server_first));

	final = auth_read_password_message(port, &length);
	if (final == NULL)
		return AUTH_EOF;
	if ((int) strlen(final) != length)
		protocol_error("Message length does not match input length.");
	cursor = final;
	binding = take_attribute(&cursor, 'c');
	if (strcmp(binding, "biws") != 0 && strcmp(binding, "eSws") != 0)
		ereport(ERROR, errcode(ERRCODE_PROTOCOL_VIOLATION),
				errmsg("unexpected SCRAM channel-binding attribute in client-final-message"));
	echoed = take_attribute(&cursor, 'r');
	if (strcmp(echoed, nonce) != 0)
		ereport(ERROR, errcode(ERRCODE_PROTOCOL_VIOLATION), errmsg("invalid SCRAM response"), errdetail("Nonce does not match."));
	/* Extensions may stand between the nonce and the proof; the signed text ends before ",p=". */
	while (*cursor && strncmp(cursor, "p=", 2) != 0)
		cursor += strcspn(cursor, ",") + (strchr(cursor, ',') ? 1 : 0);
	without_proof = pnstrdup(final, cursor > final ? cursor - final - 1 : 0);
	proof_text = take_attribute(&cursor, 'p');
	if (scram_unbase64(proof_text, (int) strlen(proof_text), proof, SCRAM_KEY_LEN) != SCRAM_KEY_LEN)
		protocol_error("Malformed proof in client-final-message.");
	auth_message = psprintf("%s,%s,%s", first_bare, server_first, without_proof);
	if (!proof_is_right(&verifier, auth_message, proof) || doomed)
		return AUTH_ERROR;
	send_server_final(&verifier, auth_message);
	return AUTH_OK;
}
