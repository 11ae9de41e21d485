# Kills the processes that must not outlive a JVM. The JVM holds the other end of standard input and says
#   + PID START GROUP   process PID, started at START ticks after boot, must not outlive it; with GROUP "g" its process
#                       group either. START 0: it has ended, but its group has not
#   - PID               it may
# When the JVM has ended, however it has, standard input ends. Nothing but built-in commands: there may be no PATH.
set -f
trap '' HUP INT QUIT TERM

while read -r op pid start group; do
    case $op in
    +) eval "p_$pid=$start:$group" ;;
    -) unset "p_$pid" ;;
    esac
done

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
