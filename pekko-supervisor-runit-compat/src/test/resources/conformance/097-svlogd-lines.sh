# cases: 97 98 99
# programs: svlogd
. "$CONFORMANCE_LIB"
for_both_users

title 97 'time stamps'
for option in -t -tt -ttt -tttt; do
    log_directory "d$option"
    log_through 'a\n\nb\n' "$option" "./d$option"
    content "d$option/current"
    LC_ALL=C sed -E -n -e 's/^@4[0-9a-f]{15}[0-9a-f]{8} .*/a label/p' -e 's/^.*[T_]..:..:..\......\ .*/five decimals/p' "d$option/current"
done
LC_ALL=C grep -c '500 \|[02468ace]4 \|c \|[0-9a-f] ' d-t/current
title 98 'replacement'
for options in '-r X' '-R o:' '-R o: -r .' '-r X -R ,' ''; do
    rm -rf e
    log_directory e
    # shellcheck disable=SC2086
    log_through 'fo:o\tb\177\200\377,\000!\n' $options e
    od -An -c e/current | sed 's/^/log| /'
done
title 99 'long lines'
log_directory f 'e*'
log_through '0123456789abc\001\n0123456789\n012345678\nshort\n0123456789abc' -l 10 -b 32 -r_ f
od -An -c f/current | sed 's/^/log| /'
