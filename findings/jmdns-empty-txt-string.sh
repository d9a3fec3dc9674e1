#!/usr/bin/env bash
# jmdns: one empty string in a TXT record hides all of its properties, also those before it.
#
# Package: org.jmdns:jmdns 3.6.1 (a Jitsi client finds its provisioning server with it).
# Input: the data of a TXT record as in RFC 1035: strings, each after a byte with its length. Length 0 is allowed.
# Seen: `a=1`, `path=x` gives both properties. With a string of length 0 between them there are none, not even `a`.
#
# A good guess is wrong because an empty string has no key, and RFC 6763 section 6.4 says that a string without a key is
# silently ignored. One might also expect jmdns to stop at the empty string, as it does for a record of one zero byte
# (section 6.1). Instead it treats the empty string as damage and drops all that it has read, without an exception.
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
      <groupId>org.jmdns</groupId>
      <artifactId>jmdns</artifactId>
      <version>3.6.1</version>
    </dependency>
  </dependencies>
</project>
POM
cat >"$work/Read.java" <<'JAVA'
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.TreeSet;
import javax.jmdns.ServiceInfo;

public class Read {
    public static void main(String[] arguments) {
        read("a=1", "path=x");
        read("a=1", "", "path=x");
        read("a=1", "path=x", "");
    }

    private static void read(String... strings) {
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        for (String string : strings) {
            record.write(string.length());
            record.writeBytes(string.getBytes(StandardCharsets.US_ASCII));
        }
        ServiceInfo service = ServiceInfo.create("_http._tcp.local.", "name", 80, 0, 0, record.toByteArray());
        System.out.println(Arrays.toString(strings) + ": " + new TreeSet<>(Collections.list(service.getPropertyNames())));
    }
}
JAVA
mvn -q -B -f "$work/pom.xml" dependency:copy-dependencies -DoutputDirectory="$work/lib" >&2 || exit 2

# slf4j says on standard error that it has no back end.
seen=$(java -cp "$work/lib/*" "$work/Read.java" 2>/dev/null)
echo "$seen"
diff - <(echo "$seen") <<'SEEN'
[a=1, path=x]: [a, path]
[a=1, , path=x]: []
[a=1, path=x, ]: []
SEEN
