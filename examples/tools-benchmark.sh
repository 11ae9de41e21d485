#!/usr/bin/env bash
# Compares the client tools with runit's own, side by side: whole processes, wall clock and CPU (user and system),
# medians of 20 starts each, alternating. Needs Debian's runit package and a packaged dist (mvn package).
set -euo pipefail
usage="usage: tools-benchmark.sh [STARTS]    (20 starts of each program)"
case ${1:-20} in
  --help) echo "$usage"; exit 0 ;;
  *[!0-9]* | 0*) echo "tools-benchmark.sh: \"$1\" is not a number from 1" >&2; echo "$usage" >&2; exit 2 ;;
esac
cd "$(dirname "${BASH_SOURCE[0]}")/.."
starts=${1:-20}
ours=$PWD/pekko-supervisor-runit-compat/target/dist/bin
for program in sv chpst runsv; do
  command -v "$program" >/dev/null || { echo "not installed: $program (Debian: runit)" >&2; exit 1; }
done
[[ -x $ours/sv ]] || { echo "no $ours/sv; build it with: mvn -DskipTests package" >&2; exit 1; }

scratch=$(mktemp -d)
runsv_pid=
clean_up() {
  if [[ -n $runsv_pid ]]; then
    sv -w 5 exit "$scratch/x" >/dev/null 2>&1 || true
    wait "$runsv_pid" || true
  fi
  rm -rf "$scratch"
}
trap clean_up EXIT

mkdir "$scratch/x"
printf '#!/bin/sh\nexec sleep 1000\n' >"$scratch/x/run"
chmod +x "$scratch/x/run"
runsv "$scratch/x" &
runsv_pid=$!
until sv status "$scratch/x" 2>/dev/null | grep -q ^run:; do sleep 0.05; done

# measure NAME COMMAND...: appends "wall cpu", in milliseconds, to a file of that name
measure() {
  local file=$scratch/$1 line
  shift
  TIMEFORMAT='%R %U %S'
  line=$({ time "$@" >/dev/null 2>&1; } 2>&1)
  awk '{ print $1 * 1000, ($2 + $3) * 1000 }' <<<"$line" >>"$file"
}

median() { cut -d ' ' -f "$2" "$scratch/$1" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

# runsv starts what has run for less than a second again only after a second: that is not the client's time
settle() { until [[ $(sv status "$scratch/x") =~ \ ([0-9]+)s ]] && ((BASH_REMATCH[1] >= 2)); do sleep 0.2; done; }

# compare TITLE WORDS...: the program named by the first word, of runit and of ours
compare() {
  local title=$1 program=$2 i
  shift 2
  rm -f "$scratch/runit" "$scratch/ours"
  "$ours/$program" "$@" >/dev/null 2>&1 || true
  for ((i = 0; i < starts; i++)); do
    [[ $1 != restart ]] || settle
    measure runit "$program" "$@"
    [[ $1 != restart ]] || settle
    measure ours "$ours/$program" "$@"
  done
  printf '%-28s %7s ms %7s ms    %7s ms %7s ms\n' "$title" \
    "$(median runit 1)" "$(median runit 2)" "$(median ours 1)" "$(median ours 2)"
}

printf '%-28s %10s %10s    %10s %10s\n' "medians of $starts starts" 'runit wall' cpu 'ours wall' cpu
compare 'sv status x' sv status "$scratch/x"
compare 'sv restart x' sv restart "$scratch/x"
compare 'chpst -u nobody -o 64 true' chpst -u nobody -o 64 true
compare 'chpst -P true' chpst -P true
