package io.github.pekkosupervisor.runit.supervise;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What tells {@code sv} that a service is ready: {@code supervise/check}, a script for a link {@code check} in the
 * service directory, and {@code supervise/.ready}, which names the process that is. Both say the same whoever
 * supervises, and if nobody does: a process that has ended is not ready. Only of services that are ready by a sign, or
 * are looked at whether they work.
 *
 * <p>Where programs may not be run from {@code supervise}, {@code check} is a link to {@code /bin/true} or
 * {@code /bin/false}.
 */
public final class ReadyFiles {

    /** How each {@code check} of a child begins that a directory of a tree shows. */
    public static final String CHECK_OF_CHILD = """
            #!/bin/sh
            # Made by pekko-supervisor: exits with 0 if the child that this directory shows is ready.
            """;

    private static final int EVERYBODY = 0755;
    private static final int READABLE = 0644;
    /** The script. */
    public static final OsString CHECK = OsString.of("supervise/check");

    private static final OsString NEXT_CHECK = OsString.of("supervise/check.new");
    /** Begins with the number of the process that is ready, and a blank; not there if none is. */
    public static final OsString READY = OsString.of("supervise/.ready");

    private static final OsString NEXT_READY = OsString.of("supervise/.ready.new");
    private static final OsString TRUE = OsString.of("/bin/true");
    private static final OsString FALSE = OsString.of("/bin/false");

    /** Reads whose it is and compares; nothing but what every shell has built in. */
    private static final byte[] SCRIPT = """
        #!/bin/sh
        # Made by pekko-supervisor: exits with 0 if the service is ready; link ./check to it for sv.
        exec 2>/dev/null
        CDPATH=
        case $0 in
        */*) cd -- "${0%/*}/" || exit 1 ;;
        esac
        read -r pid start rest <supervise/.ready || read -r pid start rest <.ready || exit 1
        if read -r stat </proc/"$pid"/stat; then
            set -f
            set -- ${stat##*) }
            [ "$1" != Z ] && { [ "$start" = 0 ] || [ "${20}" = "$start" ]; }
            exit
        fi
        # who may not look at the processes of others can still be told whether there is one
        LC_ALL=C
        case $(kill -0 "$pid" 2>&1) in
        '' | *ermitted*) exit 0 ;;
        esac
        exit 1
        """.getBytes(StandardCharsets.US_ASCII);

    private final Directory home;
    private boolean executes;
    private boolean isShown;

    private ReadyFiles(Directory home) {
        this.home = home;
    }

    /**
     * Those of a service directory, made anew.
     *
     * @param reporter told if they cannot be written: then it is not seen that it is ready
     */
    public static ReadyFiles make(Directory home, Reporter reporter) {
        ReadyFiles files = new ReadyFiles(home);
        try {
            files.write(NEXT_CHECK, CHECK, SCRIPT, EVERYBODY);
            files.executes = home.mayExecute(CHECK);
            if (!files.executes) {
                files.link(FALSE);
            }
        } catch (PosixException e) {
            reporter.warnOfOurs("unable to write " + CHECK + ", by which sv sees that it is ready", e);
        }
        return files;
    }

    /** There is no sign any more by which a service is ready: it is as runit has it. */
    public static void remove(Directory home) {
        try {
            if (home.linkStatusIfPresent(CHECK).isPresent()) {
                home.remove(CHECK);
                home.remove(READY);
            }
        } catch (PosixException e) {
            // a link to it is the owner's, and tells him
        }
    }

    /** This process is ready. */
    public void show(ProcessIdentity run, Reporter reporter) {
        try {
            byte[] text = (run.pid() + " " + run.startTicks() + "\n").getBytes(StandardCharsets.US_ASCII);
            write(NEXT_READY, READY, text, READABLE);
            isShown = true;
            if (!executes) {
                link(TRUE);
            }
        } catch (PosixException e) {
            reporter.warnOfOurs("unable to write " + READY + ", by which sv sees that it is ready", e);
        }
    }

    /**
     * Nothing is ready. Of one that has ended whoever looks sees that by himself.
     *
     * @return why that cannot be shown now; empty if it is
     */
    public Optional<PosixException> hide() {
        if (!isShown) {
            return Optional.empty();
        }
        try {
            if (!executes) {
                link(FALSE);
            }
            home.remove(READY);
            isShown = false;
            return Optional.empty();
        } catch (PosixException e) {
            return Optional.of(e);
        }
    }

    private void write(OsString next, OsString file, byte[] content, int mode) throws PosixException {
        try (Descriptor opened = home.openNew(next, mode)) {
            opened.write(content);
            // whoever may enter the directory may read it
            opened.setMode(mode);
        }
        home.rename(next, file);
    }

    private void link(OsString target) throws PosixException {
        home.remove(NEXT_CHECK);
        home.makeLink(NEXT_CHECK, target);
        home.rename(NEXT_CHECK, CHECK);
    }
}
