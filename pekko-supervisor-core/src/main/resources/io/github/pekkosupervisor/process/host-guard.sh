# Kills the processes that must not outlive a JVM. The JVM holds the other end of standard input, and of a second pipe,
# which is our standard output the wrong way round. Into that one it says
#   ? N GROUP             a process is being started with MARK.N. in its environment, which must not outlive it; with
#                         GROUP "g" its process group neither
#   ? N GROUP TICK PLACE  the same without a mark: not before TICK, which counts from boot, and in the directory PLACE
#   + PID START GROUP N   it is process PID, started at START ticks after boot. START 0: it has ended, but its group
#                         has not
#   @ PID CGROUP          so are all in its control group, whose directory this is
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

# set before there are thousands of others, behind which a shell would look for them
op= a= b= c= d= left= place= part= stat= pid= value= known= whole= line= name= self= state= parent= group= session= tty= front=
flags= user= system= e= f= priority= nice= threads= g= start= rest=
member= found= rounds= inner=

note() {
    case $op in
    \?) eval "i_$a=$b t_$a=\$c d_$a=\$d" ;;
    +) eval "p_$a=$b:$c" && unset "i_$d" "t_$d" "d_$d" ;;
    !) unset "i_$a" "t_$a" "d_$a" ;;
    @) eval "k_$a=\$b" ;;
    -) unset "p_$a" "k_$a" ;;
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
    session=$4
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

# whether process $1 was started at $2, if that shows at once: where there is a blank in its name it does not
is_still() {
    read -r self name state parent group session tty front flags a b c d user system e f priority nice threads g \
        start rest 2>/dev/null <"/proc/$1/stat" && [ "$start" = "$2" ]
}

# each who is in control group $1, or in one that was made in it; found is 1 if there was somebody
kill_members() {
    while read -r member; do
        # 0 is one of another world, and would be ourselves
        [ "$member" -gt 0 ] && kill -s KILL -- "$member" && found=1
    done <"$1/cgroup.procs"
    set +f
    for inner in "$1"/*/; do
        [ -d "$inner" ] && kill_members "${inner%/}"
    done
    set -f
}

# All of a control group, and whom they are making. Before Linux 5.14 one by one, until nobody is there.
kill_cgroup() {
    if [ -e "$1/cgroup.kill" ]; then
        echo 1 >"$1/cgroup.kill"
        return
    fi
    rounds=0
    found=1
    while [ "$found" = 1 ] && [ "$rounds" -lt 100 ]; do
        rounds=$((rounds + 1))
        found=0
        kill_members "$1"
    done
}

# those of control groups, whatever groups they have made
values k_ | while read -r pid place; do kill_cgroup "$place"; done 2>/dev/null

# Those that are known whose numbers end with one of $1. There may be very many, and little time for all of them.
kill_known() {
    while read -r pid value; do
        case $pid in *$1) ;; *) continue ;; esac
        known=${value%%:*}
        whole=${value#*:}
        if is_still "$pid" "$known"; then
            :
        elif look_at "$pid"; then
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
}
# by two, where there are two processors
values p_ | kill_known '[02468]' &
values p_ | kill_known '[13579]'
wait

# What was being started is looked for by its mark, or by where it is, among those who have got the parent that we have
# got ourselves. Not for long: it may never have been made.
wanted=$(values i_)
[ -n "$wanted" ] || exit 0
set +f

centiseconds() {
    read -r uptime rest </proc/uptime
    now=${uptime%.*}${uptime#*.}
}

# what process $1 has in its environment, one behind the other
environment_of() {
    environment=
    while read -r part || [ -n "$part" ]; do
        environment=$environment$part
    done 2>/dev/null <"/proc/$1/environ"
}

# Whether process $1 was begun in directory $2: it is there; or writes to what leads to the logger from there; or a shell
# is still at the program run of there; or, as a shell leaves that in the environment, was there before it went elsewhere,
# where no other directory has a name that begins like that.
was_begun_in() {
    [ "/proc/$1/cwd" -ef "$2" ] || [ "/proc/$1/fd/1" -ef "$2/supervise/.log" ] && return 0
    for open in "/proc/$1/fd"/*; do
        [ "$open" -ef "$2/run" ] && return 0
    done
    for longer in "$2"?*; do
        [ -e "$longer" ] && return 1
    done
    environment_of "$1"
    case $environment in
    *"OLDPWD=$2"[!/]* | *"OLDPWD=$2") return 0 ;;
    esac
    return 1
}

# whether start $2 is that of process $1, of which we have taken a look; $3 says whether it leads a group
is_meant() {
    eval "tick=\$t_$2 place=\$d_$2"
    if [ -z "$place" ]; then
        environment_of "$1"
        case $environment in
        *"$mark.$2."*) return 0 ;;
        esac
        return 1
    fi
    # within a minute, and in the session that it was to lead
    [ "$start" -ge "$tick" ] && [ "$start" -lt $((tick + 6000)) ] || return 1
    [ "$3" != g ] || [ "$session" = "$1" ] || return 1
    was_begun_in "$1" "$place"
}

find_birth() {
    look_at $$
    foster=$parent
    for process in /proc/[0-9]*; do
        pid=${process#/proc/}
        look_at "$pid" && [ "$parent" = "$foster" ] && is_meant "$pid" "$1" "$2" && return 0
    done
    return 1
}

# not by time alone: who has got another parent while we looked is seen the next time, when we get a processor for that
centiseconds
deadline=$((now + 150))
looks=0
while [ -n "$wanted" ] && { [ "$now" -lt "$deadline" ] || [ "$looks" -lt 3 ]; }; do
    looks=$((looks + 1))
    wanted=$(echo "$wanted" | while read -r number value; do
        if find_birth "$number" "$value"; then
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
