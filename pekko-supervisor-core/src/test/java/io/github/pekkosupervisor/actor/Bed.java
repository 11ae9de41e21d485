package io.github.pekkosupervisor.actor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.SupervisorCommand;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorNotice;
import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.protocol.SupervisorResult.ChildCounts;
import io.github.pekkosupervisor.protocol.SupervisorResult.ChildInfo;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.spec.ChildContext;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.Shutdown;
import io.github.pekkosupervisor.spec.SpecCheck;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.testing.Reports;
import io.github.pekkosupervisor.testing.Script;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;

/**
 * A test bed for one supervisor: scripted workers that record what happens to them, all events, and a clock that the
 * test may hold. Closing it stops the supervisor and checks that nothing is left and no report was overlooked.
 */
final class Bed implements AutoCloseable {

    /** Tells a hang from an answer. */
    static final Duration LONG = Duration.ofSeconds(50);

    /** For workers that stop when they are told to: however busy the machine is, none of them is killed by chance. */
    private static final Duration ENOUGH = LONG;

    /** What workers are made of. */
    enum Kind {
        ACTOR,
        SERVICE
    }

    private enum Order {
        STOP,
        FINISH,
        READY
    }

    private record Exit(ExitReason reason) {}

    final ActorTestKit kit;
    final Kind kind;
    final List<String> log = new CopyOnWriteArrayList<>();
    final List<SupervisorEvent> events = new CopyOnWriteArrayList<>();
    final AtomicLong heldClock = new AtomicLong(-1);
    final TestProbe<SupervisorNotice> owner;
    private final Map<String, Script> scripts = new ConcurrentHashMap<>();
    private final Map<String, LiveContext> contexts = new ConcurrentHashMap<>();
    private final List<ActorRef<?>> incarnations = new CopyOnWriteArrayList<>();
    private final AtomicInteger reportsSeen = new AtomicInteger();
    private @Nullable SupervisorRef supervisor;
    private @Nullable ActorRef<SupervisorCommand> actor;
    private @Nullable ExitReason endedWith;

    Bed(ActorTestKit kit) {
        this(kit, Kind.ACTOR);
    }

    Bed(ActorTestKit kit, Kind kind) {
        this.kit = kit;
        this.kind = kind;
        this.owner = kit.createTestProbe();
    }

    // ---- workers

    Script script(String id) {
        return scripts.computeIfAbsent(id, any -> new Script());
    }

    /** Permanent, with more than enough time to stop. */
    ChildSpec worker(String id) {
        ChildSpec spec = switch (kind) {
            case ACTOR -> actorWorker(id);
            case SERVICE -> ChildSpec.service(id, () -> new ScriptedService(id));
        };
        return spec.withShutdown(Shutdown.timeout(ENOUGH));
    }

    ChildSpec actorWorker(String id) {
        return ChildSpec.actor(id, child -> scripted(id, child))
                .withExplicitReady()
                .withStopMessage(Order.STOP);
    }

    /** A template whose workers take the name of their first argument. */
    ChildSpec template() {
        return ChildSpec.actor("template", child -> scripted(child.argument(0, String.class), child))
                .withExplicitReady()
                .withStopMessage(Order.STOP)
                .withShutdown(Shutdown.timeout(ENOUGH));
    }

    private void note(String what, String id) {
        log.add(what + " " + id);
    }

    private Behavior<Object> scripted(String id, ChildContext child) {
        return Behaviors.withTimers(timers -> Behaviors.setup(context -> {
            Script script = script(id);
            note("init", id);
            script.starts.incrementAndGet();
            contexts.put(id, (LiveContext) child);
            incarnations.add(context.getSelf());
            if (script.ignores) {
                return child.ignore();
            }
            if (script.failsWith != null) {
                return child.exit(script.failsWith);
            }
            RuntimeException failure = script.startThrows;
            if (failure != null) {
                script.beforeItThrows.run();
                throw failure;
            }
            timers.startSingleTimer(Order.READY, script.startTakes);
            return Behaviors.receive(Object.class)
                    .onMessageEquals(Order.READY, () -> {
                        note("ack", id);
                        if (script.info == null) {
                            child.ready();
                        } else {
                            child.ready(script.info);
                        }
                        return Behaviors.same();
                    })
                    .onMessage(Exit.class, exit -> {
                        if (exit.reason() instanceof ExitReason.Crash crash) {
                            throw (RuntimeException) crash.cause();
                        }
                        return exit.reason() == ExitReason.normal() ? Behaviors.stopped() : child.exit(exit.reason());
                    })
                    .onMessageEquals(Order.STOP, () -> {
                        note("stop", id);
                        if (!script.neverStops) {
                            timers.startSingleTimer(Order.FINISH, script.stopTakes);
                        }
                        return Behaviors.same();
                    })
                    .onMessageEquals(Order.FINISH, () -> {
                        if (script.stopThrows != null) {
                            throw script.stopThrows;
                        }
                        return script.stopSays == null ? Behaviors.stopped() : child.exit(script.stopSays);
                    })
                    .onSignal(PostStop.class, signal -> {
                        note("end", id);
                        return Behaviors.same();
                    })
                    .build();
        }));
    }

    private final class ScriptedService implements ChildSpec.Service {
        private final String id;
        private @Nullable ChildContext child;

        ScriptedService(String id) {
            this.id = id;
        }

        @Override
        public void start(ChildContext context) throws Exception {
            Script script = script(id);
            note("init", id);
            script.starts.incrementAndGet();
            contexts.put(id, (LiveContext) context);
            child = context;
            if (script.ignores) {
                context.<Object>ignore();
                return;
            }
            if (script.failsWith != null) {
                context.<Object>exit(script.failsWith);
                return;
            }
            RuntimeException failure = script.startThrows;
            if (failure != null) {
                script.beforeItThrows.run();
                throw failure;
            }
            pass(script.startTakes);
            note("ack", id);
            if (script.info != null) {
                context.ready(script.info);
            }
        }

        @Override
        public void stop() throws Exception {
            Script script = script(id);
            note("stop", id);
            if (script.neverStops) {
                pass(Duration.ofSeconds(200));
            }
            pass(script.stopTakes);
            if (script.stopThrows != null) {
                throw script.stopThrows;
            }
            if (script.stopSays != null && child != null) {
                child.<Object>exit(script.stopSays);
            }
            note("end", id);
        }
    }

    /** Lets a service take its time; an interrupt ends it. */
    static void pass(Duration time) throws InterruptedException {
        if (!time.isZero()) {
            new CountDownLatch(1).await(time.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    /** Waits for a fact; for threads that nobody interrupts. */
    static void awaitLatch(CountDownLatch latch) {
        await().atMost(LONG).until(() -> latch.getCount() == 0);
    }

    /** From now on its restarts fail, each after two seconds of the held clock: six of them fall into ten seconds. */
    void failsSlowly(String id) {
        script(id).failsToStart("slowly", () -> advance(Duration.ofSeconds(2)));
    }

    // ---- the supervisor

    /** From now on the clock stands still. */
    void holdClock() {
        heldClock.set(1);
    }

    void advance(Duration time) {
        heldClock.addAndGet(time.toNanos());
    }

    private long time() {
        long held = heldClock.get();
        return held >= 0 ? held : System.nanoTime();
    }

    Bed start(SupervisorSpec spec) {
        SpecCheck.check(spec);
        spawn(() -> spec);
        SupervisorNotice notice = owner.receiveMessage(LONG);
        assertThat(notice).isInstanceOf(SupervisorNotice.Up.class);
        supervisor = ((SupervisorNotice.Up) notice).supervisor();
        return this;
    }

    /** Returns why it did not start. */
    ExitReason startFails(SupervisorSpec spec) {
        spawn(() -> spec);
        return ended();
    }

    ActorRef<SupervisorCommand> spawn(Callable<SupervisorSpec> init) {
        TreeContext around = new TreeContext(
                "/",
                TreeEvent.only(SupervisorEvent.class, events::add),
                () -> 0.5,
                new Addresses(kit.system(), new TreeClock(this::time, InstantSource.system())));
        ActorRef<SupervisorCommand> spawned =
                kit.spawn(SupervisorActor.top(init, system -> around, ChildRunners.INSTANCE, owner.getRef()));
        actor = spawned;
        return spawned;
    }

    SupervisorRef sup() {
        assertThat(supervisor).isNotNull();
        return supervisor;
    }

    /** Waits for its end. */
    ExitReason ended() {
        if (endedWith == null) {
            SupervisorNotice notice = owner.receiveMessage(LONG);
            assertThat(notice).isInstanceOf(SupervisorNotice.Ended.class);
            endedWith = ((SupervisorNotice.Ended) notice).reason();
        }
        return endedWith;
    }

    boolean isAlive() {
        return get(sup().count()) != null;
    }

    // ---- what can be done to it

    static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture()
                .orTimeout(LONG.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    /** The same for results of any type. */
    static Object answer(CompletionStage<?> stage) {
        return get(stage);
    }

    ChildHandle start(ChildSpec child) {
        Object result = answer(sup().startChild(child));
        assertThat(result).isInstanceOf(SupervisorResult.Started.class);
        return ((SupervisorResult.Started) result).child();
    }

    ChildHandle startFromTemplate(String name) {
        Object result = answer(sup().startFromTemplate(name));
        assertThat(result).isInstanceOf(SupervisorResult.Started.class);
        return ((SupervisorResult.Started) result).child();
    }

    ChildHandle handle(String id) {
        Object result = answer(sup().child(id));
        assertThat(result).isInstanceOf(ChildInfo.class);
        return ((ChildInfo) result).handle().orElseThrow();
    }

    LiveChild live(String id) {
        return (LiveChild) handle(id);
    }

    /** Ends a worker from inside. */
    void exit(String id, ExitReason reason) {
        LiveContext child = contexts.get(id);
        assertThat(child).isNotNull();
        if (kind == Kind.ACTOR) {
            child.handle().<Object>ref().tell(new Exit(reason));
        } else {
            child.<Object>exit(reason);
        }
    }

    static ExitReason boom() {
        return ExitReason.crash(new IllegalStateException("boom"));
    }

    void crash(String id) {
        exit(id, boom());
    }

    /** Ends a worker and waits until the supervisor has dealt with it. */
    void exitAndSettle(String id, ExitReason reason) {
        ChildHandle before = context(id).handle();
        exit(id, reason);
        settled(before);
    }

    /** Waits until the supervisor has seen the end of an incarnation, and has nothing left to do about it. */
    void settled(ChildHandle gone) {
        await().atMost(LONG).until(gone::hasEnded);
        if (supervisor != null) {
            sup().count()
                    .toCompletableFuture()
                    .exceptionally(over -> null)
                    .orTimeout(LONG.toSeconds(), TimeUnit.SECONDS)
                    .join();
        }
    }

    ChildHandle crashAndAwaitRestart(String id) {
        ChildHandle before = context(id).handle();
        crash(id);
        return awaitRestart(id, before);
    }

    ChildHandle awaitRestart(String id, ChildHandle before) {
        await().atMost(LONG).until(() -> context(id).handle() != before);
        settled(before);
        return context(id).handle();
    }

    LiveContext context(String id) {
        return Objects.requireNonNull(contexts.get(id));
    }

    // ---- what can be seen

    List<String> states() {
        return get(sup().children()).stream()
                .map(info -> info.id() + " " + info.state().name().toLowerCase(java.util.Locale.ROOT))
                .collect(Collectors.toList());
    }

    /** specs, active, supervisors, workers. */
    List<Integer> counts() {
        ChildCounts counts = get(sup().count());
        return List.of(counts.specs(), counts.active(), counts.supervisors(), counts.workers());
    }

    /** What OTP would report at level error, and what only the JVM can have to report. */
    List<String> reports() {
        List<String> reports = Reports.of(events);
        reportsSeen.set(reports.size());
        return reports;
    }

    /** For tests to whom it does not matter what was reported. */
    void ignoreReports() {
        reports();
    }

    List<String> log(String... kinds) {
        List<String> wanted = List.of(kinds);
        return log.stream()
                .filter(line -> wanted.contains(line.substring(0, line.indexOf(' '))))
                .collect(Collectors.toList());
    }

    /** It has ended already, or never was. */
    void over() {
        endedWith = ExitReason.normal();
    }

    /** Stops it and returns what it ended with. */
    ExitReason stop() {
        ActorRef<SupervisorCommand> running = actor;
        if (running != null && endedWith == null) {
            running.tell(new SupervisorCommand.Stop(ExitReason.shutdown()));
        }
        return ended();
    }

    @Override
    public void close() {
        int seen = reportsSeen.get();
        if (actor != null) {
            stop();
            owner.expectTerminated(actor, LONG);
        }
        for (ActorRef<?> incarnation : incarnations) {
            owner.expectTerminated(incarnation, LONG);
        }
        List<String> all = reports();
        assertThat(all.subList(seen, all.size())).as("reports nobody expected").isEmpty();
    }
}
