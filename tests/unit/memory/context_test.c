/*
 * context_test.c
 *    Memory contexts: chunks keep their content, accounting adds up, reset and delete free everything, callbacks run once.
 */
#include "server_test.h"

#include "memory/context.h"

static void
size_classes_fit_tightly(void **unused)
{
	for (Size size = 1; size <= SIZE_CLASS_MAX; size++)
	{
		int class = size_class_of(size);

		assert_true(size_class_bytes[class] >= size);
		assert_true(class == 0 || size_class_bytes[class - 1] < size);
	}
}

/* Random palloc, repalloc and pfree; each chunk is filled with its own byte and checked. */
static void
churn(MemoryContext context, bool with_pfree)
{
	enum { CHUNKS = 300, ROUNDS = 30000 };
	static char *chunk[CHUNKS];
	static Size size[CHUNKS];

	memset(chunk, 0, sizeof(chunk));
	srandom(6);
	for (int i = 0; i < ROUNDS; i++)
	{
		int n = random() % CHUNKS;
		Size wanted = random() % 50 == 0 ? random() % 100000 : random() % 600;

		if (chunk[n])
			for (Size b = 0; b < size[n]; b++)
				assert_true(chunk[n][b] == (char) n);
		if (chunk[n] && random() % 2)
			chunk[n] = repalloc(chunk[n], wanted);
		else
		{
			if (chunk[n] && with_pfree)
				pfree(chunk[n]);
			chunk[n] = MemoryContextAlloc(context, wanted);
		}
		assert_true(PointerIsAligned(chunk[n], uint64));
		assert_ptr_equal(GetMemoryChunkContext(chunk[n]), context);
		size[n] = wanted;
		memset(chunk[n], n, wanted);
	}
}

static void
chunks_keep_their_content(void **unused)
{
	Size before = memory_total_allocated;
	MemoryContext set = AllocSetContextCreate(TopMemoryContext, "set", ALLOCSET_DEFAULT_SIZES);
	MemoryContext small = AllocSetContextCreate(set, "small", ALLOCSET_SMALL_SIZES);
	MemoryContext bump = GenerationContextCreate(set, "bump", ALLOCSET_DEFAULT_SIZES);

	churn(set, true);
	churn(small, true);
	churn(bump, true);
	assert_true(MemoryContextMemAllocated(set, true) > MemoryContextMemAllocated(set, false));
	MemoryContextDelete(set);
	assert_int_equal(memory_total_allocated, before);
}

static void
reset_keeps_only_the_first_block(void **unused)
{
	MemoryContext context = AllocSetContextCreate(TopMemoryContext, "reset", ALLOCSET_DEFAULT_SIZES);
	Size fresh = MemoryContextMemAllocated(context, false);

	assert_true(MemoryContextIsEmpty(context));
	for (int i = 0; i < 10000; i++)
		MemoryContextAlloc(context, 100);
	assert_false(MemoryContextIsEmpty(context));
	AllocSetContextCreate(context, "child", ALLOCSET_DEFAULT_SIZES);
	MemoryContextReset(context);
	assert_true(MemoryContextIsEmpty(context));
	assert_int_equal(MemoryContextMemAllocated(context, true), fresh);
	MemoryContextDelete(context);
}

static int callback_calls;

static void
count_call(void *arg)
{
	callback_calls += *(int *) arg;
}

static void
callbacks_run_once(void **unused)
{
	MemoryContext context = AllocSetContextCreate(TopMemoryContext, "callback", ALLOCSET_SMALL_SIZES);
	static int one = 1;
	MemoryContextCallback *callback = MemoryContextAlloc(context, sizeof(*callback));

	callback->func = count_call;
	callback->arg = &one;
	MemoryContextRegisterResetCallback(context, callback);
	MemoryContextReset(context);
	MemoryContextReset(context);
	MemoryContextDelete(context);
	assert_int_equal(callback_calls, 1);
}

static void
aligned_chunks(void **unused)
{
	for (Size align = 8; align <= 4096; align *= 2)
	{
		char *chunk = palloc_aligned(5000, align, MCXT_ALLOC_ZERO);

		assert_true((uintptr_t) chunk % align == 0);
		assert_ptr_equal(GetMemoryChunkContext(chunk), CurrentMemoryContext);
		memset(chunk, 1, 5000);
		pfree(chunk);
	}
}

static void
absurd_sizes_are_refused(void **unused)
{
	assert_raises("XX000", "invalid memory alloc request size 1073741824", palloc((Size) 1 << 30));
	assert_raises("53200", "out of memory", MemoryContextAllocHuge(CurrentMemoryContext, (Size) 1 << 60));
	assert_null(palloc_extended((Size) 1 << 60, MCXT_ALLOC_HUGE | MCXT_ALLOC_NO_OOM));
}

static void
formatted_strings(void **unused)
{
	char *long_text = psprintf("%0500d", 7);

	assert_int_equal(strlen(long_text), 500);
	assert_string_equal(psprintf("%s-%d", "a", 5), "a-5");
	assert_string_equal(pnstrdup("abcdef", 3), "abc");
	assert_string_equal(pchomp("line\n\n"), "line");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(size_classes_fit_tightly),	   cmocka_unit_test(chunks_keep_their_content),
		cmocka_unit_test(reset_keeps_only_the_first_block), cmocka_unit_test(callbacks_run_once),
		cmocka_unit_test(aligned_chunks),			   cmocka_unit_test(absurd_sizes_are_refused),
		cmocka_unit_test(formatted_strings),
	};

	return run_unit_tests(tests);
}
