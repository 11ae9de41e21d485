# Kills the processes that must not outlive a JVM. The JVM holds the other end of standard input, and of a second pipe,
# which is our standard output the wrong way round. Into that one it says
#   + PID START GROUP   process PID, started at START ticks after boot, must not outlive it; with GROUP "g" its process
#                       group either. START 0: it has ended, but its group has not
#   - PID               it may
# and on standard input, before that pipe is full,
#   r N                 read so many of these lines
# so that we need not be woken for each of them. Without a second pipe the lines themselves are on standard input. When
# the JVM has ended, however it has, standard input ends. Nothing but built-in commands: there may be no PATH.
set -f
trap '' HUP INT QUIT TERM

note() {
    case $op in
    +) eval "p_$pid=$start:$group" ;;
    -) unset "p_$pid" ;;
    esac
}

while read -r op pid start group; do
    if [ "$op" = r ]; then
        left=$pid
        while [ "$left" -gt 0 ] && read -r op pid start group <&1; do
            note
            left=$((left - 1))
        done
    else
        note
    fi
done
while read -r op pid start group <&1; do note; done

started() {
    stat=
    [ -r "/proc/$1/stat" ] || return 1
    while read -r part || [ -n "$part" ]; do stat="$stat $part"; done <"/proc/$1/stat"
    # the name may hold blanks and parentheses; the start time is the 20th field after it
    set -- ${stat##*) }
    [ $# -ge 20 ] || return 1
    shift 19
    start_now=$1
}

set | while read -r line; do
    case $line in
    p_*=*) ;;
    *) continue ;;
    esac
    pid=${line%%=*}
    pid=${pid#p_}
    value=${line#*=}
    value=${value#\'}
    value=${value%\'}
    start=${value%%:*}
    if [ "$start" != 0 ]; then
        started "$pid" && [ "$start_now" = "$start" ] || continue
    fi
    case $value in
    *:g) kill -s KILL -- "-$pid" ;;
    *) kill -s KILL -- "$pid" ;;
    esac
done
