package io.github.pekkosupervisor.runit.page;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** A file with the token of a page, so that it stays the same, and a program that asks the page may read it. */
final class TokenFile {

    private static final int LONGEST = 1024;
    private static final int MODE = 0600;

    /** What a group may not, and nobody else at all. */
    private static final int TOO_MUCH = 0027;

    /** What may stand in a header as it is, and is too long to be tried out. */
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/=-]{16,1000}");

    private TokenFile() {}

    /**
     * The token in a file, which is made if it is not there.
     *
     * @param made a token for a new file
     * @throws IOException if it cannot be read or made, others may read it, or there is no token in it
     */
    static String read(Path file, Supplier<String> made) throws IOException {
        Path whole = file.toAbsolutePath();
        Path parent = whole.getParent();
        if (parent == null) {
            throw refused(whole, "is a directory");
        }
        OsString name = OsString.of(String.valueOf(whole.getFileName()));
        try (Directory directory = Directory.open(OsString.of(parent.toString()))) {
            if (directory.statusIfPresent(name).isEmpty()) {
                make(directory, name, made.get());
            }
            FileStatus status = directory.status(name);
            if (status.isRegularFile() && (status.mode() & TOO_MUCH) != 0) {
                throw refused(whole, "may be used by everybody, or written by its group; chmod 600 it");
            }
            String token = new String(directory.readFile(name, LONGEST, Directory.Links.FOLLOW), ISO_8859_1).strip();
            if (!TOKEN.matcher(token).matches()) {
                throw refused(
                        whole,
                        "must hold 16 to 1000 letters, digits and . _ ~ + / = - on one line; remove it, and a new one is"
                                + " made");
            }
            return token;
        } catch (PosixException e) {
            throw new IOException("the token-file of the page cannot be read: " + e.getMessage(), e);
        }
    }

    private static IOException refused(Path file, String why) {
        return new IOException("the token-file of the page, " + file + ", " + why);
    }

    /** Whole or not at all; if somebody else makes one meanwhile, that is the one. */
    private static void make(Directory directory, OsString name, String token) throws PosixException {
        OsString draft = OsString.of("." + name + ".new");
        try (Descriptor file = directory.openNew(draft, MODE)) {
            file.write((token + "\n").getBytes(ISO_8859_1));
            file.sync();
        }
        directory.makeHardLink(draft, name);
        directory.remove(draft);
    }
}
