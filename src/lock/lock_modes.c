/*
 * lock_modes.c
 *    Which lock modes conflict, and what things are called.
 */
#include "postgres.h"

#include "lock/lock_internal.h"
#include "storage/lmgr.h"

#define M(mode) LOCKBIT_ON(mode)
#define STRONG_TABLE_MODES (M(ShareLock) | M(ShareRowExclusiveLock) | M(ExclusiveLock) | M(AccessExclusiveLock))

/* The table is symmetric (a unit test checks that). */
const LOCKMASK lock_conflicts[MaxLockMode + 1] = {
	[AccessShareLock] = M(AccessExclusiveLock),
	[RowShareLock] = M(ExclusiveLock) | M(AccessExclusiveLock),
	[RowExclusiveLock] = STRONG_TABLE_MODES,
	[ShareUpdateExclusiveLock] = M(ShareUpdateExclusiveLock) | STRONG_TABLE_MODES,
	[ShareLock] = M(RowExclusiveLock) | M(ShareUpdateExclusiveLock) | M(ShareRowExclusiveLock) | M(ExclusiveLock) |
				  M(AccessExclusiveLock),
	[ShareRowExclusiveLock] = M(RowExclusiveLock) | M(ShareUpdateExclusiveLock) | STRONG_TABLE_MODES,
	[ExclusiveLock] = M(RowShareLock) | M(RowExclusiveLock) | M(ShareUpdateExclusiveLock) | STRONG_TABLE_MODES,
	[AccessExclusiveLock] = M(AccessShareLock) | M(RowShareLock) | M(RowExclusiveLock) | M(ShareUpdateExclusiveLock) |
							STRONG_TABLE_MODES,
};

static const char *const mode_names[MaxLockMode + 1] = {
	"INVALID",
	"AccessShareLock",
	"RowShareLock",
	"RowExclusiveLock",
	"ShareUpdateExclusiveLock",
	"ShareLock",
	"ShareRowExclusiveLock",
	"ExclusiveLock",
	"AccessExclusiveLock",
};

const char *const LockTagTypeNames[] = {
	"relation",		 "extend",			 "frozenid", "page",	 "tuple", "transactionid",
	"virtualxid",	 "spectoken",		 "object",	 "userlock", "advisory",
};

bool
DoLockModesConflict(LOCKMODE mode1, LOCKMODE mode2)
{
	return (lock_conflicts[mode1] & LOCKBIT_ON(mode2)) != 0;
}

const char *
GetLockmodeName(LOCKMETHODID lockmethodid, LOCKMODE mode)
{
	Assert(mode >= 0 && mode <= MaxLockMode);
	return mode_names[mode];
}

const char *
GetLockNameFromTagType(uint16 locktag_type)
{
	return locktag_type <= LOCKTAG_LAST_TYPE ? LockTagTypeNames[locktag_type] : "???";
}

void
DescribeLockTag(StringInfo buf, const LOCKTAG *tag)
{
	uint32 f1 = tag->locktag_field1;
	uint32 f2 = tag->locktag_field2;
	uint32 f3 = tag->locktag_field3;
	uint32 f4 = tag->locktag_field4;
	uint64 wide = (uint64) f2 << 32 | f1;

	switch ((LockTagType) tag->locktag_type)
	{
		case LOCKTAG_RELATION:
			appendStringInfo(buf, "relation %u of database %u", f2, f1);
			break;
		case LOCKTAG_RELATION_EXTEND:
			appendStringInfo(buf, "extension of relation %u of database %u", f2, f1);
			break;
		case LOCKTAG_DATABASE_FROZEN_IDS:
			appendStringInfo(buf, "pg_database.datfrozenxid of database %u", f1);
			break;
		case LOCKTAG_PAGE:
			appendStringInfo(buf, "page %u of relation %u of database %u", f3, f2, f1);
			break;
		case LOCKTAG_TUPLE:
			appendStringInfo(buf, "tuple (%u,%u) of relation %u of database %u", f3, f4, f2, f1);
			break;
		case LOCKTAG_TRANSACTION:
			appendStringInfo(buf, "transaction %" PRIu64, wide);
			break;
		case LOCKTAG_VIRTUALTRANSACTION:
			appendStringInfo(buf, "virtual transaction %u/%" PRIu64, f1, (uint64) f3 << 32 | f2);
			break;
		case LOCKTAG_SPECULATIVE_TOKEN:
			appendStringInfo(buf, "speculative token %u of transaction %" PRIu64, f3, wide);
			break;
		case LOCKTAG_OBJECT:
			appendStringInfo(buf, "object %u of class %u of database %u", f3, f2, f1);
			break;
		case LOCKTAG_USERLOCK:
			appendStringInfo(buf, "user lock [%u,%u,%u]", f1, f2, f3);
			break;
		case LOCKTAG_ADVISORY:
			appendStringInfo(buf, "advisory lock [%u,%u,%u,%u]", f1, f2, f3, f4);
			break;
		default:
			appendStringInfo(buf, "unrecognized locktag type %d", (int) tag->locktag_type);
	}
}
