# cases: 1 2
# differs: it names its own options too
. "$CONFORMANCE_LIB"

title 1 'no argument, two arguments'
show runsv
show runsv a b

title 2 'no such directory'
show runsv nodir
