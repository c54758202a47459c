/*
 * text_key.h
 *    A statement's text with its constants taken out: what the plan cache of the simple protocol is keyed by.
 *
 * Pure: text in, key and constants out. A constant is taken out only where a parameter means the same: after an operator, or
 * as a plain item of a VALUES list. Anything the scanner is not sure about (comments, escape strings, dollar quotes, several
 * statements) makes it refuse the text.
 */
#ifndef SESSION_TEXT_KEY_H
#define SESSION_TEXT_KEY_H

#include "lib/stringinfo.h"

#define TEXT_KEY_MAX_CONSTANTS 32
#define TEXT_KEY_MAX_LENGTH 4096 /* longer texts are not worth keeping */

typedef struct TextConstant
{
	bool is_integer; /* else a quoted string */
	int32 integer;
	const char *start; /* the string between its quotes, in the original text; doubled quotes not yet undone */
	int length;
} TextConstant;

typedef struct TextKey
{
	StringInfoData key; /* the text with $1, $2, ... in place of the constants */
	int count;
	TextConstant constants[TEXT_KEY_MAX_CONSTANTS];
	uint32 integers; /* bit i: constant i is an integer; texts that differ in it are different statements */
} TextKey;

/* key->key must be initialized. False: this text is not to be cached. */
extern bool text_key_make(const char *text, TextKey *key);

#endif /* SESSION_TEXT_KEY_H */
