# cases: 116
# programs: chpst setuidgid envuidgid envdir pgrphack setlock softlimit
. "$CONFORMANCE_LIB"

mkdir dir
echo value >dir/NAME

title 116 'usage'
for each in setuidgid envuidgid envdir pgrphack softlimit; do
    show $each
    show $each -V
done
show setuidgid nobody
show envdir dir
title 116 'setuidgid'
if [ "$(id -u)" -eq 0 ]; then
    show setuidgid nobody id
    show setuidgid nobody nosuchprog
fi
show setuidgid nosuch true
show setuidgid nobody:daemon true
show setuidgid :1:2 true
show setuidgid -- nobody true
title 116 'envuidgid'
show envuidgid nobody sh -c 'echo $UID $GID'
show envuidgid nosuch true
title 116 'envdir'
show envdir dir sh -c 'echo $NAME'
show envdir nosuch true
show envdir -v true
mkdir dir/sub
show envdir dir true
title 116 'pgrphack'
show pgrphack sh -c '[ "$(cut -d " " -f 5,6 /proc/$$/stat)" = "$$ $$" ] && echo leader'
show pgrphack -x
title 116 'softlimit'
show softlimit -o 50 sh -c 'ulimit -n'
show softlimit -o 50 -o = sh -c '[ "$(ulimit -n)" = "$(ulimit -H -n)" ] && echo hard'
show softlimit -o 3= true
show softlimit -o 12x true
show softlimit -q 1 true
show softlimit -a
show softlimit -a 100000000 sh -c 'ulimit -v'
show softlimit -s 1000000 sh -c 'ulimit -s'
show softlimit -m 300000000 -s 4096000 sh -c 'ulimit -s; ulimit -v; ulimit -d'
show softlimit -s 4096000 -m 300000000 sh -c 'ulimit -s; ulimit -v; ulimit -d'
show softlimit nosuchprog
title 116 'other names, and a d before the name'
mkdir links
for each in dchpst other dother; do
    ln -s "$(command -v chpst)" links/$each
    show links/$each
    show links/$each -q
    show links/$each echo hi
    show links/$each nosuchprog
done
for each in denvdir denvuidgid dsoftlimit ddenvdir; do
    ln -s "$(command -v chpst)" links/$each
    show links/$each
done
show links/denvdir nosuch true
