package testserver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The folder that Openfire runs in: its two configuration files, its only plugin, database and certificates. */
final class Home {
    private final Options options;

    Home(Options options) {
        this.options = options;
    }

    Path folder() {
        return options.home();
    }

    Path caFile() {
        return folder().resolve("ca.pem");
    }

    void prepare() throws Exception {
        Files.createDirectories(folder().resolve("logs"));
        write("conf/openfire.xml", configuration());
        write("conf/security.xml", "<security/>");
        // The client ports open only after the plugin monitor has met a plugin; an empty folder ends in an exception.
        // The server's own console class will do: with both its web ports off it starts no web server.
        write("plugins/admin/plugin.xml", """
            <plugin>
              <class>org.jivesoftware.openfire.container.AdminConsolePlugin</class>
              <name>admin</name>
              <version>4.2.0</version>
            </plugin>
            """);
        if (options.hasConsole()) {
            // What Openfire's own web.xml says of plugins; its filters and pages need the console's JSP files.
            write("plugins/admin/webapp/WEB-INF/web.xml", """
                <web-app>
                  <servlet>
                    <servlet-name>PluginServlet</servlet-name>
                    <servlet-class>org.jivesoftware.openfire.container.PluginServlet</servlet-class>
                    <load-on-startup>1</load-on-startup>
                  </servlet>
                  <servlet-mapping>
                    <servlet-name>PluginServlet</servlet-name>
                    <url-pattern>/plugins/*</url-pattern>
                  </servlet-mapping>
                </web-app>
                """);
        }
        if (!Files.exists(caFile())) {
            Certificates.create(options.domain(), options.get("KEY"), folder().resolve("resources/security"), caFile());
        }
        new Database(options).prepare();
    }

    /** What must be known before the database is open; everything else is a row of its table of properties. */
    private String configuration() {
        return """
            <jive>
              <setup>true</setup>
              <locale>en</locale>
              <network><interface>%s</interface></network>
              <adminConsole><port>%d</port><securePort>0</securePort></adminConsole>
              <connectionProvider>
                <className>org.jivesoftware.database.EmbeddedConnectionProvider</className>
              </connectionProvider>
            </jive>
            """.formatted(options.bind(), options.hasConsole() ? options.port("CONSOLE_PORT") : 0);
    }

    private void write(String name, String text) throws IOException {
        Path file = folder().resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
