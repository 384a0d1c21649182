#!/usr/bin/env bash
# What the GNU assembler makes of instructions, one a line in Intel's syntax: prints 'bytes<TAB>instruction' for each, in their order, behind two lines
# about where they come from. Empty lines and those that begin with # are left out. Fails if a line is refused, or is not exactly one instruction.
#
#   simd/tools/encodings.sh [FILE]    FILE, or - or nothing for the standard input
#
# The encodings that AssemblerTest compares with, after 'mvn test-compile', from the root of the repository:
#
#   FOLDER=src/test/resources/org/resnet4j/simd/machinecode
#   java -cp simd/target/classes:simd/target/test-classes org.resnet4j.simd.machinecode.EncodingForms | simd/tools/encodings.sh > simd/$FOLDER/encodings.txt
set -euo pipefail
export LC_ALL=C

WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT

awk 'NF && !/^#/' "${1:--}" > "$WORK/lines"
# A label before each, so that no byte can be taken for its neighbour's.
awk '{ print "line" NR ": " $0 }' "$WORK/lines" > "$WORK/labelled"
as -msyntax=intel -mnaked-reg --64 --fatal-warnings -o "$WORK/code.o" "$WORK/labelled"
objdump -d -w "$WORK/code.o" > "$WORK/disassembly"
awk -F '\t' '
    FILENAME == ARGV[1] {
        if (match($0, /<line[0-9]+>:$/)) {
            line = substr($0, RSTART + 5, RLENGTH - 7)
        } else if (NF >= 2 && $1 ~ /^ *[0-9a-f]+:$/) {
            sub(/ +$/, "", $2)
            bytes[line] = $2
            found[line]++
        }
        next
    }
    {
        if (found[FNR] != 1 || /^ *\./) {
            print "encodings: not exactly one instruction: " $0 > "/dev/stderr"
            exit 1
        }
        print bytes[FNR] "\t" $0
    }' "$WORK/disassembly" "$WORK/lines" > "$WORK/encodings"

echo "# EncodingForms | simd/tools/encodings.sh"
echo "# $(as --version | awk 'NR == 1')"
cat "$WORK/encodings"
