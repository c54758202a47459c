/*
 * bounded_copy.c
 *    strlcpy and strlcat, which this C library does not have.
 */
#include "c.h"

size_t
strlcpy(char *dst, const char *src, size_t size)
{
	size_t length = strlen(src);

	if (size > 0)
	{
		size_t copied = Min(length, size - 1);

		memcpy(dst, src, copied);
		dst[copied] = '\0';
	}
	return length;
}

size_t
strlcat(char *dst, const char *src, size_t size)
{
	size_t used = strnlen(dst, size);

	return used + strlcpy(dst + used, src, size - used);
}
