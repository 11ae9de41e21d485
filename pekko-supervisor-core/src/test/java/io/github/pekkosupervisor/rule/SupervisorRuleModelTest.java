package io.github.pekkosupervisor.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.ProcessSpec.OneshotAgain;
import io.github.pekkosupervisor.protocol.Request;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec.Strategy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;
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
        private final Deque<RuleEvent> mailbox = new ArrayDeque<>();
        private final Deque<RuleEvent.Retry> retries = new ArrayDeque<>();
        private final Map<String, Incarnation> running = new HashMap<>();
        private @Nullable Incarnation hangs;
        private final Map<String, OneshotAgain> oneshots;
        private long now;
        private boolean over;
        private boolean beginning = true;

        Walk(Strategy strategy, long seed) {
            random = new Random(seed);
            int intensity = random.nextInt(8);
            // every other walk has a start gate
            boolean gated = seed % 2 == 1;
            naive = new NaiveOtp(
                    strategy,
                    intensity,
                    PERIOD.toNanos(),
                    id -> outcome(id, false),
                    id -> !gated || outcome("gate of " + id, false));
            // and every third has oneshots
            oneshots = seed % 3 == 0 ? Map.of("c2", OneshotAgain.GROUP, "c3", OneshotAgain.ONCE) : Map.of();
            SupervisorSpec spec = SupervisorSpec.of(strategy)
                    .withIntensity(intensity, PERIOD)
                    .withChildren(List.of(
                            child("c0", RestartType.PERMANENT),
                            child("c1", RestartType.TEMPORARY),
                            child("c2", RestartType.TRANSIENT),
                            child("c3", RestartType.PERMANENT)));
            SupervisorRule.Extras extras = new SupervisorRule.Extras(gated, false);
            rule = new SupervisorRule("/", spec, () -> 0.5, FakeHandle::new, extras);
            spec.children().forEach(child -> naive.begin(child.id(), child.restart(), oneshots.get(child.id())));
        }

        private ChildSpec child(String id, RestartType restart) {
            OneshotAgain again = oneshots.get(id);
            ChildSpec child = again == null
                    ? ChildSpec.actor(id, Behaviors.empty())
                    : ChildSpec.process(id, ProcessSpec.of("true").withOneshot(again));
            return child.withRestart(restart);
        }

        /** The nth start of a child ends the same way for both, and so does the nth question to its gate. */
        private boolean outcome(String id, boolean ofRule) {
            if (beginning) {
                return true;
            }
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
            tellAll();
            beginning = false;
            for (int step = 0; step < STEPS && !over; step++) {
                now += random.nextInt(3) * Duration.ofMillis(1500).toNanos();
                String id = "c" + random.nextInt(5);
                step(id, random.nextInt(14));
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
                    // a oneshot is not temporary
                    int types = oneshots.containsKey(id) ? 2 : 3;
                    RestartType restart = List.of(RestartType.PERMANENT, RestartType.TRANSIENT, RestartType.TEMPORARY)
                            .get(random.nextInt(types));
                    naive.add(id, restart, oneshots.get(id));
                    tell(call(new Request.StartChild(child(id, restart), List.of())));
                }
                case 1 -> {
                    naive.terminate(id);
                    tell(call(new Request.TerminateChild(id)));
                }
                case 2 -> {
                    naive.restartCall(id);
                    tell(call(new Request.RestartChild(id)));
                }
                case 3 -> {
                    naive.delete(id);
                    tell(call(new Request.DeleteChild(id)));
                }
                case 4 -> retry();
                case 5 -> {
                    naive.renew(id);
                    tell(call(new Request.RenewChild(id)));
                }
                case 6 -> renewAllOrKill(id);
                case 7 -> {
                    naive.startOnce(id, now);
                    tell(call(new Request.StartOnce(id)));
                }
                case 8 -> {
                    naive.startNow(id, now);
                    tell(call(new Request.StartNow(id)));
                }
                case 9 -> hang(id);
                default -> die(id);
            }
        }

        /** It is stopped and has ended, and that is as if it had crashed. */
        private void hang(String id) {
            if (naive.isRunning(id)) {
                ExitReason.Hung reason = new ExitReason.Hung("silent");
                naive.died(id, reason, now);
                hangs = Objects.requireNonNull(running.get(id));
                tell(new RuleEvent.Hung(hangs, reason.why(), true));
            }
        }

        private void renewAllOrKill(String id) {
            if (random.nextBoolean()) {
                naive.renewAll();
                tell(call(new Request.RenewAll()));
            } else {
                if (naive.isRunning(id)) {
                    naive.died(id, ExitReason.killed(), now);
                }
                tell(call(new Request.KillChild(id)));
            }
        }

        private void retry() {
            if (!retries.isEmpty()) {
                RuleEvent.Retry retry = retries.remove();
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
                Incarnation incarnation = Objects.requireNonNull(running.get(id));
                tell(new RuleEvent.Terminated(incarnation, Incarnation.End.of(reason)));
            }
        }

        private String states() {
            List<String> states = new ArrayList<>();
            rule.handle(call(new Request.WhichChildren()), now).forEach(action -> {
                Object answer = ((SupervisorAction.Reply) action).answer();
                ((SupervisorResult.Children) answer)
                        .list()
                        .forEach(child -> states.add(child.id() + " " + child.state()));
            });
            return states.toString();
        }

        private static RuleEvent call(Request<?> request) {
            return new RuleEvent.Call(
                    request,
                    null,
                    false,
                    answer -> {
                        throw new AssertionError("the rule answers by an action");
                    },
                    () -> {});
        }

        private void tell(RuleEvent event) {
            mailbox.add(event);
            tellAll();
        }

        private void tellAll() {
            while (!mailbox.isEmpty()) {
                perform(rule.handle(mailbox.remove(), now));
            }
        }

        private void perform(List<SupervisorAction> actions) {
            for (SupervisorAction action : actions) {
                if (action instanceof SupervisorAction.Start start) {
                    start(start.incarnation());
                } else if (action instanceof SupervisorAction.AskToStop ask) {
                    if (ask.incarnation() != hangs) {
                        trace.add("stop " + ask.incarnation().handle().id());
                    }
                    mailbox.add(new RuleEvent.Terminated(ask.incarnation(), Incarnation.End.SILENT));
                } else if (action instanceof SupervisorAction.Kill kill) {
                    mailbox.add(new RuleEvent.Terminated(kill.incarnation(), Incarnation.End.SILENT));
                } else if (action instanceof SupervisorAction.TryAgain again) {
                    retries.add(again.retry());
                } else if (action instanceof SupervisorAction.AskGates ask) {
                    boolean isOpen = outcome("gate of " + ask.start().child().id(), true);
                    mailbox.addFirst(new RuleEvent.GateAnswered(ask.question(), isOpen));
                } else if (action instanceof SupervisorAction.CheckChild) {
                    // the answer to a question comes before all else
                    mailbox.addFirst(new RuleEvent.Checked(List.of()));
                } else if (action instanceof SupervisorAction.End) {
                    over = true;
                }
            }
        }

        private void start(Incarnation incarnation) {
            String id = incarnation.handle().id();
            trace.add("start " + id);
            boolean succeeds = outcome(id, true);
            if (succeeds && oneshots.containsKey(id)) {
                mailbox.add(new RuleEvent.Terminated(incarnation, Incarnation.End.of(ExitReason.normal())));
            } else if (succeeds) {
                running.put(id, incarnation);
                mailbox.add(new RuleEvent.Acknowledged(incarnation, null));
            } else {
                mailbox.add(new RuleEvent.Terminated(incarnation, Incarnation.End.of(ExitReason.failed("start"))));
            }
        }
    }
}
