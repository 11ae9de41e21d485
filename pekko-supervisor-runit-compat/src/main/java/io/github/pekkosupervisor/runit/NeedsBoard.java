package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.runit.rule.NeedsRule;
import io.github.pekkosupervisor.runit.rule.NeedsRule.Memory;
import io.github.pekkosupervisor.runit.rule.NeedsRule.Needs;
import io.github.pekkosupervisor.runit.rule.NeedsRule.Phase;
import io.github.pekkosupervisor.runit.rule.NeedsRule.Stands;
import io.github.pekkosupervisor.runit.rule.NeedsRule.Verdict;
import io.github.pekkosupervisor.runit.rule.NeedsRule.WaitsFor;
import io.github.pekkosupervisor.runit.rule.RunsvState.Oneshot;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/**
 * Which service directories of one services directory wait for which: looks how all of them stand that are concerned,
 * and tells each one that says something of others what {@link NeedsRule} decides. Used by one actor, but for
 * {@link #isUsed}.
 */
final class NeedsBoard {

    /** A name that is not there so long is told: links may come one after the other. */
    static final Duration UNKNOWN_AFTER = Duration.ofSeconds(2);

    private final LongSupplier nanos;
    private final Map<ServiceDirectory, Told> told = new HashMap<>();
    private final Set<List<String>> circlesTold = new HashSet<>();
    private Map<String, Memory> memory = Map.of();
    private volatile boolean used;

    /**
     * A service directory that is supervised.
     *
     * @param name of its entry
     */
    record Service(String name, Handover handover, ActorRef<RunsvCommand> runsv) {}

    /** What has been told to one. */
    private static final class Told {
        private final Needs needs;
        private RunsvCommand.@Nullable Hold last;
        private @Nullable Instant stopped;
        private @Nullable String unknown;
        private long unknownSince;
        private boolean unknownIsTold;

        Told(Needs needs) {
            this.needs = needs;
        }
    }

    NeedsBoard(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** Whether anybody says something of others; from any thread. */
    boolean isUsed() {
        return used;
    }

    /** One says this of others, and waits to be told. */
    void says(ServiceDirectory directory, Needs needs) {
        used = true;
        told.put(directory, new Told(needs));
    }

    /** It says nothing more. */
    void forget(ServiceDirectory directory) {
        told.remove(directory);
    }

    /** Whether such an event may change what follows. */
    static boolean concerns(ServiceEvent event) {
        return event instanceof ServiceEvent.StateChanged
                || event instanceof ServiceEvent.Ready
                || event instanceof ServiceEvent.Hung
                || event instanceof ServiceEvent.Recovered
                || event instanceof ServiceEvent.Ended
                || event instanceof ServiceEvent.SupervisionBegan
                || event instanceof ServiceEvent.SupervisionEnded;
    }

    // ---- looking

    private Map<String, Needs> said(Collection<Service> services) {
        Map<String, Needs> said = new HashMap<>();
        for (Service service : services) {
            Told one = told.get(service.handover().directory());
            if (one != null) {
                said.put(service.name(), one.needs);
            }
        }
        return said;
    }

    /** By name, those who are to have ended before each is asked to end; nobody where nobody says anything. */
    Map<String, Set<String>> dependents(Collection<Service> services) {
        return told.isEmpty() ? Map.of() : NeedsRule.dependents(said(services));
    }

    /**
     * Looks how all stand, and tells what follows.
     *
     * @param services all that there are
     * @param isComing whether there is an entry of that name that is not supervised yet
     * @return when to look again even if nothing happens; empty if that need not be
     */
    Optional<Duration> look(Collection<Service> services, Predicate<String> isComing) {
        if (told.isEmpty()) {
            memory = Map.of();
            return Optional.empty();
        }
        Map<String, Needs> said = said(services);
        Set<String> concerned = new HashSet<>(said.keySet());
        said.values().forEach(needs -> {
            concerned.addAll(needs.needs());
            concerned.addAll(needs.after());
        });
        Map<String, Stands> stands = new HashMap<>();
        for (Service service : services) {
            if (concerned.contains(service.name())) {
                stands.put(service.name(), stands(service.handover()));
            }
        }
        Stands coming = new Stands(Phase.BEGINNING, true, false, Optional.empty());
        concerned.stream()
                .filter(name -> !stands.containsKey(name) && isComing.test(name))
                .toList()
                .forEach(name -> stands.put(name, coming));
        NeedsRule.Decision decision = NeedsRule.decide(said, stands, memory);
        memory = decision.memory();
        circlesTold.retainAll(decision.circles());
        List<Duration> next = new ArrayList<>();
        for (Service service : services) {
            Told one = told.get(service.handover().directory());
            Verdict verdict = decision.verdicts().get(service.name());
            if (one != null && verdict != null) {
                tell(service, one, verdict, decision.circles(), Optional.ofNullable(stands.get(service.name())))
                        .ifPresent(next::add);
            }
        }
        return next.stream().min(Duration::compareTo);
    }

    private static Stands stands(Handover handover) {
        ServiceSnapshot known = handover.known();
        boolean isOver = known.supervision() == ServiceSnapshot.Supervision.ENDED;
        if (known.service().isEmpty()) {
            return new Stands(isOver ? Phase.DOWN : Phase.BEGINNING, !isOver, isOver, Optional.empty());
        }
        ServiceSnapshot.Unit unit = known.service().get();
        ServiceStatus status = unit.status();
        boolean runs = !isOver && status.state() == ServiceStatus.State.RUN && status.pid() != 0;
        Oneshot oneshot = handover.oneshot();
        boolean isReady = oneshot == Oneshot.NONE ? runs && unit.ready() : !isOver && oneshot == Oneshot.DONE;
        Phase phase = isReady ? Phase.READY : runs ? Phase.RUNS : Phase.DOWN;
        return new Stands(
                phase,
                !isOver && status.want() == ServiceStatus.Want.UP,
                isOver || unit.lastEnd().isPresent(),
                runs ? unit.started() : Optional.empty());
    }

    // ---- telling

    private Optional<Duration> tell(
            Service service, Told one, Verdict verdict, List<List<String>> circles, Optional<Stands> own) {
        Optional<Instant> started = own.flatMap(Stands::started);
        // it is asked once, whatever its control/t makes of that
        boolean stop = verdict.stop() && !started.equals(Optional.ofNullable(one.stopped));
        if (stop) {
            one.stopped = started.orElse(null);
        }
        Optional<String> complaint = complaint(service, one, verdict, circles);
        RunsvCommand.Hold hold = new RunsvCommand.Hold(verdict.waitsFor(), stop, complaint);
        if (stop || complaint.isPresent() || !hold.equals(one.last)) {
            service.runsv().tell(hold);
            one.last = new RunsvCommand.Hold(hold.waitsFor(), false, Optional.empty());
        }
        return one.unknown == null || one.unknownIsTold
                ? Optional.empty()
                : Optional.of(UNKNOWN_AFTER
                        .minusNanos(nanos.getAsLong() - one.unknownSince)
                        .plusMillis(1));
    }

    private Optional<String> complaint(Service service, Told one, Verdict verdict, List<List<String>> circles) {
        for (List<String> circle : circles) {
            if (circle.get(0).equals(service.name()) && circlesTold.add(circle)) {
                return Optional.of((circle.size() == 1
                                ? "it needs itself"
                                : "needs and after of " + String.join(", ", circle) + " go round in a circle")
                        + ": what is in that is started without waiting for each other; correct "
                        + ServiceConf.FILE + ", and have it read again by sv exit");
            }
        }
        String unknown = verdict.waitsFor()
                .filter(other -> !other.isThere())
                .map(WaitsFor::name)
                .orElse(null);
        if (unknown == null || !unknown.equals(one.unknown)) {
            one.unknown = unknown;
            one.unknownSince = nanos.getAsLong();
            one.unknownIsTold = false;
        }
        boolean isLate = nanos.getAsLong() - one.unknownSince >= UNKNOWN_AFTER.toNanos();
        if (unknown == null || one.unknownIsTold || !isLate) {
            return Optional.empty();
        }
        one.unknownIsTold = true;
        return Optional.of("it needs " + unknown + ", and there is no such service directory: run waits until there is;"
                + " make that, or correct needs in " + ServiceConf.FILE + ", and have it read again by sv exit");
    }
}
