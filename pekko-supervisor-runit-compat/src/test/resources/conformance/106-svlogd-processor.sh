# cases: 106 107 128
# programs: svlogd
. "$CONFORMANCE_LIB"
for_both_users

title 106 'a processor, with its state'
log_directory d 's40
!cat; echo more; cat <&4 >&5; echo st >&5'
log_through '0123456789012345678901234567890123456789\nrest\n' -l 10 -b 64 d
files d
content d/@*.s
content d/state
log_through '0123456789012345678901234567890123456789\nrest\n' -v -l 10 -b 64 d 2>&1 | grep -v sigchld | sort
content d/state
title 106 'what it inherits'
log_directory i 's20
!for n in 0 1 2 4 5; do [ -e /proc/self/fd/$n ] && echo $n; done; pwd | sed s,.*/,,; umask; echo $#$WORD'
export WORD=word
log_through '0123456789012345678901234567890123456789\n' -l 10 -b 64 i
for each in i/@*; do content "$each"; done
title 107 'one that fails is run again'
log_directory e 's40
!if [ -e failed ]; then cat; else touch failed; echo half; exit 1; fi'
log_through '0123456789012345678901234567890123456789\n' -l 10 -b 64 e
files e
content e/@*.s
title 128 'one that is killed counts as done'
log_directory f 's40
!kill -KILL $$'
log_through '0123456789012345678901234567890123456789\n' -l 10 -b 64 f
files f
title 106 'it is noticed while nothing comes in'
log_directory g '!tr a-z A-Z'
start_svlogd g
echo one >&3
await 10 '[ -s g/current ]'
kill -ALRM "$SVLOGD"
await 10 '[ -e g/@*.s ] && [ "$(stat -c %a g/current)" = 644 ]'
await 10 '[ ! -e g/@*.u ] && [ -e g/state ] && [ ! -e g/newstate ]'
files g
content g/@*.s
end_svlogd
