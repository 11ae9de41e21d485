package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.runit.rule.AdoptionRule;
import io.github.pekkosupervisor.runit.rule.AdoptionRule.TakeUp;
import io.github.pekkosupervisor.runit.rule.Role;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What there is to be told of an adoption, made of what was decided. */
final class AdoptionEvents {

    /** Why one was hung that an earlier supervisor has stopped for that: its record has no room for words. */
    private static final String SEEN_BY_ANOTHER = "as an earlier launcher has seen";

    private AdoptionEvents() {}

    /**
     * What is told of this, when supervision has begun.
     *
     * @param sign by which {@code run} is ready, in words; empty if it is as soon as it has been started
     */
    static List<ServiceEvent> of(String path, AdoptionRule.GoOn goOn, Optional<String> sign) {
        Optional<String> awaited = goOn.service().isReady() ? Optional.empty() : sign;
        List<ServiceEvent> events = new ArrayList<>();
        if (goOn.service().counts()) {
            ServiceStatus status = goOn.state().service().status();
            boolean finish = status.state() == ServiceStatus.State.FINISH;
            events.add(adopted(
                    path,
                    finish ? ServiceEvent.Program.FINISH : ServiceEvent.Program.RUN,
                    status.pid(),
                    goOn.service()));
            if (status.state() == ServiceStatus.State.RUN && goOn.service().process() instanceof AdoptionRule.Lives) {
                events.add(
                        awaited.isPresent()
                                ? new ServiceEvent.AwaitsReady(path, status.pid(), awaited.get())
                                : new ServiceEvent.Ready(path, status.pid()));
            }
        }
        goOn.log()
                .filter(TakeUp::counts)
                .ifPresent(log -> events.add(adopted(
                        path,
                        ServiceEvent.Program.LOG,
                        goOn.state().unit(Role.LOG).status().pid(),
                        log)));
        goOn.service()
                .script()
                .ifPresent(letter -> script(goOn.service().scriptProcess())
                        .ifPresent(pid -> events.add(new ServiceEvent.ScriptStarted(path, letter, pid))));
        return events;
    }

    /** The process of a control script; empty if it is yet to be started. */
    private static Optional<Integer> script(AdoptionRule.Seen seen) {
        if (seen instanceof AdoptionRule.Lives lives) {
            return Optional.of(lives.who().identity().pid());
        }
        return seen instanceof AdoptionRule.Gone gone ? Optional.of(gone.who().pid()) : Optional.empty();
    }

    private static ServiceEvent adopted(String path, ServiceEvent.Program program, int pid, TakeUp left) {
        return new ServiceEvent.Adopted(
                path,
                program,
                pid,
                pid != 0 && !(left.process() instanceof AdoptionRule.Gone),
                pid == 0 ? Optional.empty() : left.past().started(),
                left.past().restarts(),
                left.past()
                        .lastEnd()
                        .map(end -> new ServiceSnapshot.End(
                                end.status(),
                                end.ran(),
                                end.at(),
                                end.hung() ? Optional.of(SEEN_BY_ANOTHER) : Optional.empty())),
                left.throttledUntil(),
                left.asked().sent());
    }
}
