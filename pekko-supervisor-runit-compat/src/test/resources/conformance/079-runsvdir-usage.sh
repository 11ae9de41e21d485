# cases: 79
# differs: it names its own options too
. "$CONFORMANCE_LIB"

title 79 'no directory'
show runsvdir
show runsvdir -P
show runsvdir --
