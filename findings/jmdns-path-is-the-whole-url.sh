#!/usr/bin/env bash
# jmdns: a TXT property `path` that contains `://` replaces scheme, host and port of the service's URL.
#
# Package: org.jmdns:jmdns 3.6.1 (a Jitsi client builds the URL of its provisioning server with it).
# Input: a service `_https._tcp` on port 8443 of 192.0.2.1, with a property `path`.
# Seen: `path=/provision` gives https://192.0.2.1:8443/provision, as one expects. `path=https://example.org/provision` gives
# exactly that text, whatever host and port the SRV and address records name. A `://` later in the value, here in a
# query, does the same: the result is not a URL.
#
# A good guess is wrong because RFC 6763 names `path` only for web pages, as a path below the host and port of the SRV
# record, and `getURLs()` is documented as composed from the service's data. One would expect the text after the port, or
# an error. For a server whose certificate has a name, the behaviour helps: with an address in the URL no certificate fits.
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
cat >"$work/Urls.java" <<'JAVA'
package javax.jmdns.impl;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Map;
import javax.jmdns.ServiceInfo;

// In this package, since only there an address can be set without a network.
public class Urls {
    public static void main(String[] arguments) throws Exception {
        for (String path : new String[] {"/provision", "https://example.org/provision", "/provision?next=https://example.org"}) {
            ServiceInfoImpl service = (ServiceInfoImpl)
                ServiceInfo.create("_https._tcp.local.", "name", 8443, 0, 0, Map.of("path", path));
            service.addAddress((Inet4Address) InetAddress.getByName("192.0.2.1"));
            System.out.println(path + ": " + Arrays.toString(service.getURLs("https")));
        }
    }
}
JAVA
mvn -q -B -f "$work/pom.xml" dependency:copy-dependencies -DoutputDirectory="$work/lib" >&2 || exit 2

javac -cp "$work/lib/*" -d "$work/classes" "$work/Urls.java" || exit 2
seen=$(java -cp "$work/classes:$work/lib/*" javax.jmdns.impl.Urls 2>"$work/stderr") || { cat "$work/stderr" >&2; exit 2; }
echo "$seen"
diff - <(echo "$seen") <<'SEEN'
/provision: [https://192.0.2.1:8443/provision]
https://example.org/provision: [https://example.org/provision]
/provision?next=https://example.org: [/provision?next=https://example.org]
SEEN
