/* What kinds of relation have. The argument is evaluated more than once. */
#define RELKIND_HAS_STORAGE(k)                                                                            \
	((k) == RELKIND_RELATION || (k) == RELKIND_INDEX || (k) == RELKIND_SEQUENCE || (k) == RELKIND_TOASTVALUE || \
	 (k) == RELKIND_MATVIEW)
#define RELKIND_HAS_PARTITIONS(k) ((k) == RELKIND_PARTITIONED_TABLE || (k) == RELKIND_PARTITIONED_INDEX)
#define RELKIND_HAS_TABLESPACE(k) ((RELKIND_HAS_STORAGE(k) || RELKIND_HAS_PARTITIONS(k)) && (k) != RELKIND_SEQUENCE)
#define RELKIND_HAS_TABLE_AM(k) ((k) == RELKIND_RELATION || (k) == RELKIND_TOASTVALUE || (k) == RELKIND_MATVIEW)
#define RELKIND_HAS_ROWTYPE(k)                                                                                   \
	((k) == RELKIND_RELATION || (k) == RELKIND_VIEW || (k) == RELKIND_MATVIEW || (k) == RELKIND_COMPOSITE_TYPE || \
	 (k) == RELKIND_FOREIGN_TABLE || (k) == RELKIND_PARTITIONED_TABLE)

#define CLASS_TUPLE_SIZE (offsetof(FormData_pg_class, relminmxid) + sizeof(uint32))

/* Adds errdetail("This operation is not supported for ...") to the error being reported. */
extern int errdetail_relkind_not_supported(char relkind);
