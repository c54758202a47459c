/*
 * sequence_values.c
 *    nextval, currval, lastval, setval; the sequence's one tuple and its log record.
 *
 * A sequence is a relation of one page with one frozen tuple, changed in place and outside of transactions: a value once given is never
 * given again, whatever becomes of the transaction. The log runs SEQ_LOG_VALS values ahead, so that most calls need no
 * record; a crash skips those. A session may cache values (CACHE); they are its own until it ends.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/relation.h"
#include "access/table.h"
#include "access/xact.h"
#include "access/xlog.h"
#include "access/xloginsert.h"
#include "access/xlogutils.h"
#include "catalog/pg_sequence.h"
#include "catalog/pg_type.h"
#include "commands/sequence.h"
#include "commands/sequence_internal.h"
#include "funcapi.h"
#include "heap/heap.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "storage/lmgr.h"
#include "storage/proc.h"
#include "tcop/utility.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/resowner.h"
#include "utils/syscache.h"

#define SEQ_LOG_VALS 32

/* What this session knows of a sequence. */
typedef struct SessionSequence
{
	Oid relid; /* the key */
	Oid filenode; /* another one: the cache is stale */
	LocalTransactionId lxid; /* transaction that has locked it */
	bool last_valid; /* has nextval been called? */
	int64 last;		/* what it returned */
	int64 cached;	/* up to which values are ours */
	int64 increment;
} SessionSequence;

static HTAB *session_sequences;
static SessionSequence *last_used; /* for lastval() */

/* ---- the session's entries ---------------------------------------------------------------------------------------------- */

static SessionSequence *
session_entry(Oid relid)
{
	SessionSequence *entry;
	bool found;

	if (session_sequences == NULL)
	{
		HASHCTL ctl = {.keysize = sizeof(Oid), .entrysize = sizeof(SessionSequence)};

		session_sequences = hash_create("Sequence values", 16, &ctl, HASH_ELEM | HASH_BLOBS);
	}
	entry = hash_search(session_sequences, &relid, HASH_ENTER, &found);
	if (!found)
		*entry = (SessionSequence) {.relid = relid};
	return entry;
}

void
ResetSequenceCaches(void)
{
	if (session_sequences)
		hash_destroy(session_sequences);
	session_sequences = NULL;
	last_used = NULL;
}

/* Opens it, locked to the end of the transaction; drops cached values if its file is another one. */
SessionSequence *
sequence_open(Oid relid, Relation *rel)
{
	SessionSequence *entry = session_entry(relid);

	if (entry->lxid != MyProc->lxid)
	{
		ResourceOwner save = CurrentResourceOwner;

		CurrentResourceOwner = TopTransactionResourceOwner;
		LockRelationOid(relid, RowExclusiveLock);
		CurrentResourceOwner = save;
		entry->lxid = MyProc->lxid;
	}
	*rel = relation_open(relid, NoLock);
	if ((*rel)->rd_rel->relkind != RELKIND_SEQUENCE)
		ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE),
				errmsg("\"%s\" is not a sequence", RelationGetRelationName(*rel)));
	if (entry->filenode != (*rel)->rd_rel->relfilenode)
	{
		entry->filenode = (*rel)->rd_rel->relfilenode;
		entry->cached = entry->last;
	}
	return entry;
}

void
sequence_forget_cached(Oid relid)
{
	SessionSequence *entry = session_entry(relid);

	entry->cached = entry->last;
}

static void
check_privilege(Relation rel, AclMode wanted)
{
	if (pg_class_aclcheck(RelationGetRelid(rel), GetUserId(), wanted) != ACLCHECK_OK)
		ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				errmsg("permission denied for sequence %s", RelationGetRelationName(rel)));
}

/* ---- the tuple ------------------------------------------------------------------------------------------------------------- */

/* The page, exclusively locked, and the tuple on it. */
Form_pg_sequence_data
sequence_lock_tuple(Relation rel, Buffer *buffer, HeapTupleData *tuple)
{
	Page page;
	ItemId item;

	*buffer = ReadBuffer(rel, 0);
	LockBuffer(*buffer, BUFFER_LOCK_EXCLUSIVE);
	page = BufferGetPage(*buffer);
	if (!heap_page_is_sane(page) || PageGetMaxOffsetNumber(page) != FirstOffsetNumber)
		elog(ERROR, "bad page in sequence \"%s\"", RelationGetRelationName(rel));
	item = PageGetItemId(page, FirstOffsetNumber);
	tuple->t_data = (HeapTupleHeader) PageGetItem(page, item);
	tuple->t_len = ItemIdGetLength(item);
	return (Form_pg_sequence_data) GETSTRUCT(tuple);
}

static void
write_record(Relation rel, Buffer buffer, HeapTupleHeader tuple, Size len)
{
	xl_seq_rec xlrec = {.node = rel->rd_node};
	XLogRecPtr recptr;

	XLogBeginInsert();
	XLogRegisterBuffer(0, buffer, REGBUF_WILL_INIT);
	XLogRegisterData(&xlrec, sizeof(xlrec));
	XLogRegisterData(tuple, len);
	recptr = XLogInsert(RM_SEQ_ID, XLOG_SEQ_LOG);
	PageSetLSN(BufferGetPage(buffer), recptr);
}

static bool
is_logged(Relation rel)
{
	return rel->rd_rel->relpersistence != RELPERSISTENCE_TEMP;
}

/* A tuple for the page, with these values; frozen, so that everybody sees it. */
static HeapTuple
form_tuple(Relation rel, int64 last_value, int64 log_cnt, bool is_called)
{
	Datum values[3] = {Int64GetDatum(last_value), Int64GetDatum(log_cnt), BoolGetDatum(is_called)};
	bool nulls[3] = {false};
	HeapTuple tuple = heap_form_tuple(RelationGetDescr(rel), values, nulls);
	HeapTupleHeader header = tuple->t_data;

	header->t_choice.t_heap.t_xmin = FrozenTransactionId;
	header->t_choice.t_heap.t_xmax = InvalidTransactionId;
	HeapTupleHeaderSetCmin(header, FirstCommandId);
	header->t_infomask |= HEAP_XMIN_FROZEN | HEAP_XMAX_INVALID;
	ItemPointerSet(&header->t_ctid, 0, FirstOffsetNumber);
	return tuple;
}

static void
put_on_new_page(Page page, HeapTupleHeader header, Size len)
{
	heap_page_init_with_bases(page, 0, 0);
	if (PageAddItem(page, (Item) header, len, InvalidOffsetNumber, false, false) != FirstOffsetNumber)
		elog(PANIC, "failed to add sequence tuple to page");
}

/* The relation's file is new and empty. */
void
sequence_write_first(Relation rel, int64 last_value, bool is_called)
{
	HeapTuple tuple = form_tuple(rel, last_value, 0, is_called);
	Buffer buffer = ReadBuffer(rel, P_NEW);

	Assert(BufferGetBlockNumber(buffer) == 0);
	LockBuffer(buffer, BUFFER_LOCK_EXCLUSIVE);
	/* What is logged belongs to a transaction that must be flushed when it commits. */
	if (is_logged(rel))
		GetTopTransactionId();
	START_CRIT_SECTION();
	MarkBufferDirty(buffer);
	put_on_new_page(BufferGetPage(buffer), tuple->t_data, tuple->t_len);
	if (is_logged(rel))
		write_record(rel, buffer, tuple->t_data, tuple->t_len);
	END_CRIT_SECTION();
	UnlockReleaseBuffer(buffer);
	heap_freetuple(tuple);
}

/* ---- nextval ------------------------------------------------------------------------------------------------------------------ */

static FormData_pg_sequence
parameters_of(Oid relid)
{
	HeapTuple tuple = SearchSysCache1(SEQRELID, ObjectIdGetDatum(relid));
	FormData_pg_sequence result;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for sequence %u", relid);
	result = *(Form_pg_sequence) GETSTRUCT(tuple);
	ReleaseSysCache(tuple);
	return result;
}

static void
report_limit(Relation rel, const char *which, int64 limit)
{
	ereport(ERROR, errcode(ERRCODE_SEQUENCE_GENERATOR_LIMIT_EXCEEDED),
			errmsg("nextval: reached %s value of sequence \"%s\" (%lld)", which, RelationGetRelationName(rel),
				   (long long) limit));
}

/* One step. False: the limit is reached and the sequence does not cycle. */
static bool
step(const FormData_pg_sequence *p, int64 *value)
{
	int64 next;
	bool beyond;

	if (p->seqincrement > 0)
	{
		beyond = __builtin_add_overflow(*value, p->seqincrement, &next) || next > p->seqmax;
		if (beyond && !p->seqcycle)
			return false;
		*value = beyond ? p->seqmin : next;
		return true;
	}
	beyond = __builtin_add_overflow(*value, p->seqincrement, &next) || next < p->seqmin;
	if (beyond && !p->seqcycle)
		return false;
	*value = beyond ? p->seqmax : next;
	return true;
}

/*
 * Takes `cache` values from the sequence. Sets *result to the first and *last to the last of them, the tuple to *last, and logs a
 * state that is SEQ_LOG_VALS further when the log has been caught up with.
 */
static void
advance(Relation rel, const FormData_pg_sequence *p, int64 *result, int64 *last)
{
	HeapTupleData tuple;
	Buffer buffer;
	Form_pg_sequence_data seq = sequence_lock_tuple(rel, &buffer, &tuple);
	int64 value = seq->last_value;
	int64 log = seq->log_cnt;
	int64 taken = 0;
	int64 logged;
	int64 ahead = 0;
	bool must_log;

	/* A fresh sequence gives its start value. */
	if (!seq->is_called)
	{
		*result = *last = value;
		taken = 1;
		log--;
	}
	must_log = log < p->seqcache - taken || !seq->is_called || PageGetLSN(BufferGetPage(buffer)) <= GetRedoRecPtr();
	for (; taken < p->seqcache; taken++)
	{
		if (!step(p, &value))
		{
			if (taken > 0)
				break; /* what there is will do */
			UnlockReleaseBuffer(buffer);
			report_limit(rel, p->seqincrement > 0 ? "maximum" : "minimum", p->seqincrement > 0 ? p->seqmax : p->seqmin);
		}
		log--;
		if (taken == 0)
			*result = value;
		*last = value;
	}
	logged = *last;
	while (must_log && ahead < SEQ_LOG_VALS && step(p, &logged))
		ahead++;

	if (must_log && is_logged(rel))
		GetTopTransactionId();
	START_CRIT_SECTION();
	MarkBufferDirty(buffer);
	if (must_log && is_logged(rel))
	{
		seq->last_value = logged;
		seq->is_called = true;
		seq->log_cnt = 0;
		write_record(rel, buffer, tuple.t_data, tuple.t_len);
	}
	seq->last_value = *last;
	seq->is_called = true;
	seq->log_cnt = must_log ? ahead : log;
	END_CRIT_SECTION();
	UnlockReleaseBuffer(buffer);
}

int64
nextval_internal(Oid relid, bool check_permissions)
{
	Relation rel;
	SessionSequence *entry = sequence_open(relid, &rel);
	FormData_pg_sequence p;
	int64 result;
	int64 last;

	if (check_permissions)
		check_privilege(rel, ACL_USAGE | ACL_UPDATE);
	if (!rel->rd_islocaltemp)
		PreventCommandIfReadOnly("nextval()");
	if (entry->last != entry->cached)
	{
		entry->last += entry->increment;
		entry->last_valid = true;
		relation_close(rel, NoLock);
		last_used = entry;
		return entry->last;
	}
	p = parameters_of(relid);
	advance(rel, &p, &result, &last);
	entry->increment = p.seqincrement;
	entry->last = result;
	/* A cycle among cached values cannot be told from steps: cache only up to it. */
	entry->cached = (p.seqincrement > 0) == (last >= result) ? last : result;
	entry->last_valid = true;
	last_used = entry;
	relation_close(rel, NoLock);
	return result;
}

Datum
nextval_oid(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(nextval_internal(PG_GETARG_OID(0), true));
}

Datum
currval_oid(PG_FUNCTION_ARGS)
{
	Relation rel;
	SessionSequence *entry = sequence_open(PG_GETARG_OID(0), &rel);

	check_privilege(rel, ACL_SELECT | ACL_USAGE);
	if (!entry->last_valid)
		ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				errmsg("currval of sequence \"%s\" is not yet defined in this session", RelationGetRelationName(rel)));
	relation_close(rel, NoLock);
	PG_RETURN_INT64(entry->last);
}

Datum
lastval(PG_FUNCTION_ARGS)
{
	Relation rel;

	/* The sequence may have been dropped meanwhile. */
	if (last_used == NULL || !SearchSysCacheExists1(RELOID, ObjectIdGetDatum(last_used->relid)))
		ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				errmsg("lastval is not yet defined in this session"));
	sequence_open(last_used->relid, &rel);
	check_privilege(rel, ACL_SELECT | ACL_USAGE);
	relation_close(rel, NoLock);
	PG_RETURN_INT64(last_used->last);
}

/* ---- setval --------------------------------------------------------------------------------------------------------------------- */

void
sequence_set(Relation rel, int64 value, bool is_called)
{
	HeapTupleData tuple;
	Buffer buffer;
	Form_pg_sequence_data seq = sequence_lock_tuple(rel, &buffer, &tuple);

	if (is_logged(rel))
		GetTopTransactionId();
	START_CRIT_SECTION();
	seq->last_value = value;
	seq->is_called = is_called;
	seq->log_cnt = 0;
	MarkBufferDirty(buffer);
	if (is_logged(rel))
		write_record(rel, buffer, tuple.t_data, tuple.t_len);
	END_CRIT_SECTION();
	UnlockReleaseBuffer(buffer);
}

static void
set_value(Oid relid, int64 value, bool is_called)
{
	Relation rel;
	SessionSequence *entry = sequence_open(relid, &rel);
	FormData_pg_sequence p;

	check_privilege(rel, ACL_UPDATE);
	p = parameters_of(relid);
	if (!rel->rd_islocaltemp)
		PreventCommandIfReadOnly("setval()");
	if (value < p.seqmin || value > p.seqmax)
		ereport(ERROR, errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				errmsg("setval: value %lld is out of bounds for sequence \"%s\" (%lld..%lld)", (long long) value,
					   RelationGetRelationName(rel), (long long) p.seqmin, (long long) p.seqmax));
	if (is_called)
	{
		entry->last = value;
		entry->last_valid = true;
	}
	entry->cached = entry->last;
	sequence_set(rel, value, is_called);
	relation_close(rel, NoLock);
}

Datum
setval_oid(PG_FUNCTION_ARGS)
{
	set_value(PG_GETARG_OID(0), PG_GETARG_INT64(1), true);
	PG_RETURN_INT64(PG_GETARG_INT64(1));
}

Datum
setval3_oid(PG_FUNCTION_ARGS)
{
	set_value(PG_GETARG_OID(0), PG_GETARG_INT64(1), PG_GETARG_BOOL(2));
	PG_RETURN_INT64(PG_GETARG_INT64(1));
}

/* ---- what catalogs ask ------------------------------------------------------------------------------------------------------------ */

Datum
pg_sequence_parameters(PG_FUNCTION_ARGS)
{
	Oid relid = PG_GETARG_OID(0);
	FormData_pg_sequence p;
	TupleDesc tupdesc;
	Datum values[7];
	bool nulls[7] = {false};

	if (pg_class_aclcheck(relid, GetUserId(), ACL_SELECT | ACL_UPDATE | ACL_USAGE) != ACLCHECK_OK)
		ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				errmsg("permission denied for sequence %s", get_rel_name(relid)));
	if (get_call_result_type(fcinfo, NULL, &tupdesc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	p = parameters_of(relid);
	values[0] = Int64GetDatum(p.seqstart);
	values[1] = Int64GetDatum(p.seqmin);
	values[2] = Int64GetDatum(p.seqmax);
	values[3] = Int64GetDatum(p.seqincrement);
	values[4] = BoolGetDatum(p.seqcycle);
	values[5] = Int64GetDatum(p.seqcache);
	values[6] = ObjectIdGetDatum(p.seqtypid);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(tupdesc), values, nulls)));
}

Datum
pg_sequence_last_value(PG_FUNCTION_ARGS)
{
	Oid relid = PG_GETARG_OID(0);
	Relation rel;
	HeapTupleData tuple;
	Buffer buffer;
	Form_pg_sequence_data seq;
	bool is_called;
	int64 result;

	sequence_open(relid, &rel);
	check_privilege(rel, ACL_SELECT | ACL_USAGE);
	seq = sequence_lock_tuple(rel, &buffer, &tuple);
	is_called = seq->is_called;
	result = seq->last_value;
	UnlockReleaseBuffer(buffer);
	relation_close(rel, NoLock);
	if (!is_called)
		PG_RETURN_NULL();
	PG_RETURN_INT64(result);
}

/* ---- redo ------------------------------------------------------------------------------------------------------------------------- */

void
seq_redo(XLogReaderState *record)
{
	const char *data = XLogRecGetData(record);
	Size len = XLogRecGetDataLen(record) - sizeof(xl_seq_rec);
	Buffer buffer;
	char *copy;

	if ((XLogRecGetInfo(record) & ~XLR_INFO_MASK) != XLOG_SEQ_LOG)
		elog(PANIC, "seq_redo: unknown op code %u", XLogRecGetInfo(record));
	buffer = XLogInitBufferForRedo(record, 0);
	copy = palloc(len); /* aligned */
	memcpy(copy, data + sizeof(xl_seq_rec), len);
	put_on_new_page(BufferGetPage(buffer), (HeapTupleHeader) copy, len);
	PageSetLSN(BufferGetPage(buffer), record->EndRecPtr);
	MarkBufferDirty(buffer);
	UnlockReleaseBuffer(buffer);
	pfree(copy);
}

void
seq_desc(StringInfo buf, XLogReaderState *record)
{
	xl_seq_rec xlrec;

	memcpy(&xlrec, XLogRecGetData(record), sizeof(xlrec));
	appendStringInfo(buf, "rel %u/%u/%u", xlrec.node.spcNode, xlrec.node.dbNode, xlrec.node.relNode);
}

const char *
seq_identify(uint8 info)
{
	return (info & ~XLR_INFO_MASK) == XLOG_SEQ_LOG ? "LOG" : NULL;
}
