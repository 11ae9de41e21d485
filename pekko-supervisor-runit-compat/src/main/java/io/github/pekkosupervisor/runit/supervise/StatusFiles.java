package io.github.pekkosupervisor.runit.supervise;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * runit's three files: {@code pid}, {@code stat} and {@code status}. Who opens one and reads it finds all of the last
 * or all of the one before; who opens it and reads it only after two more changes, a later one.
 *
 * <p>A file is written for the first time as runsv does it, under another name that is then changed. From then on a
 * hidden spare of {@code pid} and one of {@code status} are written over and change places with them, so that a restart
 * makes no inode and deletes none: that is what costs most of a write on a disk that is busy. Where files cannot change
 * places, or the spare cannot be written, it is done as the first time; {@code stat}, which changes seldom, always is.
 */
final class StatusFiles {

    private static final int MODE = 0644;
    private static final int UNKNOWN = -1;

    private final Directory home;
    private final String path;
    private final Complaints complaints;
    private final Often pid = new Often("pid");
    private final Often status = new Often("status");
    private byte @Nullable [] stat;
    private boolean exchanges = true;
    private boolean exactModes;
    private int toldPid;

    /** One that changes with each start, and how long it and its spare are, if they are known to be whole. */
    private static final class Often {
        private final String name;
        private int length = UNKNOWN;
        private int spareLength = UNKNOWN;

        Often(String name) {
            this.name = name;
        }
    }

    /**
     * @param path of the supervise directory, from {@code home}
     * @param toldPid what need not be told
     */
    StatusFiles(Directory home, String path, int toldPid, Complaints complaints) {
        this.home = home;
        this.path = path;
        this.toldPid = toldPid;
        this.complaints = complaints;
    }

    /** From now on the umask takes nothing away from the modes of files. */
    void haveExactModes() {
        exactModes = true;
    }

    private void setMode(Descriptor file) throws PosixException {
        if (exactModes) {
            file.setMode(MODE);
        }
    }

    /**
     * Writes what has changed.
     *
     * @param isOurs whether the process is this one. Who signals by {@code pid} is to hit a process of the service's
     *     own, never the one that runs them all
     * @return false if one could not be written; it has been told
     */
    boolean write(ServiceStatus now, boolean isOurs, Reporter reporter) {
        if (now.pid() != toldPid) {
            if (!replace(pid, isOurs ? new byte[0] : now.toPid(), reporter)) {
                return false;
            }
            toldPid = now.pid();
        }
        return replaceStat(now.toStat(), reporter) && replace(status, StatusBytes.of(now), reporter);
    }

    /** Nobody looks at when it was written. */
    private boolean replaceStat(byte[] content, Reporter reporter) {
        if (Arrays.equals(stat, content)) {
            return true;
        }
        stat = rename("stat", content, reporter) ? content : null;
        return stat != null;
    }

    private boolean replace(Often file, byte[] content, Reporter reporter) {
        int before = file.length;
        file.length = UNKNOWN;
        if (!(before != UNKNOWN && exchange(file, content, before)) && !rename(file.name, content, reporter)) {
            return false;
        }
        file.length = content.length;
        return true;
    }

    /** False if it could not be done in this way. */
    private boolean exchange(Often which, byte[] content, int lengthBefore) {
        if (!exchanges) {
            return false;
        }
        OsString spare = OsString.of(path + "." + which.name);
        int spareLength = which.spareLength;
        which.spareLength = UNKNOWN;
        try (Descriptor file = spareLength == UNKNOWN ? home.openOwn(spare, MODE) : home.openOwnAgain(spare)) {
            if (spareLength == UNKNOWN) {
                setMode(file);
            }
            file.writeAt(content, 0);
            if (spareLength == UNKNOWN || spareLength > content.length) {
                file.truncate(content.length);
            }
        } catch (PosixException e) {
            // it is tried in the other way, and what is wrong with that is told
            return false;
        }
        try {
            exchanges = home.exchange(spare, OsString.of(path + which.name));
            if (exchanges) {
                which.spareLength = lengthBefore;
            } else {
                home.remove(spare);
            }
            return exchanges;
        } catch (PosixException e) {
            // the same
            return false;
        }
    }

    private boolean rename(String name, byte[] content, Reporter reporter) {
        String next = path + name + ".new";
        OsString nextName = OsString.of(next);
        try (Descriptor file = home.openNew(nextName, MODE)) {
            setMode(file);
            file.write(content);
        } catch (PosixException e) {
            complaints.tell("unable to " + (e.call().equals("write") ? "write " : "open ") + next, e, reporter);
            return false;
        }
        try {
            home.rename(nextName, OsString.of(path + name));
            return true;
        } catch (PosixException e) {
            complaints.tell("unable to rename " + name + ".new to " + path + name, e, reporter);
            return false;
        }
    }
}
