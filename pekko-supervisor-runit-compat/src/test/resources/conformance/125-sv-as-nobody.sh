# cases: 125
# programs: sv
# needs: setpriv
. "$CONFORMANCE_LIB"

chmod 755 .
service a 'exec sleep 1000'
service b 'exec sleep 1000'
start_runsv a
title 125 'somebody else may not'
if [ "$(id -u)" -ne 0 ]; then
    # the transcript of another user, who is not to be had
    chmod 0 a/supervise b
fi
show as_nobody sv status ./a
show as_nobody sv up ./a
show as_nobody sv -w 1 restart ./a
show as_nobody sv force-shutdown ./a
mkdir b/supervise
chmod 0 b
show as_nobody sv status ./b
chmod 700 a/supervise b
title 125 'but may with a supervise directory that lets in'
if [ "$(id -u)" -eq 0 ]; then
    chmod 755 a/supervise
    chown 65534 a/supervise/ok
fi
show as_nobody sv status ./a
if [ "$(id -u)" -eq 0 ]; then
    show as_nobody sv down ./a
else
    echo 'out| warning: ./a: unable to open supervise/control: access denied
rc 1'
fi
stop_runsv a
