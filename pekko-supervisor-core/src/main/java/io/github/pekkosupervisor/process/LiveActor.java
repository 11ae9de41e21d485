package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.DurationText;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.process.ProcessEvent.Hung;
import io.github.pekkosupervisor.process.ProcessEvent.Recovered;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/**
 * Looks again and again whether one process works that is ready, as {@link LiveRule} says, and tells {@link Hung} and
 * {@link Recovered}. A child of the actor of that process, which stops it when nobody wants to know any more. Never
 * waits for an answer.
 */
final class LiveActor {

    private static final Duration LONGEST_TIMER = Duration.ofDays(100);

    private final ActorContext<Command> context;
    private final TimerScheduler<Command> timers;
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

    private boolean isWaitSaid;

    /** When the timer will wake it. */
    private long armedFor = Long.MAX_VALUE;

    sealed interface Command {}

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

    /** The time for another look at a connection that is being made; also the key of its timer. */
    private record LookOn(Duration pause) implements Command {}

    private record LookedUp(Optional<Readiness> found, Optional<Throwable> failure) implements Command {}

    private record Checked(long number, ProcessEvent event) implements Command {}

    /** Who has run a command has stopped; if he has not told the end before, he has failed. */
    private record CheckGone(ActorRef<?> actor, long number) implements Command {}

    private LiveActor(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            ProcessSpec spec,
            Liveness by,
            boolean isHung,
            Commands commands,
            Consumer<ProcessEvent> owner,
            LongSupplier clock) {
        this.context = context;
        this.timers = timers;
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
        return ContainedErrors.of(Behaviors.setup(context -> Behaviors.withTimers(timers ->
                new LiveActor(context, timers, spec, by, isHung, commands, owner, System::nanoTime).watching())));
    }

    private Behavior<Command> watching() {
        arm();
        return Behaviors.receive(Command.class)
                .onMessageEquals(Tick.DUE, this::due)
                .onMessageEquals(Sign.WORKS, () -> follow(rule.pinged(clock.getAsLong())))
                .onMessageEquals(Sign.COMPLAINS, () -> follow(rule.complained(clock.getAsLong())))
                .onMessage(MayBeSilentFor.class, message -> follow(rule.mayBeSilentFor(message.time())))
                .onMessage(LookOn.class, message -> lookOn(message.pause()))
                .onMessage(LookedUp.class, this::lookedUp)
                .onMessage(Checked.class, this::checked)
                .onMessage(CheckGone.class, this::checkGone)
                .onSignal(PostStop.class, stop -> {
                    closeProbe();
                    return Behaviors.same();
                })
                .build();
    }

    // ---- what follows

    private Behavior<Command> due() {
        armedFor = Long.MAX_VALUE;
        if (probe != null && probe.isPassed()) {
            // it may have been all the time, if this JVM stood still
            return follow(rule.answered(clock.getAsLong()));
        }
        long now = clock.getAsLong();
        if (rule.phase() == LiveRule.Phase.LOOKING && now >= rule.due() && isLookingUp) {
            return waitForName(now);
        }
        return follow(rule.woken(now));
    }

    /** It has not even been asked. */
    private Behavior<Command> waitForName(long now) {
        if (!isWaitSaid) {
            isWaitSaid = true;
            context.getLog()
                    .warn(
                            "process [{}] is not looked at as long as the name of its host has not been looked up,"
                                    + " which takes longer than [{}]; give an address for the name",
                            spec.name(),
                            DurationText.of(rule.by().timeout()));
        }
        return follow(rule.notLooked(now));
    }

    private Behavior<Command> follow(LiveRule.Step step) {
        rule = step.then();
        switch (step.deed()) {
            case NOTHING -> {}
            case LOOK -> look();
            case SUSPECT ->
                context.getLog()
                        .debug(
                                "process [{}] may be hung: {}",
                                spec.name(),
                                rule.by().words(step.why()));
            case HUNG ->
                owner.accept(new Hung(rule.by().words(step.why()), rule.by().then()));
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
        if (armedFor == Long.MAX_VALUE) {
            timers.cancel(Tick.DUE);
            return;
        }
        Duration wait = Duration.ofNanos(Math.max(0, armedFor - clock.getAsLong()));
        timers.startSingleTimer(Tick.DUE, Tick.DUE, wait.compareTo(LONGEST_TIMER) < 0 ? wait : LONGEST_TIMER);
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
            context.pipeToSelf(
                    HostLookup.resolve(sign, processes),
                    (found, failure) -> new LookedUp(Optional.ofNullable(found), Optional.ofNullable(failure)));
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
        timers.cancel(LookOn.class);
        if (probe != null) {
            probe.close();
            probe = null;
        }
    }

    private void ask(Readiness sign) {
        probe = Probes.of(sign, rule.by().timeout()).orElseThrow();
        context.getSelf().tell(new LookOn(Pauses.FIRST));
    }

    private Behavior<Command> lookOn(Duration pause) {
        if (probe == null) {
            return Behaviors.same();
        }
        if (probe.isPassed()) {
            return follow(rule.answered(clock.getAsLong()));
        }
        if (!probe.isPending()) {
            String trouble = probe.trouble();
            return follow(rule.refused(trouble.isEmpty() ? "nobody accepts it" : trouble, clock.getAsLong()));
        }
        Duration now = probe.hasProgressed() ? Pauses.FIRST : pause;
        timers.startSingleTimer(LookOn.class, new LookOn(Pauses.after(now)), now);
        return Behaviors.same();
    }

    private Behavior<Command> lookedUp(LookedUp message) {
        isLookingUp = false;
        isWaitSaid = false;
        if (rule.phase() != LiveRule.Phase.LOOKING) {
            return Behaviors.same();
        }
        if (message.found().isPresent()) {
            ask(message.found().get());
            return Behaviors.same();
        }
        return follow(rule.refused(why(message.failure().orElseThrow()), clock.getAsLong()));
    }

    private static String why(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof PosixException known ? String.valueOf(known.getMessage()) : cause.toString();
    }

    /** Never two at a time: one that cannot even be killed is waited for, and the look fails when its time is over. */
    private void run(Readiness.Command command) {
        if (check != null) {
            return;
        }
        long look = number;
        ProcessSpec itself =
                ReadinessCheck.of(command, spec, processes.posix().hasGroups()).withName(spec.name() + " liveness");
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
        if (event instanceof ProcessEvent.StartFailed failed && failed.isRefusal()) {
            // the system is short of something, which says nothing of the process
            return follow(rule.notLooked(clock.getAsLong()));
        }
        return follow(
                ReadinessCheck.isPassed(event)
                        ? rule.answered(clock.getAsLong())
                        : rule.refused(ReadinessCheck.failure(event), clock.getAsLong()));
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
        return gone.number() == number ? follow(rule.notLooked(clock.getAsLong())) : runNext();
    }
}
