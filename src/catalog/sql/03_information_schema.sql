-- The information schema: the views that programs ask most, after the column lists of PostgreSQL 15's documentation.
-- Columns have plain types (name, varchar, integer) instead of the standard's domains.

CREATE SCHEMA information_schema;

CREATE VIEW information_schema.information_schema_catalog_name AS SELECT current_database()::name AS catalog_name;

CREATE VIEW information_schema.schemata AS
  SELECT current_database()::name AS catalog_name, n.nspname AS schema_name, r.rolname AS schema_owner,
         NULL::name AS default_character_set_catalog, NULL::name AS default_character_set_schema,
         NULL::name AS default_character_set_name, NULL::varchar AS sql_path
  FROM pg_namespace n JOIN pg_authid r ON r.oid = n.nspowner
  WHERE pg_has_role(n.nspowner, 'USAGE') OR has_schema_privilege(n.oid, 'CREATE, USAGE');

CREATE VIEW information_schema.tables AS
  SELECT current_database()::name AS table_catalog, n.nspname AS table_schema, c.relname AS table_name,
         (CASE WHEN n.oid = pg_my_temp_schema() THEN 'LOCAL TEMPORARY' WHEN c.relkind IN ('r', 'p') THEN 'BASE TABLE'
               WHEN c.relkind = 'v' THEN 'VIEW' WHEN c.relkind = 'f' THEN 'FOREIGN' END)::varchar AS table_type,
         NULL::name AS self_referencing_column_name, NULL::varchar AS reference_generation,
         NULL::name AS user_defined_type_catalog, NULL::name AS user_defined_type_schema, NULL::name AS user_defined_type_name,
         (CASE WHEN c.relkind IN ('r', 'p') THEN 'YES' ELSE 'NO' END)::varchar AS is_insertable_into,
         'NO'::varchar AS is_typed, NULL::varchar AS commit_action
  FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid
  WHERE c.relkind IN ('r', 'v', 'f', 'p') AND NOT pg_is_other_temp_schema(n.oid)
        AND (pg_has_role(c.relowner, 'USAGE') OR has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
             OR has_any_column_privilege(c.oid, 'SELECT, INSERT, UPDATE, REFERENCES'));

CREATE VIEW information_schema.views AS
  SELECT current_database()::name AS table_catalog, n.nspname AS table_schema, c.relname AS table_name,
         (CASE WHEN pg_has_role(c.relowner, 'USAGE') THEN pg_get_viewdef(c.oid) END)::varchar AS view_definition,
         'NONE'::varchar AS check_option, 'NO'::varchar AS is_updatable, 'NO'::varchar AS is_insertable_into,
         'NO'::varchar AS is_trigger_updatable, 'NO'::varchar AS is_trigger_deletable, 'NO'::varchar AS is_trigger_insertable_into
  FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid
  WHERE c.relkind = 'v' AND NOT pg_is_other_temp_schema(n.oid)
        AND (pg_has_role(c.relowner, 'USAGE') OR has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
             OR has_any_column_privilege(c.oid, 'SELECT, INSERT, UPDATE, REFERENCES'));

CREATE VIEW information_schema.columns AS
  SELECT current_database()::name AS table_catalog, n.nspname AS table_schema, c.relname AS table_name, a.attname AS column_name,
         a.attnum::integer AS ordinal_position,
         (CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END)::varchar AS column_default,
         (CASE WHEN a.attnotnull OR (t.typtype = 'd' AND t.typnotnull) THEN 'NO' ELSE 'YES' END)::varchar AS is_nullable,
         (CASE WHEN b.typelem <> 0 AND b.typlen = -1 AND b.typcategory = 'A' THEN 'ARRAY'
               WHEN bn.nspname = 'pg_catalog' THEN format_type(b.oid, NULL) ELSE 'USER-DEFINED' END)::varchar AS data_type,
         (CASE WHEN b.oid IN (1042, 1043) AND a.atttypmod > 4 THEN a.atttypmod - 4
               WHEN b.oid IN (1560, 1562) AND a.atttypmod >= 0 THEN a.atttypmod END)::integer AS character_maximum_length,
         (CASE WHEN b.oid IN (25, 1042, 1043) AND a.atttypmod > 4 AND b.oid <> 25 THEN (a.atttypmod - 4) * 4
               WHEN b.oid IN (25, 1042, 1043) THEN 1073741824 END)::integer AS character_octet_length,
         (CASE b.oid WHEN 21 THEN 16 WHEN 23 THEN 32 WHEN 20 THEN 64 WHEN 700 THEN 24 WHEN 701 THEN 53
               WHEN 1700 THEN CASE WHEN a.atttypmod >= 4 THEN ((a.atttypmod - 4) >> 16) & 65535 END END)::integer AS numeric_precision,
         (CASE WHEN b.oid IN (21, 23, 20, 700, 701) THEN 2 WHEN b.oid = 1700 THEN 10 END)::integer AS numeric_precision_radix,
         (CASE WHEN b.oid IN (21, 23, 20) THEN 0
               WHEN b.oid = 1700 AND a.atttypmod >= 4 THEN (a.atttypmod - 4) & 2047 END)::integer AS numeric_scale,
         (CASE WHEN b.oid = 1082 THEN 0 WHEN b.oid IN (1083, 1114, 1184, 1266)
               THEN CASE WHEN a.atttypmod < 0 THEN 6 ELSE a.atttypmod END
               WHEN b.oid = 1186 THEN CASE WHEN a.atttypmod < 0 OR a.atttypmod & 65535 = 65535 THEN 6 ELSE a.atttypmod & 65535 END
               END)::integer AS datetime_precision,
         NULL::varchar AS interval_type, NULL::integer AS interval_precision,
         NULL::name AS character_set_catalog, NULL::name AS character_set_schema, NULL::name AS character_set_name,
         (CASE WHEN co.oid IS NOT NULL AND co.collname <> 'default' THEN current_database() END)::name AS collation_catalog,
         (CASE WHEN co.collname <> 'default' THEN cn.nspname END)::name AS collation_schema,
         (CASE WHEN co.collname <> 'default' THEN co.collname END)::name AS collation_name,
         (CASE WHEN t.typtype = 'd' THEN current_database() END)::name AS domain_catalog,
         (CASE WHEN t.typtype = 'd' THEN tn.nspname END)::name AS domain_schema,
         (CASE WHEN t.typtype = 'd' THEN t.typname END)::name AS domain_name,
         current_database()::name AS udt_catalog, bn.nspname AS udt_schema, b.typname AS udt_name,
         NULL::name AS scope_catalog, NULL::name AS scope_schema, NULL::name AS scope_name,
         NULL::integer AS maximum_cardinality, a.attnum::varchar::name AS dtd_identifier, 'NO'::varchar AS is_self_referencing,
         (CASE WHEN a.attidentity IN ('a', 'd') THEN 'YES' ELSE 'NO' END)::varchar AS is_identity,
         (CASE a.attidentity WHEN 'a' THEN 'ALWAYS' WHEN 'd' THEN 'BY DEFAULT' END)::varchar AS identity_generation,
         NULL::varchar AS identity_start, NULL::varchar AS identity_increment, NULL::varchar AS identity_maximum,
         NULL::varchar AS identity_minimum, (CASE WHEN a.attidentity IN ('a', 'd') THEN 'NO' END)::varchar AS identity_cycle,
         (CASE WHEN a.attgenerated <> '' THEN 'ALWAYS' ELSE 'NEVER' END)::varchar AS is_generated,
         (CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, d.adrelid) END)::varchar AS generation_expression,
         (CASE WHEN c.relkind IN ('r', 'p') THEN 'YES' ELSE 'NO' END)::varchar AS is_updatable
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
       JOIN pg_type t ON t.oid = a.atttypid JOIN pg_namespace tn ON tn.oid = t.typnamespace
       JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
       JOIN pg_namespace bn ON bn.oid = b.typnamespace
       LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
       LEFT JOIN pg_collation co ON co.oid = a.attcollation LEFT JOIN pg_namespace cn ON cn.oid = co.collnamespace
  WHERE NOT pg_is_other_temp_schema(n.oid) AND a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'v', 'f', 'p')
        AND (pg_has_role(c.relowner, 'USAGE') OR has_column_privilege(c.oid, a.attnum, 'SELECT, INSERT, UPDATE, REFERENCES'));

CREATE VIEW information_schema.table_constraints AS
  SELECT current_database()::name AS constraint_catalog, nc.nspname AS constraint_schema, k.conname AS constraint_name,
         current_database()::name AS table_catalog, nr.nspname AS table_schema, c.relname AS table_name,
         (CASE k.contype WHEN 'c' THEN 'CHECK' WHEN 'f' THEN 'FOREIGN KEY' WHEN 'p' THEN 'PRIMARY KEY' WHEN 'u' THEN 'UNIQUE' END)::varchar
           AS constraint_type,
         (CASE WHEN k.condeferrable THEN 'YES' ELSE 'NO' END)::varchar AS is_deferrable,
         (CASE WHEN k.condeferred THEN 'YES' ELSE 'NO' END)::varchar AS initially_deferred,
         'YES'::varchar AS enforced, NULL::varchar AS nulls_distinct
  FROM pg_constraint k JOIN pg_namespace nc ON nc.oid = k.connamespace JOIN pg_class c ON c.oid = k.conrelid
       JOIN pg_namespace nr ON nr.oid = c.relnamespace
  WHERE k.contype NOT IN ('t', 'x') AND c.relkind IN ('r', 'p') AND NOT pg_is_other_temp_schema(nr.oid)
        AND (pg_has_role(c.relowner, 'USAGE') OR has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER'));

CREATE VIEW information_schema.key_column_usage AS
  SELECT current_database()::name AS constraint_catalog, nc.nspname AS constraint_schema, k.conname AS constraint_name,
         current_database()::name AS table_catalog, nr.nspname AS table_schema, c.relname AS table_name, a.attname AS column_name,
         p.position::integer AS ordinal_position,
         (CASE WHEN k.contype = 'f' THEN array_position(x.keys, k.confkey[p.position]) END)::integer AS position_in_unique_constraint
  FROM pg_constraint k CROSS JOIN LATERAL unnest(k.conkey) WITH ORDINALITY AS p(attnum, position)
       JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace nc ON nc.oid = k.connamespace
       JOIN pg_namespace nr ON nr.oid = c.relnamespace
       JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = p.attnum
       LEFT JOIN (SELECT conindid, conrelid, conkey AS keys FROM pg_constraint WHERE contype IN ('p', 'u')) x
         ON x.conindid = k.conindid AND x.conrelid = k.confrelid
  WHERE k.contype IN ('p', 'u', 'f') AND NOT a.attisdropped AND NOT pg_is_other_temp_schema(nr.oid)
        AND (pg_has_role(c.relowner, 'USAGE') OR has_column_privilege(c.oid, a.attnum, 'SELECT, INSERT, UPDATE, REFERENCES'));

CREATE VIEW information_schema.referential_constraints AS
  SELECT current_database()::name AS constraint_catalog, n.nspname AS constraint_schema, k.conname AS constraint_name,
         current_database()::name AS unique_constraint_catalog, nu.nspname AS unique_constraint_schema,
         u.conname AS unique_constraint_name,
         (CASE k.confmatchtype WHEN 'f' THEN 'FULL' WHEN 'p' THEN 'PARTIAL' WHEN 's' THEN 'NONE' END)::varchar AS match_option,
         (CASE k.confupdtype WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' WHEN 'r' THEN 'RESTRICT'
               WHEN 'a' THEN 'NO ACTION' END)::varchar AS update_rule,
         (CASE k.confdeltype WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' WHEN 'r' THEN 'RESTRICT'
               WHEN 'a' THEN 'NO ACTION' END)::varchar AS delete_rule
  FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace JOIN pg_class c ON c.oid = k.conrelid
       LEFT JOIN pg_constraint u ON u.conindid = k.conindid AND u.conrelid = k.confrelid AND u.contype IN ('p', 'u')
       LEFT JOIN pg_namespace nu ON nu.oid = u.connamespace
  WHERE k.contype = 'f' AND (pg_has_role(c.relowner, 'USAGE') OR has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER'));

CREATE VIEW information_schema.constraint_column_usage AS
  SELECT current_database()::name AS table_catalog, nr.nspname AS table_schema, c.relname AS table_name, a.attname AS column_name,
         current_database()::name AS constraint_catalog, nc.nspname AS constraint_schema, k.conname AS constraint_name
  FROM pg_constraint k JOIN pg_namespace nc ON nc.oid = k.connamespace
       JOIN pg_class c ON c.oid = CASE WHEN k.contype = 'f' THEN k.confrelid ELSE k.conrelid END
       JOIN pg_namespace nr ON nr.oid = c.relnamespace
       JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (CASE WHEN k.contype = 'f' THEN k.confkey ELSE k.conkey END)
  WHERE k.contype IN ('c', 'p', 'u', 'f') AND NOT a.attisdropped AND c.relkind IN ('r', 'p') AND pg_has_role(c.relowner, 'USAGE');

CREATE VIEW information_schema.check_constraints AS
  SELECT current_database()::name AS constraint_catalog, n.nspname AS constraint_schema, k.conname AS constraint_name,
         substring(pg_get_constraintdef(k.oid) from 7)::varchar AS check_clause
  FROM pg_constraint k LEFT JOIN pg_namespace n ON n.oid = k.connamespace LEFT JOIN pg_class c ON c.oid = k.conrelid
       LEFT JOIN pg_type t ON t.oid = k.contypid
  WHERE k.contype = 'c' AND pg_has_role(coalesce(c.relowner, t.typowner), 'USAGE');

CREATE VIEW information_schema.sequences AS
  SELECT current_database()::name AS sequence_catalog, n.nspname AS sequence_schema, c.relname AS sequence_name,
         format_type(s.seqtypid, NULL)::varchar AS data_type,
         (CASE s.seqtypid WHEN 21 THEN 16 WHEN 23 THEN 32 ELSE 64 END)::integer AS numeric_precision,
         2::integer AS numeric_precision_radix, 0::integer AS numeric_scale, s.seqstart::varchar AS start_value,
         s.seqmin::varchar AS minimum_value, s.seqmax::varchar AS maximum_value, s.seqincrement::varchar AS increment,
         (CASE WHEN s.seqcycle THEN 'YES' ELSE 'NO' END)::varchar AS cycle_option
  FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid JOIN pg_sequence s ON s.seqrelid = c.oid
  WHERE c.relkind = 'S' AND NOT pg_is_other_temp_schema(n.oid)
        AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 1259 AND d.objid = c.oid AND d.deptype = 'i')
        AND (pg_has_role(c.relowner, 'USAGE') OR has_sequence_privilege(c.oid, 'SELECT, UPDATE, USAGE'));

GRANT USAGE ON SCHEMA information_schema TO PUBLIC;
GRANT SELECT ON information_schema.information_schema_catalog_name TO PUBLIC;
GRANT SELECT ON information_schema.schemata TO PUBLIC;
GRANT SELECT ON information_schema.tables TO PUBLIC;
GRANT SELECT ON information_schema.views TO PUBLIC;
GRANT SELECT ON information_schema.columns TO PUBLIC;
GRANT SELECT ON information_schema.table_constraints TO PUBLIC;
GRANT SELECT ON information_schema.key_column_usage TO PUBLIC;
GRANT SELECT ON information_schema.referential_constraints TO PUBLIC;
GRANT SELECT ON information_schema.constraint_column_usage TO PUBLIC;
GRANT SELECT ON information_schema.check_constraints TO PUBLIC;
GRANT SELECT ON information_schema.sequences TO PUBLIC;
