# cases: 113
# programs: chpst
. "$CONFORMANCE_LIB"

title 113 'environment directory'
mkdir -p dir/empty-is-no-file
rmdir dir/empty-is-no-file
printf 'first\nsecond\n' >dir/LINES
printf 'blanks \t \n' >dir/BLANKS
printf ' \t lead' >dir/LEAD
: >dir/GONE
: >dir/NEVER
echo >dir/EMPTY
printf 'a\0b\0\nc' >dir/NULS
printf 'unterminated' >dir/OPEN
printf '\0\n' >dir/NUL
printf 'x=y\n' >dir/EQUALS
printf 'value\n' >'dir/A=B'
: >'dir/C=D'
printf 'gr\374n\n' >dir/LATIN
echo no >dir/.hidden
echo dotted >dir/with.dot
head -c 100000 /dev/zero | tr '\0' x >dir/LONG
mkfifo dir/FIFO
GONE=here LINES=old FIFO=old A=old C=old env -u PWD -u OLDPWD chpst -e dir env -0 >out
echo "rc $?"
tr '\0\n' '\n~' <out | grep -E '^(LINES|BLANKS|LEAD|GONE|NEVER|EMPTY|NULS|OPEN|NUL|EQUALS|A|C|LATIN|hidden|with.dot|FIFO)=' |
    sort | cat -v
tr '\0' '\n' <out | grep -a '^LONG=' | wc -c
show chpst -e dir -- sh -c 'pwd' | sed "s:$HERE:HERE:"

title 113 'subdirectories, unreadable files, missing directories'
mkdir dir/sub
show chpst -e dir sh -c 'echo $OPEN'
show chpst -v -e dir true
show chpst -e nosuch true
show chpst -e '' true
show chpst -e dir/OPEN true
ln -s nowhere dir/dangling
show chpst -e dir true
rm dir/dangling
ln -s loop dir/loop
show chpst -e dir true
rm dir/loop
chmod 755 .
chmod 0 dir/OPEN
show as_nobody chpst -e dir true
chmod 711 dir
show as_nobody chpst -e dir true
chmod 644 dir
show as_nobody chpst -e dir true

title 113 'the order of variables'
mkdir order
echo 1 >order/ONE
echo 2 >order/TWO
: >order/B
show env -i A=1 B=2 C=3 ONE=0 D=4 PATH="$PATH" JAVA_HOME="$JAVA_HOME" chpst -e order env | grep -v -E '^out. (PATH|JAVA_HOME)='
title 113 'what a shell would not keep'
show env -i dotted.name=1 1x=2 'with blank=3' =4 PATH="$PATH" JAVA_HOME="$JAVA_HOME" chpst -P env |
    grep -v -E '^out. (PATH|JAVA_HOME)='
