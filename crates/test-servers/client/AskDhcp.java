import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

import org.dhcp4java.DHCPConstants;
import org.dhcp4java.DHCPOption;
import org.dhcp4java.DHCPPacket;

/**
 * Asks for the provisioning URL by DHCP, with the library of a Jitsi client and as the client does it: one DHCPINFORM for each
 * IPv4 address of this host, from one socket, and what comes back is read by the library. Its classes
 * {@code DHCPProvisioningDiscover} and {@code DHCPTransaction} need the whole client around them, so this repeats their steps.
 *
 * <p>Prints {@code url URL}, or {@code nothing} when no answer comes in time, or {@code exception TEXT}, which ends a client's
 * search. Arguments {@code PORT:DIGITS} are datagrams in hexadecimal digits that are sent from these ports first; an answer to
 * one of them gives a line {@code answered PORT}. With {@code --questions} it prints each question in such digits.
 */
public final class AskDhcp {
    private static final int PORT = 6768;
    private static final byte OPTION = (byte) 224;
    /** The client waits for ten seconds, and repeats its question after one or two; a busy machine gets more time. */
    private static final int WAIT_MS = 1000;
    private static final int ATTEMPTS = 20;

    private AskDhcp() {
    }

    public static void main(String[] arguments) throws Exception {
        Map<Integer, DatagramSocket> others = new TreeMap<>();
        try (DatagramSocket socket = new DatagramSocket(PORT)) {
            socket.setSoTimeout(WAIT_MS);
            int transaction = new Random().nextInt();
            List<DatagramPacket> questions = questions(transaction);
            for (String argument : arguments) {
                if (argument.equals("--questions")) {
                    for (DatagramPacket question : questions) {
                        System.out.println("question " + HexFormat.of().formatHex(question.getData()));
                    }
                } else {
                    String[] parts = argument.split(":", 2);
                    int port = Integer.parseInt(parts[0]);
                    if (port != PORT && !others.containsKey(port)) {
                        others.put(port, new DatagramSocket(port));
                    }
                    DatagramSocket sender = others.getOrDefault(port, socket);
                    byte[] bytes = HexFormat.of().parseHex(parts[1]);
                    sender.send(new DatagramPacket(bytes, bytes.length, everyHost(), PORT - 1));
                }
            }
            System.out.println(ask(socket, transaction, questions));
            for (DatagramSocket other : others.values()) {
                other.setSoTimeout(1);
                try {
                    other.receive(new DatagramPacket(new byte[1500], 1500));
                    System.out.println("answered " + other.getLocalPort());
                } catch (SocketTimeoutException timeout) {
                    // As it should be.
                }
            }
        } catch (Exception exception) {
            System.out.println("exception " + exception);
        }
    }

    private static InetAddress everyHost() throws Exception {
        return InetAddress.getByAddress(new byte[] {(byte) 255, (byte) 255, (byte) 255, (byte) 255});
    }

    private static List<DatagramPacket> questions(int transaction) throws Exception {
        InetAddress none = InetAddress.getByAddress(new byte[4]);
        DHCPPacket inform = new DHCPPacket();
        inform.setOp(DHCPConstants.BOOTREQUEST);
        inform.setHtype(DHCPConstants.HTYPE_ETHER);
        inform.setHlen((byte) 6);
        inform.setHops((byte) 0);
        inform.setXid(transaction);
        inform.setSecs((short) 0);
        inform.setFlags((short) 0);
        inform.setYiaddr(none);
        inform.setSiaddr(none);
        inform.setGiaddr(none);
        inform.setDhcp(true);
        inform.setDHCPMessageType(DHCPConstants.DHCPINFORM);
        inform.setOptions(new DHCPOption[] {
            new DHCPOption(DHCPConstants.DHO_DHCP_PARAMETER_REQUEST_LIST, new byte[] {OPTION}),
        });
        List<DatagramPacket> questions = new ArrayList<>();
        for (NetworkInterface iface : Collections.list(NetworkInterface.getNetworkInterfaces())) {
            for (InetAddress address : Collections.list(iface.getInetAddresses())) {
                if (address instanceof Inet4Address && !address.isLoopbackAddress()) {
                    DHCPPacket question = inform.clone();
                    question.setCiaddr(address);
                    question.setChaddr(iface.getHardwareAddress());
                    byte[] bytes = question.serialize();
                    questions.add(new DatagramPacket(bytes, bytes.length, everyHost(), PORT - 1));
                }
            }
        }
        return questions;
    }

    private static String ask(DatagramSocket socket, int transaction, List<DatagramPacket> questions) throws Exception {
        DatagramPacket received = new DatagramPacket(new byte[1500], 1500);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            for (DatagramPacket question : questions) {
                socket.send(question);
            }
            try {
                while (true) {
                    socket.receive(received);
                    DHCPPacket answer = DHCPPacket.getPacket(received);
                    if (answer.getXid() != transaction) {
                        System.out.println("answered " + PORT);
                    } else if (answer.getOption(OPTION) != null) {
                        return "url " + new String(answer.getOption(OPTION).getValue());
                    }
                }
            } catch (SocketTimeoutException timeout) {
                // The next attempt.
            }
        }
        return "nothing";
    }
}
