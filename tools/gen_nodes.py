#!/usr/bin/env python3
"""gen_nodes.py PROTO SRCDIR OUTDIR: make the node structs and their descriptions.

Input: libpg_query's pg_query.proto (names and order of PostgreSQL 15's parse and primitive nodes; json_name is the C
name), and, in SRCDIR (src/nodes):
    extra_nodes.list  nodes that the protobuf lacks, written as "node NAME [expr] { C-type field; ... }"
    extra_tags.list   tags of hand-written nodes, one name per line
    overrides.list    "Node.field C-type" or "*.field C-type" where the protobuf's type is not the C type, and
                      "+Node.field C-type" for a field that the protobuf lacks;
                      "nowalk Node.field" for fields that expression walkers skip; "keepempty Node.field" for strings
                      where "" is not the absence of a value.
Output in OUTDIR: nodetags.h, nodedecls.h (enums, forward declarations), primnodes_gen.h, parsenodes_gen.h,
nodedesc_gen.h (one table row per field, used by copy, equal, read, write, walk and the protobuf converter).
"""
import re
import sys

PRIM_LAST = 50              # protobuf numbers 1..50 are primitive nodes, the rest parse nodes
HAND_ENUMS = {'AggSplit', 'TableLikeOption', 'FunctionParameterMode', 'PartitionRangeDatumKind', 'Token', 'KeywordKind'}
FROM_ONE = {'RowCompareType'}      # B-tree strategy numbers
ENUM_MAP = {'FunctionParameterMode': 'ENUM_PARAM_MODE', 'PartitionRangeDatumKind': 'ENUM_FROM_MINUS_ONE'}
HAND_STRUCTS = {'Integer', 'Float', 'Boolean', 'String', 'BitString', 'A_Const', 'List', 'IntList', 'OidList',
                'CreateForeignTableStmt', 'DistinctExpr', 'NullIfExpr'}
LIST_TAGS = ['List', 'IntList', 'OidList', 'XidList']
KIND = {'int': 'INT32', 'int32': 'INT32', 'Index': 'UINT32', 'Oid': 'UINT32', 'uint32': 'UINT32', 'bits32': 'UINT32',
        'AclMode': 'UINT32', 'AttrNumber': 'INT16', 'int16': 'INT16', 'bool': 'BOOL', 'char': 'CHAR', 'char *': 'STRING',
        'double': 'DOUBLE', 'Cost': 'DOUBLE', 'Cardinality': 'DOUBLE', 'long': 'INT64', 'int64': 'INT64',
        'uint64': 'UINT64', 'List *': 'LIST', 'Bitmapset *': 'BITMAPSET', 'Relids': 'BITMAPSET', 'Datum': 'DATUM',
        'SubTransactionId': 'UINT64', 'LOCKMODE': 'INT32', 'Selectivity': 'DOUBLE'}


class Field:
    def __init__(self, name, ctype, proto=0, target=None, enum=None):
        self.name, self.ctype, self.proto, self.target, self.enum = name, ctype, proto, target, enum


def parse_proto(path):
    messages, enums, order = {}, {}, []
    text = re.sub(r'//[^\n]*|/\*.*?\*/', '', open(path).read(), flags=re.S)
    for kind, name, body in re.findall(r'^(message|enum)\s+(\w+)\s*\{(.*?)^\}', text, flags=re.S | re.M):
        if kind == 'enum':
            enums[name] = [(n, int(v)) for n, v in re.findall(r'(\w+)\s*=\s*(\d+)\s*;', body)]
        elif name == 'Node':
            order = [(t, int(n)) for t, n in re.findall(r'(\w+)\s+\w+\s*=\s*(\d+)\s*\[json_name', body)]
            order += [(t, int(n)) for t, n in re.findall(r'(\w+)\s+\w+\s*=\s*(\d+)\s*;', body)]
        else:
            messages[name] = [(bool(rep), t, json or pname, int(num)) for rep, t, pname, num, json in re.findall(
                r'(repeated\s+)?(\w+)\s+(\w+)\s*=\s*(\d+)(?:\s*\[json_name="(\w+)"\])?\s*;', body)]
    return messages, enums, sorted(set(order), key=lambda x: x[1])


def read_lines(path):
    for line in open(path):
        line = line.split('#')[0].strip()
        if line:
            yield line


def read_overrides(path):
    types, added, nowalk, keep = {}, {}, set(), set()
    for line in read_lines(path):
        word, rest = line.split(None, 1)
        if word == 'nowalk':
            nowalk.add(rest)
        elif word == 'keepempty':
            keep.add(rest)
        elif word[0] == '+':
            node, field = word[1:].split('.')
            added.setdefault(node, []).append((field, rest))
        else:
            types[word] = rest
    return types, added, nowalk, keep


def ctype_of(node, rep, ptype, name, types, messages, enums):
    for key in (f'{node}.{name}', f'*.{name}'):
        if key in types:
            return types[key]
    if rep:
        return 'Bitmapset *' if ptype == 'uint64' else 'List *'
    if ptype in messages or ptype == 'Node':
        return f'{ptype} *'
    if ptype in enums:
        return ptype
    return {'string': 'char *', 'int32': 'int', 'uint32': 'Oid', 'bool': 'bool', 'double': 'double',
            'int64': 'long', 'uint64': 'uint64'}[ptype]


def build_nodes(messages, enums, order, types, added):
    nodes = {}
    for name, num in order:
        if name in LIST_TAGS:
            continue
        is_expr, fields = False, []
        for rep, ptype, fname, pnum in messages[name]:
            if fname == 'xpr':
                is_expr = True
                continue
            ctype = ctype_of(name, rep, ptype, fname, types, messages, enums)
            target = ptype if ptype in messages and not rep else None
            fields.append(Field(fname, ctype, pnum, target, ptype if ptype in enums else None))
        if name == 'A_Const':
            fields = [Field('val', 'ValUnion'), Field('isnull', 'bool', 10), Field('location', 'int', 11)]
        for fname, ctype in added.get(name, []):
            fields.append(Field(fname, ctype))
        nodes[name] = {'expr': is_expr, 'fields': fields, 'num': num}
    return nodes


def add_extra(path, nodes):
    text = re.sub(r'#[^\n]*', '', open(path).read())
    for name, flags, body in re.findall(r'node\s+(\w+)\s*(\w*)\s*\{(.*?)\}', text, flags=re.S):
        fields = []
        for decl in body.split(';'):
            m = re.match(r'\s*(.*?)(\w+)\s*$', decl, flags=re.S)
            if m:
                fields.append(Field(m.group(2), ' '.join(m.group(1).split())))
        nodes[name] = {'expr': 'expr' in flags, 'fields': fields, 'num': 0, 'plan': 'plan' in flags}


def decl(ctype, name):
    return f'{ctype}{name}' if ctype.endswith('*') else f'{ctype} {name}'


def emit_structs(out, names, nodes):
    for name in names:
        node = nodes[name]
        out.write(f'struct {name}\n{{\n\t{"Expr xpr" if node["expr"] else "NodeTag type"};\n')
        for f in node['fields']:
            out.write(f'\t{decl(f.ctype, f.name)};\n')
        out.write('};\n\n')


def field_kind(f, enums, nodes):
    if f.ctype == 'ValUnion':
        return 'VALUNION'
    if f.ctype == 'CreateStmt':
        return 'EMBED'
    if f.ctype in KIND:
        return KIND[f.ctype]
    if f.ctype in enums:
        return 'ENUM'
    if f.ctype.endswith('*'):
        return 'NODE'
    raise SystemExit(f'gen_nodes: no kind for type {f.ctype} of {f.name}')


EQUAL_SKIP = {'stmt_len', 'querySource', 'varnosyn', 'varattnosyn'}


def field_flags(node, f, kind, nowalk, keep):
    flags = []
    if f.name in ('location', 'stmt_location') and kind == 'INT32':
        flags.append('NF_LOCATION')
    if f.name in EQUAL_SKIP or f.ctype == 'CoercionForm':
        flags.append('NF_EQUAL_IGNORE')
    if f.name in ('opfuncid', 'hashfuncid', 'negfuncid'):
        flags.append('NF_EQUAL_IF_BOTH')
    if kind in ('NODE', 'LIST') and f'{node}.{f.name}' not in nowalk and f'*.{f.name}' not in nowalk:
        flags.append('NF_WALK')
    if f'{node}.{f.name}' in keep:
        flags.append('NF_KEEP_EMPTY')
    if f.enum in ENUM_MAP:
        flags.append('NF_' + ENUM_MAP[f.enum])
    return ' | '.join(flags) or '0'


def emit_descs(out, nodes, enums, nowalk, keep):
    for name, node in nodes.items():
        out.write(f'static const NodeField fields_{name}[] = {{\n')
        for f in node['fields']:
            kind = field_kind(f, enums, nodes)
            target = f'T_{f.target}' if f.target in nodes else '0'
            out.write(f'\t{{"{f.name}", offsetof({name}, {f.name}), NODE_FIELD_{kind}, '
                      f'{field_flags(name, f, kind, nowalk, keep)}, {target}, {f.proto}}},\n')
        out.write('\t{0}\n};\n')
    out.write('\nconst NodeDesc node_descs[NODE_TAG_COUNT] = {\n')
    for name, node in nodes.items():
        out.write(f'\t[T_{name}] = {{"{name}", sizeof({name}), {len(node["fields"])}, '
                  f'{"true" if node["expr"] else "false"}, fields_{name}}},\n')
    out.write('};\n')


def main():
    proto, src, outdir = sys.argv[1:4]
    messages, enums, order = parse_proto(proto)
    types, added, nowalk, keep = read_overrides(f'{src}/overrides.list')
    nodes = build_nodes(messages, enums, order, types, added)
    prim = [n for n in nodes if nodes[n]['num'] <= PRIM_LAST and n not in HAND_STRUCTS and n != 'MergeAction']
    parse = [n for n in nodes if n not in prim and n not in HAND_STRUCTS]
    add_extra(f'{src}/extra_nodes.list', nodes)
    extra = [n for n in nodes if nodes[n]['num'] == 0]
    prim += extra
    tags = LIST_TAGS + list(nodes) + ['Expr']
    tags += [t for t in read_lines(f'{src}/extra_tags.list') if t not in tags]
    head = '/* Generated by tools/gen_nodes.py; do not edit. */\n'

    with open(f'{outdir}/nodetags.h', 'w') as out:
        out.write(head + '#ifndef NODETAGS_H\n#define NODETAGS_H\n#include "c.h"\n\ntypedef enum NodeTag\n{\n\tT_Invalid = 0,\n')
        out.write(''.join(f'\tT_{t},\n' for t in tags))
        out.write('\tNODE_TAG_COUNT\n} NodeTag;\n\n#endif\n')

    with open(f'{outdir}/nodedecls.h', 'w') as out:
        out.write(head + '#ifndef NODEDECLS_H\n#define NODEDECLS_H\n\n')
        for name, values in enums.items():
            if name in HAND_ENUMS:
                continue
            out.write(f'typedef enum {name}\n{{\n')
            bias = 0 if name in FROM_ONE else 1
            out.write(''.join(f'\t{v} = {n - bias},\n' for v, n in values if n > 0))
            out.write(f'}} {name};\n\n')
        for name in nodes:
            if name not in ('DistinctExpr', 'NullIfExpr'):
                out.write(f'typedef struct {name} {name};\n')
        out.write('typedef OpExpr DistinctExpr;\ntypedef OpExpr NullIfExpr;\n\n#endif\n')

    for fname, names in (('primnodes_gen.h', prim), ('parsenodes_gen.h', parse)):
        with open(f'{outdir}/{fname}', 'w') as out:
            out.write(head)
            emit_structs(out, names, nodes)

    with open(f'{outdir}/nodedesc_gen.h', 'w') as out:
        out.write(head)
        emit_descs(out, nodes, enums, nowalk, keep)
        last = order[-1][1]
        out.write(f'\nconst uint16 node_tag_of_proto[{last + 1}] = {{\n')
        for name, num in order:
            out.write(f'\t[{num}] = T_{name},\n')
        out.write(f'}};\nconst int node_proto_last = {last};\n')


main()
