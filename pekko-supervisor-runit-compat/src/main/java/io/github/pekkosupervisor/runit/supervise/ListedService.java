package io.github.pekkosupervisor.runit.supervise;

import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.OsString;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A service directory that is supervised, as a line of the list that a launcher leaves behind: device, inode, the name
 * of its entry and its path, each behind a blank. What is no printable ASCII character is written as {@code %} and two
 * hexadecimal digits.
 *
 * @param id of the directory
 * @param name of the entry that leads to it
 * @param path where it was, from the root
 */
public record ListedService(FileStatus.Id id, OsString name, OsString path) {

    private static final int FIELDS = 4;
    private static final char ESCAPE = '%';
    private static final int HEXADECIMAL = 16;

    /** The line, with its newline. */
    public byte[] toLine() {
        String line = Long.toUnsignedString(id.device()) + " " + Long.toUnsignedString(id.inode()) + " " + escaped(name)
                + " " + escaped(path) + "\n";
        return line.getBytes(StandardCharsets.US_ASCII);
    }

    /** Those of a file, in its order; what is no such line, the end of a write that was cut for one, is left out. */
    public static List<ListedService> parse(byte[] file) {
        String text = new String(file, StandardCharsets.ISO_8859_1);
        List<ListedService> all = new ArrayList<>();
        for (int from = 0, end = text.indexOf('\n'); end >= 0; from = end + 1, end = text.indexOf('\n', from)) {
            parse(text.substring(from, end)).ifPresent(all::add);
        }
        return all;
    }

    private static Optional<ListedService> parse(String line) {
        String[] fields = line.split(" ", -1);
        if (fields.length != FIELDS) {
            return Optional.empty();
        }
        try {
            FileStatus.Id id = new FileStatus.Id(Long.parseUnsignedLong(fields[0]), Long.parseUnsignedLong(fields[1]));
            OsString name = unescaped(fields[2]);
            OsString path = unescaped(fields[3]);
            boolean usable = name.length() > 0 && name.indexOf('/', 0) < 0 && path.startsWith("/");
            return usable ? Optional.of(new ListedService(id, name, path)) : Optional.empty();
        } catch (IllegalArgumentException | StringIndexOutOfBoundsException e) {
            // somebody else's line
            return Optional.empty();
        }
    }

    private static String escaped(OsString text) {
        StringBuilder escaped = new StringBuilder();
        for (byte each : text.bytes()) {
            if (each > ' ' && each < 0x7f && each != ESCAPE) {
                escaped.append((char) each);
            } else {
                escaped.append(ESCAPE)
                        .append(Character.forDigit((each >> 4) & 0xf, HEXADECIMAL))
                        .append(Character.forDigit(each & 0xf, HEXADECIMAL));
            }
        }
        return escaped.toString();
    }

    private static OsString unescaped(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == ESCAPE) {
                bytes.write(Integer.parseInt(text.substring(i + 1, i + 3), HEXADECIMAL));
                i += 2;
            } else {
                bytes.write(text.charAt(i));
            }
        }
        return OsString.of(bytes.toByteArray());
    }
}
