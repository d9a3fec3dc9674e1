package testserver;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import org.jivesoftware.openfire.XMPPServer;

/**
 * Runs a real Openfire 4.2.0 in this process, without the pages of its admin console, out of one folder.
 *
 * <p>{@code java testserver.Main SCHEMA_FILE HOME_FOLDER KEY=VALUE...}; the keys are those of {@link Options}.
 * The first start makes the folder (configuration, database with seeds, CA and server certificate); a later one
 * uses the database and the certificates that are there. The last line on standard output starts with
 * {@code ready} and names the ports, once all of them take connections. SIGTERM stops the server cleanly.
 */
public final class Main {
    private static final int PORT_WAIT_MILLIS = 30_000;

    public static void main(String[] arguments) {
        try {
            run(arguments);
        } catch (Throwable failure) {
            // Openfire's own threads would keep a half-started server alive.
            failure.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }

    private static void run(String[] arguments) throws Exception {
        Options options = Options.parse(arguments);
        Home home = new Home(options);
        home.prepare();

        System.setProperty("openfireHome", home.folder().toString());
        XMPPServer server = new XMPPServer();
        // Outside its own installation Openfire registers no shutdown hook of its own.
        Runtime.getRuntime().addShutdownHook(new Thread(server::stop));

        for (int port : options.serverPorts()) {
            awaitPort(options.bind(), port);
        }
        Control control = Control.listen(options.port("CONTROL_PORT"), server);
        System.out.println("ready domain=" + options.domain()
            + " c2s=" + options.address("C2S_PORT") + " c2s-tls=" + options.address("C2S_TLS_PORT")
            + " component=" + options.address("COMPONENT_PORT")
            + " component-tls=" + options.address("COMPONENT_TLS_PORT")
            + (options.hasConsole() ? " console=" + options.address("CONSOLE_PORT") : "")
            + " control=127.0.0.1:" + options.port("CONTROL_PORT") + " ca=" + home.caFile());
        System.out.flush();
        control.serve();
    }

    /** Openfire tells nobody when a port is open, so it is tried until it is. */
    private static void awaitPort(String host, int port) throws Exception {
        long deadline = System.nanoTime() + PORT_WAIT_MILLIS * 1_000_000L;
        while (true) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(host, port), 1_000);
                return;
            } catch (IOException refused) {
                if (System.nanoTime() > deadline) {
                    throw new IOException("port " + port + " did not open; see logs/openfire.log", refused);
                }
                Thread.sleep(10);
            }
        }
    }

    private Main() {}
}
