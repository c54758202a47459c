-- System views, after the column lists of PostgreSQL 15's documentation (chapter "System Views" and "The Cumulative
-- Statistics System"). Statements are separated by a semicolon at the end of a line.

-- ---- roles
CREATE VIEW pg_catalog.pg_roles AS
  SELECT r.rolname, r.rolsuper, r.rolinherit, r.rolcreaterole, r.rolcreatedb, r.rolcanlogin, r.rolreplication, r.rolconnlimit,
         '********'::text AS rolpassword, r.rolvaliduntil, r.rolbypassrls, s.setconfig AS rolconfig, r.oid
  FROM pg_authid r LEFT JOIN pg_db_role_setting s ON s.setrole = r.oid AND s.setdatabase = 0;

CREATE VIEW pg_catalog.pg_shadow AS
  SELECT r.rolname AS usename, r.oid AS usesysid, r.rolcreatedb AS usecreatedb, r.rolsuper AS usesuper,
         r.rolreplication AS userepl, r.rolbypassrls AS usebypassrls, r.rolpassword AS passwd,
         r.rolvaliduntil AS valuntil, s.setconfig AS useconfig
  FROM pg_authid r LEFT JOIN pg_db_role_setting s ON s.setrole = r.oid AND s.setdatabase = 0
  WHERE r.rolcanlogin;

CREATE VIEW pg_catalog.pg_user AS
  SELECT usename, usesysid, usecreatedb, usesuper, userepl, usebypassrls, '********'::text AS passwd, valuntil, useconfig
  FROM pg_shadow;

CREATE VIEW pg_catalog.pg_group AS
  SELECT g.rolname AS groname, g.oid AS grosysid,
         ARRAY(SELECT m.member FROM pg_auth_members m WHERE m.roleid = g.oid) AS grolist
  FROM pg_authid g WHERE NOT g.rolcanlogin;

-- ---- relations
CREATE VIEW pg_catalog.pg_tables AS
  SELECT n.nspname AS schemaname, c.relname AS tablename, pg_get_userbyid(c.relowner) AS tableowner,
         t.spcname AS tablespace, c.relhasindex AS hasindexes, c.relhasrules AS hasrules,
         c.relhastriggers AS hastriggers, c.relrowsecurity AS rowsecurity
  FROM pg_class c LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
       LEFT JOIN pg_tablespace t ON t.oid = c.reltablespace
  WHERE c.relkind IN ('r', 'p');

CREATE VIEW pg_catalog.pg_views AS
  SELECT n.nspname AS schemaname, c.relname AS viewname, pg_get_userbyid(c.relowner) AS viewowner,
         pg_get_viewdef(c.oid) AS definition
  FROM pg_class c LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'v';

CREATE VIEW pg_catalog.pg_matviews AS
  SELECT n.nspname AS schemaname, c.relname AS matviewname, pg_get_userbyid(c.relowner) AS matviewowner,
         t.spcname AS tablespace, c.relhasindex AS hasindexes, c.relispopulated AS ispopulated,
         pg_get_viewdef(c.oid) AS definition
  FROM pg_class c LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
       LEFT JOIN pg_tablespace t ON t.oid = c.reltablespace
  WHERE c.relkind = 'm';

CREATE VIEW pg_catalog.pg_indexes AS
  SELECT n.nspname AS schemaname, t.relname AS tablename, i.relname AS indexname, s.spcname AS tablespace,
         pg_get_indexdef(i.oid) AS indexdef
  FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
       LEFT JOIN pg_namespace n ON n.oid = t.relnamespace
       LEFT JOIN pg_tablespace s ON s.oid = i.reltablespace
  WHERE t.relkind IN ('r', 'm', 'p') AND i.relkind IN ('i', 'I');

CREATE VIEW pg_catalog.pg_sequences AS
  SELECT n.nspname AS schemaname, c.relname AS sequencename, pg_get_userbyid(c.relowner) AS sequenceowner,
         s.seqtypid::regtype AS data_type, s.seqstart AS start_value, s.seqmin AS min_value, s.seqmax AS max_value,
         s.seqincrement AS increment_by, s.seqcycle AS cycle, s.seqcache AS cache_size,
         CASE WHEN has_sequence_privilege(c.oid, 'SELECT,USAGE'::text) THEN pg_sequence_last_value(c.oid::regclass) END AS last_value
  FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE NOT pg_is_other_temp_schema(n.oid) AND c.relkind = 'S';

CREATE VIEW pg_catalog.pg_rules AS
  SELECT n.nspname AS schemaname, c.relname AS tablename, r.rulename, pg_get_ruledef(r.oid) AS definition
  FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE r.rulename <> '_RETURN';

CREATE VIEW pg_catalog.pg_stats AS
  SELECT n.nspname AS schemaname, c.relname AS tablename, a.attname, s.stainherit AS inherited, s.stanullfrac AS null_frac,
         s.stawidth AS avg_width, s.stadistinct AS n_distinct,
         CASE 1 WHEN s.stakind1 THEN s.stavalues1 WHEN s.stakind2 THEN s.stavalues2 WHEN s.stakind3 THEN s.stavalues3
                WHEN s.stakind4 THEN s.stavalues4 WHEN s.stakind5 THEN s.stavalues5 END AS most_common_vals,
         CASE 1 WHEN s.stakind1 THEN s.stanumbers1 WHEN s.stakind2 THEN s.stanumbers2 WHEN s.stakind3 THEN s.stanumbers3
                WHEN s.stakind4 THEN s.stanumbers4 WHEN s.stakind5 THEN s.stanumbers5 END AS most_common_freqs,
         CASE 2 WHEN s.stakind1 THEN s.stavalues1 WHEN s.stakind2 THEN s.stavalues2 WHEN s.stakind3 THEN s.stavalues3
                WHEN s.stakind4 THEN s.stavalues4 WHEN s.stakind5 THEN s.stavalues5 END AS histogram_bounds,
         CASE 3 WHEN s.stakind1 THEN s.stanumbers1[1] WHEN s.stakind2 THEN s.stanumbers2[1] WHEN s.stakind3 THEN s.stanumbers3[1]
                WHEN s.stakind4 THEN s.stanumbers4[1] WHEN s.stakind5 THEN s.stanumbers5[1] END AS correlation,
         CASE 4 WHEN s.stakind1 THEN s.stavalues1 WHEN s.stakind2 THEN s.stavalues2 WHEN s.stakind3 THEN s.stavalues3
                WHEN s.stakind4 THEN s.stavalues4 WHEN s.stakind5 THEN s.stavalues5 END AS most_common_elems,
         CASE 4 WHEN s.stakind1 THEN s.stanumbers1 WHEN s.stakind2 THEN s.stanumbers2 WHEN s.stakind3 THEN s.stanumbers3
                WHEN s.stakind4 THEN s.stanumbers4 WHEN s.stakind5 THEN s.stanumbers5 END AS most_common_elem_freqs,
         CASE 5 WHEN s.stakind1 THEN s.stanumbers1 WHEN s.stakind2 THEN s.stanumbers2 WHEN s.stakind3 THEN s.stanumbers3
                WHEN s.stakind4 THEN s.stanumbers4 WHEN s.stakind5 THEN s.stanumbers5 END AS elem_count_histogram
  FROM pg_statistic s JOIN pg_class c ON c.oid = s.starelid
       JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = s.staattnum
       LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE NOT a.attisdropped AND has_column_privilege(c.oid, a.attnum, 'select'::text);

-- ---- settings, session objects
CREATE VIEW pg_catalog.pg_settings AS SELECT * FROM pg_show_all_settings() AS a;
CREATE VIEW pg_catalog.pg_file_settings AS SELECT * FROM pg_show_all_file_settings() AS a;
CREATE VIEW pg_catalog.pg_hba_file_rules AS SELECT * FROM pg_hba_file_rules() AS a;
CREATE VIEW pg_catalog.pg_timezone_abbrevs AS SELECT * FROM pg_timezone_abbrevs() AS a;
CREATE VIEW pg_catalog.pg_timezone_names AS SELECT * FROM pg_timezone_names() AS a;
CREATE VIEW pg_catalog.pg_config AS SELECT * FROM pg_config() AS a;
CREATE VIEW pg_catalog.pg_cursors AS SELECT * FROM pg_cursor() AS c;
CREATE VIEW pg_catalog.pg_prepared_statements AS SELECT * FROM pg_prepared_statement() AS p;
CREATE VIEW pg_catalog.pg_locks AS SELECT * FROM pg_lock_status() AS l;
CREATE VIEW pg_catalog.pg_shmem_allocations AS SELECT * FROM pg_get_shmem_allocations() AS a;
CREATE VIEW pg_catalog.pg_backend_memory_contexts AS SELECT * FROM pg_get_backend_memory_contexts() AS a;
CREATE VIEW pg_catalog.pg_available_extensions AS
  SELECT e.name, e.default_version, x.extversion AS installed_version, e.comment
  FROM pg_available_extensions() AS e LEFT JOIN pg_extension x ON x.extname = e.name;
CREATE VIEW pg_catalog.pg_prepared_xacts AS
  SELECT p.transaction, p.gid, p.prepared, u.rolname AS owner, d.datname AS database
  FROM pg_prepared_xact() AS p LEFT JOIN pg_authid u ON u.oid = p.ownerid LEFT JOIN pg_database d ON d.oid = p.dbid;

-- ---- statistics
CREATE VIEW pg_catalog.pg_stat_activity AS
  SELECT s.datid, d.datname, s.pid, s.leader_pid, s.usesysid, u.rolname AS usename, s.application_name, s.client_addr,
         s.client_hostname, s.client_port, s.backend_start, s.xact_start, s.query_start, s.state_change, s.wait_event_type,
         s.wait_event, s.state, s.backend_xid, s.backend_xmin, s.query_id, s.query, s.backend_type
  FROM pg_stat_get_activity(NULL) AS s LEFT JOIN pg_database d ON d.oid = s.datid LEFT JOIN pg_authid u ON u.oid = s.usesysid;

CREATE VIEW pg_catalog.pg_stat_ssl AS
  SELECT s.pid, s.ssl, s.sslversion AS version, s.sslcipher AS cipher, s.sslbits AS bits, s.ssl_client_dn AS client_dn,
         s.ssl_client_serial AS client_serial, s.ssl_issuer_dn AS issuer_dn
  FROM pg_stat_get_activity(NULL) AS s WHERE s.client_port IS NOT NULL;

CREATE VIEW pg_catalog.pg_stat_gssapi AS
  SELECT s.pid, s.gss_auth AS gss_authenticated, s.gss_princ AS principal, s.gss_enc AS encrypted
  FROM pg_stat_get_activity(NULL) AS s WHERE s.client_port IS NOT NULL;

CREATE VIEW pg_catalog.pg_stat_database AS
  SELECT d.oid AS datid, d.datname,
         CASE WHEN d.oid = 0 THEN 0 ELSE pg_stat_get_db_numbackends(d.oid) END AS numbackends,
         pg_stat_get_db_xact_commit(d.oid) AS xact_commit, pg_stat_get_db_xact_rollback(d.oid) AS xact_rollback,
         pg_stat_get_db_blocks_fetched(d.oid) - pg_stat_get_db_blocks_hit(d.oid) AS blks_read,
         pg_stat_get_db_blocks_hit(d.oid) AS blks_hit, pg_stat_get_db_tuples_returned(d.oid) AS tup_returned,
         pg_stat_get_db_tuples_fetched(d.oid) AS tup_fetched, pg_stat_get_db_tuples_inserted(d.oid) AS tup_inserted,
         pg_stat_get_db_tuples_updated(d.oid) AS tup_updated, pg_stat_get_db_tuples_deleted(d.oid) AS tup_deleted,
         pg_stat_get_db_conflict_all(d.oid) AS conflicts, pg_stat_get_db_temp_files(d.oid) AS temp_files,
         pg_stat_get_db_temp_bytes(d.oid) AS temp_bytes, pg_stat_get_db_deadlocks(d.oid) AS deadlocks,
         pg_stat_get_db_checksum_failures(d.oid) AS checksum_failures,
         pg_stat_get_db_checksum_last_failure(d.oid) AS checksum_last_failure,
         pg_stat_get_db_blk_read_time(d.oid) AS blk_read_time, pg_stat_get_db_blk_write_time(d.oid) AS blk_write_time,
         pg_stat_get_db_session_time(d.oid) AS session_time, pg_stat_get_db_active_time(d.oid) AS active_time,
         pg_stat_get_db_idle_in_transaction_time(d.oid) AS idle_in_transaction_time, pg_stat_get_db_sessions(d.oid) AS sessions,
         pg_stat_get_db_sessions_abandoned(d.oid) AS sessions_abandoned, pg_stat_get_db_sessions_fatal(d.oid) AS sessions_fatal,
         pg_stat_get_db_sessions_killed(d.oid) AS sessions_killed, pg_stat_get_db_stat_reset_time(d.oid) AS stats_reset
  FROM (SELECT 0 AS oid, NULL::name AS datname UNION ALL SELECT oid, datname FROM pg_database) AS d;

CREATE VIEW pg_catalog.pg_stat_all_tables AS
  SELECT c.oid AS relid, n.nspname AS schemaname, c.relname, pg_stat_get_numscans(c.oid) AS seq_scan,
         pg_stat_get_tuples_returned(c.oid) AS seq_tup_read,
         (SELECT sum(pg_stat_get_numscans(i.indexrelid))::bigint FROM pg_index i WHERE i.indrelid = c.oid) AS idx_scan,
         (SELECT sum(pg_stat_get_tuples_fetched(i.indexrelid))::bigint FROM pg_index i WHERE i.indrelid = c.oid)
           + pg_stat_get_tuples_fetched(c.oid) AS idx_tup_fetch,
         pg_stat_get_tuples_inserted(c.oid) AS n_tup_ins, pg_stat_get_tuples_updated(c.oid) AS n_tup_upd,
         pg_stat_get_tuples_deleted(c.oid) AS n_tup_del, pg_stat_get_tuples_hot_updated(c.oid) AS n_tup_hot_upd,
         pg_stat_get_live_tuples(c.oid) AS n_live_tup, pg_stat_get_dead_tuples(c.oid) AS n_dead_tup,
         pg_stat_get_mod_since_analyze(c.oid) AS n_mod_since_analyze, pg_stat_get_ins_since_vacuum(c.oid) AS n_ins_since_vacuum,
         pg_stat_get_last_vacuum_time(c.oid) AS last_vacuum, pg_stat_get_last_autovacuum_time(c.oid) AS last_autovacuum,
         pg_stat_get_last_analyze_time(c.oid) AS last_analyze, pg_stat_get_last_autoanalyze_time(c.oid) AS last_autoanalyze,
         pg_stat_get_vacuum_count(c.oid) AS vacuum_count, pg_stat_get_autovacuum_count(c.oid) AS autovacuum_count,
         pg_stat_get_analyze_count(c.oid) AS analyze_count, pg_stat_get_autoanalyze_count(c.oid) AS autoanalyze_count
  FROM pg_class c LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 't', 'm', 'p');
CREATE VIEW pg_catalog.pg_stat_sys_tables AS
  SELECT * FROM pg_stat_all_tables WHERE schemaname IN ('pg_catalog', 'information_schema') OR schemaname ~ '^pg_toast';
CREATE VIEW pg_catalog.pg_stat_user_tables AS
  SELECT * FROM pg_stat_all_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND schemaname !~ '^pg_toast';

CREATE VIEW pg_catalog.pg_statio_all_tables AS
  SELECT c.oid AS relid, n.nspname AS schemaname, c.relname,
         pg_stat_get_blocks_fetched(c.oid) - pg_stat_get_blocks_hit(c.oid) AS heap_blks_read,
         pg_stat_get_blocks_hit(c.oid) AS heap_blks_hit,
         (SELECT sum(pg_stat_get_blocks_fetched(i.indexrelid) - pg_stat_get_blocks_hit(i.indexrelid))::bigint
            FROM pg_index i WHERE i.indrelid = c.oid) AS idx_blks_read,
         (SELECT sum(pg_stat_get_blocks_hit(i.indexrelid))::bigint FROM pg_index i WHERE i.indrelid = c.oid) AS idx_blks_hit,
         pg_stat_get_blocks_fetched(c.reltoastrelid) - pg_stat_get_blocks_hit(c.reltoastrelid) AS toast_blks_read,
         pg_stat_get_blocks_hit(c.reltoastrelid) AS toast_blks_hit,
         (SELECT sum(pg_stat_get_blocks_fetched(i.indexrelid) - pg_stat_get_blocks_hit(i.indexrelid))::bigint
            FROM pg_index i WHERE i.indrelid = c.reltoastrelid) AS tidx_blks_read,
         (SELECT sum(pg_stat_get_blocks_hit(i.indexrelid))::bigint FROM pg_index i WHERE i.indrelid = c.reltoastrelid) AS tidx_blks_hit
  FROM pg_class c LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 't', 'm');
CREATE VIEW pg_catalog.pg_statio_user_tables AS
  SELECT * FROM pg_statio_all_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND schemaname !~ '^pg_toast';

CREATE VIEW pg_catalog.pg_stat_all_indexes AS
  SELECT t.oid AS relid, i.oid AS indexrelid, n.nspname AS schemaname, t.relname, i.relname AS indexrelname,
         pg_stat_get_numscans(i.oid) AS idx_scan, pg_stat_get_tuples_returned(i.oid) AS idx_tup_read,
         pg_stat_get_tuples_fetched(i.oid) AS idx_tup_fetch
  FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
       LEFT JOIN pg_namespace n ON n.oid = t.relnamespace
  WHERE t.relkind IN ('r', 't', 'm');
CREATE VIEW pg_catalog.pg_stat_sys_indexes AS
  SELECT * FROM pg_stat_all_indexes WHERE schemaname IN ('pg_catalog', 'information_schema') OR schemaname ~ '^pg_toast';
CREATE VIEW pg_catalog.pg_stat_user_indexes AS
  SELECT * FROM pg_stat_all_indexes WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND schemaname !~ '^pg_toast';

CREATE VIEW pg_catalog.pg_stat_bgwriter AS
  SELECT pg_stat_get_bgwriter_timed_checkpoints() AS checkpoints_timed,
         pg_stat_get_bgwriter_requested_checkpoints() AS checkpoints_req,
         pg_stat_get_checkpoint_write_time() AS checkpoint_write_time, pg_stat_get_checkpoint_sync_time() AS checkpoint_sync_time,
         pg_stat_get_bgwriter_buf_written_checkpoints() AS buffers_checkpoint,
         pg_stat_get_bgwriter_buf_written_clean() AS buffers_clean, pg_stat_get_bgwriter_maxwritten_clean() AS maxwritten_clean,
         pg_stat_get_buf_written_backend() AS buffers_backend, pg_stat_get_buf_fsync_backend() AS buffers_backend_fsync,
         pg_stat_get_buf_alloc() AS buffers_alloc, pg_stat_get_bgwriter_stat_reset_time() AS stats_reset;

CREATE VIEW pg_catalog.pg_stat_replication AS
  SELECT s.pid, s.usesysid, u.rolname AS usename, s.application_name, s.client_addr, s.client_hostname, s.client_port,
         s.backend_start, s.backend_xmin, w.state, w.sent_lsn, w.write_lsn, w.flush_lsn, w.replay_lsn, w.write_lag, w.flush_lag,
         w.replay_lag, w.sync_priority, w.sync_state, w.reply_time
  FROM pg_stat_get_activity(NULL) AS s JOIN pg_stat_get_wal_senders() AS w ON w.pid = s.pid
       LEFT JOIN pg_authid u ON u.oid = s.usesysid;

-- ---- who may read them: everybody, but for passwords, file contents and memory
GRANT SELECT ON pg_catalog.pg_roles TO PUBLIC;
GRANT SELECT ON pg_catalog.pg_user TO PUBLIC;
GRANT SELECT ON pg_catalog.pg_group TO PUBLIC;
GRANT SELECT ON pg_catalog.pg_tables TO PUBLIC;
GRANT SELECT ON pg_catalog.pg_views TO PUBLIC;
GRANT SELECT ON pg_catalog.pg_matviews TO PUBLIC;
GRANT SELECT ON pg_catalog.pg_indexes TO PUBLIC;
GRANT SELECT ON pg_catalog.pg_sequences TO PUBLIC;
GRANT SELECT ON pg_catalog.pg_rules TO PUBLIC;
GRANT SELECT ON pg_catalog.pg_stats TO PUBLIC;
GRANT SELECT ON pg_catalog.pg_settings TO PUBLIC;
GRANT SELECT ON pg_catalog.pg_timezone_abbrevs TO PUBLIC;
GRANT SELECT ON pg_catalog.pg_timezone_names TO PUBLIC;
GRANT SELECT ON pg_catalog.pg_cursors TO PUBLIC;
GRANT SELECT ON pg_catalog.pg_prepared_statements TO PUBLIC;
GRANT SELECT ON pg_catalog.pg_locks TO PUBLIC;
GRANT SELECT ON pg_catalog.pg_available_extensions TO PUBLIC;
GRANT SELECT ON pg_catalog.pg_prepared_xacts TO PUBLIC;
GRANT SELECT ON pg_catalog.pg_stat_activity TO PUBLIC;
GRANT SELECT ON pg_catalog.pg_stat_ssl TO PUBLIC;
GRANT SELECT ON pg_catalog.pg_stat_gssapi TO PUBLIC;
GRANT SELECT ON pg_catalog.pg_stat_database TO PUBLIC;
GRANT SELECT ON pg_catalog.pg_stat_all_tables TO PUBLIC;
GRANT SELECT ON pg_catalog.pg_stat_sys_tables TO PUBLIC;
GRANT SELECT ON pg_catalog.pg_stat_user_tables TO PUBLIC;
GRANT SELECT ON pg_catalog.pg_statio_all_tables TO PUBLIC;
GRANT SELECT ON pg_catalog.pg_statio_user_tables TO PUBLIC;
GRANT SELECT ON pg_catalog.pg_stat_all_indexes TO PUBLIC;
GRANT SELECT ON pg_catalog.pg_stat_sys_indexes TO PUBLIC;
GRANT SELECT ON pg_catalog.pg_stat_user_indexes TO PUBLIC;
GRANT SELECT ON pg_catalog.pg_stat_bgwriter TO PUBLIC;
GRANT SELECT ON pg_catalog.pg_stat_replication TO PUBLIC;
