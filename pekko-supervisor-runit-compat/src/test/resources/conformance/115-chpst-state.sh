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
show chpst sh -c 'echo from $0 >&2'
open() { "$@" sh -c 'ls /proc/$$/fd'; }
fact 'no other descriptors than those of its caller' '[ "$(open chpst)" = "$(open env)" ]'
show chpst sh -c 'echo to the third >&3' 3>third
cat third
signals() { "$@" sh -c 'grep -E "Sig(Blk|Ign)" /proc/$$/status'; }
fact 'blocked and ignored signals are those of its caller' '[ "$(signals chpst)" = "$(signals env)" ]'
(
    trap '' INT QUIT HUP TERM PIPE USR1 USR2 CHLD
    fact 'also where its caller ignores many' '[ "$(signals chpst)" = "$(signals env)" ]'
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
soft 'open files' chpst -o 99999999
soft 'open files' chpst -o 9223372036854775808
soft 'core' chpst -c 4096
soft 'core' chpst -c 18446744073709551615
soft 'core' chpst -c 18446744073709551617
soft 'file size' chpst -f 1000000
soft 'processes' chpst -p 300
soft 'resident' chpst -r 1000000
soft 'cpu' chpst -t 1000
soft 'data size' chpst -d 50000000
soft 'data size|stack|locked|address' chpst -m 300000000
soft 'data size|stack|locked|address' chpst -d 100000000 -m 300000000 -d 200000000
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
