# cases: 114 117
# programs: chpst setlock
. "$CONFORMANCE_LIB"

# holding FILE: another process holds the lock; HOLDER is its pid.
holding() {
    flock "$1" sh -c 'echo >held; exec sleep 1000' &
    HOLDER=$!
    await 10 '[ -e held ]'
    rm held
}

# release: it does no more.
release() {
    pkill -P "$HOLDER"
    wait "$HOLDER" 2>/dev/null
}

title 114 'lock'
show chpst -L lk sh -c 'stat -c "%a %s" lk; flock -n lk true || echo held'
show flock -n lk echo free
holding lk
show chpst -L lk true
chpst -l lk sh -c 'echo got it' >waited &
waiter=$!
settle
line waited
release
await 20 '[ -s waited ]'
wait $waiter
line waited
show chpst -l a -L b true
show chpst -l a -l a true
show chpst -l nodir/lk true
show chpst -L . true
(umask 077 && chpst -l private true)
stat -c %a private
echo content >full
show chpst -l full cat full

title 117 'setlock'
show setlock
show setlock lk
show setlock -q lk true
show setlock -V lk true
holding lk
show setlock lk true
show setlock -N lk true
show setlock -x lk true
show setlock -xX lk true
setlock -n lk sh -c 'echo got it' >waited2 &
waiter=$!
settle
line waited2
release
await 20 '[ -s waited2 ]'
wait $waiter
line waited2
show setlock -x nodir/lk true
show setlock -X nodir/lk true
show setlock -x lk nosuchprog
show setlock lk nosuchprog
show setlock -nNxX lk echo done
