/*
 * mcxt.c
 *    The tree of memory contexts: creating, resetting, deleting, moving and showing them.
 *
 * A context struct and its keeper block are one malloc. Deleted contexts of the two usual sizes are kept in a small
 * cache, because executor and expression contexts come and go with every statement.
 */
#include "postgres.h"

#include "memory/context.h"

MemoryContext CurrentMemoryContext = NULL;
MemoryContext TopMemoryContext = NULL;
MemoryContext ErrorContext = NULL;
MemoryContext PostmasterContext = NULL;
MemoryContext CacheMemoryContext = NULL;
MemoryContext MessageContext = NULL;
MemoryContext TopTransactionContext = NULL;
MemoryContext CurTransactionContext = NULL;
MemoryContext PortalContext = NULL;

#define CONTEXT_STRUCT_SIZE MAXALIGN(sizeof(struct MemoryContextData))
#define SPARE_CONTEXTS_MAX 64

/* Deleted contexts ready for reuse; linked by next_sibling. */
typedef struct SpareContexts
{
	Size keeper_size;
	int count;
	MemoryContext first;
} SpareContexts;

static SpareContexts spare_contexts[] = {
	{.keeper_size = ALLOCSET_DEFAULT_INITSIZE},
	{.keeper_size = ALLOCSET_SMALL_INITSIZE},
};

static SpareContexts *
spare_contexts_for(Size keeper_size)
{
	for (int i = 0; i < lengthof(spare_contexts); i++)
		if (spare_contexts[i].keeper_size == keeper_size)
			return &spare_contexts[i];
	return NULL;
}

static void
link_to_parent(MemoryContext context, MemoryContext parent)
{
	context->parent = parent;
	context->prev_sibling = NULL;
	context->next_sibling = NULL;
	if (parent == NULL)
		return;
	context->next_sibling = parent->first_child;
	if (context->next_sibling)
		context->next_sibling->prev_sibling = context;
	parent->first_child = context;
}

static void
unlink_from_parent(MemoryContext context)
{
	if (context->parent == NULL)
		return;
	if (context->prev_sibling)
		context->prev_sibling->next_sibling = context->next_sibling;
	else
		context->parent->first_child = context->next_sibling;
	if (context->next_sibling)
		context->next_sibling->prev_sibling = context->prev_sibling;
	context->parent = context->prev_sibling = context->next_sibling = NULL;
}

static void
start_keeper(MemoryContext context)
{
	context->bump = (char *) context + CONTEXT_STRUCT_SIZE;
	context->bump_end = (char *) context + context->keeper_size;
	context->next_block_size = context->init_block_size;
	context->is_reset = true;
	memset(context->free_list, 0, sizeof(context->free_list));
}

static MemoryContext
context_malloc(Size keeper_size)
{
	SpareContexts *spare = spare_contexts_for(keeper_size);
	MemoryContext context;

	if (spare && spare->first)
	{
		context = spare->first;
		spare->first = context->next_sibling;
		spare->count--;
	}
	else
		context = malloc(keeper_size);
	if (context == NULL)
		ereport(ERROR,
				errcode(ERRCODE_OUT_OF_MEMORY),
				errmsg("out of memory"),
				errdetail("Failed while creating a memory context."));
	memory_total_allocated += keeper_size;
	return context;
}

static MemoryContext
context_create(ContextType type, MemoryContext parent, const char *name, Size min_size, Size init_size, Size max_size)
{
	Size keeper_size = Max(Max(min_size, init_size), 1024);
	MemoryContext context;

	Assert(init_size >= 512 && max_size >= init_size);
	context = context_malloc(keeper_size);
	memset(context, 0, offsetof(struct MemoryContextData, free_list));
	context->type = type;
	context->name = name;
	context->keeper_size = keeper_size;
	context->allocated = keeper_size;
	context->init_block_size = init_size;
	context->max_block_size = max_size;
	/* a block that holds fewer than eight of them is not worth sharing */
	context->chunk_limit = Min(max_size / 8, (Size) SIZE_CLASS_MAX);
	if (parent)
		context->allow_in_critical = parent->allow_in_critical;
	start_keeper(context);
	link_to_parent(context, parent);
	return context;
}

MemoryContext
AllocSetContextCreate(MemoryContext parent, const char *name, Size minContextSize, Size initBlockSize,
					  Size maxBlockSize)
{
	return context_create(CONTEXT_ALLOCSET, parent, name, minContextSize, initBlockSize, maxBlockSize);
}

MemoryContext
GenerationContextCreate(MemoryContext parent, const char *name, Size minContextSize, Size initBlockSize,
						Size maxBlockSize)
{
	MemoryContext context =
		context_create(CONTEXT_GENERATION, parent, name, minContextSize, initBlockSize, maxBlockSize);

	context->chunk_limit = Min(maxBlockSize / 8, BUMP_CHUNK_MAX);
	return context;
}

/* Equal chunks need nothing special here: a class's free list is a slab. */
MemoryContext
SlabContextCreate(MemoryContext parent, const char *name, Size blockSize, Size chunkSize)
{
	MemoryContext context = context_create(CONTEXT_SLAB, parent, name, 0, blockSize, blockSize);

	Assert(chunkSize + BLOCK_HEADER_SIZE + CHUNK_HEADER_SIZE <= blockSize);
	context->slab_chunk = chunkSize;
	return context;
}

void
MemoryContextInit(void)
{
	if (TopMemoryContext != NULL)
		return;
	TopMemoryContext = AllocSetContextCreate(NULL, "TopMemoryContext", ALLOCSET_DEFAULT_SIZES);
	CurrentMemoryContext = TopMemoryContext;
	/* its keeper is the reserve from which running out of memory is reported */
	ErrorContext = AllocSetContextCreate(TopMemoryContext, "ErrorContext", 16 * 1024, 8 * 1024, 8 * 1024);
	ErrorContext->allow_in_critical = true;
}

static void
call_reset_callbacks(MemoryContext context)
{
	MemoryContextCallback *callback;

	/* each is unlinked first: one that raises is not called again */
	while ((callback = context->reset_callbacks) != NULL)
	{
		context->reset_callbacks = callback->next;
		callback->func(callback->arg);
	}
}

void
MemoryContextRegisterResetCallback(MemoryContext context, MemoryContextCallback *cb)
{
	cb->next = context->reset_callbacks;
	context->reset_callbacks = cb;
	context->is_reset = false;
}

void
MemoryContextResetOnly(MemoryContext context)
{
	if (context->is_reset)
		return;
	call_reset_callbacks(context);
	memory_free_blocks(context);
#ifdef USE_ASSERT_CHECKING
	memset((char *) context + CONTEXT_STRUCT_SIZE, 0x7F, context->keeper_size - CONTEXT_STRUCT_SIZE);
#endif
	start_keeper(context);
}

void
MemoryContextReset(MemoryContext context)
{
	if (context->first_child)
		MemoryContextDeleteChildren(context);
	MemoryContextResetOnly(context);
}

void
MemoryContextResetChildren(MemoryContext context)
{
	for (MemoryContext child = context->first_child; child; child = child->next_sibling)
	{
		MemoryContextResetChildren(child);
		MemoryContextResetOnly(child);
	}
}

void
MemoryContextDeleteChildren(MemoryContext context)
{
	while (context->first_child)
		MemoryContextDelete(context->first_child);
}

void
MemoryContextDelete(MemoryContext context)
{
	SpareContexts *spare;

	Assert(context != TopMemoryContext && context != CurrentMemoryContext);
	MemoryContextDeleteChildren(context);
	call_reset_callbacks(context);
	/* out of the tree before anything is freed: an error in between leaks at worst */
	unlink_from_parent(context);
	memory_free_blocks(context);
	memory_total_allocated -= context->keeper_size;

#ifdef USE_ASSERT_CHECKING
	memset(context->free_list, 0x7F, context->keeper_size - offsetof(struct MemoryContextData, free_list));
#endif
	spare = spare_contexts_for(context->keeper_size);
	if (spare && spare->count < SPARE_CONTEXTS_MAX)
	{
		context->next_sibling = spare->first;
		spare->first = context;
		spare->count++;
	}
	else
		free(context);
}

void
MemoryContextSetParent(MemoryContext context, MemoryContext new_parent)
{
	Assert(context != new_parent);
	if (context->parent == new_parent)
		return;
	unlink_from_parent(context);
	link_to_parent(context, new_parent);
}

MemoryContext
MemoryContextGetParent(MemoryContext context)
{
	return context->parent;
}

void
MemoryContextSetIdentifier(MemoryContext context, const char *id)
{
	context->ident = id;
}

void
MemoryContextAllowInCriticalSection(MemoryContext context, bool allow)
{
	context->allow_in_critical = allow;
}

bool
MemoryContextIsEmpty(MemoryContext context)
{
	return context->first_child == NULL && context->is_reset;
}

Size
MemoryContextMemAllocated(MemoryContext context, bool recurse)
{
	Size total = context->allocated;

	if (recurse)
		for (MemoryContext child = context->first_child; child; child = child->next_sibling)
			total += MemoryContextMemAllocated(child, true);
	return total;
}

/* ---- showing ------------------------------------------------------------------------------------------------- */
static void
show_context(MemoryContext context, int level)
{
	enum { CHILDREN_SHOWN = 100 };
	int shown = 0;
	int hidden = 0;
	Size hidden_bytes = 0;

	write_stderr("%*s%s: %zu total%s%s\n", level * 2, "", context->name, context->allocated, context->ident ? ": " : "",
				 context->ident ? context->ident : "");
	for (MemoryContext child = context->first_child; child; child = child->next_sibling)
	{
		if (shown++ < CHILDREN_SHOWN && level < 50)
			show_context(child, level + 1);
		else
		{
			hidden++;
			hidden_bytes += MemoryContextMemAllocated(child, true);
		}
	}
	if (hidden > 0)
		write_stderr("%*s%d more child contexts containing %zu total\n", level * 2 + 2, "", hidden, hidden_bytes);
}

void
MemoryContextStats(MemoryContext context)
{
	show_context(context, 0);
	write_stderr("Grand total: %zu bytes\n", MemoryContextMemAllocated(context, true));
}
