# Sourced by the launcher and by .ci/run. POSIX sh.
#
# find_jdk: sets JDK to the home of a JDK 25, or of a later one where there is none (then JDK_LATER is its number, else empty), or
# returns 1 and leaves in JDK_SEARCHED where it looked.
# Order: JAVA_HOME, the java on PATH, then the JDKs in the folders of RESNET4J_JDK_PATH, which are separated by colons.

JDK_WANTED=25

# Of the JDK in $1; its release file, unless it lacks one, spares a start of the JVM.
jdk_major() {
    jdk_version=
    if [ -r "$1/release" ]; then
        while IFS='=' read -r jdk_key jdk_value; do
            if [ "$jdk_key" = JAVA_VERSION ]; then
                jdk_version=${jdk_value#\"}
            fi
        done < "$1/release"
    else
        jdk_version=$("$1/bin/java" -version 2>&1 | sed -n 's/.* version "\([^"]*\)".*/\1/p' | head -n 1)
    fi
    jdk_version=${jdk_version%\"}
    echo "${jdk_version%%[!0-9]*}"
}

# Takes the JDK in $1 if it is of the wanted version and complete; $2 is what to call it. The first that is later is remembered.
jdk_try() {
    if [ ! -x "$1/bin/java" ]; then
        JDK_SEARCHED="$JDK_SEARCHED, $2 (no bin/java)"
        return 1
    fi
    jdk_found=$(jdk_major "$1")
    if [ "${jdk_found:-0}" -lt "$JDK_WANTED" ]; then
        JDK_SEARCHED="$JDK_SEARCHED, $2 (is ${jdk_found:-no JDK})"
        return 1
    fi
    if [ ! -x "$1/bin/javac" ]; then
        JDK_SEARCHED="$JDK_SEARCHED, $2 (has no javac)"
        return 1
    fi
    if [ "$jdk_found" != "$JDK_WANTED" ]; then
        [ -n "$JDK_LATER" ] || { JDK_LATER=$jdk_found && jdk_later=$1; }
        return 1
    fi
    JDK=$1
    JDK_LATER=
}

# The home of the java on PATH, through all links.
jdk_of_path() {
    jdk_java=$(command -v java) || return 1
    while [ -L "$jdk_java" ]; do
        jdk_link=$(readlink "$jdk_java")
        case $jdk_link in
            /*) jdk_java=$jdk_link ;;
            *) jdk_java=$(dirname "$jdk_java")/$jdk_link ;;
        esac
    done
    dirname "$(dirname "$jdk_java")"
}

find_jdk() {
    JDK=
    JDK_LATER=
    JDK_SEARCHED=
    if [ -n "${JAVA_HOME:-}" ]; then
        jdk_try "$JAVA_HOME" "JAVA_HOME=$JAVA_HOME" && return 0
    fi
    if jdk_home=$(jdk_of_path); then
        jdk_try "$jdk_home" "the java on PATH, $jdk_home" && return 0
    fi
    if [ -z "${RESNET4J_JDK_PATH+set}" ] && [ -x /usr/libexec/java_home ]; then
        for jdk_asked in "$JDK_WANTED" "$JDK_WANTED+"; do
            jdk_home=$(/usr/libexec/java_home -v "$jdk_asked" 2> /dev/null) &&
                jdk_try "$jdk_home" "$jdk_home" && return 0
        done
    fi
    jdk_folders=${RESNET4J_JDK_PATH-/usr/lib/jvm:/opt:${HOME:-}/.sdkman/candidates/java:${HOME:-}/.jdks}
    jdk_rest=$jdk_folders:
    while [ -n "$jdk_rest" ]; do
        jdk_folder=${jdk_rest%%:*}
        jdk_rest=${jdk_rest#*:}
        [ -n "$jdk_folder" ] || continue
        for jdk_home in "$jdk_folder"/*; do
            if [ -x "$jdk_home/bin/java" ]; then
                jdk_try "$jdk_home" "$jdk_home" && return 0
            fi
        done
    done
    if [ -n "$JDK_LATER" ]; then
        JDK=$jdk_later
        return 0
    fi
    [ -z "$jdk_folders" ] || JDK_SEARCHED="$JDK_SEARCHED, the folders $jdk_folders"
    JDK_SEARCHED=${JDK_SEARCHED#, }
    return 1
}
