# cases: 79
. "$CONFORMANCE_LIB"

title 79 'no directory'
show runsvdir
show runsvdir -P
show runsvdir --
