# cases: 64
. "$CONFORMANCE_LIB"

service a 'exec sleep 1000'
script a/check <<'END'
exit 1
END
start_runsv a

title 64 'check fails'
show sv -w 1 start ./a
title 64 'check succeeds'
echo 'exit 0' | script a/check
show sv -w 1 start ./a
title 64 'check cannot be executed'
chmod 644 a/check
show sv -w 1 start ./a
stop_runsv a
