package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorEvent.Offender;
import io.github.pekkosupervisor.protocol.SupervisorEvent.StartCause;
import io.github.pekkosupervisor.protocol.SupervisorEvent.StopCause;
import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Supervision;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec.Strategy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** What a supervisor tells, as those do that run, without one. */
final class ToldEvents {

    static final Instant NOON = Instant.parse("2026-11-29T12:00:00Z");
    static final Duration RAN = Duration.ofSeconds(7);
    static final ExitReason WHY = ExitReason.crash(new IllegalStateException("as it was told"));

    private ToldEvents() {}

    /** Number n of its supervisor, which started n minutes after noon. */
    record Handle(String id, long incarnation, long first) implements ChildHandle {
        @Override
        public <T> ActorRef<T> ref() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<SupervisorRef> supervisor() {
            return Optional.empty();
        }

        @Override
        public Optional<ProcessIdentity> process() {
            return Optional.empty();
        }

        @Override
        public Instant startedAt() {
            return started(incarnation);
        }

        @Override
        public boolean hasEnded() {
            return false;
        }
    }

    static Instant started(long incarnation) {
        return NOON.plus(Duration.ofMinutes(incarnation));
    }

    /** {@code w1}, {@code w1 temporary}, {@code sub supervisor}. */
    static ChildSpec spec(String child) {
        String id = child.split(" ", -1)[0];
        if (child.endsWith(" supervisor")) {
            return ChildSpec.supervisor(id, SupervisorSpec.oneForOne());
        }
        ChildSpec actor = ChildSpec.actor(id, Behaviors.empty());
        return child.endsWith(" temporary") ? actor.withRestart(RestartType.TEMPORARY) : actor;
    }

    /** An incarnation of a child. */
    static Offender offender(String child, long incarnation) {
        return offender(child, incarnation, incarnation);
    }

    static Offender offender(String child, long incarnation, long first) {
        ChildSpec spec = spec(child);
        return new Offender(spec, Optional.of(new Handle(spec.id(), incarnation, first)), false, 1);
    }

    static Offender without(String child) {
        return new Offender(spec(child), Optional.empty(), false, 1);
    }

    static Supervision by(Strategy strategy) {
        return new Supervision(strategy, 0, OptionalInt.of(1), Duration.ofSeconds(5));
    }

    static SupervisorEvent up(String supervisor, Strategy strategy) {
        return new SupervisorEvent.SupervisorStarted(supervisor, by(strategy));
    }

    static SupervisorEvent over(String supervisor) {
        return new SupervisorEvent.SupervisorStopped(supervisor, new TreeEnd.Closed(ExitReason.shutdown()));
    }

    static SupervisorEvent changed(String supervisor, Strategy strategy, String... children) {
        return new SupervisorEvent.SupervisorChanged(
                supervisor,
                by(strategy),
                List.of(children).stream().map(ToldEvents::spec).toList());
    }

    static SupervisorEvent.OfChild starting(String supervisor, Offender child) {
        return new SupervisorEvent.ChildStarting(supervisor, child);
    }

    static SupervisorEvent.OfChild started(String supervisor, Offender child) {
        return new SupervisorEvent.ChildStarted(supervisor, child, StartCause.START_UP, OptionalLong.empty());
    }

    static SupervisorEvent.OfChild stopped(String supervisor, Offender child, StopCause cause) {
        return new SupervisorEvent.ChildStopped(supervisor, child, ExitReason.shutdown(), RAN, cause);
    }

    static SupervisorEvent.OfChild crashed(String supervisor, Offender child, boolean isRestarted) {
        SupervisorEvent.RestartScheduled next = new SupervisorEvent.RestartScheduled(
                supervisor, child, Duration.ofSeconds(60), 0, OptionalInt.of(1), Duration.ofSeconds(5), false);
        return new SupervisorEvent.ChildTerminated(
                supervisor, child, WHY, RAN, isRestarted ? Optional.of(next) : Optional.empty());
    }

    static SupervisorEvent.OfChild gone(String supervisor, Offender child, boolean again) {
        return new SupervisorEvent.ChildGone(supervisor, child, WHY, RAN, again);
    }

    static SupervisorEvent.OfChild startFailed(String supervisor, Offender attempt) {
        return new SupervisorEvent.StartError(
                supervisor, attempt, WHY, attempt.handle().orElseThrow(), RAN, Optional.empty());
    }

    static SupervisorEvent.OfChild cancelled(String supervisor, Offender child, StopCause cause) {
        return new SupervisorEvent.RestartCancelled(supervisor, child, cause);
    }

    static StopCause sibling(Offender ended) {
        return new StopCause.Sibling(ended);
    }

    static StopCause supervisorEnds() {
        return new StopCause.SupervisorEnds(new TreeEnd.Closed(ExitReason.shutdown()));
    }
}
