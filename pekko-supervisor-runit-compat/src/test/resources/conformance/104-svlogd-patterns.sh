# cases: 104 105
# programs: svlogd
. "$CONFORMANCE_LIB"
for_both_users

title 104 'the table of patterns'
i=0
# an earlier line fills the memory that a plus at the end of a line would look at
long=$(printf '%01000d' 0)
while IFS='/' read -r pattern line; do
    i=$((i + 1))
    log_directory "p$i" "-*
+$pattern"
    printf '%s\n%s\n' "$long" "$line" | svlogd "p$i"
    fact "$pattern on '$line'" "[ -s p$i/current ]"
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
