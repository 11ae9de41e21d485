package io.github.pekkosupervisor.runit.supervise;

import io.github.pekkosupervisor.posix.Excerpt;
import io.github.pekkosupervisor.posix.OsString;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Names of files as people and programs get to see them. A name may hold any byte but a slash and a NUL: a newline that
 * breaks a table, an escape that a terminal obeys, a mark that turns the rest of the line round.
 */
public final class Printable {

    private static final int FIRST_STAND_IN = 0xdc00;
    private static final int LAST_STAND_IN = 0xdcff;

    /** Where characters of East Asian scripts and pictures are, two columns each: first and last of each stretch. */
    private static final int[] WIDE = {
        0x1100, 0x115f, 0x2e80, 0x303e, 0x3041, 0xa4cf, 0xa960, 0xa97f, 0xac00, 0xd7a3, 0xf900, 0xfaff, 0xfe30, 0xfe6f,
        0xff00, 0xff60, 0xffe0, 0xffe6, 0x1f300, 0x1f64f, 0x1f680, 0x1f6ff, 0x1f900, 0x1f9ff, 0x20000, 0x3fffd
    };

    private Printable() {}

    /**
     * One line that does nothing to a terminal: letters, digits, signs and blanks as they are; a backslash, a control
     * or formatting character (those that turn text round among them) and bytes that are no UTF-8 as {@code \\},
     * {@code \n}, {@code \t}, {@code \r}, {@code \xHH} for a byte or {@code \}{@code u{HHHH}} for a character.
     */
    public static String onTerminal(OsString name) {
        StringBuilder shown = new StringBuilder();
        exact(name).codePoints().forEach(character -> show(shown, character));
        return shown.toString();
    }

    /** A message with names in it as one line that does nothing to a terminal; a backslash stays one. */
    public static String oneLine(String message) {
        StringBuilder shown = new StringBuilder();
        message.codePoints().forEach(character -> {
            if (character == '\\') {
                shown.append('\\');
            } else {
                show(shown, character);
            }
        });
        return shown.toString();
    }

    private static void show(StringBuilder shown, int character) {
        if (character == '\\') {
            shown.append("\\\\");
        } else if (character >= FIRST_STAND_IN && character <= LAST_STAND_IN) {
            shown.append(String.format("\\x%02x", character - FIRST_STAND_IN));
        } else {
            Excerpt.escape(shown, character);
        }
    }

    /**
     * All of a name: decoded as UTF-8, with a lone surrogate {@code U+DC00} plus the byte for each byte that is none,
     * so that a reader can make the same bytes of it again (Python's {@code os.fsencode} does).
     */
    public static String exact(OsString name) {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer bytes = ByteBuffer.wrap(name.bytes());
        CharBuffer text = CharBuffer.allocate(name.length());
        CoderResult result = decoder.decode(bytes, text, true);
        while (result.isError()) {
            for (int i = 0; i < result.length(); i++) {
                text.put((char) (FIRST_STAND_IN + (bytes.get() & 0xff)));
            }
            result = decoder.decode(bytes, text, true);
        }
        return text.flip().toString();
    }

    /** How many columns of a terminal such a text takes. */
    public static int columns(String text) {
        return text.codePoints().map(Printable::columns).sum();
    }

    private static int columns(int character) {
        int type = Character.getType(character);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK) {
            return 0;
        }
        for (int i = 0; i < WIDE.length; i += 2) {
            if (character >= WIDE[i] && character <= WIDE[i + 1]) {
                return 2;
            }
        }
        return 1;
    }
}
