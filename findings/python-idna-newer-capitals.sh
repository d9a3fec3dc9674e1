#!/usr/bin/env bash
# Python's codec idna gives other names than Java's for some capitals, though both follow the same frozen tables.
#
# Packages: the standard libraries of Python (seen with 3.11.7, whose Unicode is 14.0) and of the JDK (OpenJDK 17.0.21).
# Input: names with U+04C0 (Cyrillic palochka), U+10A0 (Georgian capital an) and, to compare, U+0410 (Cyrillic capital a).
# Seen: the third is the same in both. The first two are two different names each; Python's read back with U+04CF and U+2D00.
#
# A good guess is wrong because both are documented to follow RFC 3490, so RFC 3454, whose tables are those of Unicode 3.2
# for good. Python even keeps the old database for it and looks for unassigned characters there. But its table B.3 is
# str.lower() with a list of exceptions, and str.lower() learns with each Unicode. Both capitals are in Unicode 3.2, their
# small letters came later, and no list has them. The function stringprep.map_table_b2 shows it too, so a user name is
# prepared in another way as well: the result is a character that the module's own table A.1 calls unassigned.
#
# Exit code 0: still so. 1: something has changed. 2: it could not be tried.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
command -v java >/dev/null || exit 2
command -v python3 >/dev/null || exit 2

cat >"$work/Names.java" <<'JAVA'
public class Names {
    public static void main(String[] arguments) {
        for (char capital : new char[] {'\u04c0', '\u10a0', '\u0410'}) {
            System.out.printf("Java   U+%04X %s%n", (int) capital, java.net.IDN.toASCII(capital + "x"));
        }
    }
}
JAVA
cat >"$work/names.py" <<'PYTHON'
import stringprep

for capital in "\u04c0", "\u10a0", "\u0410":
    name = (capital + "x").encode("idna")
    read = name.decode("idna")[0]
    print(f"Python U+{ord(capital):04X} {name.decode()} read as U+{ord(read):04X}, "
          f"unassigned: {stringprep.in_table_a1(capital)}, {stringprep.in_table_a1(read)}")
PYTHON

seen=$(java "$work/Names.java" && python3 "$work/names.py")
echo "$seen"
diff - <(echo "$seen") <<'SEEN'
Java   U+04C0 xn--x-g1b
Java   U+10A0 xn--x-5zg
Java   U+0410 xn--x-7sb
Python U+04C0 xn--x-b2b read as U+04CF, unassigned: False, True
Python U+10A0 xn--x-8us read as U+2D00, unassigned: False, True
Python U+0410 xn--x-7sb read as U+0430, unassigned: False, False
SEEN
