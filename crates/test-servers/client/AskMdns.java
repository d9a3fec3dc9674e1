import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.util.Enumeration;
import java.util.HexFormat;

import javax.jmdns.JmDNS;
import javax.jmdns.ServiceEvent;
import javax.jmdns.ServiceInfo;
import javax.jmdns.ServiceListener;

/**
 * Looks for the provisioning URL by multicast DNS, with the library of a Jitsi client and as the client does it. Its class
 * {@code MDNSProvisioningDiscover} needs the whole client around it, so this repeats its steps.
 *
 * <p>{@code find ADDRESS} asks from this address of this host, and prints {@code url URL}, or {@code nothing}; {@code once
 * ADDRESS} asks only once. {@code watch
 * ADDRESS} does the same, then prints {@code there NAME} and {@code gone NAME} as services come and go, until it is killed.
 * {@code send GROUP DIGITS} sends a datagram in hexadecimal digits from a port that the system chooses, and prints {@code answer
 * ADDRESS PORT DIGITS}, or {@code nothing}.
 */
public final class AskMdns {
    /** As long as the client waits for each type. It asks once; a busy machine gets more attempts. */
    private static final int WAIT_MS = 2000;
    private static final int ATTEMPTS = 15;
    private static final String NAME = "Provisioning URL";

    private AskMdns() {
    }

    public static void main(String[] arguments) throws Exception {
        if (arguments[0].equals("send")) {
            System.out.println(send(InetAddress.getByName(arguments[1]), HexFormat.of().parseHex(arguments[2])));
            return;
        }
        // The client leaves the choice to the library, which takes this property, or the address that the host's name has.
        System.setProperty("net.mdns.interface", arguments[1]);
        try (JmDNS jmdns = JmDNS.create()) {
            System.out.println(find(jmdns, arguments[0].equals("once") ? 1 : ATTEMPTS));
            if (arguments[0].equals("watch")) {
                jmdns.addServiceListener("_https._tcp.local.", new Watcher());
                Thread.currentThread().join();
            }
        }
    }

    private static String find(JmDNS jmdns, int attempts) {
        ServiceInfo info = null;
        for (int attempt = 0; info == null && attempt < attempts; attempt++) {
            info = jmdns.getServiceInfo("_https._tcp.local", NAME, WAIT_MS);
            if (info == null) {
                info = jmdns.getServiceInfo("_http._tcp.local", NAME, WAIT_MS);
            }
        }
        if (info == null || !info.getName().equals(NAME)) {
            return "nothing";
        }
        StringBuilder url = new StringBuilder("url ");
        String[] urls = info.getURLs(info.getApplication());
        if (urls.length > 0) {
            url.append(urls[0]);
        }
        Enumeration<String> names = info.getPropertyNames();
        if (names.hasMoreElements()) {
            url.append("?");
        }
        while (names.hasMoreElements()) {
            String name = names.nextElement();
            if (name.equals("path")) {
                continue;
            }
            url.append(name).append("=").append(info.getPropertyString(name));
            if (names.hasMoreElements()) {
                url.append("&");
            }
        }
        return url.toString();
    }

    private static String send(InetAddress group, byte[] question) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(WAIT_MS);
            DatagramPacket answer = new DatagramPacket(new byte[9000], 9000);
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                socket.send(new DatagramPacket(question, question.length, group, 5353));
                try {
                    socket.receive(answer);
                } catch (SocketTimeoutException late) {
                    continue;
                }
                String digits = HexFormat.of().formatHex(answer.getData(), 0, answer.getLength());
                return "answer " + answer.getAddress().getHostAddress() + " " + answer.getPort() + " " + digits;
            }
        }
        return "nothing";
    }

    private static final class Watcher implements ServiceListener {
        @Override
        public void serviceAdded(ServiceEvent event) {
            System.out.println("there " + event.getName());
        }

        @Override
        public void serviceRemoved(ServiceEvent event) {
            System.out.println("gone " + event.getName());
        }

        @Override
        public void serviceResolved(ServiceEvent event) {
        }
    }
}
