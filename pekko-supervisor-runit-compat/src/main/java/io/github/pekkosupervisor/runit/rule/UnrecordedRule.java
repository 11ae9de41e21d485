package io.github.pekkosupervisor.runit.rule;

import static java.util.stream.Collectors.joining;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import io.github.pekkosupervisor.runit.supervise.StateFile;
import io.github.pekkosupervisor.runit.supervise.UnitRecord;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Known;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Past;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Pending;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Supervisor;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What follows where no record names what runs, since it cannot be believed, or since a supervisor was here that writes
 * none, as runit's: from {@code supervise/status}, and from the processes that are where those of the unit would be.
 *
 * <p>Who is all that {@code status} says is adopted, and before that whom the list of services names, if he is where
 * the unit is. While somebody may be it of whom that is not certain, nothing is started.
 */
public final class UnrecordedRule {

    /** A supervisor that has much to do tells the time of a start late. */
    private static final Duration TOLD_LATE = Duration.ofSeconds(30);

    /** A clock that is put right, and the ticks in which the kernel counts. */
    private static final Duration TOLD_EARLY = Duration.ofSeconds(2);

    private UnrecordedRule() {}

    /**
     * A process that may be it.
     *
     * @param started when, as the kernel says
     */
    public record Trace(Known who, Instant started) {
        private boolean isSame(Trace other) {
            return who.identity().equals(other.who.identity());
        }
    }

    /** Where a process is that a list names, or what makes it certain that it is the one. */
    public enum Where {
        /** It reads from the pipe that the service writes to, as nobody but its logger does; no list need name it. */
        READER(""),
        /** In the directory of the unit, or wherever it likes, since the list names that very directory. */
        OURS(""),
        /** In another one; perhaps the directory that the list names had the same number, and is gone. */
        ELSEWHERE("in another directory"),
        /** That cannot be seen. */
        HIDDEN("in a directory that cannot be seen");

        private final String words;

        Where(String words) {
            this.words = words;
        }

        /** In words, of one that is not certain. */
        public String words() {
            return words;
        }

        /** Whether that makes it certain. */
        public boolean isSure() {
            return this == READER || this == OURS;
        }
    }

    /**
     * A process that runs, and was {@code run} of a directory with the number of this one by the list of services; or a
     * logger that reads from the pipe.
     */
    public record Listed(Trace process, Where where) {}

    /**
     * What there is to see beside a record.
     *
     * @param unread why the record cannot be believed, in words that follow its name; empty if it can, or if there is
     *     none
     * @param told what {@code status} says
     * @param toldAt when it was written
     * @param named the process that has the number which {@code status} names, if that is not the one of the record
     * @param there processes without a parent that are in the directory of the unit, or write to its pipe: all of them
     *     where the record cannot be believed; where there is neither that nor a status, those that a supervisor has
     *     left, as it seems; else only the one that is named. Nobody where an empty status says that none of them is it
     * @param listed the process that the list of services names, if it runs; or the only one that reads from the pipe
     * @param readers those that read from the pipe, if they are several
     * @param areHidden whether it cannot be seen where those are that are there, and only their name speaks for it
     */
    public record Traces(
            Role role,
            Optional<String> unread,
            Optional<ServiceStatus> told,
            Instant toldAt,
            Optional<Trace> named,
            List<Trace> there,
            Optional<Listed> listed,
            List<Trace> readers,
            boolean areHidden) {

        /** Where it can be seen where they are. */
        public Traces(
                Role role,
                Optional<String> unread,
                Optional<ServiceStatus> told,
                Instant toldAt,
                Optional<Trace> named,
                List<Trace> there,
                Optional<Listed> listed,
                List<Trace> readers) {
            this(role, unread, told, toldAt, named, there, listed, readers, false);
        }

        /** Where nobody is known to read from the pipe. */
        public Traces(
                Role role,
                Optional<String> unread,
                Optional<ServiceStatus> told,
                Instant toldAt,
                Optional<Trace> named,
                List<Trace> there,
                Optional<Listed> listed) {
            this(role, unread, told, toldAt, named, there, listed, List.of());
        }

        /** Where no list names one that runs. */
        public Traces(
                Role role,
                Optional<String> unread,
                Optional<ServiceStatus> told,
                Instant toldAt,
                Optional<Trace> named,
                List<Trace> there) {
            this(role, unread, told, toldAt, named, there, Optional.empty());
        }

        /** Where nothing else is to be seen than whom the list of services names. */
        public static Traces ofListed(Role role, Optional<String> unread, Listed listed) {
            return new Traces(
                    role, unread, Optional.empty(), Instant.EPOCH, Optional.empty(), List.of(), Optional.of(listed));
        }

        /** Where there is nothing to read, nor to be seen but these. */
        public static Traces ofHidden(Role role, List<Trace> there) {
            return new Traces(
                    role,
                    Optional.empty(),
                    Optional.empty(),
                    Instant.EPOCH,
                    Optional.empty(),
                    there,
                    Optional.empty(),
                    List.of(),
                    true);
        }

        /** Of a logger, where some read from the pipe. */
        public static Traces ofReaders(Optional<String> unread, List<Trace> readers) {
            boolean one = readers.size() == 1;
            return new Traces(
                    Role.LOG,
                    unread,
                    Optional.empty(),
                    Instant.EPOCH,
                    Optional.empty(),
                    List.of(),
                    one ? Optional.of(new Listed(readers.get(0), Where.READER)) : Optional.empty(),
                    one ? List.of() : readers);
        }

        /** Whether it is certain who it is, so that nothing else need be looked at. */
        public boolean isSure() {
            return surelyListed().isPresent()
                    || named.filter(one -> isThere(one) && isOfThatTime(one)).isPresent();
        }

        /** The one that is listed, if it is certain that it is the unit's. */
        public Optional<Trace> surelyListed() {
            return listed.filter(
                            one -> one.where().isSure() || toldOf(one.process()).isPresent())
                    .map(Listed::process);
        }

        /** The same with what has become known of the one that is listed. */
        public Traces listed(Trace known) {
            Optional<Listed> run = listed.map(one -> new Listed(known, one.where()));
            return new Traces(role, unread, told, toldAt, named, there, run, readers);
        }

        /** What {@code status} says, if it is of this {@code run}. */
        private Optional<ServiceStatus> toldOf(Trace run) {
            return told.filter(status -> status.state() == State.RUN
                    && status.pid() == run.who().identity().pid()
                    && isOfThatTime(run));
        }

        /** Whether the one that is named is one of those. */
        public boolean namedIsThere() {
            return named.filter(this::isThere).isPresent();
        }

        /** The same with what has become known of the one that is named; empty if it has ended. */
        public Traces named(Optional<Trace> known) {
            List<Trace> those = there.stream()
                    .filter(one -> named.filter(is -> is.isSame(one)).isEmpty())
                    .toList();
            return new Traces(
                    role,
                    unread,
                    told,
                    toldAt,
                    known,
                    Stream.concat(known.stream(), those.stream()).toList(),
                    listed,
                    readers);
        }

        private String file(String name) {
            return (role == Role.LOG ? "log/supervise/" : "supervise/") + name;
        }

        private String program() {
            return told.filter(status -> status.state() == State.FINISH).isPresent() ? "finish" : run();
        }

        private String run() {
            return role == Role.LOG ? "log/run" : "run";
        }

        private String record() {
            return file(".state")
                    + unread.map(why -> " is not used, since " + why).orElse(" does not name it");
        }

        private boolean isThere(Trace one) {
            return there.stream().anyMatch(one::isSame);
        }

        /**
         * Whether it was started when {@code status} says so. There {@code finish} has the time of its {@code run}, so
         * it was started between that and when that was written.
         */
        private boolean isOfThatTime(Trace one) {
            if (told.isEmpty() || told.get().state() == State.DOWN) {
                return false;
            }
            Instant stamp = told.get().stamp();
            Instant last = told.get().state() == State.FINISH ? toldAt : stamp;
            return !one.started().isBefore(stamp.minus(TOLD_LATE))
                    && !one.started().isAfter(last.plus(TOLD_EARLY));
        }
    }

    /** What follows. */
    sealed interface Verdict {}

    /**
     * It is adopted, as if a record had said this.
     *
     * @param line to be said
     */
    record Adopt(UnitRecord record, Trace who, String line) implements Verdict {}

    /** Nothing is started. */
    record Doubt(String why) implements Verdict {}

    /**
     * Nothing runs.
     *
     * @param line to be said, if there is something
     */
    record Nobody(Optional<String> line) implements Verdict {}

    /** Decides what follows. */
    static Verdict decide(Traces traces, String boot) {
        if (!traces.readers().isEmpty()) {
            return new Doubt(traces.record() + ", and each of the processes " + pids(traces.readers())
                    + " reads what run writes: nothing is started; end those that are not " + traces.run());
        }
        if (traces.listed().isPresent()) {
            return ofListed(traces, traces.listed().get(), boot);
        }
        if (traces.named().isPresent()) {
            Trace named = traces.named().get();
            boolean isThere = traces.isThere(named);
            boolean isOfThatTime = traces.isOfThatTime(named);
            if (isThere && isOfThatTime) {
                return adopt(
                        traces.told().orElseThrow(),
                        named,
                        boot,
                        traces.record() + ": " + traces.program() + " is adopted by " + traces.file("status") + ", pid "
                                + pid(named));
            }
            if (isThere || isOfThatTime) {
                return new Doubt(traces.file("status") + " says that " + traces.program() + " is process "
                        + pid(named) + ", which is not certain, and " + traces.record()
                        + ": nothing is started; " + wayOut(traces, false));
            }
        }
        boolean isGarbage = traces.unread().isPresent();
        if (isGarbage && !traces.there().isEmpty()) {
            boolean several = traces.there().size() > 1;
            return new Doubt(traces.record() + ", and " + (several ? "each of the processes " : "process ")
                    + pids(traces.there()) + " may be " + traces.program() + ": nothing is started; "
                    + wayOut(traces, several));
        }
        if (traces.told().isEmpty() && !traces.there().isEmpty()) {
            return new Doubt(ofNothing(traces));
        }
        // something else in its place is told when it cannot be replaced
        boolean isToBeSaid = isGarbage && !traces.unread().get().equals(StateFile.NOT_REGULAR);
        return new Nobody(
                isToBeSaid
                        ? Optional.of(traces.record() + ": what it was written for counts as not running")
                        : Optional.empty());
    }

    /**
     * What is to be said of one that {@code status} names beside the one that a record names, which is adopted: a
     * supervisor that cannot read records has been here, and has started a second one.
     *
     * @param adopted whom the record names
     */
    static Optional<String> beside(Traces traces, ProcessIdentity adopted) {
        return traces.named()
                .filter(one -> !one.who().identity().equals(adopted))
                .filter(one -> traces.isThere(one) && traces.isOfThatTime(one))
                .map(one -> traces.run() + " is adopted, pid " + adopted.pid() + ", which " + traces.file(".state")
                        + " names; " + traces.file("status") + " names another one, process " + pid(one)
                        + ", which a supervisor has started that knows nothing of that: it goes on beside it and is"
                        + " left alone; end it");
    }

    private static Verdict ofListed(Traces traces, Listed listed, String boot) {
        Trace run = listed.process();
        if (traces.surelyListed().isPresent()) {
            ServiceStatus told = traces.toldOf(run)
                    .orElseGet(() -> new ServiceStatus(
                            run.started(), run.who().identity().pid(), false, false, Want.UP, State.RUN));
            return adopt(
                    told,
                    run,
                    boot,
                    traces.record() + ": " + traces.run() + " is adopted, pid " + pid(run)
                            + (listed.where() == Where.READER
                                    ? ", which reads what run writes"
                                    : ", which the list of services names"));
        }
        return new Doubt(
                "the list of services says that " + traces.run() + " is process " + pid(run) + ", which goes on "
                        + listed.where().words() + ", and " + traces.record()
                        + ": nothing is started while it runs; end it if it is not to go on");
    }

    private static String ofNothing(Traces traces) {
        boolean several = traces.there().size() > 1;
        return "there is neither " + traces.file(".state") + " nor " + traces.file("status") + ", and "
                + (several ? "each of the processes " : "process ") + pids(traces.there()) + ", "
                + (traces.areHidden()
                        ? "into which it cannot be looked and which by name is a program of it"
                        : "which " + (several ? "were" : "was") + " here before")
                + ", may be " + traces.run() + ": nothing is started; "
                + wayOut(traces, several);
    }

    private static String wayOut(Traces traces, boolean several) {
        return DoubtWords.wayOut(several, several, traces.role().parent());
    }

    private static String pids(List<Trace> those) {
        return those.stream().map(UnrecordedRule::pid).collect(joining(", "));
    }

    private static String pid(Trace one) {
        return String.valueOf(one.who().identity().pid());
    }

    private static Adopt adopt(ServiceStatus told, Trace who, String boot, String line) {
        boolean finish = told.state() == State.FINISH;
        Pending pending = new Pending(
                false,
                Optional.empty(),
                finish ? Optional.of(ExitStatus.UNKNOWN) : Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false,
                false);
        UnitRecord record = new UnitRecord(
                new Supervisor(new ProcessIdentity(0, 0, boot), told.stamp()),
                told,
                pending,
                Optional.of(who.who()),
                Optional.empty(),
                Optional.empty(),
                finish ? Past.NOTHING : new Past(0, Optional.of(told.stamp()), Optional.empty()),
                Optional.empty());
        return new Adopt(record, who, line);
    }
}
