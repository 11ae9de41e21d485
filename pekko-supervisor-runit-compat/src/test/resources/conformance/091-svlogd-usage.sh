# cases: 91 92 96 126
# programs: svlogd
. "$CONFORMANCE_LIB"
for_both_users

title 91 'options that are wrong, and what is almost wrong'
log_directory d
show svlogd
show svlogd -l 1024 d
show svlogd -r ab d
show svlogd -r '' d
show svlogd -x d
show svlogd -l
show svlogd -V
log_through 'a\n' -l 1023 d
log_through 'a\n' -l 0 -b 0 d
log_through 'a\n' -tv -- d
log_through 'a\n' --any-word d
title 92 'no such directory'
log_through 'a\n' missing
log_through 'a\n' d/current
title 96 'a directory in use'
start_svlogd d
log_through 'a\n' d
title 126 'one of two is in use'
log_directory e
log_through 'a\n' d e
content e/current
end_svlogd
