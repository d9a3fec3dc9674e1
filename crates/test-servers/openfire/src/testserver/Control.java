package testserver;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.stream.Collectors;
import org.dom4j.DocumentHelper;
import org.jivesoftware.database.DbConnectionManager;
import org.jivesoftware.admin.AdminConsole;
import org.jivesoftware.openfire.XMPPServer;
import org.jivesoftware.openfire.container.PluginManager;
import org.jivesoftware.openfire.group.Group;
import org.jivesoftware.openfire.group.GroupManager;
import org.jivesoftware.openfire.lockout.LockOutManager;
import org.jivesoftware.openfire.user.UserManager;
import org.jivesoftware.util.JiveGlobals;
import org.xmpp.packet.JID;

/**
 * Changes at run time, through the server's own classes, so that its caches and listeners see them. Takes one
 * {@link Line} at a time on a loopback port and answers {@code ok TEXT} or {@code error EXCEPTION}.
 *
 * <pre>
 * user NAME PASSWORD DISPLAYNAME EMAIL     delete-user NAME
 * password NAME PASSWORD                   name NAME DISPLAYNAME         email NAME EMAIL
 * lock NAME                                unlock NAME
 * vcard NAME XML                           delete-vcard NAME
 * group NAME DESCRIPTION                   delete-group NAME             group-property NAME KEY VALUE
 * member GROUP USER [admin]                delete-member GROUP USER
 * property KEY VALUE                       delete-property KEY
 * sql STATEMENT (on the server's database, behind its back: a table that is renamed is a store that is down)
 * processor-time (answers that of the whole process up to now, in nanoseconds)
 * sessions (answers their number)          close-component SUBDOMAIN (cuts its stream)
 * install-plugin FILE (as the console's upload; ends when it is loaded)      delete-plugin NAME
 * plugins (answers the names of those that are loaded, with commas)
 * console (answers the model of the console's tabs and sidebars, as XML)
 * </pre>
 */
final class Control {
    private final ServerSocket listener;
    private final XMPPServer server;

    private Control(ServerSocket listener, XMPPServer server) {
        this.listener = listener;
        this.server = server;
    }

    static Control listen(int port, XMPPServer server) throws IOException {
        return new Control(new ServerSocket(port, 50, InetAddress.getLoopbackAddress()), server);
    }

    void serve() throws IOException {
        while (true) {
            Socket socket = listener.accept();
            new Thread(() -> talk(socket)).start();
        }
    }

    private void talk(Socket accepted) {
        try (Socket socket = accepted;
            BufferedReader lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            PrintStream replies = new PrintStream(socket.getOutputStream(), true, StandardCharsets.UTF_8)) {
            for (String text = lines.readLine(); text != null; text = lines.readLine()) {
                replies.println(answer(text).replace('\n', ' '));
            }
        } catch (IOException gone) {
            // The other side hung up; there is nobody to tell.
        }
    }

    private String answer(String text) {
        try {
            Line line = Line.parse(text);
            return changeUser(line) || changeGroup(line) || changeServer(line) || changePlugins(line) ? "ok" : "ok " + ask(line);
        } catch (Exception failure) {
            return "error " + failure;
        }
    }

    private boolean changeUser(Line line) throws Exception {
        UserManager users = UserManager.getInstance();
        switch (line.verb()) {
            case "user" -> users.createUser(line.field(1), line.field(2), line.field(3), line.field(4));
            case "delete-user" -> users.deleteUser(users.getUser(line.field(1)));
            case "password" -> users.getUser(line.field(1)).setPassword(line.field(2));
            case "name" -> users.getUser(line.field(1)).setName(line.field(2));
            case "email" -> users.getUser(line.field(1)).setEmail(line.field(2));
            case "lock" -> LockOutManager.getInstance().disableAccount(line.field(1), null, null);
            case "unlock" -> LockOutManager.getInstance().enableAccount(line.field(1));
            case "vcard" -> server.getVCardManager()
                .setVCard(line.field(1), DocumentHelper.parseText(line.field(2)).getRootElement());
            case "delete-vcard" -> server.getVCardManager().deleteVCard(line.field(1));
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean changeGroup(Line line) throws Exception {
        GroupManager groups = GroupManager.getInstance();
        switch (line.verb()) {
            case "group" -> groups.createGroup(line.field(1)).setDescription(line.field(2));
            case "delete-group" -> groups.deleteGroup(groups.getGroup(line.field(1)));
            case "group-property" -> groups.getGroup(line.field(1)).getProperties().put(line.field(2), line.field(3));
            case "member" -> {
                Group group = groups.getGroup(line.field(1));
                boolean admin = line.field(3, "").equals("admin");
                (admin ? group.getAdmins() : group.getMembers()).add(server.createJID(line.field(2), null));
            }
            case "delete-member" -> {
                JID member = server.createJID(line.field(2), null);
                groups.getGroup(line.field(1)).getMembers().remove(member);
                groups.getGroup(line.field(1)).getAdmins().remove(member);
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean changeServer(Line line) throws Exception {
        switch (line.verb()) {
            case "property" -> JiveGlobals.setProperty(line.field(1), line.field(2));
            case "delete-property" -> JiveGlobals.deleteProperty(line.field(1));
            case "sql" -> {
                try (Connection connection = DbConnectionManager.getConnection();
                    Statement statement = connection.createStatement()) {
                    statement.execute(line.field(1));
                }
            }
            case "close-component" -> server.getSessionManager()
                .getComponentSession(line.field(1) + "." + server.getServerInfo().getXMPPDomain()).close();
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean changePlugins(Line line) throws IOException {
        switch (line.verb()) {
            case "install-plugin" -> {
                Path file = Path.of(line.field(1));
                if (!server.getPluginManager().installPlugin(Files.newInputStream(file), file.getFileName().toString())) {
                    throw new IOException("the plugin was not installed; see logs/openfire.log");
                }
            }
            case "delete-plugin" -> server.getPluginManager().deletePlugin(line.field(1));
            default -> {
                return false;
            }
        }
        return true;
    }

    private String ask(Line line) {
        return switch (line.verb()) {
            case "processor-time" -> String.valueOf(
                ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class).getProcessCpuTime());
            case "sessions" -> String.valueOf(server.getSessionManager().getUserSessionsCount(false));
            case "plugins" -> {
                PluginManager manager = server.getPluginManager();
                yield manager.getPlugins().stream().map(manager::getCanonicalName).collect(Collectors.joining(","));
            }
            case "console" -> AdminConsole.getModel().asXML();
            default -> throw new IllegalArgumentException("not a control line: " + line.verb());
        };
    }
}
