#!/bin/sh
# Proves the bytes of every blob of an archive with coreutils alone: a blob's name is the SHA-256 of its bytes.
#   verify-without-offprint.sh [ARCHIVE]
# Prints what is wrong, and how many blobs were checked. Exit code 0: every blob is what its name says. 1: some are not.
set -eu
archive=${1:-.}
[ -d "$archive/blobs/sha256" ] || { echo "no archive here: $archive/blobs/sha256 is missing" >&2; exit 2; }
cd "$archive/blobs/sha256"
list=$(mktemp)
trap 'rm -f "$list"' EXIT
# Names hold no spaces and no line breaks; whatever else lies here (Thumbs.db, .DS_Store) is not a blob and is not judged.
find . -type f -path './[0-9a-f][0-9a-f]/*' | while read -r file; do
  name=${file##*/}
  printf '%s  %s\n' "${name%%.*}" "$file"
done | { grep -E '^[0-9A-Fa-f]{64}  ' || true; } >"$list"
count=$(wc -l <"$list")
[ "$count" -eq 0 ] || sha256sum --check --quiet --strict "$list" || { echo "some of $count blobs are altered" >&2; exit 1; }
echo "$count blobs, every one is what its name says"
