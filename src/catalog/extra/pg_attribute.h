/* The part of a pg_attribute row that tuple descriptors hold. */
#define ATTRIBUTE_FIXED_PART_SIZE (offsetof(FormData_pg_attribute, attcollation) + sizeof(Oid))
