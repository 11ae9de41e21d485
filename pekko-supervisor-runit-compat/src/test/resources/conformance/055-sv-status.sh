# cases: 55 56
. "$CONFORMANCE_LIB"

mkdir sd
service sd/a 'exec sleep 1000'
service sd/b 'exec sleep 1000'
: >sd/b/down
service sd/c 'exec sleep 1000'
service sd/d 'exit 1'
service sd/e 'exec sleep 1000'
start_runsvdir sd
for each in a b c d e; do
    await 20 "svok sd/$each"
done
cd sd || exit
await_bytes a 'PID 0 u 0 1'
sv up ./b
await_bytes b 'PID 0 u 0 1'
sv down ./c
await_bytes c '0 0 d 0 0'
await_bytes e 'PID 0 u 0 1'
sv once ./e
await_bytes e 'PID 0 d 0 1'

title 55 'running; with a down file; stopped; between two starts; once'
show sv status ./a
show sv status ./b
show sv status ./c
await 10 'sv status ./d >../d.out; grep -q ^down: ../d.out'
norm <../d.out
show sv status ./e
fact 'the age is that of the process' '[ "$(sv status ./a | grep -c -E "\) ([0-9]|1[0-9])s$")" -eq 1 ]'
cd ..
stop_runsvdir sd

title 56 'never supervised, ended, missing'
mkdir n
show sv status ./n ./sd/a ./zz
