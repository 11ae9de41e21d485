package io.github.pekkosupervisor;

import io.github.pekkosupervisor.actor.ActorNames;
import io.github.pekkosupervisor.actor.Addresses;
import io.github.pekkosupervisor.actor.Audience;
import io.github.pekkosupervisor.actor.KeptChildren;
import io.github.pekkosupervisor.actor.PendingCalls;
import io.github.pekkosupervisor.actor.ServiceThreads;
import io.github.pekkosupervisor.actor.SupervisorLog;
import io.github.pekkosupervisor.actor.TreeContext;
import io.github.pekkosupervisor.posix.DurationText;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.process.Mistakes;
import io.github.pekkosupervisor.protocol.StartGate;
import io.github.pekkosupervisor.protocol.SupervisorCommand;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.protocol.TreeHealth;
import io.github.pekkosupervisor.protocol.TreeSnapshot;
import io.github.pekkosupervisor.protocol.TreeSubscriber;
import io.github.pekkosupervisor.protocol.TreeSubscription;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.InvalidSpecException;
import io.github.pekkosupervisor.spec.Shutdown;
import io.github.pekkosupervisor.spec.SpecCheck;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.spec.TreePath;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.jspecify.annotations.Nullable;

/**
 * A running tree, for applications that need not know Pekko.
 *
 * <p>{@link #start} returns when the whole tree is up, or throws what kept it from starting, with nothing left behind.
 * {@link #close} returns when everything has been stopped in reverse order. The tree runs in an actor system of its
 * own, which ends with it, or in the application's. When that is terminated, or the JVM told to exit, the tree is
 * stopped in order first. An application's actor system waits for that no longer than its setting
 * {@code pekko.coordinated-shutdown.phases.before-actor-system-terminate.timeout} says, by default five seconds; a tree
 * that may need more says so in a warning at its start.
 *
 * <p>If the top supervisor ends by itself, because of too many restarts for example, {@link #whenEnded} completes; what
 * else follows from that is for the application to say, by {@link Options#withApplicationType} for instance.
 */
public final class SupervisionTree implements AutoCloseable {

    private final TreeSystem host;
    private final Addresses addresses;
    private final ActorRef<Object> top;
    private final SupervisorRef root;
    private final Optional<KeptChildren> kept;
    private final CompletableFuture<SupervisorRef> up;
    private final CompletableFuture<TreeEnd> ended;
    private final CompletionStage<TreeEnd> endedElsewhere;
    private final TreeSight sight;

    /** The tree could not be started; nothing of it is left. */
    public static final class StartFailedException extends RuntimeException {
        private final transient ExitReason reason;

        StartFailedException(ExitReason reason) {
            this(reason, Optional.empty());
        }

        /** @param beside who else may have to do with it, in words */
        StartFailedException(ExitReason reason, Optional<String> beside) {
            super(
                    reason instanceof ExitReason.Shutdown
                            ? "the tree was stopped before it was up"
                            : "the tree could not be started: " + reason.inWords()
                                    + beside.map(who -> "; " + who).orElse(""),
                    cause(reason));
            this.reason = reason;
        }

        /** Why, nested as the tree is. */
        public ExitReason reason() {
            return reason;
        }

        private static @Nullable Throwable cause(ExitReason reason) {
            if (reason instanceof ExitReason.ShutdownWith with
                    && with.detail() instanceof ExitReason.FailedToStartChild failed) {
                return cause(failed.innermost().reason());
            }
            return reason instanceof ExitReason.Crash crash ? crash.cause() : null;
        }
    }

    /**
     * How a tree is run; {@link #defaults()} and then what is to be different.
     *
     * @param system the application's actor system; empty for one of the tree's own
     * @param listeners told of every event, one at a time, those of one place in their order; each on a thread that is
     *     not the tree's, and all of them before a start or a stop of the tree is over. One that throws is logged, and
     *     does not keep the event from the others. One that does not return from an event for five seconds is logged
     *     too, and the tree goes on without it: it may miss events until it does. Supervisors of processes and service
     *     directories of one actor system share a few threads, so while they wait for one that is far behind those of
     *     its other trees may have to wait with them
     * @param logging whether events are written to the log too
     * @param jvmShutdownHook for a system of its own: whether the tree is stopped in order when the JVM is told to exit
     * @param owner the tree is stopped in order when this actor has ended
     * @param applicationType what its end by itself means for the actor system
     * @param stateDirectory where it writes down its processes that are to outlive this JVM
     *     ({@code WhenSupervisorDies.KEEP}); the next tree with this directory takes them over. Empty for the setting
     *     {@code pekko-supervisor.state-directory}, without which they go on and nobody knows them
     * @param startGates asked before each start of each child, in their order; all must agree
     * @param transitions whether listeners are told that a child is starting or stopping too, by
     *     {@link SupervisorEvent.Transition}s: two more events for each restart; an export is told of them in any case
     * @param exports who show the tree while it lasts
     * @param mistakes what the {@code with} methods were given and cannot be; told when the tree is to be started, with
     *     what is wrong with its specification
     */
    public record Options(
            Optional<ActorSystem<?>> system,
            List<Consumer<? super TreeEvent>> listeners,
            boolean logging,
            boolean jvmShutdownHook,
            Optional<ActorRef<?>> owner,
            ApplicationType applicationType,
            Optional<Path> stateDirectory,
            List<StartGate> startGates,
            boolean transitions,
            List<TreeExport> exports,
            Mistakes mistakes) {

        /** Copies the lists. */
        public Options {
            listeners = List.copyOf(listeners);
            startGates = List.copyOf(startGates);
            exports = List.copyOf(exports);
        }

        /** An actor system of its own, logging, and a JVM shutdown hook. */
        public static Options defaults() {
            return new Options(
                    Optional.empty(),
                    List.of(),
                    true,
                    true,
                    Optional.empty(),
                    ApplicationType.TEMPORARY,
                    Optional.empty(),
                    List.of(),
                    false,
                    List.of(),
                    Mistakes.NONE);
        }

        /** In the application's own actor system, which stays when the tree is closed. */
        public Options withSystem(ActorSystem<?> host) {
            return set("withSystem", host)
                    .with(host == null ? system : Optional.of(host), listeners, startGates, exports);
        }

        /** With one more listener; {@link TreeEvent#only} makes one that is told of some events only. */
        public Options withListener(Consumer<? super TreeEvent> listener) {
            return added("withListener", listener).with(system, plus(listeners, listener), startGates, exports);
        }

        /** With or without writing events to the log. */
        public Options withLogging(boolean on) {
            return with(on, jvmShutdownHook, owner, applicationType, stateDirectory, transitions);
        }

        /** With or without a JVM shutdown hook; a host's actor system has its own setting. */
        public Options withJvmShutdownHook(boolean on) {
            return with(logging, on, owner, applicationType, stateDirectory, transitions);
        }

        /** Stopped in order when this actor has ended. */
        public Options withOwner(ActorRef<?> actor) {
            return set("withOwner", actor)
                    .with(
                            logging,
                            jvmShutdownHook,
                            actor == null ? owner : Optional.of(actor),
                            applicationType,
                            stateDirectory,
                            transitions);
        }

        /** With another consequence of its end by itself. */
        public Options withApplicationType(ApplicationType type) {
            return set("withApplicationType", type)
                    .with(
                            logging,
                            jvmShutdownHook,
                            owner,
                            type == null ? applicationType : type,
                            stateDirectory,
                            transitions);
        }

        /**
         * With a directory for its processes that are to outlive this JVM: the next tree that has it takes them over.
         * It is made if it is not there; only its owner may be able to write to it, and no other tree may have it.
         */
        public Options withStateDirectory(Path directory) {
            return set("withStateDirectory", directory)
                    .with(
                            logging,
                            jvmShutdownHook,
                            owner,
                            applicationType,
                            directory == null ? stateDirectory : Optional.of(directory),
                            transitions);
        }

        /** With or without telling listeners that a child is starting or stopping; off by default. */
        public Options withTransitions(boolean on) {
            return with(logging, jvmShutdownHook, owner, applicationType, stateDirectory, on);
        }

        /** With one more gate that is asked before each start of each child, at any depth. */
        public Options withStartGate(StartGate gate) {
            return added("withStartGate", gate).with(system, listeners, plus(startGates, gate), exports);
        }

        /** With one more who shows it while it lasts. */
        public Options withExport(TreeExport export) {
            return added("withExport", export).with(system, listeners, startGates, plus(exports, export));
        }

        private static <T> List<T> plus(List<T> before, @Nullable T added) {
            if (added == null) {
                return before;
            }
            List<T> all = new ArrayList<>(before);
            all.add(added);
            return all;
        }

        /** A method was given this; if it cannot be, that is noted. */
        private Options set(String method, @Nullable Object given) {
            return with(mistakes.after(method, Mistakes.ofNull(given)));
        }

        /** The same of a method that adds. */
        private Options added(String method, @Nullable Object given) {
            return with(mistakes.plus(method, Mistakes.ofNull(given)));
        }

        private Options with(Mistakes newMistakes) {
            return newMistakes.equals(mistakes)
                    ? this
                    : new Options(
                            system,
                            listeners,
                            logging,
                            jvmShutdownHook,
                            owner,
                            applicationType,
                            stateDirectory,
                            startGates,
                            transitions,
                            exports,
                            newMistakes);
        }

        private Options with(
                Optional<ActorSystem<?>> newSystem,
                List<Consumer<? super TreeEvent>> newListeners,
                List<StartGate> newGates,
                List<TreeExport> newExports) {
            return new Options(
                    newSystem,
                    newListeners,
                    logging,
                    jvmShutdownHook,
                    owner,
                    applicationType,
                    stateDirectory,
                    newGates,
                    transitions,
                    newExports,
                    mistakes);
        }

        private Options with(
                boolean newLogging,
                boolean newHook,
                Optional<ActorRef<?>> newOwner,
                ApplicationType newType,
                Optional<Path> newDirectory,
                boolean newTransitions) {
            return new Options(
                    system,
                    listeners,
                    newLogging,
                    newHook,
                    newOwner,
                    newType,
                    newDirectory,
                    startGates,
                    newTransitions,
                    exports,
                    mistakes);
        }

        private TreeContext.Terms terms(Exports shown) {
            List<StartGate> gates = new ArrayList<>(startGates);
            gates.addAll(shown.gates());
            return new TreeContext.Terms(gates, transitions || !exports.isEmpty());
        }

        /** All, and the log first. */
        List<Consumer<? super TreeEvent>> receivers(Executor threads) {
            List<Consumer<? super TreeEvent>> all = new ArrayList<>();
            if (logging) {
                all.add(new SupervisorLog(System::nanoTime, threads));
            }
            all.addAll(listeners);
            return all;
        }
    }

    private SupervisionTree(
            TreeSystem host,
            Addresses addresses,
            ActorRef<Object> top,
            TreeSight sight,
            Optional<KeptChildren> kept,
            CompletableFuture<SupervisorRef> up,
            CompletableFuture<TreeEnd> ended) {
        this.host = host;
        this.addresses = addresses;
        this.top = top;
        this.root = sight.root();
        this.kept = kept;
        this.up = up;
        this.ended = ended;
        this.endedElsewhere = addresses.elsewhere(ended);
        this.sight = sight;
    }

    // ---- start

    /**
     * Starts a tree in an actor system of its own and waits until it is up.
     *
     * @throws InvalidSpecException if the specification is wrong; nothing has been started
     * @throws StartFailedException if a child did not start; those before it have been stopped
     */
    public static SupervisionTree start(SupervisorSpec spec) {
        return start(spec, Options.defaults());
    }

    /**
     * Starts a tree and waits until it is up.
     *
     * @throws InvalidSpecException if the specification is wrong; nothing has been started
     * @throws StartFailedException if a child did not start; those before it have been stopped
     */
    public static SupervisionTree start(SupervisorSpec spec, Options options) {
        return join(startAsync(spec, options));
    }

    /**
     * Starts a tree.
     *
     * @return completes when it is up, or fails with {@link StartFailedException}
     * @throws InvalidSpecException if the specification is wrong; nothing has been started
     */
    public static CompletionStage<SupervisionTree> startAsync(SupervisorSpec spec, Options options) {
        return prepare(spec, options).thenCompose(SupervisionTree::whenUp);
    }

    /**
     * Begins to start a tree and returns at once, so that the start can be watched: {@link #health}, {@link #snapshot}
     * and {@link #subscribe} tell how far it is, {@link #stop} gives it up, {@link #whenUp} tells how it went. Calls to
     * {@link #root} are answered when it is over.
     *
     * @throws InvalidSpecException if the specification is wrong; nothing has been started
     * @throws StartFailedException if no child could even be tried, since the state directory is another tree's for
     *     example; nothing is left
     */
    public static SupervisionTree begin(SupervisorSpec spec, Options options) {
        return join(prepare(spec, options));
    }

    private static SupervisionTree join(CompletionStage<SupervisionTree> tree) {
        try {
            return tree.toCompletableFuture().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof StartFailedException failed) {
                failed.addSuppressed(new IllegalStateException("started from here"));
                throw failed;
            }
            throw e;
        }
    }

    /** Completes when there is a top supervisor. */
    private static CompletionStage<SupervisionTree> prepare(SupervisorSpec spec, Options options) {
        refuseMistakes(spec, options);
        if (spec == SupervisorSpec.ignore()) {
            throw new IllegalArgumentException("the top of a tree cannot be ignored; do not start it");
        }
        // Pekko waits in its own start, which an interrupt that is meant for somebody else would cut short
        return uninterrupted(() -> open(spec, options));
    }

    private static <T> T uninterrupted(Supplier<T> what) {
        boolean interrupted = Thread.interrupted();
        try {
            return what.get();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** All at once: those in the specification, and those in how it is to be run. */
    private static void refuseMistakes(SupervisorSpec spec, Options options) {
        List<InvalidSpecException.Problem> ofOptions = new ArrayList<>();
        options.mistakes()
                .sentences()
                .forEach(sentence -> ofOptions.add(
                        new InvalidSpecException.Problem("options", "invalid_options", "null", sentence)));
        for (TreeExport export : options.exports()) {
            export.problems()
                    .forEach(sentence -> ofOptions.add(
                            new InvalidSpecException.Problem(export.toString(), "invalid_export", "", sentence)));
        }
        if (ofOptions.isEmpty()) {
            SpecCheck.check(spec);
        } else {
            List<InvalidSpecException.Problem> all = new ArrayList<>(SpecCheck.problems(spec));
            all.addAll(ofOptions);
            throw new InvalidSpecException(all);
        }
    }

    private static CompletionStage<SupervisionTree> open(SupervisorSpec spec, Options options) {
        TreeSystem host = TreeSystem.of(options.system());
        host.compareWith(spec);
        ActorSystem<?> system = host.system();
        Optional<KeptChildren> kept;
        try {
            kept = host.open(options.stateDirectory(), spec);
        } catch (PosixException e) {
            return host.over()
                    .thenCompose(done -> CompletableFuture.failedFuture(new StartFailedException(ExitReason.crash(e))));
        }
        Addresses addresses = new Addresses(system);
        Exports exports;
        try {
            exports = Exports.begin(options.exports(), spec, system, addresses);
        } catch (Throwable e) {
            kept.ifPresent(KeptChildren::close);
            return host.over()
                    .thenCompose(done -> CompletableFuture.failedFuture(new StartFailedException(ExitReason.crash(e))));
        }
        CompletableFuture<SupervisorRef> up = new CompletableFuture<>();
        CompletableFuture<TreeEnd> over = new CompletableFuture<>();
        // nobody learns of the end before the state directory may be another tree's
        CompletableFuture<TreeEnd> ended = kept.map(
                        directory -> TreeSystem.releases(directory, up, exports.endsAfter(over)))
                .orElseGet(() -> exports.endsAfter(over));
        Progress progress = new Progress(StopTime.longest(spec), StopTime.allowedBy(system), System::nanoTime);
        if (host.isOwn() && options.jvmShutdownHook()) {
            try {
                host.stopsWithTheJvm(addresses, progress, ended);
            } catch (IllegalStateException exiting) {
                over.complete(TreeEnd.Killed.INSTANCE);
                throw exiting;
            }
        }
        Executor threads = ServiceThreads.get(system).executor();
        Audience audience = new Audience(addresses.tree(), threads, System::nanoTime, options.receivers(threads));
        TreeContext around = TreeContext.top(addresses, new Audience.Door(audience, event -> {
                    progress.accept(event);
                    exports.accept(event);
                    if (options.transitions() || !(event instanceof SupervisorEvent.Transition)) {
                        audience.accept(event);
                    }
                }))
                .withKept(kept)
                .withTerms(options.terms(exports));
        ActorRef<Object> top = system.systemActorOf(
                TreeTop.create(spec, around, audience, options.owner(), options.applicationType(), up, over),
                "pekko-supervisor-" + ActorNames.unique(),
                Props.empty());
        host.stopsFirst(top, progress, ended);
        kept.ifPresent(directory -> host.keeps(directory, up));
        return addresses
                .top()
                .thenApply(root -> new SupervisionTree(
                        host,
                        addresses,
                        top,
                        TreeSight.of((PendingCalls) root, ended, audience, InstantSource.system()),
                        kept,
                        up,
                        ended))
                .applyToEither(
                        ended.thenCompose(end -> unless(addresses.top().toCompletableFuture(), host, kept, end)),
                        tree -> tree);
    }

    /** A failed start, unless that had come before the end. */
    private static CompletionStage<SupervisionTree> unless(
            CompletableFuture<SupervisorRef> before, TreeSystem host, Optional<KeptChildren> kept, TreeEnd end) {
        if (before.isDone()) {
            return new CompletableFuture<>();
        }
        StartFailedException failed = new StartFailedException(end.reason(), kept.flatMap(KeptChildren::notTakenOver));
        return host.over().thenCompose(done -> CompletableFuture.failedFuture(failed));
    }

    /**
     * How its start went; for a tree that {@link #start} has returned there is nothing to wait for.
     *
     * @return completes with this tree when all of it is up, or fails with {@link StartFailedException}; then nothing
     *     of it is left
     */
    public CompletionStage<SupervisionTree> whenUp() {
        return up.thenApply(root -> this)
                .applyToEither(ended.thenCompose(end -> unless(up, host, kept, end)), tree -> tree)
                .toCompletableFuture()
                .minimalCompletionStage();
    }

    // ---- use

    /** The top supervisor. */
    public SupervisorRef root() {
        return root;
    }

    /** The actor system that the tree runs in. */
    public ActorSystem<?> system() {
        return host.system();
    }

    /**
     * A supervisor further down.
     *
     * @param path the ids that lead to it from the top
     * @return its present incarnation; empty if there is no supervisor that runs
     */
    public CompletionStage<Optional<SupervisorRef>> supervisor(String... path) {
        return sight.supervisor(List.of(path));
    }

    /**
     * An address that stays the same while the child, and the supervisors above it, are restarted.
     *
     * @param type of the child's messages; what is sent and is not of this class goes to the dead letters, see
     *     {@link SupervisorRef#ref}
     * @param path the ids that lead to it from the top; it need not exist yet
     */
    public <T> ActorRef<T> ref(Class<T> type, String... path) {
        String place = root.path();
        for (String id : path) {
            place = TreePath.below(place, id);
        }
        return addresses.of(place, type);
    }

    // ---- what is to be seen

    /**
     * How the tree is, as values: each place with its state, process, restarts and last exit. Does not wait for a start
     * or a stop that is going on, which is seen instead; a child that does not answer within a second is seen as its
     * supervisor knows it. May be called from any thread, and when the tree has ended. 100,000 children of one
     * supervisor take about a tenth of a second, and 300 bytes each.
     *
     * @return fails with a {@link TimeoutException} if the top supervisor does not answer within five seconds: it waits
     *     for a listener, or is asking for a new specification
     */
    public CompletionStage<TreeSnapshot> snapshot() {
        return sight.snapshot();
    }

    /**
     * The process that a child is now.
     *
     * @param path the ids that lead to the child from the top
     * @return empty if there is no such child, or it is down or no process; fails as {@link #snapshot}
     */
    public CompletionStage<Optional<ProcessIdentity>> process(String... path) {
        return sight.process(List.of(path));
    }

    /**
     * What a probe wants to know, see {@link TreeHealth#of}; cheap enough to be asked each second. Temporary children
     * do not count, since nobody promises that they are up. A top supervisor that does not answer is waited for up to
     * five seconds.
     */
    public CompletionStage<TreeHealth> health() {
        return sight.health();
    }

    /**
     * Tells somebody how the tree is and then what happens in it, without a gap and without telling anything twice.
     * Where there is a gap all the same, since a supervisor has answered late or the subscriber has been given up on,
     * it is told again how the tree is. May be called at any time and from any thread; costs the tree nothing when it
     * has been closed.
     *
     * @param subscriber called on a thread that is not the tree's; if it is slow it is treated as a listener is, see
     *     {@link Options}
     */
    public TreeSubscription subscribe(TreeSubscriber subscriber) {
        return sight.subscribe(Objects.requireNonNull(subscriber, "there is no subscriber"));
    }

    // ---- end

    /**
     * Stops the tree in reverse order, and the actor system if it is the tree's own. What is being started is given up.
     */
    public CompletionStage<TreeEnd> stop() {
        if (!ended.isDone()) {
            // an actor that has only just been made is told under a lock of Pekko's, which an interrupt cuts short too
            uninterrupted(() -> {
                top.tell(new SupervisorCommand.Stop(ExitReason.shutdown()));
                return top;
            });
        }
        return whenEnded().thenCompose(end -> host.over().thenApply(done -> end));
    }

    /**
     * How long the stop of a tree may take by the shutdown times in its specification: children are stopped one after
     * another, those of a dynamic supervisor all at once. For whoever has to say elsewhere how long he waits. What is
     * not known before the start, as children that are started by calls, is not counted, nor is the moment that a
     * killed process takes to be gone.
     *
     * @return empty if there is no limit, since a child has {@link Shutdown#infinity()}
     */
    public static Optional<Duration> stopTime(SupervisorSpec spec) {
        return Optional.of(StopTime.of(spec)).filter(time -> !time.equals(StopTime.FOR_EVER));
    }

    /**
     * How the tree has ended, when nothing of it is left: closed, by giving up, by an automatic shutdown, or killed.
     */
    public CompletionStage<TreeEnd> whenEnded() {
        return endedElsewhere;
    }

    /**
     * As {@link #stop()}, and waits until it has.
     *
     * @throws IllegalStateException if it is called by a thread that is at work for the tree: a child, a listener, or
     *     what was to be done when a process had ended. The tree cannot end before that is over; call {@link #stop()}
     */
    @Override
    public void close() {
        if (host.mayWait("close()", addresses.tree(), ended)) {
            stop().toCompletableFuture().join();
        }
    }

    /**
     * As {@link #close()}, but gives up waiting after a while; the stop goes on.
     *
     * @throws TimeoutException if it took longer
     * @throws IllegalStateException as {@link #close()}
     */
    public void close(Duration patience) throws TimeoutException {
        if (!host.mayWait("close(Duration)", addresses.tree(), ended)) {
            return;
        }
        try {
            stop().toCompletableFuture()
                    .copy()
                    .orTimeout(patience.toNanos(), TimeUnit.NANOSECONDS)
                    .join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof TimeoutException) {
                throw new TimeoutException(
                        "the tree had not stopped after " + DurationText.of(patience) + "; the stop goes on");
            }
            throw e;
        }
    }
}
