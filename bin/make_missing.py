#!/usr/bin/env python3
"""Write C stand-ins for the functions that no folder defines yet: each raises 0A000 with its name.

usage: make_missing.py output.c compiler archive
Goes away with the last missing function.
"""
import re
import subprocess
import sys

LIBS = '-licuuc -licui18n -lpcre2-8 -lcrypto -lssl -llz4 -lzstd -lxxhash -luring -lprotobuf-c -lm -lgmp -lmpfr -ldl'.split()


def main():
    output, compiler, archive = sys.argv[1:4]
    link = subprocess.run(compiler.split() + ['-o', '/dev/null', '-Wl,--whole-archive', archive, '-Wl,--no-whole-archive',
                                              '-Wl,--unresolved-symbols=report-all'] + LIBS,
                          stderr=subprocess.PIPE, text=True, env={'LC_ALL': 'C', 'PATH': '/usr/bin:/bin'}, check=False)
    names = sorted(set(re.findall(r"undefined reference to `([A-Za-z_]\w*)'", link.stderr)))
    with open(output, 'w', encoding='utf-8') as out:
        out.write('#include "postgres.h"\n'
                  'static void missing(const char *name) {\n'
                  '\tereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("internal function %s is not supported", name));\n'
                  '}\n')
        for name in names:
            out.write(f'void {name}(void);\nvoid {name}(void) {{ missing("{name}"); }}\n')
    print(f'{len(names)} functions are missing')


main()
