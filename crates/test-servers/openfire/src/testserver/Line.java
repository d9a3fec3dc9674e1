package testserver;

import java.util.Arrays;
import java.util.List;

/**
 * One line of a seed file or of the control socket: fields between tabs. In a field {@code \t}, {@code \n},
 * {@code \r} and {@code \\} stand for a tab, a line feed, a carriage return and a backslash.
 */
record Line(List<String> fields) {
    static Line parse(String text) {
        return new Line(Arrays.stream(text.split("\t", -1)).map(Line::unescape).toList());
    }

    String verb() {
        return fields.get(0);
    }

    String field(int position) {
        if (position >= fields.size()) {
            throw new IllegalArgumentException(verb() + ": field " + position + " is missing");
        }
        return fields.get(position);
    }

    String field(int position, String otherwise) {
        return position < fields.size() ? fields.get(position) : otherwise;
    }

    private static String unescape(String field) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < field.length(); i++) {
            char c = field.charAt(i);
            if (c != '\\') {
                text.append(c);
                continue;
            }
            i++;
            switch (i < field.length() ? field.charAt(i) : 0) {
                case 't' -> text.append('\t');
                case 'n' -> text.append('\n');
                case 'r' -> text.append('\r');
                case '\\' -> text.append('\\');
                default -> throw new IllegalArgumentException("not an escape, at character " + i + " of: " + field);
            }
        }
        return text.toString();
    }
}
