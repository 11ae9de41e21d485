package io.github.pekkosupervisor.runit.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Walks {@link RunsvRule} and {@link RunsvModel} at random through a made-up world of processes, scripts, bytes and
 * pauses, and compares what they do and show after each step. What must hold whatever they agree on is checked by the
 * world.
 */
class RunsvRuleModelTest {

    private static final int SEEDS = 200;
    private static final int STEPS = 300;
    private static final int STEPS_TO_END = 60;

    static LongStream seeds() {
        return LongStream.rangeClosed(1, SEEDS);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void rule_and_model_agree_on_every_step(long seed) {
        Random random = new Random(seed);
        World world = World.random(random, 0);

        for (int step = 0; step < STEPS; step++) {
            if (world.exited()) {
                world.nothingHappensAnyMore();
                world = World.random(random, world.now);
            }
            world.step();
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void from_wherever_a_walk_has_led_supervision_can_be_ended(long seed) {
        Random random = new Random(seed);
        World world = World.random(random, 0);
        int length = random.nextInt(STEPS);
        for (int step = 0; step < length && !world.exited(); step++) {
            world.step();
        }

        world.requestEnd();
        for (int step = 0; step < STEPS_TO_END && !world.exited(); step++) {
            world.stepTowardsEnd();
        }

        assertThat(world.exited()).as("exited after\n%s", world.story).isTrue();
    }

    /** {@link OrdersWalkTest} walks to these. */
    private static final Set<String> OF_ORDERS = Set.of("Ask", "Up", "Over");

    @Test
    void the_walks_come_by_everything_that_can_be_done() {
        Set<String> seen = new TreeSet<>();
        seeds().forEach(seed -> {
            World world = World.random(new Random(seed), 0);
            for (int step = 0; step < STEPS && !world.exited(); step++) {
                world.step();
            }
            world.kindsOfActions.forEach(kind -> seen.add(kind.getSimpleName()));
        });

        assertThat(seen)
                .containsExactlyInAnyOrderElementsOf(Stream.of(RunsvAction.class.getPermittedSubclasses())
                        .map(Class::getSimpleName)
                        .filter(name -> !OF_ORDERS.contains(name))
                        .toList());
    }

    /** One of the two processes as it really is, and what has been asked and shown of it. */
    private static final class Puppet {
        int alive;
        boolean startAsked;
        boolean readAsked;
        boolean pausing;
        long pauseEnds;
        long notBefore = Long.MIN_VALUE;
        long runStarted;
        int endsTold;
        int endsActedOn;
        State shown = State.DOWN;
        int shownPid;
        final Set<Signal> signals = EnumSet.noneOf(Signal.class);
    }

    /** Does what the rule says, and makes something happen that can happen. */
    private static final class World {
        private static final String LETTERS = "uuddooxttkkppcchaiq12eX\n\u00ff";
        private static final int[] STEPS_IN_TIME = {0, 0, 1, 30, 400, 999, 1_000, 2_500};
        private static final ExitStatus[] ENDS = {
            ExitStatus.ofCode(0),
            ExitStatus.ofCode(3),
            ExitStatus.ofCode(255),
            ExitStatus.ofSignal(15),
            ExitStatus.ofSignal(9),
            new ExitStatus(134)
        };
        private static final long SHORT_RUN = 1_000;
        private static final long REFUSED = 5_000;

        final Random random;
        final boolean hasLog;
        final RunsvModel model;
        final Puppet service = new Puppet();
        final Puppet log = new Puppet();
        final Set<Class<?>> kindsOfActions = new HashSet<>();
        final StringBuilder story = new StringBuilder();
        RunsvState state;
        long now;
        Optional<Character> script = Optional.empty();
        boolean pipeIsOpen = true;
        boolean hangIsAwaited;
        int nextPid;

        private World(Random random, long now) {
            this.random = random;
            this.now = now;
            this.nextPid = 100 + random.nextInt(1_000);
            this.hasLog = random.nextInt(3) > 0;
            boolean oneshot = random.nextInt(3) == 0;
            this.model = new RunsvModel(hasLog, oneshot);
            RunsvState.Unit first = unit(Role.SERVICE, service);
            this.state = RunsvState.beginning(first, hasLog ? Optional.of(unit(Role.LOG, log)) : Optional.empty())
                    .as(oneshot ? RunsvState.Oneshot.DUE : RunsvState.Oneshot.NONE);
        }

        static World random(Random random, long now) {
            World world = new World(random, now);
            world.tell(RunsvEvent.Begin.INSTANCE, world.model.begin(now));
            return world;
        }

        /** Down or, sometimes, taken up from a predecessor. */
        private RunsvState.Unit unit(Role role, Puppet process) {
            Want want = random.nextInt(3) > 0 ? Want.UP : Want.DOWN;
            State was = State.DOWN;
            if (random.nextInt(4) == 0) {
                was = role == Role.SERVICE && random.nextInt(3) == 0 ? State.FINISH : State.RUN;
                process.alive = nextPid++;
            }
            process.runStarted = now;
            process.shown = was;
            process.shownPid = process.alive;
            model.is(role, lower(was), process.alive, lower(want), now);
            return RunsvState.Unit.of(new ServiceStatus(time(), process.alive, false, false, want, was));
        }

        private static String lower(Enum<?> value) {
            return value.name().toLowerCase(Locale.ROOT);
        }

        private Instant time() {
            return InWords.START.plusMillis(now);
        }

        private Puppet process(Role role) {
            return role == Role.LOG ? log : service;
        }

        boolean exited() {
            return state.exited();
        }

        // ---- what can happen

        void step() {
            now += STEPS_IN_TIME[random.nextInt(STEPS_IN_TIME.length)];
            List<Runnable> possible = new ArrayList<>();
            add(possible, 1, random.nextInt(8) == 0, this::requestEnd);
            add(possible, 6, script.isPresent(), () -> endScript(random.nextInt(4) == 0));
            add(possible, 1, service.alive != 0 && service.shown == State.RUN, this::hang);
            add(possible, 3, hangIsAwaited, this::hangStill);
            for (Role role : Role.values()) {
                Puppet process = process(role);
                boolean isTold = process.signals.contains(Signal.TERM) || process.signals.contains(Signal.KILL);
                boolean isAtEndOfInput = role == Role.LOG && !pipeIsOpen;
                add(possible, 6, process.startAsked, () -> answerStart(role, random.nextInt(12)));
                add(possible, isTold || isAtEndOfInput ? 4 : 1, process.alive != 0, () -> end(role));
                add(possible, 4, process.readAsked, () -> {
                    process.readAsked = false;
                    read(role, LETTERS.charAt(random.nextInt(LETTERS.length())));
                });
                add(possible, 4, process.pausing && now >= process.pauseEnds, () -> endPause(role));
            }
            if (!possible.isEmpty()) {
                possible.get(random.nextInt(possible.size())).run();
            }
        }

        private static void add(List<Runnable> possible, int weight, boolean isPossible, Runnable event) {
            for (int i = 0; i < weight && isPossible; i++) {
                possible.add(event);
            }
        }

        /** Everybody does as told. */
        void stepTowardsEnd() {
            now += 1;
            if (script.isPresent()) {
                endScript(false);
            } else if (service.startAsked) {
                answerStart(Role.SERVICE, 0);
            } else if (log.startAsked) {
                answerStart(Role.LOG, 0);
            } else if (service.alive != 0) {
                end(Role.SERVICE);
            } else if (log.alive != 0 && !pipeIsOpen) {
                end(Role.LOG);
            } else if (service.pausing) {
                now = Math.max(now, service.pauseEnds);
                endPause(Role.SERVICE);
            }
        }

        void requestEnd() {
            if (exited()) {
                return;
            }
            tell(RunsvEvent.TerminateRequested.INSTANCE, model.termReceived(now));
        }

        /** It may be said of one that has ended meanwhile, or been told to. */
        private void hang() {
            boolean isToBeStopped = random.nextInt(4) > 0;
            RunsvEvent event = new RunsvEvent.Hung("silent", isToBeStopped);
            tell(event, isToBeStopped ? model.hangs(now) : model.nothing(now));
            if (random.nextInt(4) == 0) {
                tell(RunsvEvent.Recovered.INSTANCE, model.nothing(now));
            }
        }

        private void hangStill() {
            hangIsAwaited = false;
            tell(RunsvEvent.HangOverdue.INSTANCE, model.hangsStill(now));
        }

        private void endScript(boolean vetoed) {
            char letter = script.orElseThrow();
            script = Optional.empty();
            tell(new RunsvEvent.ScriptEnded(letter, vetoed), model.scriptEnded(vetoed, now));
        }

        private void answerStart(Role role, int how) {
            Puppet process = process(role);
            process.startAsked = false;
            boolean isRun = process.shown != State.FINISH;
            if (how == 11) {
                process.notBefore = now + REFUSED;
                tell(new RunsvEvent.StartRefused(role), model.refused(role, now));
                return;
            }
            if (isRun) {
                process.runStarted = now;
            }
            if (how >= 9) {
                boolean finish = role == Role.SERVICE && random.nextBoolean();
                process.endsTold++;
                tell(
                        new RunsvEvent.ProcessEnded(role, ExitStatus.ofCode(111), finish),
                        model.notExecutable(role, finish, now));
                return;
            }
            process.alive = nextPid++;
            process.signals.clear();
            tell(new RunsvEvent.ProcessStarted(role, process.alive), model.started(role, process.alive, now));
        }

        private void end(Role role) {
            Puppet process = process(role);
            process.alive = 0;
            process.endsTold++;
            ExitStatus status = ENDS[random.nextInt(ENDS.length)];
            boolean finish = role == Role.SERVICE && random.nextInt(5) < 2;
            tell(
                    new RunsvEvent.ProcessEnded(role, status, finish),
                    model.ended(role, status.code(), status.waitStatus() & 0xff, finish, now));
        }

        private void read(Role role, char letter) {
            tell(new RunsvEvent.CommandRead(role, letter), model.byteRead(role, letter, now));
        }

        private void endPause(Role role) {
            process(role).pausing = false;
            tell(new RunsvEvent.ThrottleElapsed(role), model.pauseOver(role, now));
        }

        // ---- what is done about it

        private void tell(RunsvEvent event, List<String> expected) {
            RunsvRule.Decision decision = RunsvRule.decide(state, event, time());
            state = decision.state();
            List<String> done = decision.actions().stream().map(InWords::of).toList();
            story.append(now)
                    .append(' ')
                    .append(event)
                    .append(" -> ")
                    .append(done)
                    .append('\n');

            assertThat(done).as("actions at the end of\n%s", story).isEqualTo(expected);
            decision.actions().forEach(action -> perform(action, event));
            assertThat(state.exited()).isEqualTo(model.isGone());
            check(Role.SERVICE, service);
            if (hasLog) {
                check(Role.LOG, log);
            }
        }

        private void perform(RunsvAction action, RunsvEvent event) {
            kindsOfActions.add(action.getClass());
            if (action instanceof RunsvAction.RunScript run) {
                assertThat(script).as("script beside\n%s", story).isEmpty();
                assertThat(service.startAsked).as("start beside\n%s", story).isFalse();
                script = Optional.of(run.letter());
                if (run.letter() == 'u') {
                    mayStart(service);
                }
            } else if (action instanceof RunsvAction.StartRun start) {
                assertThat(start.role() == Role.SERVICE || pipeIsOpen)
                        .as("a pipe for the logger in\n%s", story)
                        .isTrue();
                start(process(start.role()));
            } else if (action instanceof RunsvAction.StartFinish) {
                start(service);
            } else if (action instanceof RunsvAction.SendSignal send) {
                assertThat(process(send.role()).shown).isEqualTo(State.RUN);
                process(send.role()).signals.add(send.signal());
            } else if (action instanceof RunsvAction.Publish publish) {
                show(process(publish.role()), publish, event);
            } else if (action instanceof RunsvAction.Throttle throttle) {
                Puppet process = process(throttle.role());
                process.pausing = true;
                process.pauseEnds = now + (throttle.why() == RunsvAction.Pause.REFUSED ? REFUSED : SHORT_RUN);
            } else if (action instanceof RunsvAction.ReadCommand read) {
                assertThat(process(read.role()).readAsked)
                        .as("two reads at once in\n%s", story)
                        .isFalse();
                process(read.role()).readAsked = true;
            } else if (action instanceof RunsvAction.ClosePipe) {
                assertThat(log.startAsked)
                        .as("a start needs the pipe in\n%s", story)
                        .isFalse();
                assertThat(pipeIsOpen).isTrue();
                pipeIsOpen = false;
            } else if (action instanceof RunsvAction.OpenPipe) {
                assertThat(pipeIsOpen).isFalse();
                pipeIsOpen = true;
            } else if (action instanceof RunsvAction.AwaitHung) {
                hangIsAwaited = true;
            } else if (action instanceof RunsvAction.Exit) {
                nothingIsLeft();
            }
        }

        private void nothingIsLeft() {
            assertThat(service.alive + log.alive).as("pids left by\n%s", story).isZero();
            assertThat(service.startAsked || log.startAsked).isFalse();
            assertThat(script).isEmpty();
        }

        private void start(Puppet process) {
            assertThat(process.startAsked)
                    .as("two starts at once in\n%s", story)
                    .isFalse();
            assertThat(process.alive).as("start beside a process in\n%s", story).isZero();
            mayStart(process);
            process.startAsked = true;
        }

        private void mayStart(Puppet process) {
            assertThat(now).as("start within the pause in\n%s", story).isGreaterThanOrEqualTo(process.notBefore);
        }

        private void show(Puppet process, RunsvAction.Publish publish, RunsvEvent event) {
            ServiceStatus status = publish.status();
            boolean couldNotBeRun = event instanceof RunsvEvent.ProcessEnded
                    && process.endsTold > process.endsActedOn
                    && process.shownPid == 0;
            if (status.state() == State.DOWN && (process.shown != State.DOWN || couldNotBeRun)) {
                process.endsActedOn++;
                if (now - process.runStarted < SHORT_RUN) {
                    process.notBefore = now + SHORT_RUN;
                }
            } else if (status.state() == State.FINISH
                    && status.pid() == 0
                    && (process.shown != State.FINISH || process.shownPid != 0)) {
                process.endsActedOn++;
            }
            process.shown = status.state();
            process.shownPid = status.pid();
        }

        private void check(Role role, Puppet process) {
            RunsvState.Unit unit = state.unit(role);
            String status = InWords.of(unit.status());
            assertThat(status).as("status after\n%s", story).isEqualTo(model.shown(role));
            assertThat(process.endsTold - process.endsActedOn)
                    .as("ends of the %s not acted on after\n%s", role, story)
                    .isEqualTo(unit.unseen().isPresent() ? 1 : 0);
            boolean endIsUnseen = unit.unseen().isPresent();
            assertThat(unit.status().pid() == process.alive || endIsUnseen)
                    .as("pid %s is shown, %s runs after\n%s", unit.status().pid(), process.alive, story)
                    .isTrue();
            boolean isBusy = unit.busy() != RunsvState.Busy.NO;
            assertThat(process.readAsked || isBusy || exited())
                    .as("a byte for the %s would be read after\n%s", role, story)
                    .isTrue();
            assertThat(process.readAsked && unit.heard().isPresent())
                    .as("a byte is read before the last one was obeyed after\n%s", story)
                    .isFalse();
        }

        void nothingHappensAnyMore() {
            RunsvEvent late = switch (random.nextInt(4)) {
                case 0 -> new RunsvEvent.CommandRead(Role.SERVICE, 'u');
                case 1 -> RunsvEvent.TerminateRequested.INSTANCE;
                case 2 -> new RunsvEvent.ThrottleElapsed(Role.SERVICE);
                default -> new RunsvEvent.ProcessEnded(Role.SERVICE, ExitStatus.ofCode(0), true);
            };
            RunsvRule.Decision decision = RunsvRule.decide(state, late, time());

            assertThat(decision.actions()).isEmpty();
            assertThat(decision.state()).isEqualTo(state);
        }
    }
}
