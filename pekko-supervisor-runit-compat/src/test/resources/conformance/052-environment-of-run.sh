# cases: 52
. "$CONFORMANCE_LIB"

title 52 'what run inherits'
service a '
    env | grep -Ev "^(_|PWD|OLDPWD|SHLVL)=" | sort >environment
    # of grep itself, which inherits them: the shell blocks all signals now and then
    grep -e SigBlk -e SigIgn /proc/self/status >masks
    umask >umask
    tr "\0" " " </proc/$$/cmdline >argv
    : >written
    exec sleep 1000'
CONFORMANCE_VALUE=' some  value'
export CONFORMANCE_VALUE
umask 027
env | grep -Ev '^(_|PWD|OLDPWD|SHLVL)=' | sort >expected
start_runsv a
await 10 '[ -e a/written ]'
blocked=$(sed -n 's/^SigBlk:[^0-9a-f]*//p' a/masks)
ignored=$(sed -n 's/^SigIgn:[^0-9a-f]*//p' a/masks)
echo "blocked: $blocked"
# 1 HUP, 2 INT, 3 QUIT, 15 TERM, 17 CHLD
fact 'one of the signals that runsv deals with is ignored' '[ $((0x$ignored & 0x14007)) -ne 0 ]'
cat a/argv
echo
cat a/umask
fact "the environment is runsv's" 'cmp -s expected a/environment'
diff expected a/environment
stop_runsv a
