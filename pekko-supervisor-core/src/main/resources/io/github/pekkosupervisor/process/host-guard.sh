# Kills the processes that must not outlive a JVM. The JVM holds the other end of standard input, and of a second pipe,
# which is our standard output the wrong way round. Into that one it says
#   ? N GROUP             a process is being started with MARK.N. in its environment, which must not outlive it; with
#                         GROUP "g" its process group neither
#   + PID START GROUP N   it is process PID, started at START ticks after boot. START 0: it has ended, but its group
#                         has not
#   ! N                   it could not be started
#   - PID                 it may outlive it
# and on standard input, before that pipe is full,
#   r N                   read so many of these lines
# so that we need not be woken for each of them. Without a second pipe the lines themselves are on standard input. When
# the JVM has ended, however it has, standard input ends: not before a process that it was making has become the program
# that it was to be, since until then that has a copy of the other end. Nothing but built-in commands: there may be no
# PATH.
unset SCRIPT
set -f
trap '' HUP INT QUIT TERM
mark=$1

note() {
    case $op in
    \?) eval "i_$a=$b" ;;
    +) eval "p_$a=$b:$c" && unset "i_$d" ;;
    !) unset "i_$a" ;;
    -) unset "p_$a" ;;
    esac
}

while read -r op a b c d; do
    if [ "$op" = r ]; then
        left=$a
        while [ "$left" -gt 0 ] && read -r op a b c d <&1; do
            note
            left=$((left - 1))
        done
    else
        note
    fi
done
while read -r op a b c d <&1; do note; done

# sets parent, group and start of process $1
look_at() {
    stat=
    [ -r "/proc/$1/stat" ] || return 1
    while read -r part || [ -n "$part" ]; do stat="$stat $part"; done 2>/dev/null <"/proc/$1/stat"
    # the name may hold blanks and parentheses; the start time is the 20th field after it
    set -- ${stat##*) }
    [ $# -ge 20 ] || return 1
    parent=$2
    group=$3
    shift 19
    start=$1
}

# the values of the variables with prefix $1, a line each
values() {
    set | while read -r line; do
        case $line in
        "$1"*=*) ;;
        *) continue ;;
        esac
        value=${line#*=}
        value=${value#\'}
        value=${value%\'}
        name=${line%%=*}
        echo "${name#"$1"} $value"
    done
}

values p_ | while read -r pid value; do
    known=${value%%:*}
    whole=${value#*:}
    if look_at "$pid"; then
        # a number that somebody else has got by now, as it cannot be while the group has members
        [ "$known" = 0 ] || [ "$start" = "$known" ] || continue
    elif [ "$whole" != g ]; then
        continue
    fi
    # if the process has just ended by itself, its group may not have
    case $whole in
    g) kill -s KILL -- "-$pid" ;;
    *) kill -s KILL -- "$pid" ;;
    esac
done

# What was being started is looked for by its mark, among those who have got the parent that we have got ourselves. Not
# for long: it may never have been made.
wanted=$(values i_)
[ -n "$wanted" ] || exit 0
set +f

centiseconds() {
    read -r uptime rest </proc/uptime
    now=${uptime%.*}${uptime#*.}
}

find_marked() {
    look_at $$
    foster=$parent
    for process in /proc/[0-9]*; do
        pid=${process#/proc/}
        look_at "$pid" && [ "$parent" = "$foster" ] || continue
        environment=
        while read -r part || [ -n "$part" ]; do
            environment=$environment$part
        done 2>/dev/null <"$process/environ"
        case $environment in
        *"$mark.$1."*) return 0 ;;
        esac
    done
    return 1
}

centiseconds
deadline=$((now + 50))
while [ -n "$wanted" ] && [ "$now" -lt "$deadline" ]; do
    wanted=$(echo "$wanted" | while read -r number value; do
        if find_marked "$number"; then
            case $value in
            g) kill -s KILL -- "-$group" ;;
            *) kill -s KILL -- "$pid" ;;
            esac
        else
            echo "$number $value"
        fi
    done)
    centiseconds
done
