package testserver;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What the command line asks for, as KEY=VALUE.
 *
 * <ul>
 *   <li>{@code DOMAIN} (example.test), {@code BIND} (127.0.0.1): XMPP domain, address to listen on
 *   <li>{@code C2S_PORT, C2S_TLS_PORT, COMPONENT_PORT, COMPONENT_TLS_PORT, CONTROL_PORT}: default 0, a free port
 *   <li>{@code CONSOLE} (false), {@code CONSOLE_PORT} (0, a free port): the web server of the admin console, with what
 *       plugins show there and none of the console's own pages, which are not in Maven's artifacts
 *   <li>{@code SECRET} (component-secret): the secret with which any component name may connect
 *   <li>{@code SEED}: a seed file ({@link Seeds}); may be given several times
 *   <li>{@code USERS} (0): that many made-up users ({@link NumberedUsers}); {@code PASSWORD} (none): one for all of them;
 *       {@code CONTACTS} (0): contacts of each, instead of the usual; {@code VCARD_BYTES} (0): length of a vCard, at least
 *       what its fields need
 *   <li>{@code SCRAM_ONLY} (true), {@code ITERATIONS} (4096): how passwords are stored
 *   <li>{@code KEY} (rsa): key of the certificates, rsa or ec
 *   <li>{@code TLS_POLICY} (optional): optional, required or disabled
 *   <li>{@code TLS_PROTOCOLS} (TLSv1.2): comma-separated
 *   <li>{@code P:NAME}: the server property NAME, over everything set here
 * </ul>
 */
final class Options {
    // Below the kernel's ephemeral ports, so that no outgoing connection takes the port of a server that restarts.
    private static final int LOWEST_PORT = 20_000;
    private static final int HIGHEST_PORT = 32_000;

    private final Map<String, String> values = new LinkedHashMap<>(Map.ofEntries(
        Map.entry("DOMAIN", "example.test"), Map.entry("BIND", "127.0.0.1"),
        Map.entry("C2S_PORT", "0"), Map.entry("C2S_TLS_PORT", "0"),
        Map.entry("COMPONENT_PORT", "0"), Map.entry("COMPONENT_TLS_PORT", "0"), Map.entry("CONTROL_PORT", "0"),
        Map.entry("CONSOLE", "false"), Map.entry("CONSOLE_PORT", "0"),
        Map.entry("SECRET", "component-secret"), Map.entry("USERS", "0"),
        Map.entry("PASSWORD", ""), Map.entry("CONTACTS", "0"), Map.entry("VCARD_BYTES", "0"),
        Map.entry("SCRAM_ONLY", "true"), Map.entry("ITERATIONS", "4096"), Map.entry("KEY", "rsa"),
        Map.entry("TLS_POLICY", "optional"), Map.entry("TLS_PROTOCOLS", "TLSv1.2")));
    private final Map<String, String> properties = new LinkedHashMap<>();
    private final List<Path> seedFiles = new ArrayList<>();
    private final Path schema;
    private final Path home;

    private Options(Path schema, Path home) {
        this.schema = schema;
        this.home = home;
    }

    static Options parse(String[] arguments) throws IOException {
        if (arguments.length < 2) {
            throw new IllegalArgumentException("usage: SCHEMA_FILE HOME_FOLDER KEY=VALUE...");
        }
        Options options = new Options(Path.of(arguments[0]), Path.of(arguments[1]).toAbsolutePath());
        for (String argument : List.of(arguments).subList(2, arguments.length)) {
            options.set(argument);
        }
        for (String name : options.values.keySet()) {
            if (name.endsWith("_PORT") && options.port(name) == 0) {
                options.values.put(name, String.valueOf(options.freePort()));
            }
        }
        return options;
    }

    private void set(String argument) {
        int equals = argument.indexOf('=');
        String key = equals < 0 ? argument : argument.substring(0, equals);
        String value = argument.substring(equals + 1);
        if (equals > 0 && key.startsWith("P:")) {
            properties.put(key.substring(2), value);
        } else if (equals > 0 && key.equals("SEED")) {
            seedFiles.add(Path.of(value).toAbsolutePath());
        } else if (equals > 0 && values.containsKey(key)) {
            values.put(key, value);
        } else {
            throw new IllegalArgumentException("not an option: " + argument + "; known: " + values.keySet() + ", SEED, P:");
        }
    }

    Path schema() {
        return schema;
    }

    Path home() {
        return home;
    }

    List<Path> seedFiles() {
        return seedFiles;
    }

    Map<String, String> properties() {
        return properties;
    }

    String get(String key) {
        return values.get(key);
    }

    String domain() {
        return get("DOMAIN");
    }

    String bind() {
        return get("BIND");
    }

    int number(String key) {
        return Integer.parseInt(get(key));
    }

    int port(String key) {
        return number(key);
    }

    String address(String portKey) {
        return bind() + ":" + port(portKey);
    }

    boolean hasConsole() {
        return Boolean.parseBoolean(get("CONSOLE"));
    }

    /** The ports that Openfire itself opens. */
    List<Integer> serverPorts() {
        List<Integer> ports = new ArrayList<>(
            List.of(port("C2S_PORT"), port("C2S_TLS_PORT"), port("COMPONENT_PORT"), port("COMPONENT_TLS_PORT")));
        if (hasConsole()) {
            ports.add(port("CONSOLE_PORT"));
        }
        return ports;
    }

    private int freePort() throws IOException {
        InetAddress address = InetAddress.getByName(bind());
        for (int attempt = 0; attempt < 1_000; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST_PORT, HIGHEST_PORT);
            if (values.containsValue(String.valueOf(port))) {
                continue;
            }
            try (ServerSocket probe = new ServerSocket()) {
                probe.bind(new InetSocketAddress(address, port));
                return port;
            } catch (IOException taken) {
                // the next one, then
            }
        }
        throw new IOException("no free port between " + LOWEST_PORT + " and " + HIGHEST_PORT);
    }
}
