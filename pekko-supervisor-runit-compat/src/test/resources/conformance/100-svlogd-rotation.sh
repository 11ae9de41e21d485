# cases: 100 101 109 127 129
# programs: svlogd
. "$CONFORMANCE_LIB"
for_both_users

repeat() {
    i=0
    while [ "$i" -lt "$1" ]; do
        echo "$2"
        i=$((i + 1))
    done
}

title 100 'rotation by size'
log_directory d 's100
n3'
repeat 20 'twenty-eight bytes and a new' | svlogd -l 20 d
echo "rc $?"
files d
title 101 'lines are cut where a file is shorter than a line may be'
log_directory e s50
repeat 2 'thirty bytes without a newline' | svlogd e
files e
for each in e/@*; do content "$each"; done
content e/current
title 100 'all are kept'
log_directory k 's100
n0'
repeat 40 'twenty-eight bytes and a new' | svlogd -l 20 k
files k | sort | uniq -c | sed 's/^ *//'
title 127 'what processors have left behind'
log_directory f s50
echo half >f/@400000005000000000000000.t
echo waiting >f/@400000005000000000000000.u
repeat 2 'thirty bytes without a newline' | svlogd -l 5 f
files f
title 109 'rotation by age'
log_directory g t1
start_svlogd g
echo one >&3
await 10 '[ -e g/@*.s ] && [ "$(stat -c %a g/current)" = 644 ]'
files g
end_svlogd
title 129 'what -v tells'
log_directory h 's100
n2'
log_through '0123456789\n0123456789\n0123456789\n0123456789\n0123456789\n0123456789\n0123456789\n' -v -l 80 -b 1024 h
log_through '' -v h
