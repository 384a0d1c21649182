#!/usr/bin/env bash
# Makes a folder, and an archive of it, that holds the command with a Java of its own: it starts where there is no JDK, no Maven
# and no compiler, wherever it is unpacked, read-only and as any user, on systems like this one.
#
#   bench/dist.sh FOLDER        makes FOLDER and FOLDER.tar.gz
#
# Needs what the launcher needs, and tar.
set -euo pipefail

fail() {
    echo "dist: $1" >&2
    exit 2
}

[ $# -eq 1 ] && [ -n "$1" ] && [ "${1#-}" = "$1" ] || fail 'name a folder that is not there yet'
case $1 in /*) folder=$1 ;; *) folder=$PWD/$1 ;; esac
folder=${folder%/}
[ ! -e "$folder" ] && [ ! -L "$folder" ] || fail "$folder: exists already; choose another name"
[ ! -e "$folder.tar.gz" ] || fail "$folder.tar.gz: exists already; choose another name"
[ -d "${folder%/*}/" ] || fail "${folder%/*}: there is no such folder"

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/.mvn/find-jdk.sh"
find_jdk || fail "no JDK $JDK_WANTED or later found; looked at: ${JDK_SEARCHED:-nothing}"
"$root/resnet4j" --version > /dev/null 2>&1 || fail "it does not start here; see: $root/resnet4j --version"
read -r name 2> /dev/null < "$root/target/built" || name=none
jar=
for file in "$root/target/builds/$name"/resnet4j-bench-*.jar "$root"/bench/target/resnet4j-bench-*.jar; do
    if [ -s "$file" ] && { [ -z "$jar" ] || [ "$file" -nt "$jar" ]; }; then jar=$file; fi
done
[ -n "$jar" ] || fail 'there is no build'

made=
trap '[ -n "$made" ] || rm -rf "$folder" "$folder.tar.gz"' EXIT
mkdir "$folder" "$folder/bin"
# What the modules need, beside what Java loads when it is asked for: the vectors, a server, and proxies and time zones of downloads.
"$JDK/bin/jlink" --add-modules java.base,java.desktop,java.management,java.net.http,jdk.httpserver,jdk.incubator.vector,jdk.management,jdk.unsupported \
    --strip-debug --no-header-files --no-man-pages --output "$folder/runtime"
cp "$jar" "$folder/"
mkdir "$folder/lib"
cp "${jar%/*}"/lib/*.jar "$folder/lib/"
cp "$root/resnet4j" "$folder/bin/resnet4j"
cp "$root/LICENSE" "$root/NOTICE" "$root/README.md" "$folder/"
cat > "$folder/bin/resnet4j.cmd" <<'CMD'
@echo off
rem Starts the resnet4j command with Java 25: the one in runtime if it is for Windows, else that of JAVA_HOME or the path.
setlocal
set "home=%~dp0.."
set "java=java"
if defined JAVA_HOME set "java=%JAVA_HOME%\bin\java"
if exist "%home%\runtime\bin\java.exe" set "java=%home%\runtime\bin\java"
"%java%" -XX:+UseSerialGC -XX:Tier4BackEdgeThreshold=400000 -XX:Tier4MinInvocationThreshold=60 -XX:Tier4CompileThreshold=2000 -XX:ObjectAlignmentInBytes=64 --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED -Djava.awt.headless=true %RESNET4J_JAVA_OPTS% -cp "%home%\*;%home%\lib\*" org.resnet4j.bench.Start %*
CMD
(cd "$folder" && find runtime/bin runtime/lib lib resnet4j-bench-*.jar -type f | LC_ALL=C sort | xargs wc -c | sed -e 's/^ *//' -e '/ total$/d') > "$folder/bin/sizes"
RESNET4J_TRAINING=$folder/lib/start.aot "$folder/bin/resnet4j" classify "$root/golden/samples/00.png" > "$folder/log" 2>&1 || {
    cat "$folder/log" >&2
    fail 'it does not start'
}
rm "$folder/log"
chmod -R a+rX "$folder"
tar -C "${folder%/*}" -czf "$folder.tar.gz" "${folder##*/}"
made=yes
echo "made $folder and $folder.tar.gz ($(du -h "$folder.tar.gz" | cut -f 1))"
