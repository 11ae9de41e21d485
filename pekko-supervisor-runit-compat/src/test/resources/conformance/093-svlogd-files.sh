# cases: 93 94 95
# programs: svlogd
. "$CONFORMANCE_LIB"
for_both_users

title 93 'modes of the files, and a second run'
log_directory d
start_svlogd d
echo one >&3
await 10 '[ -s d/current ]'
files d
end_svlogd
files d
log_through 'two\n' d
files d
content d/current
title 93 'whatever the umask'
log_directory u
(umask 077 && log_through 'a\n' u)
files u
title 94 'no newline at the end'
log_directory e
log_through 'foo\nbar' e
content e/current
log_through '\n\nbar\n' e
content e/current
title 95 'an unclean end'
for mode in 644 600 744; do
    log_directory "f$mode"
    echo old >"f$mode/current"
    chmod "$mode" "f$mode/current"
    log_through 'new\n' "f$mode"
    files "f$mode"
    content "f$mode/current"
done
title 95 'an empty one'
log_directory g
: >g/current
log_through 'new\n' -v g
files g
