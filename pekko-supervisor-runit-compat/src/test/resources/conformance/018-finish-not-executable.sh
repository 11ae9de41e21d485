# cases: 18
. "$CONFORMANCE_LIB"

title 18 'finish cannot be executed'
service a 'echo >>starts; exit 0'
echo '#!/bin/sh' >a/finish
launch_runsv a
await 30 '[ "$(lines a/starts)" -ge 3 ]'
fact 'one message in each cycle' '[ "$(lines runsv.err)" -ge 2 ]'
stop_runsv a
sort -u runsv.err
