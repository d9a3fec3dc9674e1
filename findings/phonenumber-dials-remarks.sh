#!/usr/bin/env bash
# libphonenumber: a remark after a number becomes part of the number, and the number counts as valid.
#
# Packages: com.googlecode.libphonenumber:libphonenumber 9.0.43 for Java, phonenumbers 9.0.43 for Python.
# Input: German numbers as people write them into address books, with region DE.
# Seen: "030 123456 App. 12" ("App." is German for extension) is +493012345627712, without an extension and valid, where
# +4930123456 with the extension 12 was written. "(priv.)" becomes 7748.
#
# A good guess is wrong because the library does know extensions: "ext. 12" and "x12" are cut off. A word that it does
# not know should then end the number, or make it invalid. Instead three or more letters anywhere make the text a vanity
# number like 0800 FLOWERS, in which each letter means a key of the telephone. German numbers may have almost any length, so
# no later check finds the extra digits. "DW 12" (Austrian for extension) has only two letters: the letters are left out, and
# the digits stay.
#
# Exit code 0: the behaviour is still the same. 1: it has changed. 2: the script could not run.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/pom.xml" <<'POM'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId>
  <artifactId>finding</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>com.googlecode.libphonenumber</groupId>
      <artifactId>libphonenumber</artifactId>
      <version>9.0.43</version>
    </dependency>
  </dependencies>
</project>
POM
cat >"$work/Read.java" <<'JAVA'
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.Phonenumber.PhoneNumber;

public class Read {
    public static void main(String[] texts) throws Exception {
        PhoneNumberUtil library = PhoneNumberUtil.getInstance();
        for (String text : texts) {
            PhoneNumber number = library.parse(text, "DE");
            System.out.printf("Java   %s | %s | extension %s | valid %s%n", text,
                library.format(number, PhoneNumberUtil.PhoneNumberFormat.E164),
                number.hasExtension() ? number.getExtension() : "none", library.isValidNumber(number));
        }
    }
}
JAVA
cat >"$work/read.py" <<'PYTHON'
import sys

import phonenumbers

for text in sys.argv[1:]:
    number = phonenumbers.parse(text, "DE")
    form = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    valid = str(phonenumbers.is_valid_number(number)).lower()
    print(f"Python {text} | {form} | extension {number.extension or 'none'} | valid {valid}")
PYTHON
mvn -q -B -f "$work/pom.xml" dependency:copy-dependencies -DoutputDirectory="$work/lib" >&2 || exit 2
python3 -m venv "$work/venv" && "$work/venv/bin/pip" install --quiet phonenumbers==9.0.43 || exit 2

texts=("030 123456 ext. 12" "030 123456 App. 12" "030 123456 (priv.)" "030 123456 DW 12")
seen=$(
    java -cp "$work/lib/*" "$work/Read.java" "${texts[@]}"
    "$work/venv/bin/python" "$work/read.py" "${texts[@]}"
)
echo "$seen"
diff - <(echo "$seen") <<'SEEN'
Java   030 123456 ext. 12 | +4930123456 | extension 12 | valid true
Java   030 123456 App. 12 | +493012345627712 | extension none | valid true
Java   030 123456 (priv.) | +49301234567748 | extension none | valid true
Java   030 123456 DW 12 | +493012345612 | extension none | valid true
Python 030 123456 ext. 12 | +4930123456 | extension 12 | valid true
Python 030 123456 App. 12 | +493012345627712 | extension none | valid true
Python 030 123456 (priv.) | +49301234567748 | extension none | valid true
Python 030 123456 DW 12 | +493012345612 | extension none | valid true
SEEN
