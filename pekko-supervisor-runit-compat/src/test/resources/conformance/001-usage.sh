# cases: 1 2
. "$CONFORMANCE_LIB"

title 1 'no argument, two arguments'
show runsv
show runsv a b

title 2 'no such directory'
show runsv nodir
