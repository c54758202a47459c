/*
 * strings.c
 *    Strings in memory contexts.
 */
#include "postgres.h"

#include "utils/memutils.h"

char *
MemoryContextStrdup(MemoryContext context, const char *string)
{
	Size size = strlen(string) + 1;

	return memcpy(MemoryContextAlloc(context, size), string, size);
}

char *
pstrdup(const char *in)
{
	return MemoryContextStrdup(CurrentMemoryContext, in);
}

char *
pnstrdup(const char *in, Size len)
{
	Size used = strnlen(in, len);
	char *out = palloc(used + 1);

	memcpy(out, in, used);
	out[used] = '\0';
	return out;
}

/* A copy without the newlines at the end. */
char *
pchomp(const char *in)
{
	Size len = strlen(in);

	while (len > 0 && in[len - 1] == '\n')
		len--;
	return pnstrdup(in, len);
}

/*
 * Like vsnprintf, but an error in the format is raised. Returns at least len when it did not fit: the size with which
 * to try again.
 */
size_t
pvsnprintf(char *buf, size_t len, const char *fmt, va_list args)
{
	int printed = vsnprintf(buf, len, fmt, args);

	if (unlikely(printed < 0))
		elog(ERROR, "vsnprintf failed: %m with format string \"%s\"", fmt);
	if (likely((size_t) printed < len))
		return (size_t) printed;
	if (unlikely((size_t) printed >= MaxAllocSize))
		ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("out of memory"));
	return (size_t) printed + 1;
}

char *
psprintf(const char *fmt, ...)
{
	int save_errno = errno;
	size_t size = 128;

	for (;;)
	{
		char *result = palloc(size);
		va_list args;
		size_t needed;

		errno = save_errno;
		va_start(args, fmt);
		needed = pvsnprintf(result, size, fmt, args);
		va_end(args);
		if (needed < size)
			return result;
		pfree(result);
		size = needed;
	}
}
