#!/bin/sh
# The first session with runit, played against this project's runsvdir in a fresh temporary directory.
# "quickstart.sh --help" lists the options. Builds what is missing first; needs Linux, a JDK 17 or later and Maven.
set -u

usage() {
    cat <<'END'
usage: quickstart.sh [--stay]

Makes two services in a temporary directory, supervises them with this project's runsvdir, starts, stops, kills and
removes them, shows every command with its answer, and takes everything away again. Ends by itself in about ten
seconds. Commands go through the machine's own sv where it is installed, else through the files that sv uses.

  --stay   skip the removal and keep the services running, until Ctrl-C, so that you can try commands yourself
  --help   this text
END
}

stay=no
for word in "$@"; do
    case $word in
        --stay) stay=yes ;;
        --help | -h)
            usage
            exit 0
            ;;
        *)
            echo "quickstart.sh: unknown option $word; --help lists the options" >&2
            exit 2
            ;;
    esac
done

# ---- what is needed

top=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P) || exit 1
bin=$top/pekko-supervisor-runit-compat/target/dist/bin

die() {
    echo "quickstart.sh: $*" >&2
    exit 1
}

if ! [ -x "${JAVA_HOME:-/nonexistent}/bin/java" ] && ! command -v java >/dev/null 2>&1; then
    die "no java found; set JAVA_HOME to a JDK 17 or later, or put its bin directory into PATH"
fi
if ! [ -x "$bin/runsvdir" ]; then
    "$top/examples/build.sh" pekko-supervisor-runit-compat || die "the build failed, see above"
    [ -x "$bin/runsvdir" ] || die "the build made no $bin/runsvdir"
fi

# ---- leaving nothing behind

home=
runsvdir=

# What still runs in our directory; there is nothing unless runsvdir was killed or did not do its work.
leftovers() {
    for each in /proc/[0-9]*; do
        case $(readlink "$each/cwd" 2>/dev/null) in
            "$home"/*) echo "${each#/proc/}" ;;
        esac
    done
}

clean_up() {
    trap '' HUP INT PIPE TERM
    [ -n "$home" ] || return
    if [ -n "$runsvdir" ]; then
        kill -HUP "$runsvdir" 2>/dev/null
        await 20 'gone "$runsvdir"' || kill -KILL "$runsvdir" 2>/dev/null
        wait "$runsvdir" 2>/dev/null
    fi
    for each in $(leftovers); do
        kill -KILL "$each" 2>/dev/null
    done
    cd / && rm -rf "$home"
    home=
}

# interrupted EXITCODE [quietly]
interrupted() {
    trap '' HUP INT PIPE TERM
    [ $# -eq 2 ] || printf '\nInterrupted; stopping the services.\n'
    clean_up
    trap - EXIT
    exit "$1"
}
trap clean_up EXIT
trap 'interrupted 129' HUP
trap 'interrupted 130' INT
trap 'interrupted 141 quietly' PIPE
trap 'interrupted 143' TERM

# ---- telling and waiting

bold=
plain=
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then
    bold=$(printf '\033[1m')
    plain=$(printf '\033[0m')
fi

say() {
    echo
    for each in "$@"; do
        echo "# $each"
    done
}

# typed COMMAND: shows it as it would be typed.
typed() {
    printf '%s$ %s%s\n' "$bold" "$1" "$plain"
}

# run COMMAND: shows it, and does it.
run() {
    typed "$1"
    eval "$1"
}

# script FILE LINE...: shows and makes an executable file.
script() {
    file=$1
    shift
    typed "cat >$file <<'END'"
    printf '%s\n' "$@" | tee "$file"
    echo END
    run "chmod +x $file"
}

# await SECONDS CONDITION: looks again and again, until the condition holds or the time is over.
await() {
    deadline=$(($(date +%s) + $1 + 1))
    until eval "$2" >/dev/null 2>&1; do
        [ "$(date +%s)" -lt "$deadline" ] || return 1
        sleep 0.05 2>/dev/null || sleep 1
    done
}

# expect SECONDS CONDITION WORDS: ends the play if the condition does not come to hold.
expect() {
    await "$1" "{ $2; } || gone $runsvdir"
    eval "$2" >/dev/null 2>&1 && return
    if gone "$runsvdir"; then
        echo "quickstart.sh: runsvdir has ended, so this did not happen: $3" >&2
    else
        echo "quickstart.sh: this did not happen within $1 seconds: $3" >&2
    fi
    for each in sleeper greeter; do
        [ -e "$each/supervise/stat" ] && echo "  $each/supervise/stat: $(cat "$each/supervise/stat")" >&2
    done
    [ -s messages ] && sed 's/^/  runsvdir said: /' messages >&2
    exit 1
}

# gone PID: it has ended, even if nobody has asked how.
gone() {
    read -r stat <"/proc/$1/stat" || return 0
    case $stat in
        *') Z '*) return 0 ;;
        *) return 1 ;;
    esac
}

# ---- what supervise/ tells

pid_of() {
    cat "$1/supervise/pid" 2>/dev/null
}

# status is the last of the files to be written, so the others are new when it is; its byte 19 is the state
state_of() {
    od -An -tu1 -j19 -N1 "$1/supervise/status" 2>/dev/null | tr -d ' '
}

runs() {
    [ "$(state_of "$1")" = 1 ] && [ -s "$1/supervise/pid" ]
}

runs_anew() {
    runs "$1" && [ "$(pid_of "$1")" != "$2" ]
}

is_down() {
    [ "$(state_of "$1")" = 0 ]
}

# For more than a second: its next start is not put off. The stamp counts from 1970 and ten seconds.
runs_for_a_while() {
    # shellcheck disable=SC2046 # four numbers
    set -- $(od -An -tu1 -j4 -N4 "$1/supervise/status")
    [ $(($(date +%s) + 10 - ((($1 * 256 + $2) * 256 + $3) * 256 + $4))) -ge 2 ]
}

have_sv=no
command -v sv >/dev/null 2>&1 && have_sv=yes

status() {
    if [ $have_sv = yes ]; then
        run "sv status $1"
    else
        run "cat $1/supervise/stat"
    fi
}

# order COMMAND SERVICE BYTE CONDITION WORDS: by sv, which waits and tells, or by what sv does.
order() {
    if [ $have_sv = yes ]; then
        run "sv $1 $2"
        expect 20 "$4" "$5"
    else
        typed "printf $3 >$2/supervise/control"
        # opened for reading as well: a writer alone would wait for ever if nobody supervised
        printf '%s' "$3" 1<>"$2/supervise/control"
        expect 20 "$4" "$5"
        status "$2"
    fi
}

# ---- the play

home=$(mktemp -d "${TMPDIR:-/tmp}/quickstart.XXXXXX") || die "no temporary directory could be made"
home=$(CDPATH='' cd -- "$home" && pwd -P)
cd "$home" || exit 1

echo "The first session with runit, played with this project's runsvdir."
if [ $have_sv = no ]; then
    echo "There is no sv on this machine (Debian: apt install runit); the commands go through the files that sv uses."
fi
echo
typed "cd $home"

say 'A service is a directory with an executable file "run", which does not put itself into the background.'
run 'mkdir sleeper'
script sleeper/run '#!/bin/sh' 'exec sleep 1000'

say 'runsvdir supervises every such directory that it finds, or finds a link to, in one place.'
run 'mkdir service'
typed "PATH=$bin:\$PATH"
PATH=$bin:$PATH
export PATH
if [ $have_sv = yes ]; then
    run 'export SVDIR=$PWD/service'
fi
typed 'runsvdir service 2>messages &'
runsvdir service 2>messages </dev/null &
runsvdir=$!

say 'A link there starts the service.'
run 'ln -s ../sleeper service/sleeper'
expect 25 'runs sleeper' 'sleeper runs'
status sleeper

say 'Stop it, start it, restart it.'
order stop sleeper d 'is_down sleeper' 'sleeper is down'
order start sleeper u 'runs sleeper' 'sleeper runs again'
expect 20 'runs_for_a_while sleeper' 'sleeper runs for two seconds'
before=$(pid_of sleeper)
order restart sleeper t "runs_anew sleeper $before" 'sleeper runs as another process'

say 'Kill it behind its back, and it is started again.'
expect 20 'runs_for_a_while sleeper' 'sleeper runs for two seconds'
before=$(pid_of sleeper)
status sleeper
run 'cat sleeper/supervise/pid'
run 'kill -9 $(cat sleeper/supervise/pid)'
expect 20 "runs_anew sleeper $before" 'sleeper runs again after it was killed'
status sleeper
run 'cat sleeper/supervise/pid'

say 'A service with a directory "log" has a logger: a second service, which reads what the first one writes.'
if command -v svlogd >/dev/null 2>&1; then
    run 'mkdir -p greeter/log/main'
    script greeter/log/run '#!/bin/sh' 'exec svlogd -tt ./main'
    log=greeter/log/main/current
else
    run 'mkdir -p greeter/log'
    script greeter/log/run '#!/bin/sh' 'exec cat >>../log.txt'
    log=greeter/log.txt
fi
script greeter/run '#!/bin/sh' 'echo "Hello, this is process $$."' 'exec sleep 1000'
run 'ln -s ../greeter service/greeter'
expect 20 'runs greeter && runs greeter/log' 'greeter and its logger run'
status greeter
[ $have_sv = yes ] || status greeter/log
expect 20 "grep -q Hello $log" "greeter's first words are in $log"
run "cat $log"

if [ $stay = yes ]; then
    say "Now it is your turn. In another terminal:"
    echo "    cd $home"
    if [ $have_sv = yes ]; then
        echo "    export SVDIR=\$PWD/service"
        echo "    sv status sleeper greeter"
    else
        echo "    cat sleeper/supervise/stat"
        echo "    printf d >sleeper/supervise/control    # u starts it again"
    fi
    echo "Ctrl-C here stops all of it and removes the directory."
    trap 'interrupted 0' INT
    wait "$runsvdir"
    code=$?
    runsvdir=
    [ "$code" -eq 111 ] && exit 0
    die "runsvdir has ended with exit code $code"
fi

say 'A service whose link is removed is stopped, and not supervised any more.'
run 'rm service/sleeper'
expect 20 'is_down sleeper' 'sleeper is down'
if [ $have_sv = yes ]; then
    expect 20 '! sv status ./sleeper' 'sleeper is not supervised any more'
    status ./sleeper
else
    status sleeper
fi

say 'HUP makes runsvdir stop all services and go; 111 is what it exits with then.'
typed "kill -HUP $runsvdir"
kill -HUP "$runsvdir"
expect 20 'gone "$runsvdir"' 'runsvdir has ended'
typed "wait $runsvdir; echo \$?"
wait "$runsvdir"
code=$?
runsvdir=
echo "$code"
[ "$code" -eq 111 ] || die "runsvdir should have exited with 111"
is_down greeter || die "greeter should be down"
[ -z "$(leftovers)" ] || die "processes are left: $(leftovers)"
if [ -s messages ]; then
    say 'What runsvdir had to say:'
    run 'cat messages'
fi

echo
echo "That is all: everything is stopped, and the directory is removed. To try more: $0 --stay"
