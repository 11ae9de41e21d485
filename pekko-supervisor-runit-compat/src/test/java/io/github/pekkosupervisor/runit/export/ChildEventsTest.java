package io.github.pekkosupervisor.runit.export;

import static io.github.pekkosupervisor.runit.export.ToldEvents.NOON;
import static io.github.pekkosupervisor.runit.export.ToldEvents.RAN;
import static io.github.pekkosupervisor.runit.export.ToldEvents.WHY;
import static io.github.pekkosupervisor.runit.export.ToldEvents.offender;
import static io.github.pekkosupervisor.runit.export.ToldEvents.sibling;
import static io.github.pekkosupervisor.runit.export.ToldEvents.started;
import static io.github.pekkosupervisor.runit.export.ToldEvents.supervisorEnds;
import static io.github.pekkosupervisor.runit.export.ToldEvents.without;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorEvent.Offender;
import io.github.pekkosupervisor.protocol.SupervisorEvent.StartCause;
import io.github.pekkosupervisor.protocol.SupervisorEvent.StopCause;
import io.github.pekkosupervisor.protocol.TreeSnapshot.State;
import io.github.pekkosupervisor.spec.ExitReason;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What each event of a supervisor means for what is shown of a child. */
final class ChildEventsTest {

    private static final String AT = "/";
    private static final Offender A = offender("a", 3);
    private static final Offender TEMPORARY = offender("a temporary", 3);
    private static final Instant END = started(3).plus(RAN);

    private static ExportEvent down(boolean forgotten) {
        return new ExportEvent.Down(Optional.of(END), forgotten);
    }

    private static ExportEvent downAsBefore(boolean forgotten) {
        return new ExportEvent.Down(Optional.empty(), forgotten);
    }

    private static ExportEvent restarting() {
        return new ExportEvent.Restarting(Optional.of(END));
    }

    private static ExportEvent waiting() {
        return new ExportEvent.Waiting(Optional.of(END));
    }

    private static SupervisorEvent.OfChild stopped(Offender child, StopCause cause) {
        return ToldEvents.stopped(AT, child, cause);
    }

    private static SupervisorEvent.OfChild badlyStopped(Offender child, StopCause cause) {
        return new SupervisorEvent.ShutdownError(AT, child, ExitReason.Killed.INSTANCE, RAN, cause);
    }

    private static SupervisorEvent.OfChild notStarted(Optional<State> stays) {
        return new SupervisorEvent.ChildNotStarted(AT, A, WHY, stays);
    }

    private static SupervisorEvent.OfChild ignored(Offender child) {
        return new SupervisorEvent.ChildIgnored(AT, child, OptionalLong.empty());
    }

    private static SupervisorEvent.OfChild done() {
        return new SupervisorEvent.ChildDone(
                AT, A, ExitReason.normal(), RAN, StartCause.START_UP, OptionalLong.empty());
    }

    private static SupervisorEvent.OfChild startedOnce() {
        return new SupervisorEvent.ChildStarted(AT, A, StartCause.ONCE, OptionalLong.empty());
    }

    private static SupervisorEvent.OfChild stopping(Offender child, StopCause cause) {
        return new SupervisorEvent.ChildStopping(AT, child, Optional.empty(), cause);
    }

    static Stream<Arguments> ofOrderedSupervisors() {
        StopCause call = StopCause.Call.INSTANCE;
        StopCause renewal = StopCause.Renewal.INSTANCE;
        StopCause group = sibling(offender("b", 1));
        StopCause ends = supervisorEnds();
        return Stream.of(
                arguments(ToldEvents.starting(AT, A), new ExportEvent.Starting(started(3), 0)),
                arguments(ToldEvents.started(AT, A), new ExportEvent.Started(started(3), 0, false)),
                arguments(startedOnce(), new ExportEvent.Started(started(3), 0, true)),
                arguments(new SupervisorEvent.ChildRunsOnce(AT, A), ExportEvent.RunsOnce.INSTANCE),
                arguments(stopping(A, call), new ExportEvent.Stopping(false)),
                arguments(stopping(A, ends), new ExportEvent.Stopping(false)),
                arguments(stopping(A, renewal), new ExportEvent.Stopping(true)),
                arguments(stopping(A, group), new ExportEvent.Stopping(true)),
                arguments(stopping(TEMPORARY, group), new ExportEvent.Stopping(false)),
                arguments(stopping(A, StopCause.Hung.INSTANCE), new ExportEvent.Stopping(true)),
                arguments(stopping(TEMPORARY, StopCause.Hung.INSTANCE), new ExportEvent.Stopping(false)),
                arguments(ToldEvents.crashed(AT, A, true), restarting()),
                arguments(ToldEvents.crashed(AT, A, false), down(false)),
                arguments(ToldEvents.crashed(AT, TEMPORARY, false), down(true)),
                arguments(new SupervisorEvent.ChildFinished(AT, A, ExitReason.shutdown(), RAN), down(false)),
                arguments(stopped(A, call), down(false)),
                arguments(stopped(TEMPORARY, call), down(true)),
                arguments(stopped(A, ends), down(false)),
                arguments(stopped(TEMPORARY, ends), down(false)),
                arguments(stopped(A, renewal), waiting()),
                arguments(stopped(TEMPORARY, renewal), waiting()),
                arguments(stopped(A, group), waiting()),
                arguments(stopped(TEMPORARY, group), down(true)),
                arguments(badlyStopped(A, group), waiting()),
                arguments(badlyStopped(A, call), down(false)),
                arguments(badlyStopped(without("a"), ends), null),
                arguments(ToldEvents.startFailed(AT, A), restarting()),
                arguments(done(), new ExportEvent.Down(Optional.of(END), false, true)),
                arguments(ignored(A), new ExportEvent.Down(Optional.of(NOON), false)),
                arguments(ignored(TEMPORARY), new ExportEvent.Down(Optional.of(NOON), true)),
                arguments(ignored(without("a")), downAsBefore(false)),
                arguments(notStarted(Optional.of(State.STOPPED)), new ExportEvent.Down(Optional.of(NOON), false)),
                arguments(notStarted(Optional.empty()), new ExportEvent.Down(Optional.of(NOON), true)),
                arguments(ToldEvents.cancelled(AT, A, call), downAsBefore(false)),
                arguments(ToldEvents.cancelled(AT, A, ends), downAsBefore(false)),
                arguments(ToldEvents.cancelled(AT, A, group), new ExportEvent.Waiting(Optional.empty())),
                arguments(ToldEvents.cancelled(AT, A, renewal), new ExportEvent.Waiting(Optional.empty())),
                arguments(new SupervisorEvent.ChildDeleted(AT, without("a")), downAsBefore(true)),
                arguments(ToldEvents.cancelled(AT, TEMPORARY, group), downAsBefore(true)),
                arguments(ToldEvents.cancelled(AT, TEMPORARY, renewal), downAsBefore(true)),
                arguments(ToldEvents.cancelled(AT, TEMPORARY, call), downAsBefore(true)),
                arguments(ToldEvents.cancelled(AT, TEMPORARY, ends), downAsBefore(false)),
                arguments(ToldEvents.gone(AT, A, true), restarting()),
                arguments(ToldEvents.gone(AT, A, false), down(false)),
                arguments(ToldEvents.gone(AT, TEMPORARY, false), down(false)),
                arguments(new SupervisorEvent.ChildPaused(AT, A, true), new ExportEvent.Paused(true)),
                arguments(new SupervisorEvent.ChildHung(AT, A, "silent", false), new ExportEvent.Hung(true)),
                arguments(new SupervisorEvent.ChildRecovered(AT, A, RAN), new ExportEvent.Hung(false)),
                arguments(new SupervisorEvent.AutoShutdown(AT, A), null),
                arguments(new SupervisorEvent.ChildAbandoned(AT, A, ""), null),
                arguments(new SupervisorEvent.AbandonedChildEnded(AT, A), null),
                arguments(new SupervisorEvent.Overrun(AT, A, List.of()), null),
                arguments(new SupervisorEvent.RestartBegun(AT, A, 1), null),
                arguments(new SupervisorEvent.MessageRefused(AT, A, String.class), null),
                arguments(new SupervisorEvent.SignalIgnored(AT, A, Signal.HUP), null));
    }

    @ParameterizedTest
    @MethodSource("ofOrderedSupervisors")
    void what_is_told_by_an_ordered_supervisor(SupervisorEvent.OfChild told, @Nullable ExportEvent means) {
        assertThat(ChildEvents.of(told, false, NOON)).isEqualTo(means);
    }

    static Stream<Arguments> ofDynamicSupervisors() {
        return Stream.of(
                arguments(ToldEvents.crashed(AT, A, true), restarting()),
                arguments(ToldEvents.crashed(AT, A, false), down(true)),
                arguments(stopped(A, StopCause.Call.INSTANCE), down(true)),
                arguments(stopped(A, supervisorEnds()), down(false)),
                arguments(stopped(A, StopCause.Renewal.INSTANCE), waiting()),
                // several in one, at the end of such a supervisor
                arguments(badlyStopped(without("a"), supervisorEnds()), null),
                arguments(ignored(A), new ExportEvent.Down(Optional.of(NOON), true)),
                arguments(ToldEvents.cancelled(AT, A, StopCause.Call.INSTANCE), downAsBefore(true)),
                arguments(ToldEvents.cancelled(AT, A, supervisorEnds()), downAsBefore(false)));
    }

    @ParameterizedTest
    @MethodSource("ofDynamicSupervisors")
    void what_is_told_by_a_dynamic_supervisor(SupervisorEvent.OfChild told, @Nullable ExportEvent means) {
        assertThat(ChildEvents.of(told, true, NOON)).isEqualTo(means);
    }
}
