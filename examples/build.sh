#!/bin/sh
# Builds what a script of this directory needs, and no more: the named module and those that it is made of, without
# tests. Nothing is printed unless it fails: then the warnings and errors, since each warning is an error.
# usage: build.sh MODULE
set -u

if [ $# -ne 1 ]; then
    echo "usage: build.sh MODULE" >&2
    exit 2
fi
command -v mvn >/dev/null 2>&1 || {
    echo "it must be built first and there is no mvn; install Maven 3.8 or later" >&2
    exit 1
}
top=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P) || exit 1
echo "Building first, once; this takes a minute or two: mvn -B -ntp -pl $1 -am -Dmaven.test.skip package" >&2
said=$(mktemp) || exit 1
trap 'rm -f "$said"' EXIT
trap 'exit 1' HUP INT TERM
if (cd "$top" && mvn -B -ntp -pl "$1" -am -Dmaven.test.skip package) </dev/null >"$said" 2>&1; then
    exit 0
fi
# with the lines that belong to them
awk '/^\[/ { shown = /^\[(WARNING|ERROR)\]/ } shown { print; any = 1 } END { exit !any }' "$said" >&2 || cat "$said" >&2
exit 1
