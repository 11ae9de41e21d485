# cases: 84 90
. "$CONFORMANCE_LIB"

mkdir sd
body='echo >>starts; exec sleep 1000'
for each in a b n; do
    service "$each" "$body"
done
ln -s ../a sd/a
start_services sd
await 10 '[ -e a/starts ]'
a=$(pid_of a)

title 84 'a new entry'
ln -s ../b sd/b
now
begin=$NOW
await_started b
now
fact 'within 7 seconds, and one for the machine' 'between 0 800 $((NOW - begin))'
view b

title 84 'an entry is removed'
b=$(pid_of b)
await 10 '[ -e b/starts ]'
rm sd/b
now
begin=$NOW
await 20 '! svok b'
now
fact 'within 8 seconds, and one for the machine' 'between 0 900 $((NOW - begin))'
fact 'the process has ended' 'ended "$b"'
view b

title 90 'an entry is renamed while another one is added'
mv sd/a sd/z
ln -s ../n sd/n
await_started n
sleep 1.3
fact 'same pid' '[ "$(pid_of a)" = "$a" ] && ! ended "$a"'
echo "starts: $(lines a/starts)"
title 84 'the removed one stays away'
echo "starts: $(lines b/starts)"
fact 'supervised' 'svok b'
cat runsvdir.err
stop_runsvdir sd
