# cases: 120
# programs: runsvchdir
. "$CONFORMANCE_LIB"

title 120 'usage and refusal'
show runsvchdir
show runsvchdir .x
show runsvchdir ''

# the rest in a mount namespace, where /etc/runit is ours
if [ "$(id -u)" -eq 0 ] && unshare -m true 2>/dev/null && [ -d /etc/runit ]; then
    cat >inside.sh <<'END'
. "$CONFORMANCE_LIB"
mount -t tmpfs none /etc/runit || exit
show runsvchdir a
mkdir /etc/runit/runsvdir
cd /etc/runit/runsvdir || exit
# listing: without what show leaves behind
listing() {
    rm -f show.out show.err
    stat -c '%F %N' *
}
show runsvchdir nosuch
mkdir a b
: >file
show runsvchdir file
show runsvchdir file/x
show runsvchdir a
ln -s nowhere current
show runsvchdir a
ln -sfn b current
show runsvchdir a
listing
show runsvchdir a
show runsvchdir /etc/runit/runsvdir/b more words
listing
mkdir current.new
show runsvchdir a
rmdir current.new
rm previous
mkdir previous
show runsvchdir a
listing
rmdir previous
rm current
mkdir current
show runsvchdir a
listing
END
    unshare -m sh inside.sh
fi
