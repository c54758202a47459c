/*
 * dest.c
 *    Receivers that need no client: nothing, stand-alone printing, tuplestore; and the choice of receiver.
 */
#include "postgres.h"

#include "execute/batch.h"
#include "execute/printtup.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "tcop/dest.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/portal.h"
#include "utils/tuplestore.h"

/* ---- nothing ---- */
static bool
none_receive(const Batch *batch, DestReceiver *self)
{
	return true;
}
static void none_startup(DestReceiver *self, int operation, TupleDesc typeinfo) {}
static void none_shutdown(DestReceiver *self) {}

static DestReceiver none_receiver = {none_receive, none_startup, none_shutdown, none_shutdown, DestNone};
DestReceiver *None_Receiver = &none_receiver;

static void
free_receiver(DestReceiver *self)
{
	pfree(self);
}

/* ---- stand-alone backend: one "number: name = value (type...)" line per column ---- */
typedef struct DebugReceiver
{
	DestReceiver pub;
	TupleDesc desc;
} DebugReceiver;

static void
debug_print_attribute(int number, Form_pg_attribute att, const char *value)
{
	printf("\t%2d: %s%s%s%s\t(typeid = %u, len = %d, typmod = %d, byval = %c)\n", number, NameStr(att->attname),
		   value ? " = \"" : "", value ? value : "", value ? "\"" : "", att->atttypid, att->attlen, att->atttypmod,
		   att->attbyval ? 't' : 'f');
}

static void
debug_startup(DestReceiver *self, int operation, TupleDesc typeinfo)
{
	((DebugReceiver *) self)->desc = typeinfo;
	for (int i = 0; i < typeinfo->natts; i++)
		debug_print_attribute(i + 1, TupleDescAttr(typeinfo, i), NULL);
	printf("\t----\n");
}

static bool
debug_receive(const Batch *batch, DestReceiver *self)
{
	TupleDesc desc = ((DebugReceiver *) self)->desc;

	SELECTION_FOREACH(&batch->sel, pos, {
		for (int i = 0; i < desc->natts; i++)
		{
			Oid out;
			bool varlena;

			if (vector_isnull(&batch->cols[i], pos))
				continue;
			getTypeOutputInfo(TupleDescAttr(desc, i)->atttypid, &out, &varlena);
			debug_print_attribute(i + 1, TupleDescAttr(desc, i),
								  OidOutputFunctionCall(out, vector_value(&batch->cols[i], pos)));
		}
		printf("\t----\n");
	});
	return true;
}

static DestReceiver *
make_debug_receiver(void)
{
	DebugReceiver *r = palloc0_object(DebugReceiver);

	r->pub = (DestReceiver){debug_receive, debug_startup, none_shutdown, free_receiver, DestDebug};
	return &r->pub;
}

/* ---- tuplestore ---- */
typedef struct StoreReceiver
{
	DestReceiver pub;
	Tuplestorestate *store;
	MemoryContext context;
	TupleDesc desc;
	bool detoast;
} StoreReceiver;

static void
store_startup(DestReceiver *self, int operation, TupleDesc typeinfo)
{
	((StoreReceiver *) self)->desc = typeinfo;
}

/* Rows that outlive the transaction must not point to TOAST tables. */
static void
store_put_detoasted(StoreReceiver *r, const Batch *batch, int pos)
{
	int natts = r->desc->natts;
	Datum *values = palloc_array(Datum, Max(natts, 1));
	bool *nulls = palloc_array(bool, Max(natts, 1));

	batch_get_row(batch, pos, values, nulls);
	for (int i = 0; i < natts; i++)
		if (!nulls[i] && TupleDescAttr(r->desc, i)->attlen == -1 && VARATT_IS_EXTERNAL(DatumGetPointer(values[i])))
			values[i] = PointerGetDatum(PG_DETOAST_DATUM(values[i]));
	tuplestore_putvalues(r->store, r->desc, values, nulls);
}

static bool
store_receive(const Batch *batch, DestReceiver *self)
{
	StoreReceiver *r = (StoreReceiver *) self;
	MemoryContext old = MemoryContextSwitchTo(r->context);

	if (r->detoast)
		for (int k = 0; k < batch->sel.n; k++)
			store_put_detoasted(r, batch, selection_pos(&batch->sel, k));
	else
		tuplestore_putbatch(r->store, batch, r->desc);
	MemoryContextSwitchTo(old);
	return true;
}

DestReceiver *
CreateTuplestoreDestReceiver(void)
{
	StoreReceiver *r = palloc0_object(StoreReceiver);

	r->pub = (DestReceiver){store_receive, store_startup, none_shutdown, free_receiver, DestTuplestore};
	return &r->pub;
}

void
SetTuplestoreDestReceiverParams(DestReceiver *self, Tuplestorestate *store, MemoryContext context, bool detoast)
{
	StoreReceiver *r = (StoreReceiver *) self;

	Assert(self->mydest == DestTuplestore);
	r->store = store;
	r->context = context;
	r->detoast = detoast;
}

/* ---- choice ---- */
DestReceiver *
CreateDestReceiver(CommandDest dest)
{
	switch (dest)
	{
		case DestNone:
			return None_Receiver;
		case DestDebug:
			return make_debug_receiver();
		case DestRemote:
		case DestRemoteExecute:
		case DestRemoteSimple:
			return printtup_create_receiver(dest);
		case DestTuplestore:
			return CreateTuplestoreDestReceiver();
		case DestSPI:
			return spi_create_receiver();
		default:
			elog(ERROR, "unrecognized destination %d", (int) dest);
	}
}

void
SetRemoteDestReceiverParams(DestReceiver *self, struct PortalData *portal)
{
	printtup_set_portal(self, portal);
}
