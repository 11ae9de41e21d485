package io.github.pekkosupervisor.runit.tools;

import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.runit.ErrorText;
import java.util.List;

/**
 * A directory whose files are environment variables: a file's first line, without blanks and tabs at its end and with
 * NULs made newlines, is the value of the variable of its name; an empty file removes the variable. As {@code -e} of
 * {@code chpst(8)}.
 */
final class EnvDirectory {

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
            content = directory.readFile(name);
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
