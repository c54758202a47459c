extern Oid GetAttrDefaultOid(Oid relid, int16 attnum);
