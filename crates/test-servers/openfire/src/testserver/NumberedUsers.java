package testserver;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Made-up users by number, for load: {@code user0} with password {@code pw0} and so on, or one password for all. Each has a
 * vCard (but {@code user9}, {@code user19}, ...), two contacts in the group Friends, and nine more by a group of ten that is
 * shared to its members; or as many contacts as the options say, and no group.
 */
final class NumberedUsers {
    private final int count;
    private final String domain;
    private final String password;
    private final int contacts;
    private final int vcardBytes;

    NumberedUsers(Options options) {
        count = options.number("USERS");
        domain = options.domain();
        password = options.get("PASSWORD");
        contacts = options.number("CONTACTS");
        vcardBytes = options.number("VCARD_BYTES");
    }

    int count() {
        return count;
    }

    /** What one user is seeded with. */
    List<Line> lines(int i) {
        List<Line> lines = new ArrayList<>();
        String user = "user" + i;
        add(lines, "user", user, password.isEmpty() ? "pw" + i : password, "User Number " + i, user + "@" + domain);
        if (i % 10 != 9) {
            add(lines, "vcard", user, vcard(i, user + "@" + domain));
        }
        if (contacts > 0) {
            // Users who are not there, so that few users can have many contacts.
            for (int contact = count; contact < count + contacts; contact++) {
                add(lines, "roster", user, "user" + contact + "@" + domain, "both", "User Number " + contact, "Friends");
            }
            return lines;
        }
        for (int contact : new int[] {(i + 1) % count, (i + count - 1) % count}) {
            if (count > 2) {
                add(lines, "roster", user, "user" + contact + "@" + domain, "both", "User Number " + contact, "Friends");
            }
        }
        String team = "team" + i / 10;
        if (i % 10 == 0) {
            add(lines, "group", team, "Team number " + i / 10);
            add(lines, "group-property", team, "sharedRoster.showInRoster", "onlyGroup");
            add(lines, "group-property", team, "sharedRoster.displayName", "Team " + i / 10);
            add(lines, "group-property", team, "sharedRoster.groupList", "");
        }
        add(lines, "member", team, user, i % 10 == 0 ? "admin" : "");
        return lines;
    }

    /** With a photo that fills it up, as it does in vCards of people. */
    private String vcard(int number, String mail) {
        String name = "<FN>User Number " + number + "</FN><N><FAMILY>Number " + number + "</FAMILY><GIVEN>User</GIVEN></N>";
        String text = name + "<EMAIL><INTERNET/><USERID>" + mail + "</USERID></EMAIL>";
        int photo = (vcardBytes - text.length()) / 4 * 3;
        if (photo > 0) {
            text += "<PHOTO><TYPE>image/png</TYPE><BINVAL>" + Base64.getEncoder().encodeToString(new byte[photo])
                + "</BINVAL></PHOTO>";
        }
        return "<vCard xmlns=\"vcard-temp\">" + text + "</vCard>";
    }

    private static void add(List<Line> lines, String... fields) {
        lines.add(new Line(List.of(fields)));
    }
}
