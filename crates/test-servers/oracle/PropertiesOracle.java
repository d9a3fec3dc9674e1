import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * Answers what java.util.Properties makes of a text, as often as it is asked.
 *
 * <p>Question on standard input: one byte, {@code B} for load(InputStream) or {@code T} for load(Reader) over UTF-8, or
 * {@code H} for the hash of a directory's name, which is answered as a value without a key; four bytes of length, most significant first; the text. Answer on standard output: one byte, 0 for read or 1 for
 * refused; four bytes of count; that many strings, keys and values by turns, in the order in which load() puts them
 * and with duplicates. A string is four bytes of length in bytes and UTF-16, most significant byte first, because half
 * a surrogate pair has no UTF-8. A refused text has one string, what the exception says. The end of the input ends the
 * program.
 */
public final class PropertiesOracle {
    /** Keeps what load() puts, in order. */
    private static final class Recorder extends Properties {
        private static final long serialVersionUID = 1L;
        private final transient List<String> strings = new ArrayList<>();

        @Override
        public synchronized Object put(Object key, Object value) {
            strings.add((String) key);
            strings.add((String) value);
            return super.put(key, value);
        }
    }

    public static void main(String[] arguments) throws IOException {
        DataInputStream questions = new DataInputStream(new BufferedInputStream(System.in));
        DataOutputStream answers = new DataOutputStream(new BufferedOutputStream(System.out));
        for (int way = questions.read(); way >= 0; way = questions.read()) {
            byte[] text = questions.readNBytes(questions.readInt());
            Recorder recorder = new Recorder();
            try {
                if (way == 'H') {
                    String name = new String(text, StandardCharsets.UTF_8).trim();
                    recorder.put("", String.valueOf(Math.abs(name.hashCode())));
                } else if (way == 'B') {
                    recorder.load(new ByteArrayInputStream(text));
                } else {
                    recorder.load(new StringReader(new String(text, StandardCharsets.UTF_8)));
                }
                answer(answers, 0, recorder.strings);
            } catch (IllegalArgumentException refusal) {
                answer(answers, 1, List.of(String.valueOf(refusal.getMessage())));
            }
        }
    }

    private static void answer(DataOutputStream answers, int status, List<String> strings) throws IOException {
        answers.writeByte(status);
        answers.writeInt(strings.size());
        for (String string : strings) {
            answers.writeInt(2 * string.length());
            answers.writeChars(string);
        }
        answers.flush();
    }
}
