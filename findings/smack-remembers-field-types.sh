#!/usr/bin/env bash
# Smack: whether it can read a form depends on the forms that it has read before.
#
# Package: org.igniterealtime.smack:smack-extensions 4.4.8, with smack-xmlparser-stax and smack-java8 of the same version.
# Input: two data forms (XEP-0004) as Openfire 4.2.0 sends them, cut to one field. Both have the FORM_TYPE
# http://jabber.org/protocol/admin and a field `accountjid`; the command authenticate-user calls it `text-single`, the
# command add-user `jid-single`.
# Seen: Smack reads each form when it comes first. The second one, in either order, ends in an IllegalArgumentException without
# a message.
#
# A good guess is wrong because a parser should keep no state, and each field gives its own type. Smack keeps a table of
# types by FORM_TYPE and field name for the whole process. It is meant for answers that leave the types out, where XEP-0068
# allows a client to infer them. The first form fills the table, and Smack refuses a form with another type. So the order in
# which an administrator opens two dialogs decides which of them works.
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
      <groupId>org.igniterealtime.smack</groupId>
      <artifactId>smack-extensions</artifactId>
      <version>4.4.8</version>
    </dependency>
    <dependency>
      <groupId>org.igniterealtime.smack</groupId>
      <artifactId>smack-xmlparser-stax</artifactId>
      <version>4.4.8</version>
    </dependency>
    <dependency>
      <groupId>org.igniterealtime.smack</groupId>
      <artifactId>smack-java8</artifactId>
      <version>4.4.8</version>
    </dependency>
  </dependencies>
</project>
POM
cat >"$work/Read.java" <<'JAVA'
import org.jivesoftware.smack.util.PacketParserUtils;
import org.jivesoftware.smackx.xdata.packet.DataForm;
import org.jivesoftware.smackx.xdata.provider.DataFormProvider;

public class Read {
    public static void main(String[] types) throws Exception {
        for (String type : types) {
            String form = "<x xmlns='jabber:x:data' type='form'>"
                + "<field type='hidden' var='FORM_TYPE'><value>http://jabber.org/protocol/admin</value></field>"
                + "<field type='" + type + "' var='accountjid'><required/></field></x>";
            String outcome;
            try {
                DataForm read = new DataFormProvider().parse(PacketParserUtils.getParserFor(form));
                outcome = "read as " + read.getField("accountjid").getType();
            } catch (IllegalArgumentException exception) {
                outcome = exception.toString();
            }
            System.out.println(type + ": " + outcome);
        }
    }
}
JAVA
mvn -q -B -f "$work/pom.xml" dependency:copy-dependencies -DoutputDirectory="$work/lib" >&2 || exit 2

seen=$(
    for types in "text-single jid-single" "jid-single text-single"; do
        echo "one process:"
        # shellcheck disable=SC2086  # two arguments
        java -cp "$work/lib/*" "$work/Read.java" $types
    done
)
echo "$seen"
diff - <(echo "$seen") <<'SEEN'
one process:
text-single: read as text-single
jid-single: java.lang.IllegalArgumentException
one process:
jid-single: read as jid-single
text-single: java.lang.IllegalArgumentException
SEEN
