package testserver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.Base64;
import java.util.List;
import org.jivesoftware.openfire.auth.ScramUtils;

/**
 * Puts seed lines into a fresh database. Empty lines and lines that start with {@code #} say nothing; the others are
 * ({@link Line}):
 *
 * <pre>
 * user NAME PASSWORD [DISPLAYNAME [EMAIL]]       lock NAME
 * vcard NAME XML                                 vcard-file NAME FILE (beside the seed file)
 * roster NAME JID none|to|from|both [NICK [GROUP...]]
 * group NAME DESCRIPTION                         group-property NAME KEY VALUE
 * member GROUP USER [admin]
 * component SUBDOMAIN SECRET                     property KEY VALUE
 * </pre>
 */
final class Seeds {
    private static final int ROSTER_ID_TYPE = 18;
    private static final List<String> SUBSCRIPTIONS = List.of("none", "to", "from", "both");

    private final Database.Rows rows;
    private final Options options;
    private final SecureRandom random = new SecureRandom();
    private long nextRosterId = 1;
    /** Of the last user. */
    private byte[] salt;
    private byte[] salted;

    Seeds(Database.Rows rows, Options options) {
        this.rows = rows;
        this.options = options;
    }

    void insert() throws Exception {
        for (Path file : options.seedFiles()) {
            for (String text : Files.readAllLines(file)) {
                if (text.isEmpty() || text.startsWith("#")) {
                    continue;
                }
                try {
                    insert(Line.parse(text), file);
                } catch (Exception failure) {
                    throw new IOException("seed line in " + file + ": " + text, failure);
                }
            }
        }
        NumberedUsers users = new NumberedUsers(options);
        for (int i = 0; i < users.count(); i++) {
            for (Line line : users.lines(i)) {
                insert(line, options.home());
            }
        }
        // The server goes on counting from here.
        rows.execute("INSERT INTO ofID (idType, id) VALUES (?,?)", ROSTER_ID_TYPE, nextRosterId);
    }

    private void insert(Line line, Path file) throws Exception {
        switch (line.verb()) {
            case "user" -> user(line);
            case "lock" -> rows.execute("INSERT INTO ofUserFlag VALUES (?,'lockout',NULL,NULL)", line.field(1));
            case "vcard" -> rows.execute("INSERT INTO ofVCard VALUES (?,?)", line.field(1), line.field(2));
            case "vcard-file" -> rows.execute("INSERT INTO ofVCard VALUES (?,?)", line.field(1),
                Files.readString(file.resolveSibling(line.field(2))));
            case "roster" -> roster(line);
            case "group" -> rows.execute("INSERT INTO ofGroup VALUES (?,?)", line.field(1), line.field(2));
            case "group-property" -> rows.execute("INSERT INTO ofGroupProp VALUES (?,?,?)",
                line.field(1), line.field(2), line.field(3));
            case "member" -> rows.execute("INSERT INTO ofGroupUser VALUES (?,?,?)",
                line.field(1), line.field(2), line.field(3, "").equals("admin") ? 1 : 0);
            case "component" -> rows.execute("INSERT INTO ofExtComponentConf VALUES (?,0,?,'allowed')",
                line.field(1), line.field(2));
            case "property" -> rows.property(line.field(1), line.field(2));
            default -> throw new IllegalArgumentException("not a seed line: " + line.verb());
        }
    }

    /**
     * A new account's password is stored as Openfire stores it: with its own SCRAM code. Where all made-up users have one
     * password they share salt and keys too, since those of 100,000 users would take minutes.
     */
    private void user(Line line) throws Exception {
        String password = line.field(2);
        int iterations = options.number("ITERATIONS");
        if (salted == null || !password.equals(options.get("PASSWORD"))) {
            salt = new byte[24];
            random.nextBytes(salt);
            salted = ScramUtils.createSaltedPassword(salt, password, iterations);
        }
        byte[] clientKey = ScramUtils.computeHmac(salted, "Client Key");
        Base64.Encoder base64 = Base64.getEncoder();
        String now = String.format("%015d", System.currentTimeMillis());
        rows.execute("INSERT INTO ofUser (username, plainPassword, storedKey, serverKey, salt, iterations, name, email,"
            + " creationDate, modificationDate) VALUES (?,?,?,?,?,?,?,?,?,?)",
            line.field(1), options.get("SCRAM_ONLY").equals("true") ? null : password,
            base64.encodeToString(MessageDigest.getInstance("SHA-1").digest(clientKey)),
            base64.encodeToString(ScramUtils.computeHmac(salted, "Server Key")),
            base64.encodeToString(salt), iterations, line.field(3, null), line.field(4, null), now, now);
    }

    private void roster(Line line) throws SQLException {
        int subscription = SUBSCRIPTIONS.indexOf(line.field(3));
        if (subscription < 0) {
            throw new IllegalArgumentException("subscription is one of " + SUBSCRIPTIONS);
        }
        long id = nextRosterId++;
        rows.execute("INSERT INTO ofRoster (rosterID, username, jid, sub, ask, recv, nick) VALUES (?,?,?,?,-1,-1,?)",
            id, line.field(1), line.field(2), subscription, line.field(4, ""));
        for (int i = 5; i < line.fields().size(); i++) {
            rows.execute("INSERT INTO ofRosterGroups VALUES (?,?,?)", id, i - 5, line.field(i));
        }
    }
}
