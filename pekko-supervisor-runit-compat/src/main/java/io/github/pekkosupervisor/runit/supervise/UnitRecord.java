package io.github.pekkosupervisor.runit.supervise;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a supervisor keeps of a service, or of its logger, for the one that comes after it: all that the next one must
 * know to go on as if nothing had happened. {@link StateFile} has the bytes.
 *
 * @param supervisor who has written it
 * @param status as {@code supervise/status} has it, and wanted to exit where that is so
 * @param pending what is still to come of what was asked for or has happened
 * @param process {@code run}, {@code finish} or the logger, which runs as far as is known
 * @param start a start of which nothing more is known: it is under way, or who its process is could not be asked
 * @param script a control script that is due or runs
 * @param past what became of {@code run}
 * @param pipe the FIFO to the logger; empty without one
 * @param sign of readiness of {@code run}, which runs or is being started; empty where none is waited for
 * @param ties of what runs or is being started
 * @param asked how what runs was asked to end, beside what the status tells
 * @param retries how it stands with restarts of which {@code service.conf} says something
 */
public record UnitRecord(
        Supervisor supervisor,
        ServiceStatus status,
        Pending pending,
        Optional<Known> process,
        Optional<Intent> start,
        Optional<Script> script,
        Past past,
        Optional<FileStatus.Id> pipe,
        Optional<Sign> sign,
        Ties ties,
        Asked asked,
        Retries retries) {

    /** Of one that is restarted as runit does it. */
    public UnitRecord(
            Supervisor supervisor,
            ServiceStatus status,
            Pending pending,
            Optional<Known> process,
            Optional<Intent> start,
            Optional<Script> script,
            Past past,
            Optional<FileStatus.Id> pipe,
            Optional<Sign> sign,
            Ties ties,
            Asked asked) {
        this(supervisor, status, pending, process, start, script, past, pipe, sign, ties, asked, Retries.NONE);
    }

    /** Of one that was not asked to end. */
    public UnitRecord(
            Supervisor supervisor,
            ServiceStatus status,
            Pending pending,
            Optional<Known> process,
            Optional<Intent> start,
            Optional<Script> script,
            Past past,
            Optional<FileStatus.Id> pipe,
            Optional<Sign> sign,
            Ties ties) {
        this(supervisor, status, pending, process, start, script, past, pipe, sign, ties, Asked.NOT);
    }

    /** Of one that needs no sign of readiness, and goes with nobody. */
    public UnitRecord(
            Supervisor supervisor,
            ServiceStatus status,
            Pending pending,
            Optional<Known> process,
            Optional<Intent> start,
            Optional<Script> script,
            Past past,
            Optional<FileStatus.Id> pipe) {
        this(supervisor, status, pending, process, start, script, past, pipe, Optional.empty(), Ties.NONE);
    }

    /**
     * Of a process that is ready by a sign.
     *
     * @param isGiven whether it has given it
     * @param socket the number in the name of its {@code NOTIFY_SOCKET}; 0 if it has none
     * @param said what it has said there
     */
    public record Sign(boolean isGiven, long socket, Said said) {
        /** Of one that has said nothing. */
        public Sign(boolean isGiven, long socket) {
            this(isGiven, socket, Said.NOTHING);
        }

        /** It has given its sign. */
        public Sign given() {
            return new Sign(true, socket, said);
        }

        /** It has said this. */
        public Sign with(Said other) {
            return new Sign(isGiven, socket, other);
        }
    }

    /** How a process says that it is. */
    public enum Says {
        /** It has not said that it is ready. */
        STARTING,
        /** It is ready. */
        READY,
        /** It reads its configuration anew. */
        RELOADING,
        /** It is about to end. */
        STOPPING
    }

    /**
     * What a process has said by {@code sd_notify(3)}, as far as that counts.
     *
     * @param says how it is; empty if that is not known
     * @param main the process that it has handed the work to
     * @param silence how long its watchdog allows it to be silent, where it has said so itself
     */
    public record Said(Optional<Says> says, Optional<ProcessIdentity> main, Optional<Duration> silence) {
        /** Nothing. */
        public static final Said NOTHING = new Said(Optional.empty(), Optional.empty(), Optional.empty());
    }

    /**
     * Who goes with a process, and with whom it goes; said when it was started, and so until it has ended.
     *
     * @param diesWithSupervisor whether it is killed when the supervisor has died, with its group if it leads one
     * @param whole whether it leads a group, and is over when nobody of that is left
     */
    public record Ties(boolean diesWithSupervisor, boolean whole) {

        /** As runit has it. */
        public static final Ties NONE = new Ties(false, false);
    }

    /**
     * How a process was asked to end, beside what its status tells: an end that follows is not one by itself.
     *
     * @param byScript whether {@code control/t} has seen to that
     * @param sent the last signal that it was sent and that may end it
     */
    public record Asked(boolean byScript, Optional<Signal> sent) {

        /** Not at all. */
        public static final Asked NOT = new Asked(false, Optional.empty());
    }

    /**
     * How it stands with restarts of which {@code service.conf} says something.
     *
     * @param inARow how many ends by themselves have followed each other, each soon after the start
     * @param failures how many there were lately
     * @param oldest when the first of them was; the epoch if there was none
     * @param newest when the last of them was; the epoch if there was none
     * @param gaveUp whether there were too many
     */
    public record Retries(int inARow, int failures, Instant oldest, Instant newest, boolean gaveUp) {

        /** More are not counted. */
        public static final int MOST = 1000;

        /** None. */
        public static final Retries NONE = new Retries(0, 0, Instant.EPOCH, Instant.EPOCH, false);
    }

    /** Supervision begins, and nothing has been started. */
    public static UnitRecord beginning(Supervisor supervisor, ServiceStatus status) {
        return new UnitRecord(
                supervisor,
                status,
                Pending.NOTHING,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Past.NOTHING,
                Optional.empty());
    }

    /** The same of a oneshot that has ended well. */
    public UnitRecord asDone() {
        return new UnitRecord(supervisor, status, pending, process, start, script, past.with(true), pipe);
    }

    /** The same of one that counts as hung. */
    public UnitRecord asHung() {
        return new UnitRecord(
                supervisor, status, pending.asHung(), process, start, script, past, pipe, sign, ties, asked, retries);
    }

    /** The same of one of which this is wanted. */
    public UnitRecord wanted(Want want) {
        ServiceStatus wanted = new ServiceStatus(
                status.stamp(), status.pid(), status.paused(), status.gotTerm(), want, status.state());
        return new UnitRecord(
                supervisor, wanted, pending, process, start, script, past, pipe, sign, ties, asked, retries);
    }

    /** The same, written by somebody else. */
    public UnitRecord by(Supervisor other) {
        return new UnitRecord(other, status, pending, process, start, script, past, pipe, sign, ties, asked, retries);
    }

    /** Whether what runs was started by a supervisor before the one that has written this. */
    public boolean isAdopted() {
        return process.isPresent()
                && process.get().identity().startTicks() != 0
                && process.get().identity().startTicks() < supervisor.identity().startTicks();
    }

    /** Whether something of it is from before this tick since boot. */
    public boolean isFromBefore(long tick) {
        Stream<Optional<Known>> processes = Stream.of(process, script.flatMap(Script::process));
        Stream<Optional<Intent>> starts = Stream.of(start, script.flatMap(Script::start));
        return Stream.of(
                        Stream.of(supervisor.identity().startTicks()),
                        processes
                                .flatMap(Optional::stream)
                                .map(known -> known.identity().startTicks()),
                        starts.flatMap(Optional::stream).map(Intent::startTick))
                .flatMap(ticks -> ticks)
                // 0 is not known
                .anyMatch(its -> its != 0 && its < tick);
    }

    /**
     * A supervisor.
     *
     * @param identity its process
     * @param since when it began to supervise this one
     * @param home the service directory that this is of, wherever it is by now; empty if that is not known
     */
    public record Supervisor(ProcessIdentity identity, Instant since, Optional<FileStatus.Id> home) {

        /** Of a directory that is not known. */
        public Supervisor(ProcessIdentity identity, Instant since) {
            this(identity, since, Optional.empty());
        }
    }

    /**
     * What is still to come.
     *
     * @param once a start was asked for though it is not wanted up
     * @param throttledUntil it must not be started before
     * @param finishing how {@code run} ended, while a {@code finish} is due or runs
     * @param heard a command that came while something was under way
     * @param unseen an end that came while something was under way
     * @param terminating supervision is to end when nothing is under way
     * @param draining the pipe to the logger has been closed, and the logger's end is awaited
     * @param signals those that the process was about to be sent when this was written, by their numbers
     * @param stoppedAsHung {@code run} is being stopped since it was hung
     * @param hung {@code run} counts as hung, whether it is stopped for that or left as it is
     */
    public record Pending(
            boolean once,
            Optional<Instant> throttledUntil,
            Optional<ExitStatus> finishing,
            Optional<Character> heard,
            Optional<ExitStatus> unseen,
            boolean terminating,
            boolean draining,
            List<Signal> signals,
            boolean stoppedAsHung,
            boolean hung) {

        /** Nothing. */
        public static final Pending NOTHING = new Pending(
                false, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), false, false);

        /** Keeps its own list. */
        public Pending {
            signals = List.copyOf(signals);
        }

        /** Of one that is not hung. */
        public Pending(
                boolean once,
                Optional<Instant> throttledUntil,
                Optional<ExitStatus> finishing,
                Optional<Character> heard,
                Optional<ExitStatus> unseen,
                boolean terminating,
                boolean draining,
                List<Signal> signals) {
            this(once, throttledUntil, finishing, heard, unseen, terminating, draining, signals, false);
        }

        /** Of one that works, as far as is known. */
        public Pending(
                boolean once,
                Optional<Instant> throttledUntil,
                Optional<ExitStatus> finishing,
                Optional<Character> heard,
                Optional<ExitStatus> unseen,
                boolean terminating,
                boolean draining,
                List<Signal> signals,
                boolean stoppedAsHung) {
            this(once, throttledUntil, finishing, heard, unseen, terminating, draining, signals, stoppedAsHung, false);
        }

        /** With no signal. */
        public Pending(
                boolean once,
                Optional<Instant> throttledUntil,
                Optional<ExitStatus> finishing,
                Optional<Character> heard,
                Optional<ExitStatus> unseen,
                boolean terminating,
                boolean draining) {
            this(once, throttledUntil, finishing, heard, unseen, terminating, draining, List.of());
        }

        /** The same with these signals. */
        public Pending with(List<Signal> others) {
            return with(others, stoppedAsHung, hung);
        }

        /** The same of one that is, or is not, being stopped since it was hung. */
        public Pending with(boolean isStoppedAsHung) {
            return with(signals, isStoppedAsHung, hung);
        }

        /** The same of one that counts as hung. */
        public Pending asHung() {
            return with(signals, stoppedAsHung, true);
        }

        private Pending with(List<Signal> others, boolean isStoppedAsHung, boolean isHung) {
            return new Pending(
                    once,
                    throttledUntil,
                    finishing,
                    heard,
                    unseen,
                    terminating,
                    draining,
                    others,
                    isStoppedAsHung,
                    isHung);
        }
    }

    /**
     * A process that was started.
     *
     * @param identity which
     * @param pidfdInode what {@code fstat(2)} of its pidfd tells, which no other process ever has; 0 if unknown
     * @param leadsGroup whether it leads a process group of its own
     */
    public record Known(ProcessIdentity identity, long pidfdInode, boolean leadsGroup) {}

    /**
     * A process that was about to be started when this was written.
     *
     * @param program what
     * @param startTick the clock, in ticks since boot, before it could start
     * @param group process group of the supervisor
     * @param session session of the supervisor
     * @param inherited what the supervisor's own outputs are, two at the most; none for a script
     */
    public record Intent(Program program, long startTick, int group, int session, List<FileStatus.Id> inherited) {
        /** Copies the list. */
        public Intent {
            inherited = List.copyOf(inherited);
        }

        /** Of a supervisor with outputs that tell nothing. */
        public Intent(Program program, long startTick, int group, int session) {
            this(program, startTick, group, session, List.of());
        }
    }

    /** What is started. */
    public enum Program {
        /** {@code run} or the logger. */
        RUN,
        /** {@code finish}. */
        FINISH,
        /** A control script. */
        SCRIPT
    }

    /**
     * A control script.
     *
     * @param letter which
     * @param process its process; empty if nothing of one is known
     * @param start its start, if that is under way
     */
    public record Script(char letter, Optional<Known> process, Optional<Intent> start) {}

    /**
     * What became of {@code run}.
     *
     * @param restarts how many times it was started again; a start that the system refused is none
     * @param started when what runs now was started; empty if nothing runs
     * @param lastEnd how it ended last; empty if it has not ended yet
     * @param done whether that was what it is for, as a oneshot, and it has not been started since
     */
    public record Past(int restarts, Optional<Instant> started, Optional<End> lastEnd, boolean done) {

        /** Of one that is to go on. */
        public Past(int restarts, Optional<Instant> started, Optional<End> lastEnd) {
            this(restarts, started, lastEnd, false);
        }

        /** The same, where the last end was of one that was hung, or was not. */
        public Past endedHung(boolean isHung) {
            return new Past(restarts, started, lastEnd.map(end -> end.with(isHung)), done);
        }

        /** The same with what it is as a oneshot. */
        public Past with(boolean isDone) {
            return new Past(restarts, started, lastEnd, isDone);
        }

        /** It has not been started. */
        public static final Past NOTHING = new Past(0, Optional.empty(), Optional.empty());
    }

    /**
     * An end of {@code run} or the logger.
     *
     * @param status an exit with 111 if it could not be run
     * @param ran how long it had run
     * @param at when
     * @param hung whether it was stopped since it was hung
     */
    public record End(ExitStatus status, Duration ran, Instant at, boolean hung) {
        /** Of one that was not. */
        public End(ExitStatus status, Duration ran, Instant at) {
            this(status, ran, at, false);
        }

        /** The same of one that was, or was not. */
        public End with(boolean isHung) {
            return new End(status, ran, at, isHung);
        }
    }
}
