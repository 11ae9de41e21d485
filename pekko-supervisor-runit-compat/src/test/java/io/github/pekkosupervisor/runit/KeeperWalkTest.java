package io.github.pekkosupervisor.runit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.protocol.StartGate;
import io.github.pekkosupervisor.runit.export.Call;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever comes, in whatever order, to a service directory by OTP's rules. */
@Execution(ExecutionMode.CONCURRENT)
class KeeperWalkTest {

    private static final int WALKS = 2_000;
    private static final int STEPS = 60;
    private static final String LETTERS = "udotx";
    private static final List<StartGate.Cause> CAUSES = List.of(StartGate.Cause.values());
    private static final List<KeeperEvent.Fact> FACTS = List.of(KeeperEvent.Fact.values());

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void one_runs_at_a_time_each_is_answered_once_and_who_leaves_starts_nothing(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < WALKS; i++) {
            Walk walk = new Walk(random, random.nextInt(4) == 0);
            for (int step = 0; step < STEPS && !walk.hasEnded; step++) {
                walk.takes(walk.anyEvent());
            }
            walk.comesToRest();
        }
    }

    /** One keeper, and what must hold of it. */
    private static final class Walk {
        private final Random random;
        private final List<String> story = new ArrayList<>();
        private KeeperState state;
        private long last;

        /** Those that have begun, and have not been told how it came out. */
        private final Set<Long> unanswered = new TreeSet<>();

        /** The one whose run was ordered last, as long as it is not over; 0 if none. */
        private long runs;

        private boolean isThere;

        /** Of the actor below: it has ended. */
        private boolean gone;

        /** And it has told how. */
        private boolean told;

        private boolean isFree;
        private boolean leaves;
        private boolean hasEnded;

        Walk(Random random, boolean isHeldBack) {
            this.random = random;
            this.isFree = !isHeldBack;
            this.state = KeeperState.beginning(Instant.EPOCH, isHeldBack);
        }

        private long anyIncarnation() {
            return last == 0 ? 1 : 1 + Math.max(0, last - 1 - random.nextInt(3));
        }

        KeeperEvent anyEvent() {
            return switch (random.nextInt(19)) {
                case 0, 1, 2 -> new KeeperEvent.Begins(last + 1, CAUSES.get(random.nextInt(CAUSES.size())));
                case 3 -> new KeeperEvent.StopAsked(anyIncarnation(), random.nextBoolean());
                case 4 -> new KeeperEvent.KillAsked(anyIncarnation());
                case 5 -> new KeeperEvent.IncarnationEnded(anyIncarnation());
                case 6 -> new KeeperEvent.RunIs(4711);
                case 7 -> new KeeperEvent.RunEnded(ExitStatus.ofCode(random.nextInt(2)));
                case 8 -> new KeeperEvent.StartFailed("no");
                case 9, 10 -> isThere ? new KeeperEvent.Up(random.nextBoolean()) : anyFact();
                case 11, 12 -> isThere ? new KeeperEvent.Over(random.nextBoolean()) : anyFact();
                case 13 -> new KeeperEvent.Letter(LETTERS.charAt(random.nextInt(LETTERS.length())));
                case 14 ->
                    state.child().call() == null
                            ? new KeeperEvent.Letter('t')
                            : new KeeperEvent.Answered(state.child().call(), random.nextBoolean());
                case 15 -> isThere ? new KeeperEvent.SupervisionOver(random.nextInt(2) * 111) : anyFact();
                case 16 -> isThere ? new KeeperEvent.SupervisionFailed(new IllegalStateException("defect")) : anyFact();
                default -> anyFact();
            };
        }

        private KeeperEvent anyFact() {
            KeeperEvent.Fact fact = FACTS.get(random.nextInt(FACTS.size()));
            boolean isPossible = switch (fact) {
                case SUPERVISOR_GONE, SILENT, DOWN_FILE -> isThere;
                case FREE -> !isFree;
                // seldom, or all walks are short
                case LEAVES -> random.nextInt(6) == 0;
                case STAYS_DOWN, REOPENS -> true;
            };
            return isPossible ? fact : new KeeperEvent.RunIs(0);
        }

        void takes(KeeperEvent event) {
            story.add(event.toString());
            if (event instanceof KeeperEvent.Begins begins) {
                last = begins.incarnation();
                unanswered.add(last);
            }
            leaves |= event == KeeperEvent.Fact.LEAVES;
            isFree |= event == KeeperEvent.Fact.FREE;
            KeeperRule.Decision decision = KeeperRule.decide(state, event, Instant.EPOCH);
            boolean wasThere = state.isThere();
            state = decision.state();
            isThere &= wasThere && !hasJustEnded(event);
            decision.actions().forEach(this::does);
            assertThat(isThere).as("%s", story).isEqualTo(state.isThere());
            assertThat(state.child().call() == Call.STOP_TREE).as("%s", story).isFalse();
        }

        /** What is known of the actor below without asking the rule. */
        private boolean hasJustEnded(KeeperEvent event) {
            boolean isFailure = event instanceof KeeperEvent.SupervisionFailed;
            boolean isSilent = event == KeeperEvent.Fact.SILENT && gone;
            gone |= event == KeeperEvent.Fact.SUPERVISOR_GONE;
            told |= event instanceof KeeperEvent.SupervisionOver;
            boolean isOver = isFailure || isSilent || (gone && told);
            if (isOver) {
                gone = false;
                told = false;
            }
            return isOver;
        }

        private void does(KeeperAction action) {
            story.add("  " + action);
            if (action == KeeperAction.Deed.OPEN) {
                assertThat(isThere || leaves || !isFree).as("%s", story).isFalse();
                isThere = true;
            } else if (action instanceof KeeperAction.Start start) {
                assertThat(isThere && !leaves).as("%s", story).isTrue();
                assertThat(runs).as("%s", story).isIn(0L, start.incarnation());
                assertThat(unanswered).as("%s", story).contains(start.incarnation());
                runs = start.incarnation();
            } else if (action instanceof KeeperAction.TellUp up) {
                assertThat(runs).as("%s", story).isEqualTo(up.incarnation());
            } else if (action instanceof KeeperAction.TellOver over) {
                isAnswered(over.incarnation());
            } else if (action instanceof KeeperAction.TellNotNow not) {
                isAnswered(not.incarnation());
            } else if (action == KeeperAction.Deed.END) {
                hasEnded = true;
            }
        }

        private void isAnswered(long incarnation) {
            assertThat(unanswered.remove(incarnation)).as("%s", story).isTrue();
            runs = runs == incarnation ? 0 : runs;
        }

        /** Whoever is stopped then, and whose runsv obeys, is told that it is over. */
        void comesToRest() {
            for (int i = 0; i < 4 && !hasEnded && !unanswered.isEmpty(); i++) {
                List.copyOf(unanswered).forEach(one -> takesUnlessEnded(new KeeperEvent.StopAsked(one, false)));
                takesUnlessEnded(gone || told ? KeeperEvent.Fact.SUPERVISOR_GONE : new KeeperEvent.Over(false));
                takesUnlessEnded(gone ? new KeeperEvent.SupervisionOver(0) : new KeeperEvent.Over(false));
            }
            assertThat(hasEnded || unanswered.isEmpty()).as("%s", story).isTrue();
        }

        private void takesUnlessEnded(KeeperEvent event) {
            if (!hasEnded) {
                takes(event);
            }
        }
    }
}
