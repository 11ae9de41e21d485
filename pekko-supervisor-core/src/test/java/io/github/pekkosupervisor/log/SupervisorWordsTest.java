package io.github.pekkosupervisor.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.GroupMember;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.LogEntry;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorEvent.CountedRestart;
import io.github.pekkosupervisor.protocol.SupervisorEvent.Offender;
import io.github.pekkosupervisor.protocol.SupervisorEvent.RestartScheduled;
import io.github.pekkosupervisor.protocol.SupervisorEvent.StartCause;
import io.github.pekkosupervisor.protocol.SupervisorEvent.StopCause;
import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.protocol.TreeSnapshot;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Supervision;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.SupervisorSpec.Strategy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The words for each event, by table. */
final class SupervisorWordsTest {

    private static final Duration PERIOD = Duration.ofSeconds(10);
    private static final Duration RAN = Duration.ofMillis(2_310);
    private static final ExitReason CODE = new ExitReason.ExitCode(1);
    private static final ExitReason CRASH = ExitReason.crash(new IllegalStateException("boom"));
    private static final Offender DB = offender("db", 3, 4711);
    private static final Offender WEB = offender("web", 2, 0);
    private static final Offender SEVERAL = new Offender(spec("w"), Optional.empty(), false, 3);
    private static final TreeEnd GAVE_UP = new TreeEnd.GaveUp("/", "db", CODE, 5, PERIOD, Optional.empty());

    /**
     * An incarnation that nothing runs behind.
     *
     * @param pid 0 if it is no process
     */
    private record Handle(String id, long incarnation, int pid, boolean isStartedByCall) implements ChildHandle {
        Handle(String id, long incarnation, int pid) {
            this(id, incarnation, pid, false);
        }

        @Override
        public <T> ActorRef<T> ref() {
            throw new AssertionError("nothing is sent");
        }

        @Override
        public Optional<SupervisorRef> supervisor() {
            return Optional.empty();
        }

        @Override
        public Optional<ProcessIdentity> process() {
            return pid == 0 ? Optional.empty() : Optional.of(new ProcessIdentity(pid, 1, "boot"));
        }

        @Override
        public Instant startedAt() {
            return Instant.EPOCH;
        }

        @Override
        public boolean hasEnded() {
            return true;
        }

        @Override
        public String toString() {
            return id + "#" + incarnation;
        }
    }

    /** One that somebody has asked for. */
    private static Offender called() {
        return new Offender(spec("web"), Optional.of(new Handle("web", 2, 0, true)), false, 1);
    }

    private static ChildSpec spec(String id) {
        return ChildSpec.actor(id, Behaviors.empty());
    }

    private static Offender offender(String id, long incarnation, int pid) {
        return new Offender(spec(id), Optional.of(new Handle(id, incarnation, pid)), false, 1);
    }

    private static Optional<RestartScheduled> restart(int recent, int limit, Duration delay, boolean again) {
        return Optional.of(new RestartScheduled("/", DB, delay, recent, OptionalInt.of(limit), PERIOD, again));
    }

    private static SupervisorEvent terminated(Offender child, ExitReason reason, Optional<RestartScheduled> next) {
        return new SupervisorEvent.ChildTerminated("/", child, reason, RAN, next);
    }

    private static SupervisorEvent done(StartCause cause) {
        return new SupervisorEvent.ChildDone("/", DB, ExitReason.normal(), RAN, cause, OptionalLong.empty());
    }

    private static SupervisorEvent stopped(StopCause cause) {
        return stopped(WEB, cause);
    }

    private static SupervisorEvent stopped(Offender child, StopCause cause) {
        return new SupervisorEvent.ChildStopped("/", child, ExitReason.shutdown(), RAN, cause);
    }

    private static SupervisorEvent gaveUp(int limit, int earlier, CountedRestart... counted) {
        return new SupervisorEvent.GaveUp(
                "/", DB, ExitReason.ReachedMaxRestartIntensity.INSTANCE, limit, PERIOD, List.of(counted), earlier);
    }

    private static CountedRestart counted(String id, long number, String reason, long seconds) {
        return new CountedRestart(id, number, reason, RAN, Duration.ofSeconds(seconds));
    }

    static Stream<Arguments> events() {
        Duration two = Duration.ofSeconds(2);
        return Stream.of(
                Arguments.of(
                        new SupervisorEvent.ChildStarted("/", DB, StartCause.RESTART, OptionalLong.empty()),
                        "INFO supervisor [/] started [db#3], pid 4711"),
                Arguments.of(
                        new SupervisorEvent.ChildStarted("/", DB, StartCause.ADOPTED, OptionalLong.empty()),
                        "INFO supervisor [/] adopted [db#3], pid 4711"),
                Arguments.of(
                        new SupervisorEvent.ChildStarted("/a", WEB, StartCause.START_UP, OptionalLong.empty()),
                        "INFO supervisor [/a] started [web#2]"),
                Arguments.of(
                        new SupervisorEvent.ChildStarted("/", WEB, StartCause.CALL, OptionalLong.empty()),
                        "DEBUG supervisor [/] started [web#2]"),
                Arguments.of(
                        done(StartCause.START_UP),
                        "INFO supervisor [/]: [db#3] is done: [normal], pid 4711, ran 2.3 s"),
                Arguments.of(
                        done(StartCause.CALL), "DEBUG supervisor [/]: [db#3] is done: [normal], pid 4711, ran 2.3 s"),
                Arguments.of(
                        terminated(DB, CODE, restart(2, 5, two, false)),
                        "ERROR supervisor [/] child_terminated: [db#3] with [exit code 1], pid 4711, ran 2.3 s;"
                                + " restart 3 of 5 in 10 s, next in 2 s"),
                Arguments.of(
                        terminated(DB, new ExitReason.Signalled("SEGV"), Optional.empty()),
                        "ERROR supervisor [/] child_terminated: [db#3] with [signal SEGV], pid 4711, ran 2.3 s"),
                Arguments.of(
                        terminated(WEB, CRASH, restart(0, 3, Duration.ZERO, false)),
                        "ERROR supervisor [/] child_terminated: [web#2] with"
                                + " [crash(java.lang.IllegalStateException: boom)], ran 2.3 s;"
                                + " restart 1 of 3 in 10 s, at once + cause"),
                Arguments.of(
                        terminated(
                                WEB,
                                CODE,
                                Optional.of(
                                        new RestartScheduled("/", WEB, two, 7, OptionalInt.empty(), PERIOD, false))),
                        "ERROR supervisor [/] child_terminated: [web#2] with [exit code 1], ran 2.3 s;"
                                + " restart 8, no limit, in 10 s, next in 2 s"),
                Arguments.of(
                        terminated(DB, CODE, restart(5, 5, two, false)),
                        "ERROR supervisor [/] child_terminated: [db#3] with [exit code 1], pid 4711, ran 2.3 s;"
                                + " 5 restarts in 10 s are used up, looked at again in 2 s"),
                Arguments.of(
                        terminated(WEB, CODE, Optional.empty()),
                        "ERROR supervisor [/] child_terminated: [web#2] with [exit code 1], ran 2.3 s"),
                Arguments.of(
                        terminated(
                                new Offender(
                                        spec("job").withRestart(RestartType.TEMPORARY), Optional.empty(), false, 1),
                                CODE,
                                Optional.empty()),
                        "ERROR supervisor [/] child_terminated: [job] with [exit code 1], ran 2.3 s;"
                                + " temporary, so not restarted"),
                Arguments.of(
                        new SupervisorEvent.StartError(
                                "/",
                                DB,
                                ExitReason.StartTimeout.INSTANCE,
                                new Handle("db", 4, 12),
                                two,
                                Optional.empty()),
                        "ERROR supervisor [/] start_error: [db#4] with [timeout], pid 12, after 2 s"),
                Arguments.of(
                        new SupervisorEvent.StartError(
                                "/", DB, CRASH, new Handle("db", 4, 0), two, restart(1, 5, two, true)),
                        "ERROR supervisor [/] start_error: [db#4] with"
                                + " [crash(java.lang.IllegalStateException: boom)], after 2 s;"
                                + " restart 2 of 5 in 10 s, next in 2 s + cause"),
                Arguments.of(
                        new SupervisorEvent.ShutdownError(
                                "/", DB, ExitReason.killed(), RAN, new StopCause.Sibling(WEB)),
                        "ERROR supervisor [/] shutdown_error: [db#3] with [killed], pid 4711, ran 2.3 s,"
                                + " stopped because of [web#2]"),
                Arguments.of(
                        new SupervisorEvent.ShutdownError(
                                "/", SEVERAL, CODE, RAN, new StopCause.SupervisorEnds(GAVE_UP)),
                        "ERROR supervisor [/] shutdown_error: [w (3 children)] with [exit code 1], ran 2.3 s,"
                                + " stopped since its supervisor gives up on [db]"),
                Arguments.of(
                        new SupervisorEvent.ChildFinished("/", WEB, ExitReason.normal(), RAN),
                        "INFO supervisor [/]: [web#2] ended with [normal], ran 2.3 s"),
                Arguments.of(
                        new SupervisorEvent.ChildFinished("/", called(), ExitReason.normal(), RAN),
                        "DEBUG supervisor [/]: [web#2] ended with [normal], ran 2.3 s"),
                Arguments.of(
                        stopped(called(), StopCause.Call.INSTANCE),
                        "DEBUG supervisor [/] stopped [web#2]: [shutdown], ran 2.3 s, by a call"),
                Arguments.of(
                        stopped(called(), new StopCause.SupervisorEnds(GAVE_UP)),
                        "DEBUG supervisor [/] stopped [web#2]: [shutdown], ran 2.3 s,"
                                + " since its supervisor gives up on [db]"),
                Arguments.of(
                        stopped(called(), new StopCause.Sibling(DB)),
                        "INFO supervisor [/] stopped [web#2]: [shutdown], ran 2.3 s, because of [db#3]"),
                Arguments.of(
                        stopped(new StopCause.SupervisorEnds(GAVE_UP)),
                        "INFO supervisor [/] stopped [web#2]: [shutdown], ran 2.3 s,"
                                + " since its supervisor gives up on [db]"),
                Arguments.of(
                        stopped(new StopCause.Sibling(DB)),
                        "INFO supervisor [/] stopped [web#2]: [shutdown], ran 2.3 s, because of [db#3]"),
                Arguments.of(
                        stopped(StopCause.Call.INSTANCE),
                        "INFO supervisor [/] stopped [web#2]: [shutdown], ran 2.3 s, by a call"),
                Arguments.of(
                        stopped(new StopCause.SupervisorEnds(new TreeEnd.Closed(ExitReason.shutdown()))),
                        "INFO supervisor [/] stopped [web#2]: [shutdown], ran 2.3 s, since its supervisor is stopped"),
                Arguments.of(
                        stopped(new StopCause.SupervisorEnds(
                                new TreeEnd.AutoShutdown("/", "job", ExitReason.normal(), Optional.empty()))),
                        "INFO supervisor [/] stopped [web#2]: [shutdown], ran 2.3 s,"
                                + " since its supervisor shuts down for [job]"),
                Arguments.of(
                        stopped(new StopCause.SupervisorEnds(new TreeEnd.Failed(CODE))),
                        "INFO supervisor [/] stopped [web#2]: [shutdown], ran 2.3 s, since its supervisor fails"),
                Arguments.of(
                        stopped(new StopCause.SupervisorEnds(TreeEnd.Killed.INSTANCE)),
                        "INFO supervisor [/] stopped [web#2]: [shutdown], ran 2.3 s, since its supervisor is killed"),
                Arguments.of(
                        restart(2, 5, two, false).orElseThrow(),
                        "DEBUG supervisor [/] restarts [db#3]; restart 3 of 5 in 10 s, next in 2 s"),
                Arguments.of(
                        restart(2, 5, two, true).orElseThrow(),
                        "DEBUG supervisor [/] restarts [db#3]; restart 3 of 5 in 10 s, next in 2 s"),
                Arguments.of(
                        restart(2, 5, Duration.ZERO, true).orElseThrow(),
                        "WARN supervisor [/] restarts [db#3]; restart 3 of 5 in 10 s, at once"),
                Arguments.of(
                        new SupervisorEvent.RestartBegun("/", DB, 3),
                        "DEBUG supervisor [/] has waited, and restarts [db#3]"),
                Arguments.of(
                        new SupervisorEvent.RestartCancelled("/", DB, StopCause.Call.INSTANCE),
                        "DEBUG supervisor [/] restarts [db#3] no more, by a call"),
                Arguments.of(
                        new SupervisorEvent.RestartCancelled("/", DB, new StopCause.Sibling(WEB)),
                        "INFO supervisor [/] restarts [db#3] no more, because of [web#2]"),
                Arguments.of(
                        new SupervisorEvent.ChildDeleted("/", DB), "DEBUG supervisor [/] deleted [db#3], by a call"),
                Arguments.of(
                        new SupervisorEvent.ChildNotStarted("/", DB, CODE, Optional.empty()),
                        "DEBUG supervisor [/] could not start [db#3], as a call had asked: [exit code 1]"),
                Arguments.of(
                        new SupervisorEvent.SupervisorChanged(
                                "/",
                                new Supervision(Strategy.REST_FOR_ONE, 0, OptionalInt.of(1), PERIOD),
                                List.of(spec("db"), spec("web"))),
                        "DEBUG supervisor [/] was changed by a call: rest for one, 1 restart in 10 s;"
                                + " children [db, web]"),
                Arguments.of(
                        new SupervisorEvent.SupervisorChanged(
                                "/", new Supervision(Strategy.DYNAMIC, 0, OptionalInt.empty(), PERIOD), List.of()),
                        "DEBUG supervisor [/] was changed by a call: dynamic, no limit of restarts in 10 s"),
                Arguments.of(
                        gaveUp(2, 0, counted("db", 1, "exit code 1", 8), counted("web", 2, "killed", 5)),
                        "ERROR supervisor [/] shutdown: [reached_max_restart_intensity], last straw was [db#3]; "
                                + "it allows 2 restarts in 10 s, which these have used up:"
                                + "\n\t[db#1] with [exit code 1], ran 2.3 s, 8 s ago"
                                + "\n\t[web#2] with [killed], ran 2.3 s, 5 s ago"),
                Arguments.of(
                        gaveUp(8, 7, counted("db", 9, "exit code 1", 1)),
                        "ERROR supervisor [/] shutdown: [reached_max_restart_intensity], last straw was [db#3]; "
                                + "it allows 8 restarts in 10 s, which these have used up:"
                                + "\n\t7 before these\n\t[db#9] with [exit code 1], ran 2.3 s, 1 s ago"),
                Arguments.of(
                        gaveUp(0, 0),
                        "ERROR supervisor [/] shutdown: [reached_max_restart_intensity], last straw was [db#3]; "
                                + "it allows 0 restarts in 10 s"),
                Arguments.of(
                        new SupervisorEvent.GaveUp("/", WEB, ExitReason.Abandoned.INSTANCE, 3, PERIOD, List.of(), 0),
                        "ERROR supervisor [/] shutdown: [abandoned], last straw was [web#2]"),
                Arguments.of(
                        new SupervisorEvent.AutoShutdown("/", WEB),
                        "INFO supervisor [/] shuts down, since [web#2] has ended"),
                Arguments.of(
                        new SupervisorEvent.ChildAbandoned("/", WEB, "app.A.loop(A.java:1)"),
                        "ERROR supervisor [/] abandoned [web#2], which does not end; it stands at"
                                + " [app.A.loop(A.java:1)]"),
                Arguments.of(
                        new SupervisorEvent.ChildAbandoned("/", WEB, "java.lang.Runtime.exit(Runtime.java:1)"),
                        "WARN supervisor [/] does not wait for [web#2], which has called System.exit"),
                Arguments.of(
                        new SupervisorEvent.AbandonedChildEnded("/", WEB),
                        "INFO supervisor [/]: abandoned [web#2] has ended after all"),
                Arguments.of(
                        new SupervisorEvent.Overrun("/", DB, List.of(new GroupMember(12, "sleep 9"))),
                        "WARN supervisor [/] killed what was left of the group of [db#3] when its time was over:"
                                + " [12 sleep 9]"),
                Arguments.of(
                        new SupervisorEvent.MessageRefused("/", WEB, String.class),
                        "WARN supervisor [/]: [web#2] was sent a [java.lang.String], which it does not take"),
                Arguments.of(
                        new SupervisorEvent.UnexpectedMessage("/", "hello"),
                        "ERROR supervisor [/] received an unexpected message [hello]"),
                Arguments.of(
                        new SupervisorEvent.ChildIgnored("/", WEB, OptionalLong.empty()),
                        "DEBUG supervisor [/]: [web#2] need not run"),
                Arguments.of(
                        new SupervisorEvent.ChildIgnored(
                                "/", new Offender(spec("web"), Optional.empty(), false, 1), OptionalLong.empty()),
                        "DEBUG supervisor [/]: [web] must not be started, by a start gate"),
                Arguments.of(
                        new SupervisorEvent.ChildStarted("/", WEB, StartCause.ONCE, OptionalLong.empty()),
                        "DEBUG supervisor [/] started [web#2]"),
                Arguments.of(
                        new SupervisorEvent.ChildStarted("/", WEB, StartCause.RENEWAL, OptionalLong.empty()),
                        "INFO supervisor [/] started [web#2]"),
                Arguments.of(
                        stopped(StopCause.Renewal.INSTANCE),
                        "INFO supervisor [/] stopped [web#2]: [shutdown], ran 2.3 s, to be renewed"),
                Arguments.of(
                        new SupervisorEvent.ChildRunsOnce("/", WEB),
                        "DEBUG supervisor [/]: [web#2] runs once, and is not restarted when it ends"),
                Arguments.of(
                        new SupervisorEvent.SignalIgnored("/", WEB, Signal.HUP),
                        "INFO supervisor [/]: [web#2] has no reaction to signal [HUP], which is ignored"),
                Arguments.of(
                        new SupervisorEvent.ChildStarting("/", DB), "DEBUG supervisor [/] starts [db#3], pid 4711"),
                Arguments.of(
                        new SupervisorEvent.ChildStopping("/", WEB, Optional.of(two), StopCause.Call.INSTANCE),
                        "DEBUG supervisor [/] stops [web#2] within 2 s, by a call"),
                Arguments.of(
                        new SupervisorEvent.ChildStopping(
                                "/", WEB, Optional.of(Duration.ZERO), new StopCause.Sibling(DB)),
                        "DEBUG supervisor [/] stops [web#2] at once, because of [db#3]"),
                Arguments.of(
                        new SupervisorEvent.ChildStopping("/", WEB, Optional.empty(), StopCause.Renewal.INSTANCE),
                        "DEBUG supervisor [/] stops [web#2], to be renewed"),
                Arguments.of(
                        new SupervisorEvent.ChildStopping("/", WEB, Optional.of(two), StopCause.Hung.INSTANCE),
                        "DEBUG supervisor [/] stops [web#2] within 2 s, since it is hung"),
                Arguments.of(
                        new SupervisorEvent.ChildHung("/", DB, "no heartbeat for 3 s", true),
                        "WARN supervisor [/]: [db#3] is hung: no heartbeat for 3 s, pid 4711; it is stopped"),
                Arguments.of(
                        new SupervisorEvent.ChildHung("/", DB, "no heartbeat for 3 s", false),
                        "WARN supervisor [/]: [db#3] is hung: no heartbeat for 3 s, pid 4711; it is left as it is"),
                Arguments.of(
                        new SupervisorEvent.ChildRecovered("/", DB, two),
                        "INFO supervisor [/]: [db#3] works again, pid 4711, was hung for 2 s"),
                Arguments.of(
                        new SupervisorEvent.ChildGone("/", DB, ExitReason.normal(), two, false),
                        "DEBUG supervisor [/]: [db#3] has ended with [normal], pid 4711, ran 2 s;"
                                + " what follows waits for what is being done"),
                Arguments.of(
                        new SupervisorEvent.ChildPaused("/", DB, true),
                        "DEBUG supervisor [/]: [db#3] was sent STOP, by a call, pid 4711"),
                Arguments.of(
                        new SupervisorEvent.ChildPaused("/", DB, false),
                        "DEBUG supervisor [/]: [db#3] was sent CONT, by a call, pid 4711"),
                Arguments.of(
                        new SupervisorEvent.SupervisorStarted(
                                "/a",
                                new TreeSnapshot.Supervision(
                                        Strategy.ONE_FOR_ONE, 0, OptionalInt.of(1), Duration.ofSeconds(5))),
                        "INFO supervisor [/a] is up"),
                Arguments.of(
                        new SupervisorEvent.SupervisorStopped("/", new TreeEnd.Closed(ExitReason.shutdown())),
                        "INFO supervisor [/] ends with [closed]"),
                Arguments.of(
                        new SupervisorEvent.SupervisorStopped("/", new TreeEnd.Failed(CRASH)),
                        "ERROR supervisor [/] ends with [failed: crash(java.lang.IllegalStateException: boom)] + cause"),
                Arguments.of(
                        new SupervisorEvent.SupervisorStopped("/a", new TreeEnd.Failed(CRASH)),
                        "INFO supervisor [/a] ends with [failed: crash(java.lang.IllegalStateException: boom)]"));
    }

    @ParameterizedTest
    @MethodSource("events")
    void each_event_has_its_words(SupervisorEvent event, String expected) {
        LogEntry entry = SupervisorWords.of(event);

        assertThat(entry.level() + " " + entry.text() + (entry.cause().isPresent() ? " + cause" : ""))
                .isEqualTo(expected);
        assertThat(SupervisorWords.level(event)).isEqualTo(entry.level());
    }

    /** Each case is in the table above. */
    @Test
    void no_event_is_without_a_row() {
        List<Class<?>> cases = new ArrayList<>();
        collect(SupervisorEvent.class, cases);

        assertThat(events().map(row -> (Object) row.get()[0].getClass()).distinct())
                .containsExactlyInAnyOrderElementsOf(cases);
    }

    private static void collect(Class<?> type, List<Class<?>> cases) {
        for (Class<?> permitted : type.getPermittedSubclasses()) {
            if (permitted.isSealed()) {
                collect(permitted, cases);
            } else {
                cases.add(permitted);
            }
        }
    }

    // ---- for machines

    @Test
    void what_is_said_is_in_fields_too() {
        SupervisorEvent event = terminated(DB, CODE, restart(2, 5, Duration.ofSeconds(2), false));

        assertThat(SupervisorWords.of(event).fields())
                .hasToString("{event=child_terminated, supervisor=/, child=db, exit=exit code 1, exit_code=1,"
                        + " incarnation=3, pid=4711, duration_ms=2310, restart=3, restart_limit=5,"
                        + " restart_period_ms=10000, next_ms=2000}");
    }

    @Test
    void a_crash_has_its_type_and_a_signal_its_name() {
        assertThat(SupervisorWords.of(terminated(WEB, CRASH, Optional.empty())).fields())
                .containsEntry("exception", "java.lang.IllegalStateException");
        assertThat(SupervisorWords.of(terminated(WEB, new ExitReason.Signalled("SEGV"), Optional.empty()))
                        .fields())
                .containsEntry("exit_signal", "SEGV");
    }

    @Test
    void a_give_up_has_all_that_was_counted() {
        assertThat(SupervisorWords.of(gaveUp(8, 7, counted("db", 9, "exit code 1", 1)))
                        .fields())
                .containsEntry("restart_limit", 8)
                .containsEntry("restarts_earlier", 7)
                .containsEntry("counted_1", "[db#9] with [exit code 1], ran 2.3 s, 1 s ago");
    }

    // ---- what is the same

    static Stream<Arguments> reasons() {
        return Stream.of(
                Arguments.of(CODE, new ExitReason.ExitCode(1), true),
                Arguments.of(CODE, new ExitReason.ExitCode(2), false),
                Arguments.of(boom("one"), boom("another text"), true),
                Arguments.of(boom("one"), CRASH, false),
                Arguments.of(ExitReason.failed("at 12:01"), ExitReason.failed("at 13:59"), true),
                Arguments.of(ExitReason.failed("no file"), ExitReason.failed("no space"), false),
                Arguments.of(ExitReason.killed(), new ExitReason.Signalled("KILL"), false));
    }

    private static ExitReason boom(String text) {
        return ExitReason.crash(new IllegalArgumentException(text));
    }

    @ParameterizedTest
    @MethodSource("reasons")
    void two_reasons_are_the_same_to_a_reader_or_not(ExitReason one, ExitReason other, boolean same) {
        assertThat(SupervisorWords.of(terminated(DB, one, Optional.empty()))
                        .topic()
                        .equals(SupervisorWords.of(terminated(DB, other, Optional.empty()))
                                .topic()))
                .isEqualTo(same);
    }

    @Test
    void a_give_up_is_never_the_same_again() {
        assertThat(SupervisorWords.of(gaveUp(0, 0)).topic()).isEmpty();
    }
}
