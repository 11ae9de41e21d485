package io.github.pekkosupervisor.runit.launcher;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.jfr.FlightRecording;
import io.github.pekkosupervisor.posix.Exec;
import io.github.pekkosupervisor.posix.Launch;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.OwnProcess;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.posix.Succession;
import io.github.pekkosupervisor.process.Processes;
import io.github.pekkosupervisor.process.Standstill;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.runit.Runsvdir;
import io.github.pekkosupervisor.runit.page.LivePage;
import io.github.pekkosupervisor.runit.page.PageSettings;
import io.github.pekkosupervisor.runit.supervise.Printable;
import io.github.pekkosupervisor.spec.InvalidSpecException;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/**
 * {@code pekko-supervisor run [--check] [--stop-within time] file}: a tree that a file describes, until it ends or is
 * told to.
 */
final class RunProgram {

    private static final String NAME = "run";

    /** In one line, from which its options are known. */
    private static final String USAGE = "usage: pekko-supervisor run [--check] [--stop-within time] file\n";

    /** How long those that are killed may take to be gone until what is left is looked for again. */
    private static final Duration LOOK_AGAIN = Duration.ofMillis(200);

    private static final Duration TAKEN_UP_AGAIN = Duration.ofMillis(20);

    /** The pipe by which they come. */
    private static final String SIGNALS = "signals";

    private static final String STARTS = "it is starting, and not all of it is up";

    private final ActorContext<Command> context;
    private final TimerScheduler<Command> timers;
    private final RunOptions options;
    private final Launched launched;
    private final Insistence insistence = new Insistence(System::nanoTime);
    private final Consumer<String> killed;

    private sealed interface Command {}

    /** What the signals ask for. */
    private enum Asked implements Command {
        HANGUP,
        TERMINATE,
        INTERRUPT
    }

    /**
     * There is a tree, whose start goes on.
     *
     * @param state where it writes down what outlives it; empty if nowhere
     */
    private record Begun(SupervisionTree tree, TreeFile file, Optional<Path> state) implements Command {}

    /** What it is asked since it may become another version of itself. */
    private record Upgrades(RunUpgrade.Question question) implements Command {}

    /** Whether the file still says what runs: empty, or why it does not, in words. */
    private record Compared(Optional<String> difference, RunUpgrade.Settle asked) implements Command {}

    /** What has come of that all was to rest. */
    private record Rested(Standstill.Outcome outcome, RunUpgrade.Settle asked) implements Command {}

    /** It is looked whether all has been taken up. */
    private record LookWhetherTakenUp(RunUpgrade.AwaitTakenUp asked) implements Command {}

    /**
     * The file has been read again.
     *
     * @param notThere what those need who run, and have become others, and would not start for want of
     */
    private record ReadAgain(TreeFile file, List<String> notThere) implements Command {}

    /** It cannot be used as it is now. */
    private record NotRead(Throwable failure) implements Command {}

    /** All that has changed in the file has been done. */
    private record Reloaded(TreeFile file, Reload.Outcome outcome) implements Command {}

    /** The tree has not answered, since it ends for example. */
    private record NotReloaded(Throwable failure) implements Command {}

    /**
     * A tree that is up.
     *
     * @param file as it was read last
     * @param applied what of that has been done
     * @param asked the signal by which it is being stopped
     * @param reloads whether a reload is under way
     * @param again whether there is to be another one then
     * @param hasState whether it writes down what outlives it
     */
    private record Life(
            SupervisionTree tree,
            TreeFile file,
            ReloadRule.Group applied,
            Optional<Signal> asked,
            boolean reloads,
            boolean again,
            boolean hasState) {

        Life stopping(Optional<Signal> by) {
            return new Life(tree, file, applied, by, reloads, again, hasState);
        }

        Life reloading(boolean goesOn, boolean oneMore) {
            return new Life(tree, file, applied, asked, goesOn, oneMore, hasState);
        }

        Life with(TreeFile changed, ReloadRule.Group done) {
            return new Life(tree, changed, done, asked, false, again, hasState);
        }
    }

    /** Its start is over; empty if all is up. */
    private record StartOver(Optional<Throwable> failure) implements Command {}

    /** It has ended. */
    private record Ended(TreeEnd end) implements Command {}

    /** What is left is to be killed, now or once more. */
    private enum Hurry implements Command {
        INSTANCE
    }

    private RunProgram(
            ActorContext<Command> context, TimerScheduler<Command> timers, RunOptions options, Launched launched) {
        this.context = context;
        this.timers = timers;
        this.options = options;
        this.launched = launched;
        // one that cannot end, as it waits in the kernel, is killed again and again
        killed = TreeKill.once(left -> say(options, "warning", "killed, since the stop is to be over: " + left));
    }

    /**
     * How it was started.
     *
     * @param words behind {@code run}
     * @param signals that have come
     */
    private record Launched(List<OsString> words, EarlySignals<Command> signals) {}

    // ---- before there is a tree

    static void run(List<OsString> arguments) {
        if (arguments.contains(OsString.of("--help"))) {
            Exit.help(USAGE);
        }
        boolean isFirst = OwnProcess.pid() == 1;
        RunOptions options;
        try {
            options = RunOptions.parse(arguments, isFirst);
        } catch (IllegalArgumentException e) {
            Exit.usage("pekko-supervisor run: fatal: " + e.getMessage() + "\n" + USAGE, RunEnd.WRONG_USAGE);
            return;
        }
        TreeLog.toStandardError();
        TreeFile file = read(options);
        if (options.check()) {
            NotThere.of(file.spec(), path -> true)
                    .forEach(line -> say(options, "warning", "would be refused now: " + line));
            Exit.print(options.file().plus(": no mistakes\n"));
            Exit.now(0);
        }
        // read before any handler is put
        Launch.ofThisJvm();
        OwnProcess.ignoreAsAtLaunch(Signal.HUP, Signal.TERM);
        EarlySignals<Command> signals = EarlySignals.open();
        signals.on(Signal.HUP, Asked.HANGUP);
        signals.on(Signal.TERM, Asked.TERMINATE);
        signals.unlessIgnored(Signal.INT, Asked.INTERRUPT);
        Optional<Succession> left = Succession.ofThisJvm();
        left.flatMap(before -> before.descriptor(SIGNALS)).ifPresent(signals::begin);
        // who has become this one has blocked them until now
        left.ifPresent(before -> Exec.block(before.blocked()));
        List<OsString> title = new ArrayList<>(List.of(OsString.of(NAME)));
        title.addAll(arguments);
        ProcessTitle.show("pekko-supervisor", title);
        ActorSystem<Command> system = LaunchedSystem.start(
                Behaviors.setup(context -> Behaviors.withTimers(
                        timers -> new RunProgram(context, timers, options, new Launched(arguments, signals))
                                .beginning(Optional.empty()))),
                NAME,
                signals);
        begin(options, file, system);
    }

    /** Ends the program if the file is wrong. */
    private static TreeFile read(RunOptions options) {
        try {
            return TreeFile.read(Path.of(options.file().toString()));
        } catch (InvalidSpecException | InvalidPathException e) {
            throw fatal(options, String.valueOf(e.getMessage()));
        }
    }

    private static void begin(RunOptions options, TreeFile file, ActorSystem<Command> system) {
        try {
            SupervisionTree.Options how = SupervisionTree.Options.defaults().withSystem(system);
            how = file.export().map(how::withExport).orElse(how);
            Optional<Path> state = state(options, file);
            how = state.map(how::withStateDirectory).orElse(how);
            SupervisionTree tree = SupervisionTree.begin(
                    file.spec(), how.withTransitions(file.page().isPresent() || file.recorded()));
            file.page().ifPresent(page -> open(page, tree, options));
            if (file.recorded()) {
                record(tree, options);
            }
            system.tell(new Begun(tree, file, state));
        } catch (InvalidSpecException | SupervisionTree.StartFailedException | IOException e) {
            throw fatal(options, String.valueOf(e.getMessage()));
        }
    }

    /** As long as this process lives; a Java without a recorder is no reason not to begin. */
    private static void record(SupervisionTree tree, RunOptions options) {
        try {
            @SuppressWarnings("resource")
            FlightRecording following = FlightRecording.follow(tree);
            assert following != null;
        } catch (IllegalStateException e) {
            say(options, "warning", "flight-recorder: " + e.getMessage());
        }
    }

    /** It ends with this process; where it cannot be opened the tree goes on without it. */
    private static void open(PageSettings settings, SupervisionTree tree, RunOptions options) {
        try {
            @SuppressWarnings("resource")
            LivePage page = LivePage.open(tree, settings);
            say(
                    options,
                    "info",
                    "the page is at " + settings.socket().map(Path::toString).orElseGet(() -> address(settings, page)));
        } catch (IOException e) {
            say(options, "warning", String.valueOf(e.getMessage()));
        }
    }

    /** With the token, unless that is to be found where it was said to be. */
    private static String address(PageSettings settings, LivePage page) {
        String whole = page.url().toString();
        return settings.tokenFile()
                .map(file -> whole.substring(0, whole.indexOf('#')) + ", with the token in " + file)
                .orElse(whole);
    }

    private static Optional<Path> state(RunOptions options, TreeFile file) throws IOException {
        if (file.state().isEmpty()) {
            return Optional.empty();
        }
        TreeFile.State state = file.state().get();
        Optional<Path> path = state.path().isPresent() ? state.path() : TreeFile.usual(state);
        if (path.isEmpty() && TreeFile.keepsSome(file.spec())) {
            say(
                    options,
                    "warning",
                    "there is no place for what the next start has to know, so it will not take over those that are"
                            + " kept; name one with pekko-supervisor.state-directory = PATH");
        }
        return path;
    }

    private static void say(RunOptions options, String level, String text) {
        Exit.say(OsString.of(
                "pekko-supervisor run " + Printable.onTerminal(options.file()) + ": " + level + ": " + text + "\n"));
    }

    private static IllegalStateException fatal(RunOptions options, String text) {
        say(options, "fatal", text);
        Exit.now(RunEnd.COULD_NOT_BEGIN);
        return new IllegalStateException("it has ended");
    }

    // ---- the states

    /**
     * The tree is being made.
     *
     * @param asked the signal by which it is to be stopped
     */
    private Behavior<Command> beginning(Optional<Signal> asked) {
        return Behaviors.receive(Command.class)
                .onMessage(Asked.class, signal -> beginning(asked.or(() -> stopAtBegin(signal))))
                .onMessage(Begun.class, begun -> begun(begun, asked))
                .build();
    }

    private Behavior<Command> begun(Begun begun, Optional<Signal> asked) {
        SupervisionTree tree = begun.tree();
        context.pipeToSelf(tree.whenUp(), (up, failure) -> new StartOver(Optional.ofNullable(failure)));
        asked.ifPresent(signal -> stop(tree));
        ReloadRule.Group applied = ReloadRule.Group.of(begun.file().said());
        ActorRef<Command> self = context.getSelf();
        RunUpgrade.place(begun.file(), begun.state())
                .ifPresent(place -> RunUpgrade.spawn(
                        context,
                        options,
                        place,
                        launched.words(),
                        Map.of(SIGNALS, launched.signals().unread()),
                        launched.signals()::again,
                        question -> self.tell(new Upgrades(question))));
        return starting(new Life(
                tree, begun.file(), applied, asked, false, false, begun.state().isPresent()));
    }

    /** There is a tree, and not all of it is up yet. */
    private Behavior<Command> starting(Life life) {
        return Behaviors.receive(Command.class)
                .onMessage(
                        Asked.class,
                        signal -> starting(signal == Asked.HANGUP ? life.reloading(false, true) : obey(life, signal)))
                .onMessage(
                        StartOver.class,
                        over -> over.failure().isPresent()
                                ? failed(over.failure().get(), life.asked())
                                : up(life))
                .onMessage(Hurry.class, hurry -> hurry(life.tree()))
                .onMessage(Upgrades.class, asked -> {
                    if (asked.question() instanceof RunUpgrade.AwaitTakenUp) {
                        // when it is up
                        timers.startSingleTimer(asked, asked, LOOK_AGAIN);
                    } else {
                        refuse(asked.question(), life.asked().isPresent() ? Runsvdir.BEING_STOPPED : STARTS);
                    }
                    return Behaviors.same();
                })
                .build();
    }

    private Behavior<Command> up(Life life) {
        context.pipeToSelf(life.tree().whenEnded(), RunProgram::ended);
        return running(life.again() ? reload(life.reloading(false, false)) : life);
    }

    private Behavior<Command> running(Life life) {
        return Behaviors.receive(Command.class)
                .onMessage(Asked.class, signal -> running(signal == Asked.HANGUP ? reload(life) : obey(life, signal)))
                .onMessage(ReadAgain.class, read -> running(readAgain(life, read)))
                .onMessage(NotRead.class, failed -> running(refused(life, why(failed.failure()))))
                .onMessage(Reloaded.class, reloaded -> running(reloaded(life, reloaded)))
                .onMessage(NotReloaded.class, failed -> running(notReloaded(life, failed.failure())))
                .onMessage(Ended.class, ended -> exit(RunEnd.code(ended.end(), life.asked(), isFirst())))
                .onMessage(Hurry.class, hurry -> hurry(life.tree()))
                .onMessage(Upgrades.class, asked -> upgrades(life, asked.question()))
                .onMessage(LookWhetherTakenUp.class, look -> lookWhetherTakenUp(look.asked()))
                // of an attempt that was given up
                .onMessage(Compared.class, late -> Behaviors.same())
                .onMessage(Rested.class, late -> Behaviors.same())
                .build();
    }

    // ---- when it becomes another version of itself

    private Behavior<Command> upgrades(Life life, RunUpgrade.Question question) {
        if (question instanceof RunUpgrade.AwaitTakenUp asked) {
            return lookWhetherTakenUp(asked);
        }
        Optional<String> refusal = whyNotToRest(life);
        if (refusal.isPresent()) {
            refuse(question, refusal.get());
            return Behaviors.same();
        }
        if (question instanceof RunUpgrade.MayIt asked) {
            var compared = compare(life).thenAccept(asked.answer()::complete);
            assert compared != null;
        } else if (question instanceof RunUpgrade.Settle asked) {
            context.pipeToSelf(
                    compare(life),
                    (difference, failure) ->
                            new Compared(failure == null ? difference : Optional.of(why(failure)), asked));
            return resting(life, new ArrayList<>());
        }
        return Behaviors.same();
    }

    private static Optional<String> whyNotToRest(Life life) {
        if (life.asked().isPresent()) {
            return Optional.of(Runsvdir.BEING_STOPPED);
        } else if (!life.hasState()) {
            return Optional.of(RunUpgrade.WITHOUT_STATE);
        }
        return life.reloads() ? Optional.of("a reload goes on") : Optional.empty();
    }

    private static void refuse(RunUpgrade.Question question, String why) {
        if (question instanceof RunUpgrade.MayIt asked) {
            asked.answer().complete(Optional.of(why));
        } else if (question instanceof RunUpgrade.Settle asked) {
            asked.replyTo().tell(new Runsvdir.NotSettled(why));
        }
    }

    /** Whether the file says what runs; never fails. */
    private CompletableFuture<Optional<String>> compare(Life life) {
        Path file = Path.of(options.file().toString());
        return CompletableFuture.supplyAsync(
                        () -> TreeFile.read(file),
                        context.getSystem().dispatchers().lookup(Processes.dispatcher()))
                .handle((now, failure) -> {
                    if (failure != null) {
                        return Optional.of("what is to run from then on cannot be used: " + why(failure));
                    }
                    boolean isSame =
                            ReloadRule.Group.of(now.said()).equals(life.applied()) && now.isShownAs(life.file());
                    return isSame
                            ? Optional.empty()
                            : Optional.of(
                                    options.file() + " does not say what runs now; have it read by HUP first, or, if"
                                            + " what pekko-supervisor { } says has changed, change it back");
                });
    }

    /**
     * All comes to rest, or rests.
     *
     * @param later what comes meanwhile
     */
    private Behavior<Command> resting(Life life, List<Command> later) {
        Standstill all = Standstill.get(context.getSystem());
        return Behaviors.receive(Command.class)
                .onMessage(Compared.class, compared -> {
                    if (compared.difference().isPresent()) {
                        refuse(compared.asked(), compared.difference().get());
                    } else {
                        context.pipeToSelf(
                                all.rest(),
                                (outcome, failure) -> new Rested(
                                        failure == null ? outcome : new Standstill.Busy(why(failure)),
                                        compared.asked()));
                    }
                    return Behaviors.same();
                })
                .onMessage(Rested.class, rested -> {
                    rested.asked()
                            .replyTo()
                            .tell(
                                    rested.outcome() instanceof Standstill.Rests rests
                                            ? new Runsvdir.Settled(rests.lasting())
                                            : new Runsvdir.NotSettled(((Standstill.Busy) rested.outcome()).why()));
                    return Behaviors.same();
                })
                .onMessage(Upgrades.class, asked -> {
                    if (asked.question() != RunUpgrade.GoOn.INSTANCE) {
                        return Behaviors.same();
                    }
                    all.goOn();
                    later.forEach(context.getSelf()::tell);
                    return running(life);
                })
                .onMessage(Command.class, command -> {
                    later.add(command);
                    return Behaviors.same();
                })
                .build();
    }

    private Behavior<Command> lookWhetherTakenUp(RunUpgrade.AwaitTakenUp asked) {
        if (Standstill.get(context.getSystem()).hasTakenUp()) {
            asked.replyTo().tell(Done.getInstance());
        } else {
            timers.startSingleTimer(asked, new LookWhetherTakenUp(asked), TAKEN_UP_AGAIN);
        }
        return Behaviors.same();
    }

    // ---- when the file has changed

    /** Reads the file again; one reload at a time. */
    private Life reload(Life life) {
        if (life.asked().isPresent() || life.reloads()) {
            return life.reloading(life.reloads(), life.reloads());
        }
        Path file = Path.of(options.file().toString());
        context.pipeToSelf(
                CompletableFuture.supplyAsync(
                        () -> readAgain(file, life.applied()),
                        context.getSystem().dispatchers().lookup(Processes.dispatcher())),
                (changed, failure) -> failure == null ? changed : new NotRead(failure));
        return life.reloading(true, life.again());
    }

    /** Who runs is not ended for what could not be started; who is new is tried, and told of. */
    private static ReadAgain readAgain(Path file, ReloadRule.Group applied) {
        TreeFile changed = TreeFile.read(file);
        Set<String> ended = ReloadRule.ended(applied, ReloadRule.Group.of(changed.said()));
        return new ReadAgain(changed, NotThere.of(changed.spec(), ended::contains));
    }

    private Life readAgain(Life life, ReadAgain read) {
        TreeFile changed = read.file();
        if (life.asked().isPresent()) {
            return life.reloading(false, false);
        }
        ReloadRule.Group now = ReloadRule.Group.of(changed.said());
        Optional<String> refusal = ReloadRule.refusal(life.applied(), now);
        if (refusal.isPresent()) {
            return refused(life, refusal.get());
        }
        if (!read.notThere().isEmpty()) {
            return refused(life, "what runs would not start as it is to be: " + String.join("; ", read.notThere()));
        }
        if (!changed.isShownAs(life.file())) {
            say(options, "warning", "what pekko-supervisor { } says has changed, which counts at the next start only");
        }
        context.pipeToSelf(
                Reload.perform(life.tree(), changed.spec(), life.applied(), now),
                (outcome, failure) -> failure == null ? new Reloaded(changed, outcome) : new NotReloaded(failure));
        return life.reloading(true, life.again());
    }

    private Life refused(Life life, String why) {
        say(options, "warning", "not reloaded, all goes on as before: " + why);
        Life before = life.reloading(false, false);
        return life.again() ? reload(before) : before;
    }

    /** What was thrown where it was read: what is wrong with it, as a rule. */
    private static String why(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return String.valueOf(cause.getMessage());
    }

    private Life reloaded(Life life, Reloaded reloaded) {
        Reload.Outcome outcome = reloaded.outcome();
        outcome.troubles().forEach(trouble -> say(options, "warning", trouble));
        say(
                options,
                "info",
                outcome.done().isEmpty() && outcome.troubles().isEmpty()
                        ? "reloaded, nothing has changed in the tree"
                        : "reloaded: " + (outcome.done().isEmpty() ? "see above" : String.join(", ", outcome.done())));
        Life changed = life.with(reloaded.file(), outcome.applied());
        return life.again() ? reload(changed.reloading(false, false)) : changed;
    }

    private Life notReloaded(Life life, Throwable failure) {
        if (life.asked().isEmpty()) {
            say(options, "warning", "the reload is not complete: " + why(failure));
        }
        Life before = life.reloading(false, false);
        return life.again() ? reload(before) : before;
    }

    // ---- the end

    private static Command ended(@Nullable TreeEnd end, @Nullable Throwable failure) {
        // it only fails with the JVM
        return new Ended(end == null ? TreeEnd.Killed.INSTANCE : end);
    }

    /** Stops it, or hurries. */
    private Life obey(Life life, Asked signal) {
        if (!insistence.counts()) {
            return life;
        }
        if (life.asked().isPresent()) {
            // whoever asks twice does not want to wait
            context.getSelf().tell(Hurry.INSTANCE);
            return life;
        }
        stop(life.tree());
        return life.stopping(stopBy(signal));
    }

    private Optional<Signal> stopAtBegin(Asked signal) {
        Optional<Signal> stop = stopBy(signal);
        return stop.isPresent() && insistence.counts() ? stop : Optional.empty();
    }

    private static Optional<Signal> stopBy(Asked signal) {
        return switch (signal) {
            case HANGUP -> Optional.empty();
            case TERMINATE -> Optional.of(Signal.TERM);
            case INTERRUPT -> Optional.of(Signal.INT);
        };
    }

    /** Stops it, and does not wait. */
    private void stop(SupervisionTree tree) {
        options.stopWithin().ifPresent(within -> timers.startSingleTimer(Hurry.INSTANCE, within));
        var over = tree.stop();
        assert over != null;
    }

    private Behavior<Command> hurry(SupervisionTree tree) {
        TreeKill.all(tree, killed);
        timers.startSingleTimer(Hurry.INSTANCE, LOOK_AGAIN);
        return Behaviors.same();
    }

    private Behavior<Command> failed(Throwable failure, Optional<Signal> asked) {
        if (asked.isPresent()) {
            return exit(RunEnd.codeOf(asked.get(), isFirst()));
        }
        throw fatal(options, why(failure));
    }

    private static boolean isFirst() {
        return OwnProcess.pid() == 1;
    }

    private static Behavior<Command> exit(int code) {
        Exit.now(code);
        return Behaviors.stopped();
    }
}
