# cases: 104 105
# programs: svlogd
. "$CONFORMANCE_LIB"
for_both_users

title 104 'the table of patterns'
# one svlogd for all of them, each of which meets each line
i=0
: >lines
: >patterns
while IFS='/' read -r pattern line; do
    i=$((i + 1))
    log_directory "p$i" "-*
+$pattern"
    # an earlier line fills the memory that a plus at the end of a line would look at
    printf '%01000d\n%s\n' 0 "$line" >>lines
    printf '%s\n' "$pattern" >>patterns
done <<'END'
foo/foobar
*foo/fofoo
*foo*/a foo b
foo*/foobar
*/
x+y*/xyyz
*ab/aab
+ab/aaa
+a/b
**x/a*bx
**x/abx
foo?/foox
foo/foo
+a+b/aabb
+a+b/aab
*b+c/abcc
/
END
# shellcheck disable=SC2046
svlogd $(seq -f p%g "$i") <lines
i=0
while read -r pattern; do
    i=$((i + 1))
    # shellcheck disable=SC2046
    echo "$pattern takes" $(grep -v '^0000' "p$i/current" | sed 's/.*/[&]/' | tr ' ' _)
done <patterns

title 105 'the last one that fits decides'
mkdir d
printf '#comment\n\n-foo*\n+*bar\n-*baz' >d/config
log_through 'foo\nfoobar\nfoobarbaz\nother\n' d
content d/current
title 105 'copies to standard error'
log_directory e '-*
e*err*
E*quiet*'
log_through 'an err\na quiet err\nfine\n' e
files e
log_directory f 'e*
p> '
log_through 'one\ntwo\n' -tt f
content f/current
