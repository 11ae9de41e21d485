package io.github.pekkosupervisor.rule;

import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.SupervisorRef;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;

/** An incarnation that nothing runs behind; a process that had run for a while before is one that was taken over. */
record FakeHandle(String id, long incarnation, Duration ranBefore, boolean wasPaused) implements ChildHandle {

    FakeHandle(String id, long incarnation, Duration ranBefore) {
        this(id, incarnation, ranBefore, false);
    }

    FakeHandle(String id, long incarnation) {
        this(id, incarnation, Duration.ZERO);
    }

    @Override
    public boolean isAdopted() {
        return !ranBefore.isZero();
    }

    @Override
    public <T> ActorRef<T> ref() {
        throw new AssertionError("the rule sends nothing");
    }

    @Override
    public Optional<SupervisorRef> supervisor() {
        throw new AssertionError("the rule calls nobody");
    }

    @Override
    public Optional<ProcessIdentity> process() {
        throw new AssertionError("the rule knows no processes");
    }

    @Override
    public Optional<String> waitsFor() {
        return id.equals("waits") ? Optional.of("the tide") : Optional.empty();
    }

    @Override
    public Instant startedAt() {
        throw new AssertionError("the rule knows no calendar");
    }

    @Override
    public boolean hasEnded() {
        throw new AssertionError("the rule is told of ends");
    }

    @Override
    public String toString() {
        return id + "#" + incarnation;
    }
}
