package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.actor.IncarnationContext;
import io.github.pekkosupervisor.actor.KeeperContext;
import io.github.pekkosupervisor.actor.SnapshotPlace;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.runit.export.LinkedService;
import io.github.pekkosupervisor.spec.ChildKind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;

/**
 * One service directory as a kind of child: an incarnation is a run of its {@code run}. What is there between these,
 * its {@code supervise}, the commands and the logger, is its {@link ServiceKeeper}'s.
 *
 * @param settings their directory is the service directory
 */
record RunsvKind(RunsvdirSettings settings) implements ServicesKind, LinkedService {

    @Override
    public String name() {
        return ServiceNodes.SERVICE_DIRECTORY;
    }

    @Override
    public OsString serviceDirectory() {
        return ServicesKind.fromRoot(settings.directory());
    }

    @Override
    public boolean isAwaited() {
        return true;
    }

    @Override
    public boolean isAwaitedAs(ChildKind other) {
        return equals(other);
    }

    @Override
    public boolean hasKeeper() {
        return true;
    }

    @Override
    public Behavior<?> keeper(KeeperContext child) {
        List<ActorRef<Object>> before = child.leaving().stream()
                .filter(one -> one.kind() instanceof RunsvKind kind
                        && kind.serviceDirectory().equals(serviceDirectory()))
                .map(KeeperContext.Leaving::keeper)
                .toList();
        return ServiceKeeper.create(settings, child, before);
    }

    @Override
    public Behavior<?> incarnation(IncarnationContext child) {
        return ServiceRun.create(child);
    }

    @Override
    public Class<?> messages() {
        return ServiceKeeper.ToRun.class;
    }

    @Override
    public Optional<Object> stopRequest(Duration within) {
        return Optional.of(ServiceRun.Order.STOP);
    }

    @Override
    public Optional<Object> killRequest() {
        return Optional.of(ServiceRun.Order.KILL);
    }

    @Override
    public Optional<Object> signalRequest(Signal signal, ChildHandle incarnation) {
        return Wish.of(signal).map(ServiceRun.Signalled::new);
    }

    @Override
    public Optional<Object> snapshotRequest(SnapshotPlace place) {
        return Optional.of(new ServiceRun.Asked(place));
    }
}
