# cases: 115
# programs: chpst
. "$CONFORMANCE_LIB"

# soft WORDS...: the soft limits with these words in their names, of the program.
soft() {
    pattern=$1
    shift
    "$@" cat /proc/self/limits | grep -E "$pattern" | sed -E 's/  +/;/g' | cut -d ';' -f 1,2
}

title 115 'session, name, descriptors'
show chpst -P sh -c '[ "$(cut -d " " -f 5,6 /proc/$$/stat)" = "$$ $$" ] && echo leader'
show chpst -P -P true
show chpst -b other sh -c 'echo $0'
show chpst -b '' sh -c 'echo "[$0]"'
show chpst -0 sh -c '[ -e /proc/$$/fd/0 ] || echo closed'
chpst -1 sh -c '[ -e /proc/$$/fd/1 ] || echo closed >&2'
chpst -2 sh -c '[ -e /proc/$$/fd/2 ] || echo closed'
show chpst -012 true
show chpst -0 true <&-
(
    chpst -1 true >&- 2>err
    echo "rc $?" >rc
)
cat err rc
(
    chpst -2 true 2>&-
    echo "rc $?"
)
before=$(sh -c 'ls /proc/$$/fd' | tr '\n' ' ')
fact 'the program has the descriptors that there were, and no others' \
    '[ "$(chpst sh -c '"'ls /proc/\$\$/fd'"' | tr "\n" " ")" = "$before" ]'
show chpst sh -c 'echo to the third >&3' 3>third
cat third
# signals_of FIELD: which of the first 31 are in this field of the status of grep, started by chpst.
signals_of() {
    mask=$(chpst grep "$1" /proc/self/status | cut -f 2)
    printf '%s %08x\n' "$1" $((0x${mask#????????} & 0x7fffffff))
}
signals_of SigBlk
(
    trap '' INT QUIT HUP TERM PIPE USR1 USR2 CHLD
    signals_of SigIgn
)
(
    trap - INT QUIT HUP TERM PIPE USR1 USR2 CHLD
    signals_of SigIgn
)
umask 027
show chpst sh -c umask
umask 022

title 115 'nice'
show chpst -n 5 nice
show chpst -n +5 nice
show chpst -n 40 nice
show chpst -n '' nice
show chpst -n - nice
if [ "$(id -u)" -eq 0 ]; then
    show chpst -n -5 nice
    show chpst -n -99 nice
    show chpst -n 4294967295 nice
fi
show as_nobody chpst -n -5 nice

title 115 'limits'
soft 'open files' chpst -o 100
fact 'more than the hard limit is the hard limit' '[ "$(chpst -o 99999999 sh -c "ulimit -n")" = "$(ulimit -H -n)" ]'
fact 'so is -1 without its sign' '[ "$(chpst -o 18446744073709551615 sh -c "ulimit -n")" = "$(ulimit -H -n)" ]'
fact 'half of that changes nothing' '[ "$(chpst -o 9223372036854775808 sh -c "ulimit -n")" = "$(ulimit -n)" ]'
soft 'core' chpst -c 4096
soft 'core' chpst -c 18446744073709551617
soft '^Max file size' chpst -f 1000000
soft 'processes' chpst -p 300
soft 'resident' chpst -r 1000000
soft 'cpu' chpst -t 1000
soft 'data size' chpst -d 50000000
soft 'data size|stack|address' chpst -m 300000000
soft 'data size|stack|address' chpst -d 100000000 -m 300000000 -d 200000000
soft 'open files|processes' chpst -o 50 -p 100 -o 60
chpst -o 3 true 2>/dev/null
echo "rc $?"
chpst -m 1000 true 2>/dev/null
fact 'the program is refused or killed for want of memory' '[ $? -ne 0 ]'
hard=$(ulimit -H -n)
soft 'open files' sh -c 'ulimit -S -n 77; exec chpst "$@"' chpst
chpst sh -c 'ulimit -H -n' | grep -cx "$hard"

title 115 'root'
mkdir root
if [ "$(id -u)" -eq 0 ]; then
    show chpst -/ root ./nothing
    show chpst -/ root -e nosuch true
    show chpst -/ root -u nobody true
    show chpst -/ root -L /no/lk true
    show chpst -/ root -L /lk -n 3 nothing
    ls root
    show chpst -/ / pwd
    show chpst -/ / -u nobody -b other sh -c 'echo $0; id -un'
fi
show chpst -/ nosuch true
show chpst -/ '' true
show as_nobody chpst -/ / true
show as_nobody chpst -u nobody true
show as_nobody chpst -L /etc/nothing true
