package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.Conditions;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Variables from a file with lines {@code NAME=value}, or from a directory with a file for each, as {@code envdir} has
 * it. What is wrong is told with its place, and never with its content, which may be a secret.
 */
final class EnvironmentFile {

    /** More than the kernel passes on. */
    private static final int LONGEST = 4 << 20;

    private static final OsString HERE = OsString.of(".");
    private static final OsString EXPORT = OsString.of("export ");

    private EnvironmentFile() {}

    /**
     * What a file says now: values, or nothing for variables to be removed.
     *
     * @param directory where the process begins; empty for that of the JVM
     */
    static Map<OsString, Optional<OsString>> read(Path path, Optional<Directory> directory) throws PosixException {
        OsString name = OsString.of(path.toString());
        if (directory.isPresent()) {
            return readFrom(directory.get(), name);
        }
        try (Directory own = Directory.open(HERE)) {
            return readFrom(own, name);
        }
    }

    private static Map<OsString, Optional<OsString>> readFrom(Directory from, OsString path) throws PosixException {
        try {
            if (from.status(path).isDirectory()) {
                try (Directory variables = from.directory(path)) {
                    return ofDirectory(path, variables);
                }
            }
            return parse(path, from.readFile(path, LONGEST, Directory.Links.FOLLOW));
        } catch (PosixException e) {
            throw Conditions.areRefused(e) || e.mayPass() ? e : refusal(path.toString(), e.errno(), why(e));
        }
    }

    private static String why(PosixException e) {
        return switch (e.errno()) {
            case "ENOENT" -> "is not there; make it, or take it out of environment-files";
            case "EACCES" -> "may not be read by the JVM; give it the right to, or take it out of environment-files";
            case "EFBIG" -> "is longer than " + LONGEST + " bytes, which is more than an environment can hold";
            default ->
                "cannot be read: it must be a file with lines NAME=value, or a directory with a file for each"
                        + " variable";
        };
    }

    private static PosixException refusal(String place, String errno, String words) {
        return new PosixException(Conditions.ENVIRONMENT_FILES, place, errno, words);
    }

    // ---- lines

    static Map<OsString, Optional<OsString>> parse(OsString path, byte[] content) throws PosixException {
        Map<OsString, Optional<OsString>> variables = new LinkedHashMap<>();
        refuseNul(path, content);
        OsString all = OsString.of(content);
        int number = 0;
        int from = 0;
        while (from < all.length()) {
            int newline = all.indexOf('\n', from);
            int to = newline < 0 ? all.length() : newline;
            number++;
            line(path + ":" + number, stripped(all.slice(from, to)), variables);
            from = to + 1;
        }
        return variables;
    }

    private static void refuseNul(OsString path, byte[] content) throws PosixException {
        int number = 1;
        for (byte b : content) {
            if (b == 0) {
                throw refusal(path + ":" + number, "EINVAL", "has a NUL character in it; remove it");
            }
            number += b == '\n' ? 1 : 0;
        }
    }

    private static void line(String place, OsString line, Map<OsString, Optional<OsString>> variables)
            throws PosixException {
        if (line.length() == 0 || line.startsWith("#") || line.startsWith(";")) {
            return;
        }
        OsString said =
                line.startsWith(EXPORT.toString()) ? stripped(line.slice(EXPORT.length(), line.length())) : line;
        int equals = said.indexOf('=', 0);
        if (equals < 0) {
            throw refusal(place, "EINVAL", "has no =; write NAME=value, or # in front to leave the line out");
        }
        OsString name = said.slice(0, equals);
        if (!isName(name)) {
            throw refusal(
                    place,
                    "EINVAL",
                    "has no name of a variable before its =, which is made of letters, digits and _ . - without blanks;"
                            + " write NAME=value");
        }
        variables.put(name, Optional.of(value(place, stripped(said.slice(equals + 1, said.length())))));
    }

    private static boolean isName(OsString name) {
        return name.toString().matches("[A-Za-z0-9_.-]+");
    }

    private static OsString value(String place, OsString text) throws PosixException {
        for (char quote : new char[] {'"', '\''}) {
            if (text.startsWith(String.valueOf(quote))) {
                if (text.length() < 2 || text.at(text.length() - 1) != quote) {
                    throw refusal(
                            place,
                            "EINVAL",
                            "begins its value with " + quote + " and does not end it so; a value is one line, and has"
                                    + " quotes at both ends or none at its beginning");
                }
                return text.slice(1, text.length() - 1);
            }
        }
        return text;
    }

    /** Without blanks at both ends, nor the CR of a line that was written elsewhere. */
    private static OsString stripped(OsString text) {
        int from = 0;
        int to = text.length();
        while (from < to && isBlank(text.at(from))) {
            from++;
        }
        while (to > from && isBlank(text.at(to - 1))) {
            to--;
        }
        return text.slice(from, to);
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\t' || b == '\r';
    }

    // ---- files

    private static Map<OsString, Optional<OsString>> ofDirectory(OsString path, Directory directory)
            throws PosixException {
        Map<OsString, Optional<OsString>> variables = new LinkedHashMap<>();
        for (OsString name : directory.list()) {
            if (!name.startsWith(".")) {
                Optional<FileStatus> status = directory.statusIfPresent(name);
                if (status.isEmpty() || !status.get().isDirectory()) {
                    variables.put(name, ofFile(path, directory, name, status.isPresent()));
                }
            }
        }
        return variables;
    }

    private static Optional<OsString> ofFile(OsString path, Directory directory, OsString name, boolean isThere)
            throws PosixException {
        String place = path + "/" + name;
        if (name.indexOf('=', 0) >= 0) {
            throw refusal(place, "EINVAL", "has a = in its name, which is to be the name of a variable; rename it");
        }
        if (!isThere) {
            return Optional.empty();
        }
        byte[] content;
        try {
            content = directory.readFile(name, LONGEST, Directory.Links.FOLLOW);
        } catch (PosixException e) {
            throw e.mayPass() ? e : refusal(place, e.errno(), why(e));
        }
        return content.length == 0 ? Optional.empty() : Optional.of(firstLine(content));
    }

    /** Without blanks at its end, and with NULs made newlines. */
    private static OsString firstLine(byte[] content) {
        int end = 0;
        while (end < content.length && content[end] != '\n') {
            content[end] = content[end] == 0 ? (byte) '\n' : content[end];
            end++;
        }
        while (end > 0 && (content[end - 1] == ' ' || content[end - 1] == '\t')) {
            end--;
        }
        return OsString.of(content).slice(0, end);
    }
}
