package io.github.pekkosupervisor.runit.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.runit.rule.AdoptionRule.Facts;
import io.github.pekkosupervisor.runit.rule.AdoptionRule.Found;
import io.github.pekkosupervisor.runit.rule.AdoptionRule.GoOn;
import io.github.pekkosupervisor.runit.rule.AdoptionRule.Gone;
import io.github.pekkosupervisor.runit.rule.AdoptionRule.Left;
import io.github.pekkosupervisor.runit.rule.AdoptionRule.Lives;
import io.github.pekkosupervisor.runit.rule.AdoptionRule.Nobody;
import io.github.pekkosupervisor.runit.rule.AdoptionRule.Seen;
import io.github.pekkosupervisor.runit.rule.AdoptionRule.Situation;
import io.github.pekkosupervisor.runit.rule.AdoptionRule.TakeUp;
import io.github.pekkosupervisor.runit.rule.RunsvState.Again;
import io.github.pekkosupervisor.runit.rule.RunsvState.Busy;
import io.github.pekkosupervisor.runit.rule.RunsvState.Oneshot;
import io.github.pekkosupervisor.runit.rule.RunsvState.Unit;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import io.github.pekkosupervisor.runit.supervise.UnitRecord;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Intent;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Known;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Past;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Program;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Script;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Supervisor;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random walks of {@link RunsvRule} that are cut at any point: between a record and what it announces, between a start
 * and its answer, in the middle of what one event leads to. Then processes live on or end, and another supervisor goes
 * on from the records. The world knows what really runs: it is the model.
 */
class AdoptionWalkTest {

    private static final int SEEDS = 400;
    private static final int LIVES = 25;
    private static final int STEPS_OF_A_LIFE = 12;
    private static final int STEPS_TO_REST = 200;

    static LongStream seeds() {
        return LongStream.rangeClosed(1, SEEDS);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void there_is_never_a_second_copy_and_nothing_that_was_asked_for_is_lost(long seed) {
        World world = new World(new Random(seed));
        world.begin();

        for (int life = 0; life < LIVES; life++) {
            world.live(STEPS_OF_A_LIFE);
            world.succeed();
        }

        world.comeToRest();
    }

    /** So that the walks are worth something: they come by each kind of cut. */
    @Test
    void the_walks_come_by_every_kind_of_cut() {
        Map<String, Integer> cuts = new java.util.TreeMap<>();
        seeds().forEach(seed -> {
            World world = new World(new Random(seed));
            world.begin();
            for (int life = 0; life < LIVES; life++) {
                world.live(STEPS_OF_A_LIFE);
                world.succeed();
            }
            world.cuts.forEach((cut, times) -> cuts.merge(cut, times, Integer::sum));
        });

        assertThat(cuts)
                .containsKeys(
                        "at rest",
                        "between two records",
                        "a signal was due",
                        "before an action",
                        "after an action",
                        "RUN was found",
                        "RUN had not taken place",
                        "FINISH was found",
                        "FINISH had not taken place",
                        "SCRIPT was found",
                        "SCRIPT had not taken place",
                        "finish ran",
                        "finish had ended",
                        "a process had ended",
                        "a script ran",
                        "draining",
                        "throttled",
                        "a oneshot was over and done");
    }

    /** What is done at the same moment as death comes. */
    private static final class DeathException extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** What really runs, and what somebody knows of it. */
    private static final class Living {
        final Known known;
        boolean gotTerm;

        /** What is on the disk of signals that it has not got. */
        final Set<Signal> promised = EnumSet.noneOf(Signal.class);

        Living(int pid) {
            this.known = new Known(new ProcessIdentity(pid, pid, World.BOOT), pid, false);
        }

        void get(Signal signal) {
            gotTerm |= signal == Signal.TERM;
            promised.remove(signal);
        }
    }

    private static final class World {
        static final String BOOT = "boot";
        private static final String LETTERS = "uuuddooxttkpchX";
        private static final int[] PAUSES = {0, 1, 30, 400, 999, 1_000, 2_500};

        final Random random;
        final boolean hasLog;
        final boolean hasFinish;
        final Optional<Again> oneshot;
        final Map<String, Integer> cuts = new java.util.HashMap<>();
        final StringBuilder story = new StringBuilder();

        // what really is
        final Map<Role, Living> running = new EnumMap<>(Role.class);

        @Nullable
        Living script;

        int nextPid = 100;
        long now;

        // what is on the disk
        final Map<Role, UnitRecord> records = new EnumMap<>(Role.class);

        // what the supervisor that lives has in its memory
        RunsvState state;
        final Map<Role, Living> known = new EnumMap<>(Role.class);
        /** Whose end may not have been acted upon. */
        final Map<Role, Living> ended = new EnumMap<>(Role.class);

        final Map<Role, Intent> intents = new EnumMap<>(Role.class);
        final Map<Role, Instant> throttled = new EnumMap<>(Role.class);
        Optional<Character> scriptDue = Optional.empty();

        @Nullable
        Living scriptKnown;

        boolean scriptStarting;
        final Map<Role, Boolean> reading = new EnumMap<>(Role.class);
        final Queue<RunsvEvent> events = new ArrayDeque<>();
        /** Decided upon, and not sent. */
        final Map<Role, List<Signal>> unsent = new EnumMap<>(Role.class);

        boolean mortal;
        boolean exitSeen;

        World(Random random) {
            this.random = random;
            this.hasLog = random.nextInt(3) > 0;
            this.hasFinish = random.nextBoolean();
            this.oneshot = List.of(Optional.<Again>empty(), Optional.of(Again.GROUP), Optional.of(Again.ONCE))
                    .get(random.nextInt(3));
            this.state = first();
        }

        private RunsvState first() {
            return RunsvState.beginning(
                            Unit.down(Want.UP, time()),
                            hasLog ? Optional.of(Unit.down(Want.UP, time())) : Optional.empty())
                    .as(oneshot.isPresent() ? Oneshot.DUE : Oneshot.NONE);
        }

        private Instant time() {
            return InWords.START.plusMillis(now);
        }

        void begin() {
            happens(RunsvEvent.Begin.INSTANCE);
        }

        // ---- a life, and its end

        void live(int steps) {
            int life = random.nextInt(steps) + 1;
            for (int i = 0; i < life; i++) {
                // death comes within the last step, or after it
                mortal = i == life - 1 && random.nextInt(3) > 0;
                try {
                    step();
                } catch (DeathException e) {
                    return;
                }
                if (state.exited()) {
                    return;
                }
            }
            boolean answered = running.values().stream().allMatch(process -> known.containsValue(process))
                    && state.service().busy() != Busy.STARTING
                    && state.log().filter(log -> log.busy() == Busy.STARTING).isEmpty();
            if (answered) {
                cut("at rest");
                restoredIsWhatWas();
            }
        }

        private void cut(String kind) {
            cuts.merge(kind, 1, Integer::sum);
        }

        /** With nothing under way and nothing lost meanwhile, a successor goes on exactly from here. */
        private void restoredIsWhatWas() {
            Map<Role, Living> really = new EnumMap<>(running);
            GoOn goOn = adopt();
            RunsvState expected = new RunsvState(
                            quiet(Role.SERVICE),
                            state.log().map(log -> quiet(Role.LOG)),
                            state.terminating(),
                            state.draining(),
                            false)
                    .as(state.oneshot());
            if (goOn.service().counts()) {
                assertThat(goOn.state()).as("restored after\n%s", story).isEqualTo(expected);
            }
            assertThat(running).isEqualTo(really);
        }

        /** Nobody waits for a command, and a pause that is over is over. */
        private Unit quiet(Role role) {
            Unit unit = state.unit(role);
            boolean pauses = unit.throttled() && time().isBefore(throttled.getOrDefault(role, time()));
            return new Unit(
                    unit.status(),
                    unit.busy(),
                    unit.once(),
                    pauses,
                    false,
                    unit.finishing(),
                    unit.heard(),
                    unit.unseen());
        }

        /** Nobody is there for a while, and then another supervisor is. */
        void succeed() {
            now += PAUSES[random.nextInt(PAUSES.length)];
            for (Role role : List.copyOf(running.keySet())) {
                if (random.nextInt(4) == 0) {
                    running.remove(role);
                    cut("a process had ended");
                }
            }
            if (script != null && random.nextInt(2) == 0) {
                script = null;
            }
            if (hasLog && !running.containsKey(Role.SERVICE) && random.nextInt(2) == 0) {
                // nobody holds the pipe any more
                running.remove(Role.LOG);
            }
            boolean over = exitSeen;
            exitSeen = false;
            GoOn goOn = adopt();
            story.append(now).append(" ==== ").append(goOn).append('\n');
            if (over) {
                assertThat(goOn.service().counts())
                        .as("after an end\n%s", story)
                        .isFalse();
                boolean wasDone = state.oneshot() == Oneshot.DONE;
                if (wasDone) {
                    cut("a oneshot was over and done");
                }
                boolean staysDown =
                        wasDone && oneshot.filter(Again.ONCE::equals).isPresent();
                assertThat(goOn.state().service().status().want() == Want.DOWN)
                        .as("is down after an end\n%s", story)
                        .isEqualTo(staysDown);
            }
            forgetEverything();
            state = goOn.state();
            takeUp(Role.SERVICE, goOn.service());
            goOn.log().ifPresent(log -> takeUp(Role.LOG, log));
            if (goOn.state().draining()) {
                cut("draining");
            } else if (hasLog) {
                // else its service would wait for ever when the pipe is full
                assertThat(state.unit(Role.LOG).status().want())
                        .as("wanted of a logger that does not drain\n%s", story)
                        .isNotEqualTo(Want.EXIT);
            }
            if (goOn.service().script().isPresent()) {
                takeUpScript(goOn.service());
            }
            for (Role role : roles()) {
                if (state.unit(role).throttled()) {
                    cut("throttled");
                }
            }
            happens(RunsvEvent.Begin.INSTANCE);
        }

        private List<Role> roles() {
            return hasLog ? List.of(Role.SERVICE, Role.LOG) : List.of(Role.SERVICE);
        }

        private void forgetEverything() {
            mortal = false;
            events.clear();
            known.clear();
            ended.clear();
            intents.clear();
            throttled.clear();
            unsent.clear();
            reading.clear();
            scriptDue = Optional.empty();
            scriptKnown = null;
            scriptStarting = false;
        }

        private GoOn adopt() {
            Optional<Left> log = hasLog ? Optional.of(left(Role.LOG)) : Optional.empty();
            return (GoOn) AdoptionRule.decide(new Situation(BOOT, time(), hasFinish, left(Role.SERVICE), log, oneshot));
        }

        private Left left(Role role) {
            UnitRecord record = records.get(role);
            if (record == null) {
                return new Left(Want.UP, Optional.empty());
            }
            Optional<Script> its = record.script();
            Seen ofScript = its.flatMap(Script::process)
                    .map(process -> seen(process, script))
                    .orElseGet(() -> its.flatMap(Script::start)
                            .map(start -> found(start, script))
                            .orElse(Nobody.INSTANCE));
            Seen process = record.process()
                    .map(who -> seen(who, running.get(role)))
                    .orElseGet(() -> record.start()
                            .map(start -> found(start, running.get(role)))
                            .orElse(Nobody.INSTANCE));
            return new Left(Want.UP, Optional.of(new Found(record, process, ofScript)));
        }

        private Seen seen(Known who, @Nullable Living really) {
            return really != null && really.known.equals(who)
                    ? new Lives(who, time())
                    : new Gone(who.identity(), time(), ExitStatus.UNKNOWN);
        }

        private Seen found(Intent start, @Nullable Living really) {
            cut(start.program() + (really == null ? " had not taken place" : " was found"));
            return really == null ? Nobody.INSTANCE : new Lives(really.known, time());
        }

        private void takeUp(Role role, TakeUp left) {
            if (left.process() instanceof Lives) {
                Living process = Objects.requireNonNull(running.get(role));
                known.put(role, process);
                if (isFinish(role)) {
                    cut("finish ran");
                }
                left.signals().forEach(process::get);
                if (!left.signals().isEmpty()) {
                    cut("a signal was due");
                }
                hasGotWhatIsRecorded(role, process);
            } else if (left.process() instanceof Gone gone) {
                ended.put(role, new Living(gone.who().pid()));
                if (isFinish(role)) {
                    cut("finish had ended");
                }
                if (state.unit(role).unseen().isEmpty()) {
                    events.add(ended(role, gone.status()));
                }
            }
            left.throttledUntil().ifPresent(until -> throttled.put(role, until));
            // whatever really runs is known now: nobody would ever end it else
            assertThat(running.get(role))
                    .as("%s that runs and nobody knows of after\n%s", role, story)
                    .isEqualTo(known.get(role));
        }

        private boolean isFinish(Role role) {
            return state.unit(role).status().state() == State.FINISH;
        }

        /** Else it would never end, as nobody sends it once more. */
        private void hasGotWhatIsRecorded(Role role, Living process) {
            ServiceStatus status = state.unit(role).status();
            assertThat(process.gotTerm).as("%s got TERM after\n%s", role, story).isEqualTo(status.gotTerm());
            assertThat(process.promised)
                    .as("%s did not get after\n%s", role, story)
                    .isEmpty();
        }

        private void takeUpScript(TakeUp left) {
            cut("a script ran");
            scriptDue = left.script();
            if (left.scriptProcess() instanceof Lives) {
                scriptKnown = script;
            } else if (left.scriptProcess() instanceof Gone) {
                events.add(new RunsvEvent.ScriptEnded(left.script().orElseThrow(), false));
            } else {
                // nothing has come of it: it is run now
                scriptStarting = true;
            }
        }

        // ---- what happens while somebody is there

        void step() {
            now += PAUSES[random.nextInt(PAUSES.length)];
            List<Runnable> possible = new ArrayList<>();
            if (random.nextInt(20) == 0) {
                possible.add(() -> happens(RunsvEvent.TerminateRequested.INSTANCE));
            }
            for (Role role : roles()) {
                Unit unit = state.unit(role);
                Living really = running.get(role);
                if (really != null && !known.containsKey(role)) {
                    possible.add(() -> answer(role, really));
                } else if (unit.busy() == Busy.STARTING && really == null) {
                    possible.add(() -> happens(new RunsvEvent.StartRefused(role)));
                } else if (really != null) {
                    possible.add(() -> end(role));
                }
                if (throttled.containsKey(role) && !time().isBefore(throttled.get(role))) {
                    possible.add(() -> endPause(role));
                }
                if (Boolean.TRUE.equals(reading.get(role))) {
                    possible.add(() -> {
                        reading.put(role, false);
                        happens(new RunsvEvent.CommandRead(role, LETTERS.charAt(random.nextInt(LETTERS.length()))));
                    });
                }
            }
            addScript(possible);
            if (!possible.isEmpty()) {
                possible.get(random.nextInt(possible.size())).run();
            }
        }

        private void addScript(List<Runnable> possible) {
            if (scriptStarting) {
                possible.add(() -> {
                    scriptStarting = false;
                    script = new Living(nextPid++);
                    scriptKnown = script;
                    happensNothing();
                });
            } else if (script != null && scriptKnown != null) {
                possible.add(() -> {
                    script = null;
                    scriptKnown = null;
                    char letter = scriptDue.orElseThrow();
                    happens(new RunsvEvent.ScriptEnded(letter, random.nextInt(3) == 0));
                });
            }
        }

        private void answer(Role role, Living really) {
            known.put(role, really);
            happens(new RunsvEvent.ProcessStarted(role, really.known.identity().pid()));
        }

        private void end(Role role) {
            running.remove(role);
            Optional.ofNullable(known.remove(role)).ifPresent(process -> ended.put(role, process));
            happens(ended(role, ExitStatus.ofCode(random.nextInt(3))));
        }

        private RunsvEvent ended(Role role, ExitStatus status) {
            return new RunsvEvent.ProcessEnded(role, status, hasFinish && role == Role.SERVICE);
        }

        private void endPause(Role role) {
            throttled.remove(role);
            happens(new RunsvEvent.ThrottleElapsed(role));
        }

        // ---- what follows, as the actor does it

        private void happens(RunsvEvent event) {
            events.add(event);
            happensNothing();
        }

        private void happensNothing() {
            while (!events.isEmpty()) {
                RunsvEvent event = events.remove();
                if (event instanceof RunsvEvent.ScriptEnded) {
                    scriptDue = Optional.empty();
                }
                RunsvRule.Decision decision = RunsvRule.decide(state, event, time());
                story.append(now)
                        .append(' ')
                        .append(event)
                        .append(" -> ")
                        .append(decision.actions())
                        .append('\n');
                state = decision.state();
                mayDie("before an action");
                for (RunsvAction action : decision.actions()) {
                    if (action instanceof RunsvAction.SendSignal send) {
                        unsent.computeIfAbsent(send.role(), role -> new ArrayList<>())
                                .add(send.signal());
                    }
                }
                decision.actions().forEach(this::perform);
            }
            write();
            if (state.exited()) {
                nothingIsLeft();
                exitSeen = true;
            }
        }

        private void mayDie(String where) {
            if (mortal && random.nextInt(3) == 0) {
                cut(where);
                throw new DeathException();
            }
        }

        private void perform(RunsvAction action) {
            if (action instanceof RunsvAction.RunScript run) {
                scriptDue = Optional.of(run.letter());
                if (random.nextInt(3) > 0) {
                    events.add(new RunsvEvent.ScriptEnded(run.letter(), false));
                    return;
                }
                assertThat(script).as("script beside\n%s", story).isNull();
                intents.put(Role.SERVICE, new Intent(Program.SCRIPT, now, 1, 1));
                write();
                mayDie("before an action");
                script = new Living(nextPid++);
                mayDie("after an action");
                scriptKnown = script;
            } else if (action instanceof RunsvAction.StartRun start) {
                start(start.role(), Program.RUN);
            } else if (action instanceof RunsvAction.StartFinish) {
                start(Role.SERVICE, Program.FINISH);
            } else if (action instanceof RunsvAction.SendSignal send) {
                write();
                mayDie("before an action");
                Optional.ofNullable(running.get(send.role())).ifPresent(process -> process.get(send.signal()));
                unsent.getOrDefault(send.role(), List.of()).remove(send.signal());
                mayDie("after an action");
            } else if (action instanceof RunsvAction.Throttle throttle) {
                throttled.put(throttle.role(), time().plus(throttle.length()));
            } else if (action instanceof RunsvAction.ReadCommand read) {
                reading.put(read.role(), true);
            } else if (action instanceof RunsvAction.ClosePipe) {
                write();
                mayDie("before an action");
            }
        }

        private void start(Role role, Program program) {
            known.remove(role);
            intents.put(role, new Intent(program, now, 1, 1));
            write();
            mayDie("before an action");
            assertThat(running.get(role))
                    .as("a second %s after\n%s", role, story)
                    .isNull();
            if (random.nextInt(8) == 0) {
                // refused, which is told later
                return;
            }
            running.put(role, new Living(nextPid++));
            mayDie("after an action");
        }

        private void write() {
            for (Role role : roles()) {
                if (role == Role.LOG) {
                    mayDie("between two records");
                }
                records.put(role, AdoptionRule.record(state, role, facts(role)));
                Optional.ofNullable(running.get(role))
                        .ifPresent(process -> process.promised.addAll(unsent.getOrDefault(role, List.of())));
            }
        }

        private Facts facts(Role role) {
            Living last = state.unit(role).unseen().isPresent() ? ended.get(role) : null;
            Optional<Known> process =
                    Optional.ofNullable(known.getOrDefault(role, last)).map(one -> one.known);
            Optional<Script> due = role == Role.SERVICE
                    ? scriptDue.map(letter -> new Script(
                            letter,
                            Optional.ofNullable(scriptKnown).map(one -> one.known),
                            scriptKnown == null ? Optional.ofNullable(intents.get(role)) : Optional.empty()))
                    : Optional.empty();
            return new Facts(
                    new Supervisor(new ProcessIdentity(1, 1, BOOT), InWords.START),
                    process,
                    Optional.ofNullable(intents.get(role)),
                    due,
                    Past.NOTHING,
                    Optional.ofNullable(throttled.get(role)),
                    Optional.empty(),
                    List.copyOf(unsent.getOrDefault(role, List.of())));
        }

        private boolean isUp(Role role) {
            Unit unit = state.unit(role);
            return unit.status().state() == State.RUN && unit.busy() == Busy.NO && known.containsKey(role);
        }

        /** Nobody but a client has said of the logger that it is to be down. */
        private boolean isDownByRequest() {
            return state.unit(Role.LOG).status().want() == Want.DOWN;
        }

        private void nothingIsLeft() {
            assertThat(running).as("left by\n%s", story).isEmpty();
            assertThat(script).as("script left by\n%s", story).isNull();
        }

        // ---- and in the end

        /** With a supervisor that lives, and an up, all that is wanted comes to run. */
        void comeToRest() {
            happens(new RunsvEvent.CommandRead(Role.SERVICE, 'u'));
            for (int i = 0; i < STEPS_TO_REST && !state.exited(); i++) {
                now += 1_000;
                if (isUp(Role.SERVICE) && (!hasLog || isUp(Role.LOG) || isDownByRequest())) {
                    return;
                }
                Living really = running.get(Role.SERVICE);
                Living logger = running.get(Role.LOG);
                if (really != null && !known.containsKey(Role.SERVICE)) {
                    answer(Role.SERVICE, really);
                } else if (logger != null && !known.containsKey(Role.LOG)) {
                    answer(Role.LOG, logger);
                } else if (script != null || scriptStarting) {
                    List<Runnable> scripts = new ArrayList<>();
                    addScript(scripts);
                    scripts.forEach(Runnable::run);
                } else if (throttled.containsKey(Role.SERVICE)) {
                    endPause(Role.SERVICE);
                } else if (throttled.containsKey(Role.LOG)) {
                    endPause(Role.LOG);
                } else if (state.service().busy() == Busy.STARTING) {
                    happens(new RunsvEvent.StartRefused(Role.SERVICE));
                } else if (hasLog && state.unit(Role.LOG).busy() == Busy.STARTING) {
                    happens(new RunsvEvent.StartRefused(Role.LOG));
                } else if (really != null
                        && (isFinish(Role.SERVICE) || state.service().status().want() != Want.UP)) {
                    end(Role.SERVICE);
                } else if (logger != null && state.draining()) {
                    end(Role.LOG);
                } else {
                    happens(new RunsvEvent.CommandRead(Role.SERVICE, 'u'));
                }
            }
            assertThat(state.exited()).as("comes to rest after\n%s", story).isTrue();
        }
    }
}
