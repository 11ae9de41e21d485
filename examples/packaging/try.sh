#!/usr/bin/env bash
# Builds the three projects beside this script against target/staging and runs each of their jars on every JDK that is
# here: class path, module path, one jar by maven-shade-plugin, one by Spring Boot's. Each must bring up a side-car, say
# nothing on standard error that it should not, and leave nothing when its JVM is killed with KILL.
# Needs "mvn -P release -DskipTests verify" before. Words given are directories of JDKs, in place of those that are found.
set -u
me=try.sh
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
top=$(cd "$here/../.." && pwd -P)
work=$(mktemp -d)
trap clean_up EXIT
. "$here/lib.sh"

prepare_maven
for project in app shade spring-boot; do
    cp -r "$here/$project" "$work/$project"
    rm -rf "$work/$project/target"
    maven "$work/$project"
done

# by feature number: at most one JDK of each
declare -A jdks
for home in "${@:-}" ${JAVA_HOME:-} /usr/lib/jvm/*; do
    [ $# -eq 0 ] || [[ " $* " == *" $home "* ]] || continue
    [ -x "$home/bin/javac" ] || continue
    feature=$("$home/bin/java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java.specification.version = //p')
    [ -n "${jdks[$feature]:-}" ] || jdks[$feature]=$home
done
[ ${#jdks[@]} -gt 0 ] || die "no JDK in JAVA_HOME or /usr/lib/jvm; give its directory as an argument"

tried=0
# try KIND WORD...: brought up, quiet, and gone
try() {
    local kind=$1
    shift
    start "$@"
    if grep -v ' INFO ' "$work/err" | grep -q .; then
        cp "$work/err" "$work/out"
        die "JDK $feature, $kind: says more on standard error than it should"
    fi
    kill_jvm
    tried=$((tried + 1))
    echo "$me: JDK $feature, $kind: up, quiet, nothing left"
}

for feature in 17 21 25; do
    home=${jdks[$feature]:-}
    if [ -z "$home" ]; then
        echo "$me: JDK $feature: SKIPPED, there is none here"
        continue
    fi
    java=$home/bin/java
    quiet=()
    unnamed=()
    named=()
    if [ "$feature" -ge 24 ]; then
        quiet=(-Dsun.misc.unsafe.memory.access=allow)
        unnamed=(--enable-native-access=ALL-UNNAMED)
        named=(--enable-native-access=org.jnrproject.jffi)
    fi
    app=$work/app/target
    try "class path" "$java" "${unnamed[@]}" "${quiet[@]}" -cp "$app/shop.jar:$app/lib/*" shop.Main
    try "module path" "$java" "${named[@]}" "${quiet[@]}" -p "$app/shop.jar:$app/lib" -m shop/shop.Main
    try "one jar by shade" "$java" "${quiet[@]}" -jar "$work/shade/target/shop-all.jar"
    try "one jar by Spring Boot" "$java" "${quiet[@]}" -jar "$work/spring-boot/target/shop.jar"

    if "$java" "${unnamed[@]}" -jar "$work/shade/target/shop-wrong.jar" "$work/sv" >"$work/out" 2>&1; then
        die "JDK $feature: a jar with one reference.conf of five should not start"
    fi
    grep -q 'AppendingTransformer' "$work/out" || die "JDK $feature: what it says of a jar made wrongly does not help"
    echo "$me: JDK $feature, made wrongly: $(grep -m1 -o 'IllegalStateException: .*' "$work/out" | cut -c24-)"
done
[ "$tried" -gt 0 ] || die "none of the JDKs here is a 17, a 21 or a 25"
echo "$me: $tried passed, 0 failed"
