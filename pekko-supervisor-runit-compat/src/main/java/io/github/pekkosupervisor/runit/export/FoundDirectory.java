package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.Directory.Links;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;

/**
 * A directory that is there already where a child is to be shown: left by an earlier JVM, made by somebody for a file
 * {@code down}, or a service directory of somebody's, whose files we would replace.
 */
final class FoundDirectory {

    /** How each {@code check} begins that we have ever made. */
    static final String MADE_BY_US = "#!/bin/sh\n# Made by pekko-supervisor: ";

    private static final int LONGEST_CHECK = 4_096;

    /** What {@code check} leads to where nothing can be executed. */
    private static final Set<OsString> LINKED = Set.of(OsString.of("/bin/true"), OsString.of("/bin/false"));

    private FoundDirectory() {}

    private static OsString in(OsString directory, String name) {
        return directory.plus("/" + name);
    }

    /** Refuses one that is none of ours, or in which somebody else could have us write elsewhere. */
    static void refuse(Directory base, OsString name) throws ExportRefused, PosixException {
        String path = base + "/" + name;
        Strangers.refuse(base, name);
        if (base.linkStatusIfPresent(in(name, "supervise")).isPresent()) {
            Strangers.refuse(base, in(name, "supervise"));
        }
        if (base.linkStatusIfPresent(in(name, "run"))
                .filter(run -> !run.isDirectory())
                .isPresent()) {
            throw new ExportRefused(path + " is a service directory, since it has a run; nothing is shown there, name"
                    + " another directory");
        }
        if (base.linkStatusIfPresent(in(name, "check")).isPresent() && !hasOurCheck(base, name)) {
            throw new ExportRefused(path + "/check is not ours; move it away, for nothing is shown there");
        }
    }

    /** Whether {@code check} is one that we have made, or of an earlier version. */
    static boolean hasOurCheck(Directory base, OsString directory) throws PosixException {
        OsString check = in(directory, "check");
        Optional<FileStatus> there = base.linkStatusIfPresent(check);
        if (there.filter(FileStatus::isLink).isPresent()) {
            return LINKED.contains(base.readLink(check));
        }
        return there.isPresent() && isMadeByUs(base, check);
    }

    /** Whether a file is such a script, and not only a link as a service directory may have one too. */
    static boolean isMadeByUs(Directory base, OsString check) throws PosixException {
        try {
            byte[] text = base.readFile(check, LONGEST_CHECK, Links.REFUSE);
            return new String(text, StandardCharsets.ISO_8859_1).startsWith(MADE_BY_US);
        } catch (PosixException e) {
            if (e.mayPass()) {
                throw e;
            }
            return false;
        }
    }
}
