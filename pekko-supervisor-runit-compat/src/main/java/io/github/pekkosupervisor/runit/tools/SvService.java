package io.github.pekkosupervisor.runit.tools;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.Foreground;
import io.github.pekkosupervisor.posix.InheritedDescriptors;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.OwnProcess;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.runit.supervise.ErrorText;
import io.github.pekkosupervisor.runit.supervise.ReadyFiles;
import io.github.pekkosupervisor.runit.supervise.StatusBytes;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One service, entered: {@code sv} looks at it and speaks to its runsv through the files in {@code supervise/}. */
final class SvService implements AutoCloseable {

    private static final OsString OK = OsString.of("supervise/ok");
    private static final OsString CONTROL = OsString.of("supervise/control");
    private static final OsString STATUS = OsString.of("supervise/status");
    private static final OsString DOWN = OsString.of("down");
    private static final OsString LOG = OsString.of("log");
    private static final OsString CHECK = OsString.of("check");
    private static final int LONGEST_READY = 64;

    /** How far looking at a service got. */
    enum Look {
        /** The status has been read. */
        DONE,
        /** Nobody supervises it, of which has been told. */
        NOT_SUPERVISED,
        /** It could not be read, of which has been told. */
        FAILED
    }

    private final Directory directory;
    private final OsString name;
    private final StatusBytes status;
    private final SvCommand command;
    private final SvOutcome outcome;

    private SvService(Directory directory, OsString name, StatusBytes status, SvCommand command, SvOutcome outcome) {
        this.directory = directory;
        this.name = name;
        this.status = status;
        this.command = command;
        this.outcome = outcome;
    }

    /**
     * Enters the service directory.
     *
     * @param path where it is
     * @param name what it is called in messages
     * @return null if it cannot be entered, of which has been told
     */
    static @Nullable SvService enter(SvPath path, OsString name, SvCommand command, SvOutcome outcome) {
        try {
            return new SvService(path.open(), name, new StatusBytes(), command, outcome);
        } catch (PosixException e) {
            outcome.complain("fail", name, "unable to change to service directory: " + ErrorText.of(e));
            return null;
        }
    }

    StatusBytes status() {
        return status;
    }

    /** Sees whether it is supervised, and reads its status. */
    Look look() {
        try {
            directory.openWrite(OK).close();
        } catch (PosixException e) {
            if (e.is("ENXIO")) {
                tellNotSupervised(command.bytes());
                return Look.NOT_SUPERVISED;
            }
            return failed("unable to open supervise/ok", e);
        }
        return readStatus();
    }

    private Look readStatus() {
        byte[] read;
        try (Descriptor file = directory.openRead(STATUS)) {
            read = file.read(StatusBytes.LENGTH);
        } catch (PosixException e) {
            return failed("unable to " + (e.call().equals("read") ? "read" : "open") + " supervise/status", e);
        }
        status.read(read);
        if (read.length < StatusBytes.LENGTH) {
            outcome.complain("warning", name, "unable to read supervise/status: bad format");
            return Look.FAILED;
        }
        return Look.DONE;
    }

    private Look failed(String what, PosixException e) {
        outcome.complain("warning", name, what + ": " + ErrorText.of(e));
        return Look.FAILED;
    }

    private void tellNotSupervised(String bytes) {
        if (bytes.charAt(0) == 'x') {
            outcome.print(OsString.of("ok: ").plus(name).plus(": runsv not running\n"));
        } else {
            outcome.complain("fail", name, "runsv not running");
        }
    }

    /** Writes bytes to the control FIFO, unless what they ask is wanted already. False if it cannot be done. */
    boolean control(String bytes) {
        if (look() != Look.DONE) {
            return false;
        }
        char first = bytes.charAt(0);
        if (status.want() == first && (first != 'd' || status.gotOneTerm())) {
            return true;
        }
        try (Descriptor control = directory.openWrite(CONTROL)) {
            control.write(bytes.getBytes(StandardCharsets.US_ASCII));
            return true;
        } catch (PosixException e) {
            if (e.call().equals("write")) {
                failed("unable to write to supervise/control", e);
            } else if (e.is("ENXIO")) {
                tellNotSupervised(bytes);
            } else {
                failed("unable to open supervise/control", e);
            }
            return false;
        }
    }

    /**
     * Prints the status line without its end.
     *
     * @param shownAs what the service is called in it
     * @return false if nothing was printed because it cannot be told whether there is a file {@code down}
     */
    boolean printStatus(OsString shownAs, long nowLabel) {
        boolean hasDownFile;
        try {
            hasDownFile = directory.statusIfPresent(DOWN).isPresent();
        } catch (PosixException e) {
            SvOutcome.warn(OsString.of("unable to stat ").plus(name).plus("/down"), ErrorText.of(e));
            return false;
        }
        outcome.print(line(shownAs, hasDownFile, nowLabel));
        return true;
    }

    private OsString line(OsString shownAs, boolean hasDownFile, long nowLabel) {
        boolean hasProcess = status.pid() != 0;
        String process = status.isDown() ? "" : "(pid " + Long.toUnsignedString(status.pid()) + ") ";
        String flags = (hasProcess && hasDownFile ? ", normally down" : "")
                + (!hasProcess && !hasDownFile ? ", normally up" : "")
                + (hasProcess && status.isPaused() ? ", paused" : "")
                + (!hasProcess && status.want() == 'u' ? ", want up" : "")
                + (hasProcess && status.want() == 'd' ? ", want down" : "")
                + (hasProcess && status.gotTerm() ? ", got TERM" : "");
        return OsString.of(stateWord())
                .plus(shownAs)
                .plus(": " + process + Long.toUnsignedString(status.ageAt(nowLabel)) + "s" + flags);
    }

    private String stateWord() {
        if (status.isDown()) {
            return "down: ";
        }
        if (status.isRunning()) {
            return "run: ";
        }
        return status.isFinishing() ? "finish: " : "";
    }

    /** Prints what follows the status of the service: that of its logger, and the end of the line. */
    void printLogStatus(long nowLabel) {
        Directory log;
        try {
            log = directory.directory(LOG);
        } catch (PosixException e) {
            if (!e.is("ENOENT")) {
                outcome.print(OsString.of("; "));
                outcome.complain("warning", logName(), "unable to change directory: " + ErrorText.of(e));
            } else {
                outcome.print(OsString.of("\n"));
            }
            return;
        }
        // the same bytes: what of the logger's cannot be read shows the service's, as in the original
        try (SvService logger = new SvService(log, logName(), status, command, outcome)) {
            outcome.print(OsString.of("; "));
            if (logger.look() != Look.NOT_SUPERVISED) {
                logger.printStatus(LOG, nowLabel);
                outcome.print(OsString.of("\n"));
            }
        }
    }

    private OsString logName() {
        return name.plus("/log");
    }

    /** Whether the script {@code check}, if there is one, says that the service is up. */
    boolean passesCheck() {
        OsString script = name.plus("/check");
        try {
            Optional<?> present = directory.statusIfPresent(CHECK);
            if (present.isEmpty()) {
                return isReadyBySign();
            }
        } catch (PosixException e) {
            SvOutcome.warn(OsString.of("unable to stat ").plus(script), ErrorText.of(e));
            return false;
        }
        InheritedDescriptors.ofThisJvm().keepOnlyThese();
        OwnProcess.ignoreAsAtLaunch();
        try {
            // one that a signal ends has passed too: the original looks at the exit code alone
            return (Foreground.runWithoutOutput(directory, CHECK, OsString.of("./check"))
                                    .waitStatus()
                            >> 8)
                    == 0;
        } catch (PosixException e) {
            boolean noProcess = e.is("EAGAIN") || e.is("ENOMEM");
            SvOutcome.warn(
                    OsString.of(noProcess ? "unable to fork for " : "unable to run ")
                            .plus(script),
                    ErrorText.of(e));
            return !noProcess;
        }
    }

    /** Without a link to it, what {@code supervise/check} would say; true where there is none. */
    private boolean isReadyBySign() throws PosixException {
        if (directory.linkStatusIfPresent(ReadyFiles.CHECK).isEmpty()) {
            return true;
        }
        try {
            byte[] ready = directory.readFile(ReadyFiles.READY, LONGEST_READY, Directory.Links.REFUSE);
            return new String(ready, StandardCharsets.US_ASCII).startsWith(Long.toUnsignedString(status.pid()) + " ");
        } catch (PosixException e) {
            if (e.is("ENOENT")) {
                return false;
            }
            throw e;
        }
    }

    @Override
    public void close() {
        directory.close();
    }
}
