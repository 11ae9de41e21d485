package io.github.pekkosupervisor.runit.tools;

import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.runit.supervise.ErrorText;
import java.util.List;

/**
 * Switches the link {@code current} in {@code /etc/runit/runsvdir} to another directory of services and keeps the old
 * one as {@code previous}. As {@code runsvchdir(8)}.
 */
final class Runsvchdir implements Tool {

    private static final int USAGE = 1;
    private static final int FATAL = 111;

    private static final OsString HOME = OsString.of("/etc/runit/runsvdir");
    private static final OsString CURRENT = OsString.of("current");
    private static final OsString PREVIOUS = OsString.of("previous");
    private static final OsString NEXT = OsString.of("current.new");

    @Override
    public int run(OsString name, List<OsString> words) {
        if (words.isEmpty()) {
            Out.complain(OsString.of("usage: ").plus(name).plus(" dir\n\n"));
            return USAGE;
        }
        try {
            Out.print(name.plus(": ").plus(words.get(0)).plus(": " + change(words.get(0)) + ".\n"));
            return 0;
        } catch (Refused e) {
            Out.complain(name.plus(": fatal: ").plus(e.text).plus("\n"));
            return FATAL;
        }
    }

    private static String change(OsString target) throws Refused {
        if (target.startsWith(".")) {
            throw new Refused(target.plus(": must not start with a dot."));
        }
        try (Directory home = enter()) {
            if (isCurrent(home, wanted(home, target))) {
                return "current";
            }
            replace(home, target);
            return "now current";
        }
    }

    private static Directory enter() throws Refused {
        try {
            return Directory.open(HOME);
        } catch (PosixException e) {
            throw new Refused("unable to chdir: /etc/runit/runsvdir", e);
        }
    }

    private static FileStatus.Id wanted(Directory home, OsString target) throws Refused {
        FileStatus status;
        try {
            status = home.status(target);
        } catch (PosixException e) {
            OsString text = target.plus(": " + ErrorText.of(e));
            throw new Refused(
                    e.is("ENOENT") ? text : OsString.of("unable to stat: ").plus(text));
        }
        if (!status.isDirectory()) {
            // as runit says it, without anything in between
            throw new Refused(target.plus("not a directory."));
        }
        return status.id();
    }

    private static boolean isCurrent(Directory home, FileStatus.Id wanted) throws Refused {
        try {
            return home.status(CURRENT).id().equals(wanted);
        } catch (PosixException e) {
            throw new Refused("unable to stat: current", e);
        }
    }

    private static void replace(Directory home, OsString target) throws Refused {
        OsString step = OsString.of("unable to unlink: current.new");
        try {
            home.remove(NEXT);
            step = OsString.of("unable to create: current.new -> ").plus(target);
            home.makeLink(NEXT, target);
            step = OsString.of("unable to unlink: previous");
            home.remove(PREVIOUS);
            step = OsString.of("unable to copy: current to previous");
            home.rename(CURRENT, PREVIOUS);
            step = OsString.of("unable to move: current.new to current");
            home.rename(NEXT, CURRENT);
        } catch (PosixException e) {
            throw new Refused(step.plus(": " + ErrorText.of(e)));
        }
    }

    /** Why nothing was changed. */
    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        private final transient OsString text;

        Refused(OsString text) {
            this.text = text;
        }

        Refused(String step, PosixException cause) {
            this(OsString.of(step + ": " + ErrorText.of(cause)));
        }
    }
}
