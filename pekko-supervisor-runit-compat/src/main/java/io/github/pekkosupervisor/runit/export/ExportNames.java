package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.spec.TreePath;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * By what name a place of a tree is shown: the ids that lead there, joined by dots. Two places never have the same
 * name, whatever their ids are, and none is a name that a shell or {@code sv} takes for something else.
 */
final class ExportNames {

    /** The top of a tree without a name. */
    static final OsString TOP = OsString.of("@tree");

    /** The longest name that is shown whole, in bytes; file systems take 255. */
    private static final int LONGEST = 200;

    private static final int KEPT_OF_LONGER = 180;
    private static final int DIGEST_BYTES = 8;
    private static final String PLAIN = "_-+=,";
    private static final String DIGITS = "0123456789ABCDEF";

    private ExportNames() {}

    /**
     * The whole name of a place.
     *
     * @param tree the name of the tree, where it has one
     * @param path as in events
     * @param number of the child, if its supervisor is dynamic
     */
    static OsString of(Optional<String> tree, String path, OptionalLong number) {
        ByteArrayOutputStream name = new ByteArrayOutputStream();
        if (path.equals(TreePath.TOP)) {
            return tree.map(ExportNames::ofId).orElse(TOP);
        }
        tree.ifPresent(id -> name.writeBytes(ofId(id).bytes()));
        for (String part : path.substring(1).split("/", -1)) {
            if (name.size() > 0) {
                name.write('.');
            }
            name.writeBytes(ofId(TreePath.lastId(part)).bytes());
        }
        number.ifPresent(one -> name.writeBytes(("@" + one).getBytes(StandardCharsets.US_ASCII)));
        return OsString.of(name.toByteArray());
    }

    /** The name under which one is shown; a long one is cut, and told from others by a digest. */
    static OsString shown(OsString whole) {
        return whole.length() <= LONGEST
                ? whole
                : whole.slice(0, KEPT_OF_LONGER).plus("~" + digest(whole));
    }

    private static String digest(OsString whole) {
        byte[] sum;
        try {
            sum = MessageDigest.getInstance("SHA-256").digest(whole.bytes());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
        StringBuilder digits = new StringBuilder();
        for (int i = 0; i < DIGEST_BYTES; i++) {
            digits.append(String.format("%02x", sum[i] & 0xff));
        }
        return digits.toString();
    }

    /** One id: what is plain as it is, every other byte as two hexadecimal digits behind a percent sign. */
    static OsString ofId(String id) {
        if (isPlain(id)) {
            return OsString.of(id);
        }
        ByteArrayOutputStream name = new ByteArrayOutputStream();
        int at = 0;
        while (at < id.length()) {
            int character = id.codePointAt(at);
            if (isSurrogate(character)) {
                // half a character has no form in UTF-8; what would be written elsewhere is never written escaped
                escape(name, 0xe0 | (character >> 12));
                escape(name, 0x80 | (character >> 6 & 0x3f));
                escape(name, 0x80 | (character & 0x3f));
            } else if (character >= 0x80) {
                name.writeBytes(Character.toString(character).getBytes(StandardCharsets.UTF_8));
            } else if (isPlain((char) character) && !(character == '-' && at == 0)) {
                name.write(character);
            } else {
                escape(name, character);
            }
            at += Character.charCount(character);
        }
        return OsString.of(name.toByteArray());
    }

    /** Most are. */
    private static boolean isPlain(String id) {
        for (int i = 0; i < id.length(); i++) {
            if (!isPlain(id.charAt(i))) {
                return false;
            }
        }
        return !id.startsWith("-");
    }

    private static boolean isSurrogate(int character) {
        return character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE;
    }

    private static boolean isPlain(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || PLAIN.indexOf(c) >= 0;
    }

    private static void escape(ByteArrayOutputStream name, int octet) {
        name.write('%');
        name.write(DIGITS.charAt(octet >> 4));
        name.write(DIGITS.charAt(octet & 0xf));
    }
}
