#!/usr/bin/env python3
"""Record, as .tsv files, what a freshly initialised PostgreSQL 15 says of its built-in objects.

Run beside a throwaway cluster (C locale, superuser "postgres"); rarely needed, the files are committed:
    tools/dump_catalog_facts.py src/catalog/data [directory with PostgreSQL's pg_*_d.h]      (PGHOST, PGUSER: a fresh PostgreSQL 15)

Recorded are facts only: names, OIDs, signatures, column lists. Bodies of SQL-language functions are left out: those
functions become internal ones, named after their signature, to be written in C here.
"""
import os
import re
import subprocess
import sys

PINNED = 12000
ROWS = {  # catalog: condition; the rest is built by bootstrap from relations/columns/indexes
    'pg_type': "typnamespace in (11, 99) and (typrelid = 0 or exists (select 1 from pg_class c where c.oid = typrelid and relkind = 'r'))"
               " and (typelem = 0 or typelem in (select t2.oid from pg_type t2 where t2.typnamespace in (11,99) and (t2.typrelid = 0"
               " or exists (select 1 from pg_class c where c.oid = t2.typrelid and relkind = 'r'))))",
    'pg_proc': "pronamespace = 11 and prolang in (12, 14)",
    'pg_operator': "true", 'pg_cast': "true", 'pg_aggregate': "true", 'pg_am': "true", 'pg_opclass': "opcnamespace = 11",
    'pg_opfamily': "opfnamespace = 11", 'pg_amop': "true", 'pg_amproc': "true",
    'pg_collation': "oid < 10000", 'pg_namespace': "oid < 10000", 'pg_language': "lanname <> 'plpgsql'", 'pg_authid': "true",
    'pg_auth_members': "true", 'pg_tablespace': "true", 'pg_database': "true", 'pg_range': "true",
    'pg_ts_parser': "oid < 10000", 'pg_ts_template': "oid < 10000", 'pg_ts_dict': "oid < 10000", 'pg_ts_config': "oid < 10000",
    'pg_ts_config_map': "mapcfg < 10000",
    'pg_description': f"classoid <> 2615 and objoid < {PINNED} and (classoid <> 1255 or exists (select 1 from pg_proc p where p.oid = objoid and"
                      " prolang in (12, 14)))",
    'pg_shdescription': "true",
}
NULLED = {'pg_proc': ['prosqlbody', 'proargdefaults', 'probin'], 'pg_type': ['typdefaultbin'], 'pg_database': ['datcollversion'],
          'pg_collation': ['collversion']}


def psql(sql):
    return subprocess.run(['psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-c', sql], check=True, stdout=subprocess.PIPE,
                          text=True).stdout


def write(path, header, body):
    with open(path, 'w') as f:
        f.write('\t'.join(header) + '\n' + body)


def copy(path, header, query):
    write(path, header, psql(f"copy ({query}) to stdout"))


def columns(catalog):
    out = psql("select attname, atttypid::regtype from pg_attribute where attnum > 0 and not attisdropped and attrelid ="
               f" 'pg_catalog.{catalog}'::regclass order by attnum")
    return [line.split('|') for line in out.splitlines()]


def dump_rows(directory, catalog, condition):
    cols = columns(catalog)
    exprs = []
    for name, typ in cols:
        if name in NULLED.get(catalog, ()):
            exprs.append(f"null as {name}")
        elif typ in ('regproc', 'regtype', 'regclass'):
            exprs.append(f"{name}::oid")
        else:
            exprs.append(name)
    if catalog == 'pg_proc':
        names = [n for n, _ in cols]
        exprs[names.index('prosrc')] = (
            "case when prolang = 14 then lower(proname || case when (select count(*) from pg_proc q where q.proname = p.proname"
            " and pronamespace = 11) = 1 then '' else (select string_agg('_' || typname, '' order by n) from"
            " unnest(proargtypes) with ordinality u(t, n) join pg_type on oid = t) end) else prosrc end")
        exprs[names.index('prolang')] = "12"
        exprs[names.index('pronargdefaults')] = "0"
    order = "objoid, classoid, objsubid" if catalog == 'pg_description' else '1, 2' if len(cols) > 1 else '1'
    if catalog == 'pg_ts_config_map':
        order = '1, 2, 3'
    copy(f"{directory}/{catalog}.tsv", [n for n, _ in cols],
         f"select {', '.join(exprs)} from {catalog} p where {condition} order by {order}")


def dump_shapes(directory):
    rel = "relkind = 'r' and relnamespace = 11"
    copy(f"{directory}/relations.tsv",
         ['relname', 'oid', 'reltype', 'toastoid', 'toastindexoid', 'relisshared', 'relacl'],
         "select relname, c.oid, reltype, reltoastrelid, coalesce((select indexrelid from pg_index where indrelid ="
         f" reltoastrelid and reltoastrelid <> 0), 0), relisshared, relacl from pg_class c where {rel} order by oid")
    copy(f"{directory}/columns.tsv",
         ['relname', 'attnum', 'attname', 'typname', 'atttypid', 'attlen', 'attbyval', 'attalign', 'attstorage', 'attndims',
          'attnotnull', 'attcollation'],
         "select relname, attnum, attname, (select typname from pg_type t where t.oid = atttypid), atttypid, attlen, attbyval,"
         f" attalign, attstorage, attndims, attnotnull, attcollation from pg_class c join pg_attribute on attrelid = c.oid where {rel}"
         " and attnum > 0 order by c.oid, attnum")
    copy(f"{directory}/indexes.tsv",
         ['indexname', 'oid', 'relname', 'isunique', 'isprimary', 'columns', 'opclasses', 'collations', 'conoid'],
         "select ic.relname, ic.oid, c.relname, indisunique, indisprimary, (select string_agg(attname, ' ' order by n) from"
         " unnest(indkey) with ordinality u(k, n) join pg_attribute on attrelid = c.oid and attnum = k), indclass, indcollation,"
         " coalesce((select oid from pg_constraint where conindid = indexrelid), 0)"
         " from pg_index join pg_class c on indrelid = c.oid join pg_class ic on indexrelid = ic.oid where"
         " c.relkind = 'r' and c.relnamespace = 11 order by ic.oid")
    sql = "\n".join(psql("select format('%s|%s', oid, pg_get_expr(proargdefaults, 0)) from pg_proc where pronargdefaults > 0"
                        " and pronamespace = 11 order by oid").splitlines())
    write(f"{directory}/proc_defaults.tsv", ['oid', 'defaults'], sql.replace('|', '\t') + '\n')


def dump_symbols(directory, headers):
    """Names of constants that modules may use: NAME = integer or character."""
    rows = []
    for name in sorted(os.listdir(headers)):
        m = re.fullmatch(r'(pg_\w+)_d\.h', name)
        if not m:
            continue
        for line in open(os.path.join(headers, name)):
            d = re.match(r"#define\s+(\w+)\s+(\(?-?\d+\)?|\(?\(?1\s*<<\s*\d+\)?\)?|0x[0-9A-Fa-f]+|'(?:\\0|.)'|\"[^\"]*\")\s*(/\*.*)?$", line)
            if d and not re.match(r'(Anum|Natts)_', d.group(1)):
                rows.append((m.group(1), d.group(1), d.group(2)))
    write(f"{directory}/symbols.tsv", ['catalog', 'name', 'value'], ''.join('\t'.join(r) + '\n' for r in rows))


def main():
    directory = sys.argv[1]
    for catalog, condition in ROWS.items():
        dump_rows(directory, catalog, condition)
    dump_shapes(directory)
    if len(sys.argv) > 2:
        dump_symbols(directory, sys.argv[2])


main()
