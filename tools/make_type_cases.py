#!/usr/bin/env python3
"""Asks a PostgreSQL 15 for the expected results of tests/unit/types/inout_cases.inc.

usage: make_type_cases.py "psql -X -At ..." < tests/unit/types/inout_cases.txt > tests/unit/types/inout_cases.inc

Each input line: function TAB result type TAB argtype=value TAB ... ; function '-' means input and output of one value.
"""
import subprocess, sys

psql = sys.argv[1].split()


def quote(s):
    return "'" + s.replace("'", "''") + "'"


def c(s):
    return '"' + s.replace('\\', '\\\\').replace('"', '\\"').replace('\n', '\\n') + '"'


def main():
    lines = [l.rstrip('\n').split('\t') for l in sys.stdin if l.strip() and not l.startswith('#')]
    script = ["\\set VERBOSITY verbose", "set timezone to 'GMT'; set extra_float_digits = 1;"]
    for fields in lines:
        function, result, args = fields[0], fields[1], [a.split('=', 1) for a in fields[2:]]
        call = ', '.join('%s::%s' % (quote(v), '"%s"' % t) for t, v in args)
        sql = function.split(':')[-1]
        query = call if sql == '-' else 'pg_catalog."%s"(%s)' % (sql, call)
        script.append("select '@@', coalesce((%s)::text, '@NULL@');" % query)
    results = []
    for fields, sql in zip(lines, script[2:]):
        q = subprocess.run(psql + ['-c', script[0], '-c', script[1], '-c', sql], capture_output=True, text=True)
        if '@@|' in q.stdout:
            value = q.stdout.split('@@|', 1)[1].rstrip('\n')
            if fields[1] == 'bool':
                value = value[:1]
            results.append(None if value == '@NULL@' else value)
        else:
            err = [l for l in q.stderr.split('\n') if 'ERROR:  ' in l][0].split('ERROR:  ', 1)[1]
            state, message = err.split(': ', 1)
            results.append('ERROR %s: %s' % (state, message))
    for fields, value in zip(lines, results):
        cname = fields[0].split(':')[0]
        args = [a.split('=', 1) for a in fields[2:]]
        print('{%s, %s, "%s", {%s}, {%s}, %s},' % (
            c(cname), 'NULL' if cname == '-' else cname, fields[1], ', '.join(c(t) for t, _ in args),
            ', '.join(c(v) for _, v in args), 'NULL' if value is None else c(value)))


main()
