# programs: utmpset
# needs: unshare mount
. "$CONFORMANCE_LIB"
root=
[ "$(id -u)" -eq 0 ] || root=--map-root-user
[ -n "${PLAYING-}" ] || exec unshare $root --mount env PLAYING=1 sh "$0"

mkdir logins
mount -t tmpfs tmpfs logins || exit
mkdir logins/run logins/log
mount --bind logins/log /var/log || exit
mount --bind logins/run "$(cd /var/run && pwd -P)" || exit

# entry TYPE LINE USER: a record of utmp(5), 384 bytes, with something in each field.
entry() {
    printf "\\$(printf %o "$1")\\0\\0\\0\\12\\0\\0\\0"
    { printf %s "$2"; head -c 32 /dev/zero; } | head -c 32
    printf 'id1\0'
    { printf %s "$3"; head -c 32 /dev/zero; } | head -c 32
    { printf host; head -c 256 /dev/zero; } | head -c 256
    printf '\1\0\2\0\115\0\0\0\3\0\0\0\4\0\0\0'
    printf 'addressaddressaddressaddressaddress1' | head -c 36
}
# shown FILE: the records without the time, which is checked to be that of now.
shown() {
    od -A d -v -t x1 -w16 "$1" | sed -E 's/^([0-9]+) (.*)$/\1 \2/' | grep -v ' 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00$' |
        awk '{ at = $1 % 384; if (at == 336) { $6 = $7 = $8 = $9 = "tt" } print }'
}

title utmpset 'usage'
show utmpset
show utmpset -w
show utmpset -V
show utmpset -x tty1
show utmpset -wx tty1

title utmpset 'no files'
show utmpset tty1
: >/var/run/utmp
show utmpset tty1
show utmpset -w tty1
ls /var/log

title utmpset 'the first entry of the line with a user in it'
{
    entry 7 tty1 joe
    entry 7 tty2 ''
    entry 7 tty2 ann
    entry 7 tty2 bob
    printf torn
} >/var/run/utmp
cp /var/run/utmp before
before=$(date +%s)
show utmpset tty2
after=$(date +%s)
fact 'only the third has changed' '[ "$(cmp -l before /var/run/utmp | awk "\$1 <= 768 || \$1 > 1152" | wc -l)" -eq 0 ]'
seconds=$(od -A n -t u4 -j $((768 + 340)) -N 4 /var/run/utmp)
fact 'its time is that of now' '[ "$seconds" -ge "$before" ] && [ "$seconds" -le "$after" ]'
shown /var/run/utmp
show utmpset tty2 more words
show utmpset tty2
show utmpset tty
show utmpset tty11111111111111111111111111111111111111
show utmpset ''
show utmpset -- -x

title utmpset 'wtmp'
printf torn >/var/log/wtmp
show utmpset -w tty2
show utmpset -w tty1
tail -c +5 /var/log/wtmp >/var/log/rest
shown /var/log/rest
rm /var/log/wtmp
cp before /var/run/utmp
show utmpset -w tty1
stat -c %a /var/log/wtmp
rm /var/log/wtmp
mkdir /var/log/wtmp
show utmpset -w tty2
fact 'utmp has been changed all the same' '! cmp -s before /var/run/utmp'
rm /var/run/utmp
mkdir /var/run/utmp
show utmpset tty1
