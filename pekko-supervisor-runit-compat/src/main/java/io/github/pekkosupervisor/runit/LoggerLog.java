package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.OtherProcess;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.ProcessActor;
import io.github.pekkosupervisor.runit.rule.Role;
import io.github.pekkosupervisor.runit.svlogd.SvlogdCommandLine;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * The log that we write for a logger process, which waits meanwhile.
 *
 * @param process who waits
 * @param writer who writes
 * @param end how that has ended; empty while it goes on
 */
record LoggerLog(ProcessIdentity process, ActorRef<ProcessActor.Command> writer, Optional<ExitStatus> end) {

    /** Says to one that waits that all is done: it ends with 0. */
    static final Signal DONE = Signal.USR1;

    /** Says to it that it has to go on without us: it becomes the program that it stands for. */
    static final Signal ALONE = Signal.USR2;

    /** Has it look whether it has got a signal before it began to wait, and not acted upon it. */
    static final Signal LOOK = Signal.URG;

    private static final ExitStatus WELL = ExitStatus.ofCode(0);

    /** Where one that waits keeps what was its standard input. */
    private static final int LINES = 4;

    private static final int STANDARD_ERROR = 2;
    private static final OsString NAME = OsString.of("svlogd");

    LoggerLog ended(ExitStatus how) {
        return new LoggerLog(process, writer, Optional.of(how));
    }

    /** What is to be said to one whose log is not written any more. */
    Signal word() {
        return end.equals(Optional.of(WELL)) ? DONE : ALONE;
    }

    /**
     * The log that a process asks for; empty if we would not write it as it does itself: it must be in its directory,
     * read from our pipe, complain where we do, and have our rights.
     *
     * @param words what it was started with
     */
    static Optional<OwnLog> asked(ServiceDirectory directory, ProcessIdentity who, List<OsString> words) {
        Optional<SvlogdCommandLine> line = line(words);
        Optional<FileStatus.Id> pipe = directory.pipe().flatMap(LogPipe::id);
        if (line.isEmpty() || pipe.isEmpty()) {
            return Optional.empty();
        }
        OtherProcess process = new OtherProcess(who);
        try {
            boolean isAsOurs = process.workingDirectory().id().equals(directory.place(Role.LOG))
                    && process.descriptor(LINES).id().equals(pipe.get())
                    && process.descriptor(STANDARD_ERROR)
                            .id()
                            .equals(Descriptor.standard(STANDARD_ERROR).status().id())
                    && process.catches(Signal.TERM, Signal.HUP, Signal.ALRM, DONE)
                    && process.mayWhatWeMay();
            return isAsOurs
                    ? Optional.of(OwnLog.ofLogger(line.get(), directory.directory(), process))
                    : Optional.empty();
        } catch (PosixException e) {
            // it has ended meanwhile, or we may not look
            return Optional.empty();
        }
    }

    /** How far a log has got can be kept of one directory; what is wrong is said by the program itself. */
    private static Optional<SvlogdCommandLine> line(List<OsString> words) {
        try {
            return Optional.of(SvlogdCommandLine.parse(NAME, words))
                    .filter(line -> line.directories().size() == 1);
        } catch (SvlogdCommandLine.UsageException | SvlogdCommandLine.OutOfMemoryException e) {
            return Optional.empty();
        }
    }
}
