# cases: 110 111 112 118 122
# programs: chpst
. "$CONFORMANCE_LIB"

title 110 'usage and the program itself'
show chpst
show chpst -u nobody
show chpst -V true
show chpst -q true
show chpst -u
show chpst -o 12x true
show chpst -o -1 true
show chpst -o = true
show chpst -m 0x1 true
show chpst -n 5x true
show chpst -n +-5 true
show chpst nosuchprog
show chpst ''
show chpst /
show chpst ./
show chpst /etc/passwd/x
show chpst -b other nosuchprog
printf 'no format' >plain
show chpst ./plain
chmod 755 plain
show chpst ./plain
show chpst sh -c 'exit 37'
show chpst sh -c 'kill -9 $$'
show chpst -- sh -c 'echo "$@"' zero -u x
show chpst echo -n a ' b ' '' c
show chpst printf '%s|' 'grün' "$(printf '\377\001')" '' | cat -v
show chpst sh -c 'kill -0 $$ && [ $$ -eq "$0" ]' $$

title 111 'user and groups'
if [ "$(id -u)" -eq 0 ]; then
    show chpst -u :1000:1001:1002 id
    show chpst -u nobody id
    show chpst -u nobody:daemon:adm id
    show chpst -u nobody:daemon sh -c 'id; cat /proc/self/status' 2>&1 | grep -E 'Uid|Gid|Groups'
    show chpst -u :: id
    show chpst -u :1:2: id
    show chpst -u :4294967297:1 id -u
    show chpst -u nobody -u daemon id
fi
show chpst -u nosuch id
show chpst -u '' id
show chpst -u : id
show chpst -u :1000 id
show chpst -u :1x:2 id
show chpst -u :1:x id
show chpst -u :-1:2 id
show chpst -u nobody: id
show chpst -u nobody:nosuch id
show chpst -u 65534 id
show chpst -u ":0$(seq -f :%g -s '' 1 61)" id

title 112 'UID and GID in the environment'
show chpst -U nobody sh -c 'echo $UID $GID; id -u' 2>&1 | sed '$d;$d'
show chpst -U nobody:daemon:adm sh -c 'echo $UID $GID'
show chpst -U :17:18:19 sh -c 'echo $UID $GID'
show chpst -U nosuch true

title 122 'two dashes and more'
show chpst --foo echo hi

title 118 'the program is looked for in the path of the caller'
mkdir env bin bin2
echo "$HERE/bin" >env/PATH
echo 'echo bin' | script bin/prog
echo 'echo bin2' | script bin2/prog
show chpst -e env prog
PATH=$HERE/bin2:$PATH show chpst -e env prog
chmod 644 bin2/prog
if [ "$(id -u)" -eq 0 ]; then
    PATH=$HERE/bin2:$HERE/bin:$PATH show chpst prog
    PATH=$HERE/bin2:$PATH show chpst prog
fi
cd bin || exit
PATH=:$PATH show chpst prog
PATH=$PATH: show chpst prog
PATH=$PATH:/etc/passwd:$HERE/bin show chpst prog
