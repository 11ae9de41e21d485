# cases: 7
. "$CONFORMANCE_LIB"

title 7 'down file'
service a 'echo >>starts; exec sleep 1000'
: >a/down
start_runsv a
settle
view a
fact 'started' '[ -e a/starts ]'
rm a/down
settle
fact 'started when the file is removed' '[ -e a/starts ]'
stop_runsv a
