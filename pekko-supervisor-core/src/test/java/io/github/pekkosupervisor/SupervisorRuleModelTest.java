package io.github.pekkosupervisor;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.SupervisorSpec.Strategy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Walks the rule at random beside {@link NaiveOtp}. Starts and stops are answered at once, at random with success or
 * failure, so after each event both must have done the same to the same children, and be in the same state.
 */
final class SupervisorRuleModelTest {

    private static final int STEPS = 300;
    private static final Duration PERIOD = Duration.ofSeconds(10);

    static Stream<Arguments> walks() {
        return Stream.of(Strategy.ONE_FOR_ONE, Strategy.ONE_FOR_ALL, Strategy.REST_FOR_ONE)
                .flatMap(strategy -> LongStream.range(0, 200).mapToObj(seed -> Arguments.of(strategy, seed)));
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("walks")
    void both_do_the_same(Strategy strategy, long seed) {
        new Walk(strategy, seed).walk();
    }

    private static final class Walk {
        private final Random random;
        private final Map<String, Deque<Boolean>> outcomes = new HashMap<>();
        private final NaiveOtp naive;
        private final SupervisorRule rule;
        private final List<String> trace = new ArrayList<>();
        private final Deque<Supervisor.Command> mailbox = new ArrayDeque<>();
        private final Deque<Supervisor.Retry> retries = new ArrayDeque<>();
        private final Map<String, ChildHandle> running = new HashMap<>();
        private long now;
        private boolean over;

        Walk(Strategy strategy, long seed) {
            random = new Random(seed);
            int intensity = random.nextInt(8);
            naive = new NaiveOtp(strategy, intensity, PERIOD.toNanos(), id -> outcome(id, false));
            rule = new SupervisorRule("/", SupervisorSpec.of(strategy).withIntensity(intensity, PERIOD), () -> 0.5);
        }

        /** The nth start of a child ends the same way for both. */
        private boolean outcome(String id, boolean ofRule) {
            Deque<Boolean> planned = outcomes.computeIfAbsent(ofRule + id, any -> new ArrayDeque<>());
            if (planned.isEmpty()) {
                boolean succeeds = random.nextInt(4) > 0;
                outcomes.computeIfAbsent(!ofRule + id, any -> new ArrayDeque<>())
                        .add(succeeds);
                return succeeds;
            }
            return planned.remove();
        }

        void walk() {
            perform(rule.begin(now));
            for (int step = 0; step < STEPS && !over; step++) {
                now += random.nextInt(3) * Duration.ofMillis(1500).toNanos();
                String id = "c" + random.nextInt(5);
                step(id, random.nextInt(8));
                assertThat(trace).as("step %s: %s", step, id).isEqualTo(naive.trace);
                assertThat(over).isEqualTo(naive.over);
                if (!over) {
                    assertThat(states()).isEqualTo(naive.children.toString());
                }
            }
        }

        private void step(String id, int choice) {
            switch (choice) {
                case 0 -> {
                    RestartType restart = List.of(RestartType.PERMANENT, RestartType.TRANSIENT, RestartType.TEMPORARY)
                            .get(random.nextInt(3));
                    naive.add(id, restart);
                    call(new Request.StartChild(
                            ChildSpec.actor(id, Behaviors.empty()).withRestart(restart), List.of()));
                }
                case 1 -> {
                    naive.terminate(id);
                    call(new Request.TerminateChild(id));
                }
                case 2 -> {
                    naive.restartCall(id);
                    call(new Request.RestartChild(id));
                }
                case 3 -> {
                    naive.delete(id);
                    call(new Request.DeleteChild(id));
                }
                case 4 -> retry();
                default -> die(id);
            }
        }

        private void retry() {
            if (!retries.isEmpty()) {
                Supervisor.Retry retry = retries.remove();
                naive.retryOldest(now);
                tell(retry);
            }
        }

        private void die(String id) {
            if (naive.isRunning(id)) {
                ExitReason reason = List.of(
                                ExitReason.normal(), ExitReason.shutdown(), ExitReason.killed(), ExitReason.failed("x"))
                        .get(random.nextInt(4));
                naive.died(id, reason, now);
                ChildHandle handle = java.util.Objects.requireNonNull(running.get(id));
                handle.endsWith(reason);
                tell(new Supervisor.Terminated(handle));
            }
        }

        private String states() {
            List<String> states = new ArrayList<>();
            rule.handle(
                            new Supervisor.Call(
                                    new Request.WhichChildren(),
                                    answer -> {
                                        throw new AssertionError("the rule answers by an action");
                                    },
                                    false),
                            now)
                    .forEach(action -> {
                        for (Object info : (List<?>) ((SupervisorAction.Reply) action).answer()) {
                            Supervisor.ChildInfo child = (Supervisor.ChildInfo) info;
                            states.add(child.id() + " " + child.state());
                        }
                    });
            return states.toString();
        }

        private void call(Request request) {
            tell(new Supervisor.Call(request, answer -> {}, true));
        }

        private void tell(Supervisor.Command event) {
            mailbox.add(event);
            while (!mailbox.isEmpty()) {
                perform(rule.handle(mailbox.remove(), now));
            }
        }

        private void perform(List<SupervisorAction> actions) {
            for (SupervisorAction action : actions) {
                if (action instanceof SupervisorAction.Start start) {
                    start(start.handle());
                } else if (action instanceof SupervisorAction.AskToStop ask) {
                    trace.add("stop " + ask.handle().id());
                    mailbox.add(new Supervisor.Terminated(ask.handle()));
                } else if (action instanceof SupervisorAction.TryAgain again) {
                    retries.add(again.retry());
                } else if (action instanceof SupervisorAction.End) {
                    over = true;
                }
            }
        }

        private void start(ChildHandle handle) {
            trace.add("start " + handle.id());
            if (outcome(handle.id(), true)) {
                running.put(handle.id(), handle);
                mailbox.add(new Supervisor.Acknowledged(handle, Supervisor.NO_INFO));
            } else {
                handle.endsWith(ExitReason.failed("start"));
                mailbox.add(new Supervisor.Terminated(handle));
            }
        }
    }
}
