#!/bin/sh
# prelink.sh ARCHIVE OUT.o: link all of libpg_query into one object and keep only its API visible.
set -e
ld -r --whole-archive "$1" -o "$2.tmp"
objcopy --wildcard --keep-global-symbol='pg_query_*' "$2.tmp" "$2"
rm "$2.tmp"
