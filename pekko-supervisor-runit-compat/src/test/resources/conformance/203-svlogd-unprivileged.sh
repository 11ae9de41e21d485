# programs: svlogd
. "$CONFORMANCE_LIB"

# Played by nobody, or by whoever we are if that is not root: to root everything is open.
if [ "$(id -u)" -eq 0 ]; then
    chmod 711 . .. ../programs
    mkdir nobody
    chown 65534:65534 nobody
    cd nobody && exec setpriv --reuid=65534 --regid=65534 --clear-groups sh "$0"
fi

title 'unwritable' 'what cannot be entered, locked or read'
for mode in 000 400 200 300 500; do
    log_directory "d$mode"
    chmod "$mode" "d$mode"
    log_through 'a\n' -v "d$mode"
    chmod 755 "d$mode"
    files "d$mode"
done
log_directory e
: >e/lock
chmod 0 e/lock
log_through 'a\n' e
log_directory f 's50'
chmod 0 f/config
log_through 'a\n' -v f
log_directory g
mkdir g/config
log_through 'a\n' -v g
title 'unwritable' 'it waits until current can be opened'
log_directory h
: >h/current
chmod 0 h/current
with_default_signals svlogd h <"$CONFORMANCE_LIB" 2>svlogd.err &
SVLOGD=$!
await 20 'grep -q pausing svlogd.err'
chmod 644 h/current
await 20 'ended "$SVLOGD"'
sort -u svlogd.err >said
mv said svlogd.err
said_by_svlogd
fact 'nothing was lost' 'cmp -s "$CONFORMANCE_LIB" h/current'
