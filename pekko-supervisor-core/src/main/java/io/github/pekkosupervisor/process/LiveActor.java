package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.DurationText;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.process.ProcessEvent.Hung;
import io.github.pekkosupervisor.process.ProcessEvent.Recovered;
import io.github.pekkosupervisor.process.ProcessEvent.Warned;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.actor.DeadLetterSuppression;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;

/**
 * Looks again and again whether one process works that is ready, as {@link LiveRule} says, and tells {@link Hung} and
 * {@link Recovered}, or once {@link Warned} if it cannot look. A child of the actor of that process, which stops it
 * when nobody wants to know any more. Never waits for an answer.
 */
final class LiveActor {

    private static final Duration LONGEST_TIMER = Duration.ofDays(100);

    private final ActorContext<Command> context;
    private final Processes processes;
    private final ProcessSpec spec;
    private final Commands commands;
    private final Consumer<ProcessEvent> owner;
    private final LongSupplier clock;
    private LiveRule rule;

    /** Which look it is; answers to others count no longer. */
    private long number;

    private @Nullable Probe probe;

    /** The command that is run to look, until it has ended. */
    private @Nullable Running check;

    /** Whether a name of a host is being looked up; not twice at once, however long that takes. */
    private boolean isLookingUp;

    /** Whether its owner was told that it could not be looked at, and it has not been since. */
    private boolean isBlind;

    /** When {@link #due} will wake it. */
    private long armedFor = Long.MAX_VALUE;

    private @Nullable Cancellable due;

    /** The time of the next step of a look. */
    private @Nullable Cancellable nextStep;

    /** Which step it is; one that was called off may come all the same. */
    private long steps;

    /**
     * It is stopped whenever nobody wants to know any more, so that some of them may come too late, which is as it
     * should be and nothing to be logged. A message of a timer of Pekko's would be.
     */
    sealed interface Command extends DeadLetterSuppression {}

    /** Runs commands. Said by who has it look, since a process is looked at by another one. */
    interface Commands {
        /**
         * Begins one.
         *
         * @param below whose child is to see to it
         * @param told what becomes of it, by another thread
         * @return which it is
         */
        Running run(ActorContext<?> below, ProcessSpec command, Consumer<ProcessEvent> told);
    }

    /**
     * A command that runs.
     *
     * @param actor stops when it has told the end; else it has failed
     * @param kill ends it
     */
    record Running(ActorRef<?> actor, Runnable kill) {}

    /** What it says by itself, where it is a watchdog that has to hear of it. */
    enum Sign implements Command {
        /** It works. */
        WORKS,
        /** It does not. */
        COMPLAINS
    }

    /** It may be silent for that long from now on, as it has said; not more than any {@link Liveness} has it. */
    record MayBeSilentFor(Duration time) implements Command {}

    private enum Tick implements Command {
        /** The time that the rule waits for has come. */
        DUE
    }

    /** The time for another look at a connection that is being made. */
    private record LookOn(long step, Duration pause) implements Command {}

    private record LookedUp(Optional<Readiness> found, Optional<Throwable> failure) implements Command {}

    private record Checked(long number, ProcessEvent event) implements Command {}

    /** Who has run a command has stopped; if he has not told the end before, he has failed. */
    private record CheckGone(ActorRef<?> actor, long number) implements Command {}

    private LiveActor(
            ActorContext<Command> context,
            ProcessSpec spec,
            Liveness by,
            boolean isHung,
            Commands commands,
            Consumer<ProcessEvent> owner,
            LongSupplier clock) {
        this.context = context;
        this.processes = Processes.get(context.getSystem());
        this.spec = spec;
        this.commands = commands;
        this.owner = owner;
        this.clock = clock;
        this.rule = LiveRule.begin(by, isHung, ThreadLocalRandom.current().nextDouble(), clock.getAsLong());
    }

    /**
     * Of a process that is ready now.
     *
     * @param spec of the process
     * @param isHung whether the owner was told before that it is hung
     * @param owner told in this actor; must neither block nor throw
     */
    static Behavior<Command> create(
            ProcessSpec spec, Liveness by, boolean isHung, Commands commands, Consumer<ProcessEvent> owner) {
        return create(spec, by, isHung, commands, owner, System::nanoTime);
    }

    /** The same by another clock, of nanoseconds. */
    static Behavior<Command> create(
            ProcessSpec spec,
            Liveness by,
            boolean isHung,
            Commands commands,
            Consumer<ProcessEvent> owner,
            LongSupplier clock) {
        return ContainedErrors.of(Behaviors.setup(
                context -> new LiveActor(context, spec, by, isHung, commands, owner, clock).watching()));
    }

    private Behavior<Command> watching() {
        arm();
        return Behaviors.receive(Command.class)
                .onMessageEquals(Tick.DUE, this::due)
                .onMessageEquals(Sign.WORKS, () -> follow(rule.pinged(clock.getAsLong())))
                .onMessageEquals(Sign.COMPLAINS, () -> follow(rule.complained(clock.getAsLong())))
                .onMessage(MayBeSilentFor.class, message -> follow(rule.mayBeSilentFor(message.time())))
                .onMessage(
                        LookOn.class, message -> message.step() == steps ? lookOn(message.pause()) : Behaviors.same())
                .onMessage(LookedUp.class, this::lookedUp)
                .onMessage(Checked.class, this::checked)
                .onMessage(CheckGone.class, this::checkGone)
                .onSignal(PostStop.class, stop -> {
                    closeProbe();
                    cancel(due);
                    return Behaviors.same();
                })
                .build();
    }

    // ---- what follows

    private Behavior<Command> due() {
        armedFor = Long.MAX_VALUE;
        // the answer may have been there all the time, if this JVM stood still
        return judged().orElseGet(() -> woken(clock.getAsLong()));
    }

    private Behavior<Command> woken(long now) {
        boolean isOver = rule.phase() == LiveRule.Phase.LOOKING && now >= rule.due();
        return isOver && isLookingUp
                ? cannotLook("the name of its host has not been looked up within "
                        + DurationText.of(rule.by().timeout()) + "; give an address for the name")
                : follow(rule.woken(now));
    }

    private Behavior<Command> well() {
        isBlind = false;
        return follow(rule.answered(clock.getAsLong()));
    }

    private Behavior<Command> failed(String why) {
        return follow(rule.refused(why, clock.getAsLong()));
    }

    /** It has not even been asked, which says nothing of it, but somebody has to see to that. */
    private Behavior<Command> cannotLook(String why) {
        if (rule.phase() == LiveRule.Phase.LOOKING && !isBlind) {
            isBlind = true;
            owner.accept(new Warned(
                    "could not be looked at, which is no failure of it, and is said once until it can be: " + why));
        }
        return follow(rule.notLooked(clock.getAsLong()));
    }

    private Behavior<Command> follow(LiveRule.Step step) {
        rule = step.then();
        switch (step.deed()) {
            case NOTHING -> {}
            case LOOK -> look();
            case SUSPECT -> {
                isBlind = false;
                context.getLog()
                        .debug(
                                "process [{}] may be hung: {}",
                                spec.name(),
                                rule.by().words(step.why()));
            }
            case HUNG -> {
                isBlind = false;
                owner.accept(new Hung(rule.by().words(step.why()), rule.by().then()));
            }
            case WELL -> owner.accept(Recovered.INSTANCE);
        }
        if (rule.phase() != LiveRule.Phase.LOOKING) {
            endLook();
        }
        arm();
        return Behaviors.same();
    }

    /** One timer is enough; a time that is put off again and again is looked at when it comes. */
    private void arm() {
        if (rule.due() == armedFor || (rule.phase() == LiveRule.Phase.LISTENING && armedFor < rule.due())) {
            return;
        }
        armedFor = rule.due();
        cancel(due);
        due = null;
        if (armedFor != Long.MAX_VALUE) {
            due = wake(Duration.ofNanos(Math.max(0, armedFor - clock.getAsLong())), Tick.DUE);
        }
    }

    private Cancellable wake(Duration after, Command message) {
        return context.scheduleOnce(
                after.compareTo(LONGEST_TIMER) < 0 ? after : LONGEST_TIMER, context.getSelf(), message);
    }

    private static void cancel(@Nullable Cancellable timer) {
        if (timer != null) {
            timer.cancel();
        }
    }

    // ---- a look

    private void look() {
        number++;
        closeProbe();
        Readiness sign = rule.by().sign().orElseThrow();
        if (sign instanceof Readiness.Command command) {
            run(command);
        } else if (HostLookup.isNeeded(sign)) {
            lookUp(sign);
        } else {
            ask(sign);
        }
    }

    /** What an earlier look has begun is as good as a new one. */
    private void lookUp(Readiness sign) {
        if (!isLookingUp) {
            isLookingUp = true;
            ActorRef<Command> self = context.getSelf();
            // not by pipeToSelf, whose message would be a dead letter where this has been stopped meanwhile
            var told = HostLookup.resolve(sign, processes)
                    .whenComplete((found, failure) ->
                            self.tell(new LookedUp(Optional.ofNullable(found), Optional.ofNullable(failure))));
            assert told != null;
        }
    }

    /** What is asked about an answer that does not come need not be asked any longer. */
    private void endLook() {
        closeProbe();
        if (check != null) {
            check.kill().run();
        }
    }

    private void closeProbe() {
        steps++;
        cancel(nextStep);
        nextStep = null;
        if (probe != null) {
            probe.close();
            probe = null;
        }
    }

    private void ask(Readiness sign) {
        probe = Probes.of(sign).orElseThrow();
        context.getSelf().tell(new LookOn(steps, Pauses.FIRST));
    }

    private Behavior<Command> lookOn(Duration pause) {
        return judged().orElseGet(() -> {
            Probe asked = probe;
            if (asked != null) {
                Duration now = asked.hasProgressed() ? Pauses.FIRST : pause;
                steps++;
                nextStep = wake(now, new LookOn(steps, Pauses.after(now)));
            }
            return Behaviors.same();
        });
    }

    /** What a further step of the look has led to; empty if it is not over, or none is under way. */
    private Optional<Behavior<Command>> judged() {
        Probe asked = probe;
        if (asked == null) {
            return Optional.empty();
        }
        if (asked.isPassed()) {
            return Optional.of(well());
        }
        if (asked.obstacle().isPresent()) {
            return Optional.of(cannotLook(asked.obstacle().get()));
        }
        if (asked.isPending()) {
            return Optional.empty();
        }
        return Optional.of(failed(asked.trouble().isEmpty() ? "nobody accepts it" : asked.trouble()));
    }

    private Behavior<Command> lookedUp(LookedUp message) {
        isLookingUp = false;
        if (rule.phase() != LiveRule.Phase.LOOKING) {
            return Behaviors.same();
        }
        if (message.found().isPresent()) {
            ask(message.found().get());
            return follow(rule.asked(clock.getAsLong()));
        }
        return cannotLook(why(message.failure().orElseThrow()));
    }

    private static String why(Throwable failure) {
        Throwable cause = Bare.cause(failure);
        return cause instanceof PosixException known ? String.valueOf(known.getMessage()) : cause.toString();
    }

    /** Never two at a time: one that cannot even be killed is waited for, and the look fails when its time is over. */
    private void run(Readiness.Command command) {
        if (check != null) {
            return;
        }
        long look = number;
        ProcessSpec itself = ReadinessCheck.of(command, spec).withName(spec.name() + " liveness");
        ActorRef<Command> self = context.getSelf();
        check = commands.run(context, itself, event -> self.tell(new Checked(look, event)));
        context.watchWith(check.actor(), new CheckGone(check.actor(), look));
    }

    private Behavior<Command> checked(Checked message) {
        ProcessEvent event = message.event();
        if (!ReadinessCheck.isOver(event)) {
            return Behaviors.same();
        }
        check = null;
        if (message.number() != number) {
            return runNext();
        }
        if (event instanceof ProcessEvent.StartFailed failed) {
            // the system is short of something, or somebody has taken the program away
            return cannotLook(String.valueOf(failed.cause().getMessage()));
        }
        return ReadinessCheck.isPassed(event) ? well() : failed(ReadinessCheck.failure(event));
    }

    /** The present look has waited for the end of the command of an earlier one. */
    private Behavior<Command> runNext() {
        if (rule.phase() == LiveRule.Phase.LOOKING) {
            run((Readiness.Command) rule.by().sign().orElseThrow());
        }
        return Behaviors.same();
    }

    private Behavior<Command> checkGone(CheckGone gone) {
        if (check == null || !check.actor().equals(gone.actor())) {
            return Behaviors.same();
        }
        check = null;
        return gone.number() == number ? cannotLook("what runs the command has failed") : runNext();
    }
}
