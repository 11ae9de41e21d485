package io.github.pekkosupervisor.runit.tools;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.runit.supervise.ErrorText;
import io.github.pekkosupervisor.runit.supervise.FatalException;
import java.io.ByteArrayOutputStream;
import java.util.List;

/**
 * A directory whose files are environment variables: a file's first line, without blanks and tabs at its end and with
 * NULs made newlines, is the value of the variable of its name; an empty file removes the variable. As {@code -e} of
 * {@code chpst(8)}.
 */
final class EnvDirectory {

    private static final int PIECE = 64 * 1024;

    /** Linux takes 32 pages for a variable, and a page has 64 kB at most. */
    private static final int TOO_LONG = 4 << 20;

    /** What is done about a directory among the files. */
    enum Subdirectory {
        FATAL,
        SKIPPED,
        SKIPPED_WITH_WARNING
    }

    private EnvDirectory() {}

    static void apply(OsString path, Subdirectory subdirectory, Environment environment) throws FatalException {
        try (Directory directory = open(path)) {
            for (OsString name : list(directory, path)) {
                if (!name.startsWith(".")) {
                    apply(directory, name, subdirectory, environment);
                }
            }
        }
    }

    private static Directory open(OsString path) throws FatalException {
        try {
            return Directory.open(path);
        } catch (PosixException e) {
            throw new FatalException(
                    OsString.of("unable to switch to directory: ").plus(path), e);
        }
    }

    private static List<OsString> list(Directory directory, OsString path) throws FatalException {
        try {
            return directory.list();
        } catch (PosixException e) {
            String what = e.call().equals("openat") ? "unable to open directory: " : "unable to read directory: ";
            throw new FatalException(OsString.of(what).plus(path), e);
        }
    }

    private static void apply(Directory directory, OsString name, Subdirectory subdirectory, Environment environment)
            throws FatalException {
        byte[] content;
        try {
            content = beginning(directory, name);
        } catch (PosixException e) {
            if (e.is("ENOENT")) {
                // a link that leads nowhere counts as an empty file
                environment.unset(name);
                return;
            }
            OsString what = OsString.of("unable to read ")
                    .plus(directory.path())
                    .plus("/")
                    .plus(name);
            if (!e.is("EISDIR") || subdirectory == Subdirectory.FATAL) {
                throw new FatalException(what, e);
            }
            if (subdirectory == Subdirectory.SKIPPED_WITH_WARNING) {
                Out.complain(OsString.of("chpst: warning: ").plus(what).plus(": " + ErrorText.of(e) + "\n"));
            }
            return;
        }
        if (content.length == 0) {
            environment.unset(name);
        } else {
            environment.set(name, value(content));
        }
    }

    /**
     * As much of a file as can count: its first line, or of a longer one than any kernel takes as a variable a part
     * that is refused too, by the start of the program ({@code E2BIG}) and not by us.
     */
    private static byte[] beginning(Directory directory, OsString name) throws PosixException {
        ByteArrayOutputStream beginning = new ByteArrayOutputStream();
        try (Descriptor file = directory.openRead(name)) {
            byte[] piece = file.read(PIECE);
            while (piece.length > 0 && beginning.size() < TOO_LONG) {
                beginning.write(piece, 0, piece.length);
                piece = endsLine(piece) ? new byte[0] : file.read(PIECE);
            }
        }
        return beginning.toByteArray();
    }

    private static boolean endsLine(byte[] piece) {
        for (byte b : piece) {
            if (b == '\n') {
                return true;
            }
        }
        return false;
    }

    private static OsString value(byte[] content) {
        int end = 0;
        while (end < content.length && content[end] != '\n') {
            end++;
        }
        while (end > 0 && (content[end - 1] == ' ' || content[end - 1] == '\t')) {
            end--;
        }
        byte[] value = new byte[end];
        for (int i = 0; i < end; i++) {
            value[i] = content[i] == 0 ? (byte) '\n' : content[i];
        }
        return OsString.of(value);
    }
}
