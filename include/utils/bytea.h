/*
 * utils/bytea.h
 *    Setting bytea_output.
 */
#ifndef BYTEA_H
#define BYTEA_H

typedef enum
{
	BYTEA_OUTPUT_ESCAPE,
	BYTEA_OUTPUT_HEX
} ByteaOutputType;
extern int bytea_output; /* ByteaOutputType; GUC */

#endif /* BYTEA_H */
