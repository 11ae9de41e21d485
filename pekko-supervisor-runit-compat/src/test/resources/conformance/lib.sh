# Helpers for the conformance scenarios; POSIX sh plus Linux's /proc. Sourced as . "$CONFORMANCE_LIB".
#
# A scenario runs in a fresh, empty directory and prints a transcript in which everything that varies from run to run
# (pids, ages, paths) has been replaced. It waits for facts and never for a length of time alone, with one exception:
# settle, before it states that something did NOT happen.

set -u
umask 022
HERE=$(pwd -P)

# How long sv waits for what is sure to come: for a scenario about its waiting it is too long, and says so itself.
SVWAIT=60
export SVWAIT

# --- time -------------------------------------------------------------------------------------------------------------

# Sets NOW to the machine's uptime in hundredths of a second, without starting a process.
now() {
    read -r NOW _ </proc/uptime
    NOW=${NOW%.*}${NOW#*.}
}

# await SECONDS 'CONDITION': polls until the condition holds.
await() {
    now
    deadline=$((NOW + $1 * 100))
    until eval "$2" 2>/dev/null; do
        now
        if [ "$NOW" -ge "$deadline" ]; then
            echo "TIMEOUT: $2"
            return 1
        fi
        sleep 0.02
    done
}

# comes_each_second FILE: three more lines of it take three seconds. A machine that holds up the look or the writer
# makes any three seem quick or slow, so it is looked again; who has another pace has it each time.
comes_each_second() {
    for look in 1 2 3 4 5 6; do
        count=$(lines "$1")
        now
        earliest=$NOW
        await 20 "now; [ \"\$(lines $1)\" -gt $count ] || { earliest=\$NOW; false; }" || return 1
        now
        latest=$NOW
        count=$(lines "$1")
        await 20 "[ \"\$(lines $1)\" -ge $((count + 3)) ]" || return 1
        now
        if [ $((NOW - earliest)) -ge 280 ] && [ $((NOW - latest)) -le 480 ]; then
            return 0
        fi
    done
    return 1
}

# Gives a wrong reaction the time to show itself.
settle() {
    sleep 0.4
}

# between LOW HIGH VALUE, all in hundredths of a second.
between() {
    [ "$3" -ge "$1" ] && [ "$3" -le "$2" ]
}

# await_gaps COUNT LOW HIGH FILE: until the last COUNT gaps between two lines of FILE (each an uptime in seconds) lie
# between these hundredths of a second. Sooner or later they do if that is the pace, also where the machine has held
# up a line before.
await_gaps() {
    await 60 "tail -n $(($1 + 1)) $4 | awk -v count=$1 -v low=$2 -v high=$3 '
        NR > 1 { gap = \$1 * 100 - last; if (gap < low || gap > high) bad = 1 }
        { last = \$1 * 100 }
        END { exit bad || NR <= count }'"
}

# --- transcript -------------------------------------------------------------------------------------------------------

# title NUMBER TEXT: starts the part of the transcript that belongs to an acceptance case.
title() {
    echo "[$1] $2"
}

# fact 'WORDS' 'CONDITION'
fact() {
    if eval "$2" 2>/dev/null; then
        echo "$1: yes"
    else
        echo "$1: no"
    fi
}

# Replaces pids and ages.
norm() {
    sed -E -e 's/\(pid [0-9]+\)/(pid PID)/g' -e 's/ [0-9]+s(,|;|$)/ Ns\1/g' -e 's/ [0-9]+ seconds/ N seconds/g'
}

# show COMMAND...: its output and exit code, with pids and ages replaced. Empty lines stay visible.
show() {
    "$@" >show.out 2>show.err
    code=$?
    norm <show.out | sed 's/^/out| /'
    norm <show.err | sed 's/^/err| /'
    echo "rc $code"
}

# line FILE: its first line, or a word for why there is none.
line() {
    if ! [ -e "$1" ]; then
        echo '(absent)'
    elif ! [ -s "$1" ]; then
        echo '(empty)'
    else
        head -n 1 "$1"
    fi
}

# lines FILE: how many it has; 0 if it is absent.
lines() {
    if [ -e "$1" ]; then
        grep -c '' "$1"
    else
        echo 0
    fi
}

# --- service directories ----------------------------------------------------------------------------------------------

# script FILE: an executable made of standard input.
script() {
    {
        echo '#!/bin/sh'
        cat
    } >"$1"
    chmod 755 "$1"
}

# service DIR 'BODY'
service() {
    mkdir -p "$1"
    printf '%s\n' "$2" | script "$1/run"
}

# A service that notes each signal it can catch in DIR/signals and goes on.
trap_service() {
    service "$1" '
        for name in TERM HUP ALRM INT QUIT USR1 USR2 CONT; do
            trap "echo $name >>signals" "$name"
        done
        echo $$ >ready
        while :; do
            sleep 0.05
        done'
}

# --- what supervise/ says ---------------------------------------------------------------------------------------------

stat_of() {
    line "$1/supervise/stat"
}

pid_of() {
    line "$1/supervise/pid"
}

# bytes_of DIR: bytes 12 to 19 of status as "PID paused want term state", 0 instead of PID when there is none.
bytes_of() {
    # shellcheck disable=SC2046
    set -- $(od -An -tu1 -j12 -N8 "$1/supervise/status" 2>/dev/null)
    [ $# -eq 8 ] || return 1
    case "$1$2$3$4" in
        0000) printf '0' ;;
        *) printf 'PID' ;;
    esac
    case $6 in
        117) want=u ;;
        100) want=d ;;
        *) want=$6 ;;
    esac
    echo " $5 $want $7 $8"
}

# The 12 bytes of the time stamp in hex.
stamp_of() {
    od -An -tx1 -N12 "$1/supervise/status" | tr -d ' \n'
}

# Changes whenever the status file is replaced.
status_version() {
    stat -c '%i %y' "$1/supervise/status"
}

# await_bytes DIR 'BYTES': status is written last, so stat and pid are up to date then too.
await_bytes() {
    await 15 "[ \"\$(bytes_of $1)\" = '$2' ]"
}

# await_other_pid DIR PID: another process runs.
await_other_pid() {
    await 15 "[ -s $1/supervise/pid ] && [ \"\$(pid_of $1)\" != $2 ] && [ \"\$(bytes_of $1)\" = 'PID 0 u 0 1' ]"
}

# view DIR: stat, status and whether there is a pid.
view() {
    echo "stat: $(stat_of "$1")"
    echo "bytes: $(bytes_of "$1")"
    pid_of "$1" | sed -E -e 's/^[0-9]+$/PID/' -e 's/^/pid: /'
}

# --- commands ---------------------------------------------------------------------------------------------------------

# ctl DIR BYTES: as any shell script would write them, without O_NONBLOCK; but not into a FIFO that nobody reads.
ctl() {
    if svok "$1"; then
        printf '%s' "$2" >"$1/supervise/control"
    else
        echo "cannot write $2: nothing listens in $1"
    fi
}

# await_signal DIR NAME [COUNT]
await_signal() {
    await 15 "[ \"\$(grep -cx $2 $1/signals)\" -ge ${3:-1} ]"
}

# fence DIR: all commands written so far have been obeyed and what they sent has arrived. For a trap_service.
fence() {
    seen=$(grep -cx USR2 "$1/signals" 2>/dev/null)
    ctl "$1" 2
    await_signal "$1" USR2 $((${seen:-0} + 1))
    sleep 0.2
}

# signals DIR: what a trap_service has noted, in alphabetical order, the fences left out.
signals() {
    # shellcheck disable=SC2046
    echo "signals:" $(grep -vx USR2 "$1/signals" 2>/dev/null | sort)
}

# --- processes --------------------------------------------------------------------------------------------------------

# proc PID FIELD: field of /proc/PID/stat, counted from the state as 1: 2 parent, 3 process group, 4 session.
proc() {
    sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f "$2"
}

# ended PID: it does not run any more (it may wait to be reaped).
ended() {
    case $(proc "$1" 1) in
        '' | Z) return 0 ;;
        *) return 1 ;;
    esac
}

# with_default_signals COMMAND...: a job in the background of a script would ignore INT and QUIT.
with_default_signals() {
    exec env --default-signal=HUP,INT,QUIT "$@"
}

# launch_runsv ARGS...: in the background; RUNSV is its pid.
launch_runsv() {
    with_default_signals runsv "$@" >>runsv.out 2>>runsv.err &
    RUNSV=$!
}

# start_runsv DIR: as launch_runsv, and waits until it listens and has a child (unless DIR/down forbids one).
start_runsv() {
    launch_runsv "$1"
    await_started "$1"
}

# await_started DIR: runsv listens, and has a child unless DIR/down forbids one; status is written last, after pid.
await_started() {
    await 20 "svok $1"
    if ! [ -e "$1/down" ]; then
        await 20 "case \$(bytes_of $1) in PID*) ;; *) false ;; esac"
    fi
}

# start_runsvdir ARGS...: in the background; RUNSVDIR is its pid.
start_runsvdir() {
    with_default_signals runsvdir "$@" >>runsvdir.out 2>>runsvdir.err &
    RUNSVDIR=$!
}

# start_services DIR: runsvdir on it, waits for all in it.
start_services() {
    start_runsvdir "$1"
    for each in "$1"/*; do
        await_started "$each"
    done
}

# ending PID 'NAME': waits for a child of this script and prints its exit code.
ending() {
    if await 20 "ended $1"; then
        wait "$1" 2>/dev/null
        echo "$2 rc $?"
    fi
}

# stop_runsv DIR: orderly, and not part of the transcript unless something is wrong.
stop_runsv() {
    ctl "$1" x
    quiet_end "$RUNSV" runsv 0
}

# stop_runsv_hard DIR: for services that do not end on TERM.
stop_runsv_hard() {
    victim=$(pid_of "$1")
    ctl "$1" x
    await 15 "case \$(bytes_of $1) in PID*' d 1 1') ;; *) false ;; esac"
    kill -KILL "$victim"
    quiet_end "$RUNSV" runsv 0
}

# stop_runsv_and_log DIR: for loggers that ignore the end of their input.
stop_runsv_and_log() {
    ctl "$1" x
    await 15 "case \$(bytes_of $1/log) in PID*' d '?' 1') ;; *) false ;; esac"
    kill -KILL "$(pid_of "$1/log")"
    quiet_end "$RUNSV" runsv 0
}

# stop_runsvdir DIR: as stop_runsv, and all services below DIR have ended then.
stop_runsvdir() {
    kill -HUP "$RUNSVDIR"
    quiet_end "$RUNSVDIR" runsvdir 111
    for each in "$1"/*; do
        await 20 "! svok $each"
    done
}

quiet_end() {
    if await 20 "ended $1"; then
        wait "$1"
        code=$?
        [ "$code" -eq "$3" ] || echo "$2 rc $code"
    fi
}

# --- svlogd -----------------------------------------------------------------------------------------------------------

# for_both_users: first line of a scenario. The rest is played once as we are and once, if we are root, by nobody; both
# must print the same.
for_both_users() {
    [ -z "${PLAYING-}" ] || return 0
    mkdir own nobody
    (cd own && PLAYING=1 sh "$0") >own.out
    cat own.out
    cp own.out nobody.out
    if [ "$(id -u)" -eq 0 ]; then
        chmod 711 . .. ../programs
        chown 65534:65534 nobody
        (cd nobody && PLAYING=1 HOME=/ setpriv --reuid=65534 --regid=65534 --clear-groups sh "$0") >nobody.out 2>&1
    fi
    if cmp -s own.out nobody.out; then
        echo 'the same for an unprivileged user: yes'
    else
        diff own.out nobody.out
    fi
    exit 0
}

# log_directory DIR ['CONFIG LINES']
log_directory() {
    mkdir "$1"
    if [ $# -gt 1 ]; then
        printf '%s\n' "$2" >"$1/config"
    fi
}

# Replaces time stamps.
stamps() {
    sed -E -e 's/@[0-9a-f]{24}/@STAMP/g' -e 's/[0-9]{4}-[0-9]{2}-[0-9]{2}([_T])[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{5}/DATE\1TIME/g'
}

# files DIR: mode, size and name of each file that svlogd has made.
files() {
    (cd "$1" && stat -c '%a %s %n' * 2>/dev/null | grep -v ' config$' | stamps)
}

# content FILE...: as text, stamps and unprintable bytes made visible.
content() {
    cat "$@" | LC_ALL=C sed -e 's/[^ -~]/?/g' | stamps | sed 's/^/log| /'
}

# log_through 'INPUT as printf takes it' ARGS...: svlogd's messages and exit code.
log_through() {
    text=$1
    shift
    # shellcheck disable=SC2059
    printf "$text" | svlogd "$@" >show.out 2>show.err
    code=$?
    stamps <show.err | sed 's/^/err| /'
    echo "rc $code"
}

# start_svlogd ARGS...: in the background, reading what is written to descriptor 3; SVLOGD is its pid. The last argument
# is its directory, and it listens to signals when that is open.
start_svlogd() {
    [ -p in ] || mkfifo in
    # shellcheck disable=SC2094
    with_default_signals svlogd "$@" <in >svlogd.out 2>svlogd.err &
    SVLOGD=$!
    exec 3>in
    for last in "$@"; do :; done
    await 20 "[ \"\$(stat -c %a $last/current)\" = 644 ]"
}

# end_svlogd: closes its input; prints its messages and exit code.
end_svlogd() {
    exec 3>&-
    said_by_svlogd
}

said_by_svlogd() {
    ending "$SVLOGD" svlogd
    stamps <svlogd.err | sed 's/^/err| /'
}

# --- supervise directories without a runsv ----------------------------------------------------------------------------

# fake DIR: a service directory that looks supervised; descriptor 8 keeps ok open. Not two at a time.
fake() {
    mkdir -p "$1/supervise"
    mkfifo "$1/supervise/ok"
    exec 8<>"$1/supervise/ok"
}

# fake_control DIR: descriptor 9 keeps control open.
fake_control() {
    mkfifo "$1/supervise/control"
    exec 9<>"$1/supervise/control"
}

# written: what is in the control FIFO of fake_control.
written() {
    echo "written: $(dd bs=100 count=1 iflag=nonblock <&9 2>/dev/null)"
}

# bytes HEX: the bytes on standard output.
bytes() {
    left=$1
    while [ -n "$left" ]; do
        rest=${left#??}
        printf "\\$(printf %o "0x${left%"$rest"}")"
        left=$rest
    done
}

# label OFFSET: the eight bytes, in hex, of the time OFFSET seconds from now.
label() {
    printf %016x $((4611686018427387914 + $(date +%s) + $1))
}

# fake_status DIR OFFSET 'PID PAUSED WANT TERM STATE', the latter in hex, PID as its four bytes in their order.
fake_status() {
    # shellcheck disable=SC2086
    set -- "$1" "$2" $3
    bytes "$(label "$2")000001f4$3$4$5$6$7" >"$1/supervise/status"
}

# --- other users ------------------------------------------------------------------------------------------------------

# as_nobody COMMAND...: as an unprivileged user; as ourselves if we are one.
as_nobody() {
    if [ "$(id -u)" -eq 0 ]; then
        setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
    else
        "$@"
    fi
}
