package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.ProcessNotice;
import io.github.pekkosupervisor.protocol.Happening;
import io.github.pekkosupervisor.protocol.LogEntry;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.runit.export.ServiceEntry;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.spec.TreePath;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * What happens to a service directory, each once. Those of one service directory are in order: each comes after all
 * that it follows from. The path is that of the service directory; {@link Warned} may also be told of the directory
 * that it lies in.
 */
public sealed interface ServiceEvent extends TreeEvent {

    @Override
    default Optional<LogEntry> logEntry() {
        return ServiceWords.of(this);
    }

    @Override
    default Node applyTo(Node child) {
        return ServiceNodeChanges.after(child, this);
    }

    @Override
    default Optional<Happening> happening() {
        return ServiceHappenings.of(this);
    }

    /** The two that a service directory may have: each has its status and its control FIFO. */
    enum Unit {
        /** What {@code run} and {@code finish} are for. */
        SERVICE,
        /** What {@code log/run} is for, or the log that we write ourselves. */
        LOG
    }

    /** What is started in a service directory, control scripts excepted. */
    enum Program {
        /** The service. */
        RUN("run"),
        /** What follows the end of {@link #RUN}. */
        FINISH("finish"),
        /** The logger, or the log that we write ourselves. */
        LOG("log/run");

        private final String file;

        Program(String file) {
            this.file = file;
        }

        /** Its name, from the service directory. */
        public String file() {
            return file;
        }

        /** Whose it is. */
        public Unit unit() {
            return this == LOG ? Unit.LOG : Unit.SERVICE;
        }
    }

    /** Why a start has to wait. */
    enum Pause {
        /** It ended within a second of its start: runit's one second. */
        SHORT_RUN,
        /** The system refused to make a process: runit's five seconds. */
        REFUSED,
        /** It ended by itself, and {@code restart-delay} in {@code service.conf} says how long it waits. */
        RESTART_DELAY,
        /** It failed too often, and cools down for as long as {@code give-up} in {@code service.conf} says. */
        COOL_DOWN
    }

    /** How bad it is. */
    enum Severity {
        /** It goes on. */
        WARNING,
        /** Something cannot be run, or a service directory not be supervised, as it is. */
        FATAL
    }

    /** One that is about a program. */
    sealed interface OfProgram extends ServiceEvent {
        /** Which. */
        Program program();
    }

    // ---- supervision

    /** A service directory has an entry in the directory that is supervised, and is to be supervised from now on. */
    record Found(String path) implements ServiceEvent, ServiceEntry {
        @Override
        public Optional<String> entryGone() {
            return Optional.empty();
        }

        @Override
        public Optional<String> entryThere() {
            return Optional.of(TreePath.lastId(path));
        }
    }

    /**
     * Its entry has another name. As with runit nothing is started or stopped for that, and until its supervision ends
     * it is told of by the same path; the next one begins with {@link Forgotten} and {@link Found}.
     *
     * @param entryGone the name before; empty if another service directory has that by now
     * @param entryThere the name
     */
    record Renamed(String path, Optional<String> entryGone, Optional<String> entryThere)
            implements ServiceEvent, ServiceEntry {}

    /**
     * It has lost its entry, or all is stopped, or its entry has another name, and its supervision is over: this is the
     * last that is told of it.
     *
     * @param entryGone the name that its entry had; empty if there is such an entry yet
     */
    record Forgotten(String path, Optional<String> entryGone) implements ServiceEvent, ServiceEntry {

        /** One whose entry had the name by which it was told of. */
        public Forgotten(String path) {
            this(path, Optional.of(TreePath.lastId(path)));
        }

        @Override
        public Optional<String> entryThere() {
            return Optional.empty();
        }
    }

    /**
     * It has been opened: its locks are held, and commands will be read.
     *
     * @param service how it stands: down, and whether it is wanted up; or as a supervisor has left it that is gone, and
     *     then {@link Adopted} follows
     * @param log the same of its logger; empty if it has none
     * @param normallyDown which of the two has a file {@code down}, whatever is wanted now
     */
    record SupervisionBegan(String path, ServiceStatus service, Optional<ServiceStatus> log, Set<Unit> normallyDown)
            implements ServiceEvent {

        /** Keeps a copy. */
        public SupervisionBegan {
            normallyDown = Set.copyOf(normallyDown);
        }
    }

    /** It was asked to end as TERM asks a runsv: its entry has gone, all is stopped, or TERM was sent. */
    record EndRequested(String path) implements ServiceEvent {}

    /**
     * Supervision is over, or could not begin; as long as the entry is there it will be tried again.
     *
     * @param exitCode what runsv exits with: 0, or 111 if it could not begin, and then a {@link Warned} has said why
     */
    record SupervisionEnded(String path, int exitCode) implements ServiceEvent {}

    /** Supervision has failed through a defect of ours; the processes go on, and it will be taken up again. */
    record SupervisionFailed(String path, Throwable cause) implements ServiceEvent {}

    /** Supervision waits before it is tried again, or taken up again. */
    record SupervisionDelayed(String path, Duration length, Instant until) implements ServiceEvent {}

    /** Supervision that had failed has been taken up again where it was; no pause counts any more. */
    record SupervisionResumed(String path) implements ServiceEvent {}

    // ---- processes

    /**
     * Its supervisor by OTP's rules wants {@code run} started; what follows is told of it as ever. Only where it is a
     * child itself.
     *
     * @param standing how the service directory stands before that
     */
    record RunOrdered(String path, ServiceSnapshot standing) implements ServiceEvent {}

    /**
     * A program has been started.
     *
     * @param pid of its process; the JVM's for a log that we write ourselves
     */
    record Started(String path, Program program, int pid, Instant at) implements OfProgram {}

    /**
     * A supervisor that is gone has left this, and it goes on as it is: nothing was started or signalled.
     *
     * @param program what runs; that which would run, if nothing does
     * @param pid of its process; 0 if it had none, and what follows is all that is known
     * @param runs whether that process runs; else it has ended while nobody was there, and its {@link Ended} follows
     * @param started when it was started; empty if it had none
     * @param restarts how many times {@code run}, or the logger, had been started again
     * @param lastEnd how it ended last; empty if it had not
     * @param throttledUntil when the pause that it is in is over; empty if it is in none
     * @param sent the last signal that it had been sent and that may end it; empty if none was
     */
    record Adopted(
            String path,
            Program program,
            int pid,
            boolean runs,
            Optional<Instant> started,
            int restarts,
            Optional<ServiceSnapshot.End> lastEnd,
            Optional<Instant> throttledUntil,
            Optional<Signal> sent)
            implements OfProgram {

        /** Of one that had not been sent any. */
        public Adopted(
                String path,
                Program program,
                int pid,
                boolean runs,
                Optional<Instant> started,
                int restarts,
                Optional<ServiceSnapshot.End> lastEnd,
                Optional<Instant> throttledUntil) {
            this(path, program, pid, runs, started, restarts, lastEnd, throttledUntil, Optional.empty());
        }
    }

    /**
     * The service runs and is not ready yet: {@code service.conf} or the file {@code notification-fd} name a sign,
     * which it has not given. {@link Ready} follows when it has, unless it ends before.
     *
     * @param pid of {@code run}
     * @param sign in words
     */
    record AwaitsReady(String path, int pid, String sign) implements ServiceEvent {}

    /**
     * The service is ready. runit knows no readiness: where no sign is named, it counts as ready when {@code run} has
     * been started or adopted, and this follows that at once.
     *
     * @param pid of {@code run}
     */
    record Ready(String path, int pid) implements ServiceEvent {}

    /**
     * The service has said how it is, by {@code sd_notify(3)}; told when that has changed.
     *
     * @param notice all that it has said so far
     */
    record Notified(String path, ProcessNotice notice) implements ServiceEvent {}

    /**
     * A program has ended.
     *
     * @param pid of its process; 0 if it could not be run, see {@link NotRun}
     * @param status how; exit code 111 if it could not be run
     * @param ran how long
     * @param asked whether somebody wanted it to end: it was sent TERM or is wanted no more, the signal that ended it
     *     is one that it was told to be sent, it is a logger whose input is over, or it was to run once and has ended
     *     well, or {@code service.conf} says that such an end is normal; never if it was stopped since it was hung
     * @param hung why it was stopped, if it was hung
     * @param outOfMemory that it was killed since memory was short in its control group, in words; empty if it was not,
     *     or that is not known
     */
    record Ended(
            String path,
            Program program,
            int pid,
            ExitStatus status,
            Duration ran,
            Instant at,
            boolean asked,
            Optional<String> hung,
            Optional<String> outOfMemory)
            implements OfProgram {
        /** Not for want of memory. */
        public Ended(
                String path,
                Program program,
                int pid,
                ExitStatus status,
                Duration ran,
                Instant at,
                boolean asked,
                Optional<String> hung) {
            this(path, program, pid, status, ran, at, asked, hung, Optional.empty());
        }

        /** One that was not hung. */
        public Ended(
                String path, Program program, int pid, ExitStatus status, Duration ran, Instant at, boolean asked) {
            this(path, program, pid, status, ran, at, asked, Optional.empty());
        }
    }

    /**
     * {@code run} runs and does not work any more, by what {@code service.conf} says of that. Told once until
     * {@link Recovered} or its end.
     *
     * @param pid of {@code run}
     * @param why in words
     * @param isStopped whether it is stopped for that, and killed if it does not end; then it is started again, as
     *     after any end
     */
    record Hung(String path, int pid, String why, boolean isStopped) implements ServiceEvent {}

    /**
     * It works again, and was left as it was.
     *
     * @param pid of {@code run}
     */
    record Recovered(String path, int pid) implements ServiceEvent {}

    /** The system refused to make a process; {@link Throttled} follows. */
    record StartRefused(String path, Program program, PosixException cause) implements OfProgram {}

    /** A program could not be run; it counts as started and ended with 111, and that {@link Ended} follows. */
    record NotRun(String path, Program program, PosixException cause) implements OfProgram {}

    /**
     * The next start has to wait.
     *
     * @param wanted whether there is to be one, as things are; if not it waits only if it is wanted up again meanwhile
     */
    record Throttled(String path, Unit unit, Pause why, Duration length, Instant until, boolean wanted)
            implements ServiceEvent {}

    // ---- control

    /**
     * A byte was read from a control FIFO, whether or not it means anything. What follows from it may have to wait for
     * a start or a script that is under way.
     *
     * @param unit whose FIFO
     * @param letter the byte
     */
    record ControlByte(String path, Unit unit, char letter) implements ServiceEvent {}

    /** A script {@code control/LETTER} has been started; told anew where a supervisor that is gone had done that. */
    record ScriptStarted(String path, char letter, int pid) implements ServiceEvent {}

    /**
     * A control script has ended.
     *
     * @param vetoed whether the signal that it stands for is not sent, since it has seen to that; what
     *     {@code control/u}, {@code control/d} and {@code control/x} return means nothing
     */
    record ScriptEnded(String path, char letter, ExitStatus status, boolean vetoed) implements ServiceEvent {}

    /**
     * A control script is there and could not be run; it counts as not there.
     *
     * @param refused whether the system refused to make a process
     */
    record ScriptNotRun(String path, char letter, boolean refused, PosixException cause) implements ServiceEvent {}

    /** A signal is sent to the process that runs. */
    record SignalSent(String path, Unit unit, Signal signal) implements ServiceEvent {}

    /** It counts as paused, as {@code sv status} shows it; the process is stopped if {@link SignalSent} says so. */
    record Paused(String path, Unit unit) implements ServiceEvent {}

    /** It does not count as paused any longer, by a command; a start clears that too, without this. */
    record Continued(String path, Unit unit) implements ServiceEvent {}

    /** The pipe to the logger is closed, so that it sees the end of its input, and its end is awaited. */
    record LogPipeClosed(String path) implements ServiceEvent {}

    /** There is to be a new pipe to the logger, since the service is wanted again; else {@link Warned} follows. */
    record LogPipeOpened(String path) implements ServiceEvent {}

    // ---- what is shown and said

    /**
     * What {@code supervise/status} is to say has been rewritten by what has happened; several may lead to one write.
     *
     * @param status all of it
     */
    record StateChanged(String path, Unit unit, ServiceStatus status) implements ServiceEvent {}

    /**
     * Something is not as it should be, and no event of its own says so.
     *
     * @param text what, printable and on one line
     * @param line the line that is said on standard error, with its newline
     */
    record Warned(String path, Severity severity, String text, OsString line) implements ServiceEvent {}
}
