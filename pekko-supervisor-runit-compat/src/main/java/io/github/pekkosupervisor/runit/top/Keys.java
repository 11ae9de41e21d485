package io.github.pekkosupervisor.runit.top;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Makes keys of the bytes that a terminal sends: UTF-8, and what VT100 and all that came after it send for the others.
 * What comes in pieces is put together; an escape that nothing follows is the key of that name.
 */
final class Keys {

    private static final int ESCAPE = 0x1b;
    private static final int DELETE = 0x7f;
    private static final int FIRST_PRINTABLE = 0x20;
    private static final int MOST_OF_A_SEQUENCE = 32;

    private byte[] left = new byte[0];

    /** Whether there is something that more may belong to. */
    boolean isWaiting() {
        return left.length > 0;
    }

    /** What has been typed, with what was left over the last time. */
    List<Key> read(byte[] bytes) {
        byte[] all = Arrays.copyOf(left, left.length + bytes.length);
        System.arraycopy(bytes, 0, all, left.length, bytes.length);
        return parse(all, false);
    }

    /** Nothing has followed for a while: what is left over is what it is. */
    List<Key> nothingFollows() {
        return parse(left, true);
    }

    private List<Key> parse(byte[] all, boolean isAll) {
        List<Key> keys = new ArrayList<>();
        int at = 0;
        while (at < all.length) {
            int length = lengthAt(all, at);
            if (length == 0 && !isAll) {
                break;
            }
            int taken = length == 0 ? 1 : length;
            key(all, at, taken).ifPresent(keys::add);
            at += taken;
        }
        left = Arrays.copyOfRange(all, at, all.length);
        return keys;
    }

    /** How many bytes belong together there; 0 if that is not to be seen yet. */
    private static int lengthAt(byte[] all, int at) {
        int first = all[at] & 0xff;
        if (first == ESCAPE) {
            return lengthOfSequence(all, at);
        }
        int length = first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf8 ? 4 : 1;
        return at + length <= all.length ? length : 0;
    }

    private static int lengthOfSequence(byte[] all, int at) {
        if (at + 1 == all.length) {
            return 0;
        }
        if (all[at + 1] == 'O') {
            return at + 2 < all.length ? 3 : 0;
        }
        if (all[at + 1] != '[') {
            return 1;
        }
        for (int end = at + 2; end < all.length && end < at + MOST_OF_A_SEQUENCE; end++) {
            if (all[end] >= '@') {
                return end - at + 1;
            }
        }
        // nobody sends one that is so long: then it is no sequence
        return all.length - at >= MOST_OF_A_SEQUENCE ? 1 : 0;
    }

    private static Optional<Key> key(byte[] all, int at, int length) {
        int first = all[at] & 0xff;
        if (first == ESCAPE) {
            return length == 1
                    ? Optional.of(Key.of(Key.Name.ESCAPE))
                    : ofSequence(new String(all, at + 2, length - 2, StandardCharsets.ISO_8859_1));
        }
        if (first < FIRST_PRINTABLE || first == DELETE) {
            return ofControl(first);
        }
        String text = new String(all, at, length, StandardCharsets.UTF_8);
        int character = text.codePointAt(0);
        return character == 0xfffd ? Optional.empty() : Optional.of(Key.of(character));
    }

    private static Optional<Key> ofControl(int code) {
        return Optional.ofNullable(
                        switch (code) {
                            case 3, 4 -> Key.Name.LEAVE;
                            case '\b', DELETE -> Key.Name.BACKSPACE;
                            case '\r', '\n' -> Key.Name.ENTER;
                            case 12 -> Key.Name.REDRAW;
                            case 21 -> Key.Name.ERASE;
                            case 26 -> Key.Name.SUSPEND;
                            default -> null;
                        })
                .map(Key::of);
    }

    /** What follows {@code ESC [} or {@code ESC O}; of a key with shift and the like the same without. */
    private static Optional<Key> ofSequence(String sequence) {
        char last = sequence.charAt(sequence.length() - 1);
        String number =
                last == '~' ? sequence.substring(0, sequence.length() - 1).split(";", -1)[0] : "";
        return Optional.ofNullable(
                        switch (last) {
                            case 'A' -> Key.Name.UP;
                            case 'B' -> Key.Name.DOWN;
                            case 'C' -> Key.Name.RIGHT;
                            case 'D' -> Key.Name.LEFT;
                            case 'H' -> Key.Name.HOME;
                            case 'F' -> Key.Name.END;
                            case 'M' -> Key.Name.ENTER;
                            default ->
                                switch (number) {
                                    case "1", "7" -> Key.Name.HOME;
                                    case "4", "8" -> Key.Name.END;
                                    case "5" -> Key.Name.PAGE_UP;
                                    case "6" -> Key.Name.PAGE_DOWN;
                                    default -> null;
                                };
                        })
                .map(Key::of);
    }
}
