#!/usr/bin/env bash
# Java properties: is "#x=y" a comment after a line that contains only a backslash?
#
# Packages: the JDK's java.util.Properties (seen with OpenJDK 17.0.21), compared with javaproperties 0.8.2 and jproperties
# 2.1.2 for Python.
# Input: four lines: `a=1`, a lone backslash, `#x=y`, `b=2`.
# Seen: the JDK reads two properties, a and b. Both others read a third one, named "#x".
#
# A good guess is wrong because a backslash at the end of a line joins it to the next one: `k=v\` before the same line gives k
# the value "v#x=y", in the JDK too. But the JDK looks for a comment at the first character of a logical line that is not
# blank. A lone backslash adds no character, so `#` is the first one, and the line is a comment. A reader that first joins
# lines and then looks for comments finds no comment.
#
# Exit code 0: the behaviour is still the same. 1: it has changed. 2: the script could not run.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/Read.java" <<'JAVA'
import java.util.Properties;
import java.util.TreeMap;

public class Read {
    public static void main(String[] arguments) throws Exception {
        Properties properties = new Properties();
        properties.load(System.in);
        System.out.println(new TreeMap<>(properties));
    }
}
JAVA
cat >"$work/read.py" <<'PYTHON'
import io
import sys

import javaproperties
import jproperties

text = sys.stdin.buffer.read()
first = javaproperties.load(io.BytesIO(text))
second = jproperties.Properties()
second.load(io.BytesIO(text), "iso-8859-1")
print("javaproperties", sorted(first.items()))
print("jproperties", sorted(second.properties.items()))
PYTHON
python3 -m venv "$work/venv" && "$work/venv/bin/pip" install --quiet javaproperties==0.8.2 jproperties==2.1.2 || exit 2

seen=$(
    for text in 'a=1\n\\\n#x=y\nb=2\n' 'a=1\nk=v\\\n#x=y\nb=2\n'; do
        # shellcheck disable=SC2059  # the text is the format
        printf "$text" | java "$work/Read.java" | sed 's/^/JDK /'
        # shellcheck disable=SC2059
        printf "$text" | "$work/venv/bin/python" "$work/read.py"
    done
)
echo "$seen"
diff - <(echo "$seen") <<'SEEN'
JDK {a=1, b=2}
javaproperties [('#x', 'y'), ('a', '1'), ('b', '2')]
jproperties [('#x', 'y'), ('a', '1'), ('b', '2')]
JDK {a=1, b=2, k=v#x=y}
javaproperties [('a', '1'), ('b', '2'), ('k', 'v#x=y')]
jproperties [('a', '1'), ('b', '2'), ('k', 'v#x=y')]
SEEN
