#!/usr/bin/env bash
# dhcp4java: it keeps only the last piece of a DHCP option that is split over several options.
#
# Package: com.helger:dhcp4java 1.1.0 (a Jitsi client asks for option 224 with it).
# Input: a DHCPACK with a value of 300 bytes in option 224, split into pieces of 255 and 45 bytes as RFC 3396 says. DHCP
# servers such as Kea and ISC dhcpd, and Rust's dhcproto, write long values like this automatically.
# Seen: `getOptionRaw` gives the 45 bytes of the second piece. There is no exception, and the first piece is gone.
#
# A good guess is wrong because RFC 3396 section 5 says that a decoder joins the pieces of one option before it looks at the
# value. From a library without RFC 3396 one would expect an error, or the first piece: that is where a URL begins.
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
      <groupId>com.helger</groupId>
      <artifactId>dhcp4java</artifactId>
      <version>1.1.0</version>
    </dependency>
  </dependencies>
</project>
POM
cat >"$work/Pieces.java" <<'JAVA'
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.dhcp4java.DHCPPacket;

public class Pieces {
    public static void main(String[] arguments) throws Exception {
        String value = "A".repeat(255) + "B".repeat(45);
        ByteArrayOutputStream packet = new ByteArrayOutputStream();
        // BOOTREPLY over Ethernet, and the rest of the fixed part (RFC 2131 section 2).
        packet.write(new byte[] {2, 1, 6, 0});
        packet.write(new byte[232]);
        packet.write(new byte[] {99, (byte) 130, 83, 99});
        packet.write(new byte[] {53, 1, 5});
        for (String piece : new String[] {value.substring(0, 255), value.substring(255)}) {
            packet.write(224);
            packet.write(piece.length());
            packet.write(piece.getBytes(StandardCharsets.US_ASCII));
        }
        packet.write(255);
        byte[] bytes = packet.toByteArray();
        DHCPPacket reply = DHCPPacket.getPacket(bytes, 0, bytes.length, true);
        String read = new String(reply.getOptionRaw((byte) 224), StandardCharsets.US_ASCII);
        System.out.println("written: " + value.length() + " bytes");
        System.out.println("read:    " + read.length() + " bytes, " + read);
    }
}
JAVA
mvn -q -B -f "$work/pom.xml" dependency:copy-dependencies -DoutputDirectory="$work/lib" >&2 || exit 2

seen=$(java -cp "$work/lib/*" "$work/Pieces.java" 2>"$work/stderr") || { cat "$work/stderr" >&2; exit 2; }
echo "$seen"
diff - <(echo "$seen") <<'SEEN'
written: 300 bytes
read:    45 bytes, BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB
SEEN
