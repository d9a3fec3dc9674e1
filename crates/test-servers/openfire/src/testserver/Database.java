package testserver;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** The server's embedded HSQLDB, filled before the server opens it. */
final class Database {
    private final Options options;

    Database(Options options) {
        this.options = options;
    }

    void prepare() throws Exception {
        Path folder = options.home().resolve("embedded-db");
        boolean fresh = !Files.exists(folder);
        Class.forName("org.hsqldb.jdbcDriver");
        try (Connection connection = DriverManager.getConnection("jdbc:hsqldb:" + folder.resolve("openfire"), "sa", "")) {
            if (fresh) {
                createTables(connection);
            }
            connection.setAutoCommit(false);
            Rows rows = new Rows(connection);
            for (Map.Entry<String, String> property : properties().entrySet()) {
                rows.property(property.getKey(), property.getValue());
            }
            if (fresh) {
                new Seeds(rows, options).insert();
            }
            connection.commit();
            try (Statement statement = connection.createStatement()) {
                // Releases the lock file, for the server to take.
                statement.execute("SHUTDOWN");
            }
        }
    }

    /** One statement ends where a line ends with a semicolon; lines that start with "--" are comments. */
    private void createTables(Connection connection) throws Exception {
        StringBuilder sql = new StringBuilder();
        try (Statement statement = connection.createStatement()) {
            for (String line : Files.readAllLines(options.schema())) {
                if (line.startsWith("--")) {
                    continue;
                }
                sql.append(line).append('\n');
                if (line.endsWith(";")) {
                    statement.execute(sql.toString());
                    sql.setLength(0);
                }
            }
        }
    }

    private Map<String, String> properties() {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("xmpp.domain", options.domain());
        properties.put("xmpp.fqdn", options.domain());
        properties.put("xmpp.socket.plain.active", "true");
        properties.put("xmpp.socket.plain.port", options.get("C2S_PORT"));
        properties.put("xmpp.socket.ssl.active", "true");
        properties.put("xmpp.socket.ssl.port", options.get("C2S_TLS_PORT"));
        properties.put("xmpp.component.socket.active", "true");
        properties.put("xmpp.component.socket.port", options.get("COMPONENT_PORT"));
        properties.put("xmpp.component.ssl.active", "true");
        properties.put("xmpp.component.ssl.port", options.get("COMPONENT_TLS_PORT"));
        properties.put("xmpp.component.defaultSecret", options.get("SECRET"));
        properties.put("xmpp.client.tls.policy", options.get("TLS_POLICY"));
        // Under TLS 1.3 MINA 2.0.7 forgets data that arrives together with the client's Finished message. A server of
        // its time had no TLS 1.3, so 1.2 is the rule here; a test that wants the fault asks for 1.3.
        properties.put("xmpp.socket.ssl.client.protocols", options.get("TLS_PROTOCOLS"));
        properties.put("xmpp.component.protocols", options.get("TLS_PROTOCOLS"));
        // MINA 2.0.7 sets a pool's core size before its maximum, which Java 9 and later refuse when the core is the
        // larger one. The core is a quarter of this number plus one, and must come out as one.
        for (String listener : new String[] {"client", "client_ssl", "component", "component.ssl"}) {
            properties.put("xmpp." + listener + ".processing.threads", "3");
        }
        properties.put("user.scramHashedPasswordOnly", options.get("SCRAM_ONLY"));
        properties.put("sasl.scram-sha-1.iteration-count", options.get("ITERATIONS"));
        for (String unused : new String[] {"xmpp.server.socket.active", "xmpp.multiplex.socket.active",
            "xmpp.multiplex.ssl.active", "httpbind.enabled", "xmpp.proxy.enabled", "mediaproxy.enabled",
            "flash.crossdomain.enabled", "update.service-enabled", "update.notify-admins", "xmpp.auth.anonymous"}) {
            properties.put(unused, "false");
        }
        properties.putAll(options.properties());
        return properties;
    }

    /** Writes rows, with one prepared statement per text. */
    static final class Rows {
        private final Connection connection;
        private final Map<String, PreparedStatement> statements = new HashMap<>();

        Rows(Connection connection) {
            this.connection = connection;
        }

        void execute(String sql, Object... values) throws SQLException {
            PreparedStatement statement = statements.get(sql);
            if (statement == null) {
                statement = connection.prepareStatement(sql);
                statements.put(sql, statement);
            }
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            statement.executeUpdate();
        }

        void property(String name, String value) throws SQLException {
            execute("DELETE FROM ofProperty WHERE name=?", name);
            execute("INSERT INTO ofProperty (name, propValue, encrypted) VALUES (?,?,0)", name, value);
        }
    }
}
