/*
 * access/rmgrlist.h
 *    The resource managers, in the order of their numbers, which are on disk. No include guard: included by those who
 *    define PG_RMGR(symbol, name, redo, desc, identify, startup, cleanup, mask, decode).
 *
 *    redo      applies a record during recovery
 *    desc      appends the record's contents to a StringInfo
 *    identify  name of the record type of an info byte, NULL when there is none
 *    startup   before, cleanup after a recovery that replayed anything; mask: what consistency checks must ignore
 */
PG_RMGR(RM_XLOG_ID, "XLOG", xlog_redo, xlog_desc, xlog_identify, NULL, NULL, NULL, NULL)
PG_RMGR(RM_XACT_ID, "Transaction", xact_redo, xact_desc, xact_identify, NULL, NULL, NULL, NULL)
PG_RMGR(RM_SMGR_ID, "Storage", smgr_redo, smgr_desc, smgr_identify, NULL, NULL, NULL, NULL)
PG_RMGR(RM_CLOG_ID, "CLOG", clog_redo, clog_desc, clog_identify, NULL, NULL, NULL, NULL)
PG_RMGR(RM_DBASE_ID, "Database", dbase_redo, dbase_desc, dbase_identify, NULL, NULL, NULL, NULL)
PG_RMGR(RM_TBLSPC_ID, "Tablespace", tblspc_redo, tblspc_desc, tblspc_identify, NULL, NULL, NULL, NULL)
PG_RMGR(RM_MULTIXACT_ID, "MultiXact", multixact_redo, multixact_desc, multixact_identify, NULL, NULL, NULL, NULL)
PG_RMGR(RM_RELMAP_ID, "RelMap", NULL, NULL, NULL, NULL, NULL, NULL, NULL)
PG_RMGR(RM_STANDBY_ID, "Standby", NULL, NULL, NULL, NULL, NULL, NULL, NULL)
PG_RMGR(RM_HEAP2_ID, "Heap2", heap2_redo, heap2_desc, heap2_identify, NULL, NULL, NULL, NULL)
PG_RMGR(RM_HEAP_ID, "Heap", heap_redo, heap_desc, heap_identify, NULL, NULL, NULL, NULL)
PG_RMGR(RM_BTREE_ID, "Btree", btree_redo, btree_desc, btree_identify, NULL, NULL, NULL, NULL)
PG_RMGR(RM_HASH_ID, "Hash", NULL, NULL, NULL, NULL, NULL, NULL, NULL)
PG_RMGR(RM_GIN_ID, "Gin", NULL, NULL, NULL, NULL, NULL, NULL, NULL)
PG_RMGR(RM_GIST_ID, "Gist", NULL, NULL, NULL, NULL, NULL, NULL, NULL)
PG_RMGR(RM_SEQ_ID, "Sequence", seq_redo, seq_desc, seq_identify, NULL, NULL, NULL, NULL)
PG_RMGR(RM_SPGIST_ID, "SPGist", NULL, NULL, NULL, NULL, NULL, NULL, NULL)
PG_RMGR(RM_BRIN_ID, "BRIN", NULL, NULL, NULL, NULL, NULL, NULL, NULL)
PG_RMGR(RM_COMMIT_TS_ID, "CommitTs", NULL, NULL, NULL, NULL, NULL, NULL, NULL)
PG_RMGR(RM_REPLORIGIN_ID, "ReplicationOrigin", NULL, NULL, NULL, NULL, NULL, NULL, NULL)
PG_RMGR(RM_GENERIC_ID, "Generic", NULL, NULL, NULL, NULL, NULL, NULL, NULL)
PG_RMGR(RM_LOGICALMSG_ID, "LogicalMessage", NULL, NULL, NULL, NULL, NULL, NULL, NULL)
