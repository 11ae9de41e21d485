# cases: 121
. "$CONFORMANCE_LIB"

title 121 'the directory is a link that is switched'
mkdir d1 d2
for each in a b c; do
    service "$each" 'echo >>starts; exec sleep 1000'
done
ln -s ../a ../b d1
ln -s ../a ../c d2
ln -s d1 current
start_services current
await 10 '[ -e a/starts ]'
a=$(pid_of a)
b=$(pid_of b)
ln -s d2 next
mv -T next current
await_started c
await 20 '! svok b'
view b
fact 'the process has ended' 'ended "$b"'
view c
fact 'the common one goes on' '[ "$(pid_of a)" = "$a" ] && ! ended "$a"'
echo "starts: $(lines a/starts)"
cat runsvdir.err
stop_runsvdir current
