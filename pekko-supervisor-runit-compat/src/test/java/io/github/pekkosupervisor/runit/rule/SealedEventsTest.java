package io.github.pekkosupervisor.runit.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each event can be handled and each action be performed, those that are added too. */
class SealedEventsTest {

    private static final List<RunsvEvent> EVENTS = List.of(
            RunsvEvent.Begin.INSTANCE,
            new RunsvEvent.CommandRead(Role.SERVICE, 't'),
            RunsvEvent.TerminateRequested.INSTANCE,
            new RunsvEvent.ProcessStarted(Role.SERVICE, 7),
            new RunsvEvent.StartRefused(Role.SERVICE),
            new RunsvEvent.ProcessEnded(Role.SERVICE, ExitStatus.ofCode(0), false),
            new RunsvEvent.ThrottleElapsed(Role.SERVICE),
            new RunsvEvent.ScriptEnded('t', false),
            new RunsvEvent.StartOrdered(false),
            new RunsvEvent.StopOrdered(false, false),
            RunsvEvent.LeftDown.INSTANCE,
            new RunsvEvent.Hung("silent", true),
            RunsvEvent.Recovered.INSTANCE,
            RunsvEvent.HangOverdue.INSTANCE,
            RunsvEvent.SignGiven.INSTANCE,
            new RunsvEvent.Held(true, true));

    private static final List<RunsvAction> ACTIONS = List.of(
            new RunsvAction.RunScript('t'),
            new RunsvAction.StartRun(Role.SERVICE),
            new RunsvAction.StartFinish(0, 0),
            new RunsvAction.SendSignal(Role.SERVICE, Signal.TERM),
            new RunsvAction.Publish(
                    Role.SERVICE, new ServiceStatus(Instant.EPOCH, 0, false, false, Want.UP, ServiceStatus.State.DOWN)),
            new RunsvAction.Throttle(Role.SERVICE, RunsvAction.Pause.SHORT_RUN),
            new RunsvAction.ReadCommand(Role.SERVICE),
            RunsvAction.ClosePipe.INSTANCE,
            RunsvAction.OpenPipe.INSTANCE,
            RunsvAction.Exit.INSTANCE,
            new RunsvAction.Ask('d'),
            RunsvAction.Up.INSTANCE,
            RunsvAction.Over.INSTANCE,
            RunsvAction.AwaitHung.INSTANCE,
            RunsvAction.KillScript.INSTANCE);

    @Test
    void each_event_is_handled_as_what_it_is() {
        List<String> visited = new ArrayList<>();
        RunsvEvent.Visitor visitor = recorder(RunsvEvent.Visitor.class, visited);

        EVENTS.forEach(event -> event.accept(visitor));

        assertThat(EVENTS.stream().<Class<?>>map(Object::getClass))
                .containsExactlyInAnyOrderElementsOf(leaves(RunsvEvent.class));
        assertThat(visited).isEqualTo(names(EVENTS));
    }

    @Test
    void each_event_is_decided_on_in_each_state_that_it_can_meet() {
        RunsvState down = RunsvPuppet.down().state().byOrders();
        RunsvState running = RunsvPuppet.running().state().byOrders();

        assertThatCode(() -> EVENTS.forEach(event -> {
                    RunsvRule.decide(down, event, InWords.START);
                    RunsvRule.decide(running, event, InWords.START);
                }))
                .doesNotThrowAnyException();
    }

    @Test
    void each_action_is_performed_as_what_it_is() {
        List<String> visited = new ArrayList<>();
        RunsvAction.Visitor visitor = recorder(RunsvAction.Visitor.class, visited);

        ACTIONS.forEach(action -> action.accept(visitor));

        assertThat(ACTIONS.stream().<Class<?>>map(Object::getClass))
                .containsExactlyInAnyOrderElementsOf(leaves(RunsvAction.class));
        assertThat(visited).isEqualTo(names(ACTIONS));
    }

    /** The classes that an instance can be of, however deep the families are nested. */
    private static List<Class<?>> leaves(Class<?> family) {
        return family.isSealed()
                ? Stream.of(family.getPermittedSubclasses())
                        .flatMap(member -> leaves(member).stream())
                        .toList()
                : List.of(family);
    }

    /** Notes the method that was called, in the way that the class is written. */
    private static <V> V recorder(Class<V> visitor, List<String> visited) {
        InvocationHandler noting = (proxy, method, arguments) -> {
            String name = method.getName();
            visited.add(name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1));
            return null;
        };
        return visitor.cast(Proxy.newProxyInstance(visitor.getClassLoader(), new Class<?>[] {visitor}, noting));
    }

    private static List<String> names(List<?> instances) {
        return instances.stream()
                .map(instance -> instance.getClass().getSimpleName())
                .toList();
    }
}
