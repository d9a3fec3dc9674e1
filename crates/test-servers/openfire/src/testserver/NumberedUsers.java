package testserver;

import java.util.ArrayList;
import java.util.List;

/**
 * Made-up users by number, for load: {@code user0} with password {@code pw0} and so on. Each has a vCard (but
 * {@code user9}, {@code user19}, ...), two contacts in the group Friends, and nine more by a group of ten that is shared
 * to its members.
 */
final class NumberedUsers {
    static List<Line> lines(int count, String domain) {
        List<Line> lines = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String user = "user" + i;
            String team = "team" + i / 10;
            add(lines, "user", user, "pw" + i, "User Number " + i, user + "@" + domain);
            if (i % 10 != 9) {
                add(lines, "vcard", user, vcard(i, user + "@" + domain));
            }
            for (int contact : new int[] {(i + 1) % count, (i + count - 1) % count}) {
                if (count > 2) {
                    add(lines, "roster", user, "user" + contact + "@" + domain, "both", "User Number " + contact, "Friends");
                }
            }
            if (i % 10 == 0) {
                add(lines, "group", team, "Team number " + i / 10);
                add(lines, "group-property", team, "sharedRoster.showInRoster", "onlyGroup");
                add(lines, "group-property", team, "sharedRoster.displayName", "Team " + i / 10);
                add(lines, "group-property", team, "sharedRoster.groupList", "");
            }
            add(lines, "member", team, user, i % 10 == 0 ? "admin" : "");
        }
        return lines;
    }

    private static String vcard(int number, String mail) {
        return "<vCard xmlns=\"vcard-temp\"><FN>User Number " + number + "</FN><N><FAMILY>Number " + number
            + "</FAMILY><GIVEN>User</GIVEN></N><EMAIL><INTERNET/><USERID>" + mail + "</USERID></EMAIL></vCard>";
    }

    private static void add(List<Line> lines, String... fields) {
        lines.add(new Line(List.of(fields)));
    }

    private NumberedUsers() {}
}
