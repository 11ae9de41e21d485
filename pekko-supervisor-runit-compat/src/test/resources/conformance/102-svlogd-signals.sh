# cases: 102 103 130
# programs: svlogd
# differs: a line that was read is written, also after TERM; svlogd throws the last one away
. "$CONFORMANCE_LIB"
for_both_users

title 102 'ALRM rotates, HUP reads the configuration, TERM ends'
log_directory d
start_svlogd -v d
kill -ALRM "$SVLOGD"
await 10 'grep -q sigalarm svlogd.err'
settle
files d
echo one >&3
await 10 '[ -s d/current ]'
kill -ALRM "$SVLOGD"
# made 600, and 644 a moment later, as by svlogd
await 10 '[ -e d/@*.s ] && [ ! -s d/current ] && [ "$(stat -c %a d/current)" = 644 ]'
files d
echo 'pnow: ' >d/config
kill -HUP "$SVLOGD"
await 10 'grep -q "read: d/config" svlogd.err'
echo two >&3
await 10 '[ -s d/current ]'
content d/current
kill -TERM "$SVLOGD"
said_by_svlogd
files d
exec 3>&-
title 102 'HUP without a directory left'
log_directory lost
start_svlogd lost
mv lost gone
kill -HUP "$SVLOGD"
said_by_svlogd
exec 3>&-
title 103 'TERM in the middle of a line'
log_directory e
start_svlogd -v e
exec 4<in
printf 'one\npar' >&3
await 10 '[ -s e/current ]'
kill -TERM "$SVLOGD"
await 20 'grep -q sigterm svlogd.err'
settle
fact 'it runs' '! ended $SVLOGD'
printf 'tial\nnext\n' >&3
said_by_svlogd
content e/current
exec 3>&-
sed 's/^/unread| /' <&4
exec 4<&-
title 130 'TERM with lines unread'
log_directory f
start_svlogd f
printf 'zero\n' >&3
await 10 '[ -s f/current ]'
kill -STOP "$SVLOGD"
printf 'a\nb\n' >&3
kill -TERM "$SVLOGD"
kill -CONT "$SVLOGD"
said_by_svlogd
content f/current
exec 3>&-
