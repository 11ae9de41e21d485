package io.github.pekkosupervisor.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.Request;
import io.github.pekkosupervisor.protocol.SupervisorCommand;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.protocol.SupervisorResult.ChildCounts;
import io.github.pekkosupervisor.protocol.SupervisorResult.ChildInfo;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.protocol.TreeSnapshot;
import io.github.pekkosupervisor.spec.ChildKind;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.InvalidSpecException.Problem;
import io.github.pekkosupervisor.spec.Shutdown;
import io.github.pekkosupervisor.spec.SpecCheck;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.testing.Reports;
import io.github.pekkosupervisor.testing.Script;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/**
 * A supervisor's rule, with a play in the place of actors and children: workers do at once what their scripts say, and
 * time passes where somebody waits for it. Closing it stops the supervisor and checks that all that it started has
 * ended, and that no report was overlooked.
 */
final class PlayedSupervisor implements AutoCloseable {

    /** More than that is a loop without an end. */
    private static final int MOST_STEPS = 100_000;

    final List<String> log = new ArrayList<>();
    final List<SupervisorEvent> events = new ArrayList<>();
    private final Map<String, Script> scripts = new HashMap<>();
    private final Map<String, ExitReason> failures = new HashMap<>();
    private final Map<String, Worker> workers = new HashMap<>();
    private final Map<Incarnation, Worker> all = new HashMap<>();
    private final Deque<RuleEvent> mailbox = new ArrayDeque<>();
    private final Deque<RuleEvent> retries = new ArrayDeque<>();
    private final List<Timer> timers = new ArrayList<>();
    private final Ref ref = new Ref();
    private final CompletableFuture<TreeEnd> ended = new CompletableFuture<>();
    private @Nullable SupervisorRule rule;
    private long now = 1;
    private boolean busy;
    private int seen;

    /** One incarnation of a worker. */
    private static final class Worker implements ChildHandle {
        private final String id;
        private final long number;
        private String name = "";
        private List<Object> arguments = List.of();
        private @Nullable Incarnation incarnation;
        private boolean over;
        private boolean ended;

        Worker(String id, long number) {
            this.id = id;
            this.number = number;
        }

        Incarnation incarnation(String what) {
            return Objects.requireNonNull(incarnation, what);
        }

        @Override
        public String id() {
            return id;
        }

        @Override
        public long incarnation() {
            return number;
        }

        @Override
        public <T> ActorRef<T> ref() {
            throw new AssertionError("there is no actor");
        }

        @Override
        public Optional<SupervisorRef> supervisor() {
            return Optional.empty();
        }

        @Override
        public Optional<ProcessIdentity> process() {
            return Optional.empty();
        }

        @Override
        public Instant startedAt() {
            throw new AssertionError("there is no calendar");
        }

        @Override
        public boolean hasEnded() {
            return ended;
        }

        @Override
        public String toString() {
            return id + "#" + number;
        }
    }

    /**
     * What workers are made of.
     *
     * @param named whether the first argument is its name
     */
    private record Played(boolean named) implements ChildKind {
        @Override
        public String name() {
            return "actor";
        }

        @Override
        public Optional<Duration> defaultStartTimeout() {
            return Optional.of(Duration.ofSeconds(30));
        }
    }

    /** Something that happens at its time; a new one with the same key takes its place. */
    private record Timer(long time, Object key, Runnable action) {}

    // ---- workers

    Script script(String name) {
        return scripts.computeIfAbsent(name, any -> new Script());
    }

    /** Permanent, 1000 ms to stop. */
    ChildSpec worker(String id) {
        return ChildSpec.of(id, new Played(false)).withShutdown(Shutdown.timeout(Duration.ofSeconds(1)));
    }

    /** A template whose workers take the name of their first argument. */
    ChildSpec template() {
        return ChildSpec.of("template", new Played(true)).withShutdown(Shutdown.timeout(Duration.ofSeconds(1)));
    }

    /** From now on its restarts fail, each after two seconds: six of them fall into ten seconds. */
    void failsSlowly(String name) {
        script(name).failsToStart("slowly", () -> advance(Duration.ofSeconds(2)));
    }

    /** One of its starts fails, and says nothing: the first is number one. */
    void failsOnce(String name, int number, ExitReason why) {
        failures.put(name + " " + number, why);
    }

    private void start(SupervisorAction.Start start) {
        Incarnation incarnation = start.incarnation();
        ChildKind kind = start.spec().kind();
        Worker worker = (Worker) incarnation.handle();
        worker.incarnation = incarnation;
        worker.name = kind instanceof Played played && played.named()
                ? (String) start.arguments().get(0)
                : start.spec().id();
        worker.arguments = start.arguments();
        workers.put(worker.name, worker);
        all.put(incarnation, worker);
        Script script = script(worker.name);
        ExitReason once = failures.get(worker.name + " " + script.starts.incrementAndGet());
        if (once != null) {
            over(worker, Incarnation.End.of(once));
            return;
        }
        log.add("init " + worker.name);
        RuntimeException failure = script.startThrows;
        if (script.ignores) {
            over(worker, new Incarnation.End(null, true, Optional.empty(), List.of()));
        } else if (script.failsWith != null) {
            over(worker, Incarnation.End.of(script.failsWith));
        } else if (failure != null) {
            script.beforeItThrows.run();
            over(worker, Incarnation.End.of(ExitReason.crash(failure)));
        } else {
            after(script.startTakes, worker, () -> {
                log.add("ack " + worker.name);
                mailbox.add(new RuleEvent.Acknowledged(incarnation, script.info));
            });
        }
    }

    private void askedToStop(Worker worker) {
        if (worker.over) {
            return;
        }
        Script script = script(worker.name);
        log.add("stop " + worker.name);
        if (!script.neverStops) {
            after(script.stopTakes, worker, () -> {
                log.add("end " + worker.name);
                over(worker, script.stopSays == null ? Incarnation.End.SILENT : Incarnation.End.of(script.stopSays));
            });
        }
    }

    private void after(Duration time, Worker worker, Runnable action) {
        Runnable unlessOver = () -> {
            if (!worker.over) {
                action.run();
            }
        };
        if (time.isZero()) {
            unlessOver.run();
        } else {
            timers.add(new Timer(now + time.toNanos(), new Object(), unlessOver));
        }
    }

    private void over(Worker worker, Incarnation.End end) {
        if (!worker.over) {
            worker.over = true;
            mailbox.add(new RuleEvent.Terminated(worker.incarnation("it was never started"), end));
        }
    }

    // ---- the rule

    private SupervisorRule rule() {
        return Objects.requireNonNull(rule, "the supervisor has not been started");
    }

    private boolean isOver() {
        return ended.isDone();
    }

    private void tell(RuleEvent event) {
        mailbox.add(event);
        work();
    }

    /** Takes all that has come. */
    private void work() {
        if (busy) {
            return;
        }
        busy = true;
        try {
            for (int steps = 0; !mailbox.isEmpty(); steps++) {
                assertThat(steps).as("steps without an end").isLessThan(MOST_STEPS);
                RuleEvent event = mailbox.remove();
                if (event instanceof RuleEvent.Terminated terminated) {
                    Objects.requireNonNull(all.get(terminated.incarnation())).ended = true;
                }
                perform(rule().handle(event, now));
            }
        } finally {
            busy = false;
        }
    }

    private void perform(List<SupervisorAction> decided) {
        List<SupervisorAction> actions = decided;
        while (!actions.isEmpty()) {
            RuleEvent answer = null;
            for (SupervisorAction action : actions) {
                if (action instanceof SupervisorAction.Question question) {
                    answer = answer(question);
                } else {
                    perform(action);
                }
            }
            actions = answer == null ? List.of() : rule().handle(answer, now);
        }
    }

    private void perform(SupervisorAction action) {
        if (action instanceof SupervisorAction.Start start) {
            start(start);
        } else if (action instanceof SupervisorAction.AskToStop ask) {
            askedToStop((Worker) ask.incarnation().handle());
        } else if (action instanceof SupervisorAction.Kill kill) {
            over((Worker) kill.incarnation().handle(), Incarnation.End.SILENT);
        } else if (action instanceof SupervisorAction.Tell tell) {
            events.add(tell.event());
        } else if (action instanceof SupervisorAction.Reply reply) {
            reply.to().accept(reply.answer());
        } else if (action instanceof SupervisorAction.TryAgain again) {
            retries.add(again.retry());
        } else if (action instanceof SupervisorAction.WakeAt wake) {
            at(wake.time(), RuleEvent.Wake.INSTANCE, RuleEvent.Wake.INSTANCE);
        } else if (action instanceof SupervisorAction.WaitBefore wait) {
            at(now + wait.delay().toNanos(), wait.notice().child(), wait.notice());
        } else if (action instanceof SupervisorAction.StopWaiting stop) {
            timers.removeIf(timer -> timer.key() == stop.child());
        } else if (action instanceof SupervisorAction.End last) {
            rule().unanswered().forEach(call -> call.gone().run());
            ended.complete(last.end());
        }
    }

    private void at(long time, Object key, RuleEvent event) {
        timers.removeIf(timer -> timer.key() == key);
        timers.add(new Timer(time, key, () -> mailbox.add(event)));
    }

    private static RuleEvent answer(SupervisorAction.Question question) {
        if (question instanceof SupervisorAction.CheckChild check) {
            return new RuleEvent.Checked(SpecCheck.child(check.child(), "/", check.supervisor()));
        }
        SupervisorAction.CallInit call = (SupervisorAction.CallInit) question;
        try {
            SupervisorSpec changed = call.init().call();
            if (changed == null) {
                return new RuleEvent.InitFailed(ExitReason.failed("bad_return"));
            }
            return new RuleEvent.InitReturned(changed, problems(call, changed));
        } catch (Exception thrown) {
            return new RuleEvent.InitFailed(ExitReason.crash(thrown));
        }
    }

    private static List<Problem> problems(SupervisorAction.CallInit call, SupervisorSpec changed) {
        if (changed == SupervisorSpec.ignore()) {
            return List.of();
        }
        List<String> given = changed.children().stream().map(ChildSpec::id).toList();
        List<ChildSpec> staying = call.children().stream()
                .filter(spec ->
                        changed.strategy() != SupervisorSpec.Strategy.SIMPLE_ONE_FOR_ONE && !given.contains(spec.id()))
                .toList();
        List<Problem> problems = new ArrayList<>(SpecCheck.change(call.present(), changed, "/"));
        if (problems.isEmpty()) {
            problems.addAll(SpecCheck.staying(staying, changed, "/"));
        }
        return problems;
    }

    // ---- time

    /** Lets time pass, with all that happens in it. */
    void advance(Duration time) {
        now += time.toNanos();
        if (!busy) {
            timers.stream()
                    .filter(timer -> timer.time() <= now)
                    .sorted(Comparator.comparingLong(Timer::time))
                    .toList()
                    .forEach(this::happens);
        }
    }

    /** How long it has been going on. */
    Duration time() {
        return Duration.ofNanos(now - 1);
    }

    private void happens(Timer timer) {
        if (timers.remove(timer)) {
            timer.action().run();
            work();
        }
    }

    /** One retry, or else time until something happens; false if nothing will. */
    private boolean step() {
        RuleEvent retry = retries.poll();
        if (retry != null) {
            tell(retry);
            return true;
        }
        Timer next = timers.stream().min(Comparator.comparingLong(Timer::time)).orElse(null);
        if (next == null || next.time() == Time.NEVER) {
            return false;
        }
        now = Math.max(now, next.time());
        happens(next);
        return true;
    }

    /** Goes on until something is so. */
    void until(BooleanSupplier fact) {
        for (int steps = 0; !fact.getAsBoolean(); steps++) {
            assertThat(steps).as("steps in vain").isLessThan(MOST_STEPS);
            assertThat(step()).as("something happens").isTrue();
        }
    }

    // ---- the supervisor

    PlayedSupervisor start(SupervisorSpec spec) {
        begin(spec);
        until(() -> isOver() || events.stream().anyMatch(SupervisorEvent.SupervisorStarted.class::isInstance));
        assertThat(isOver()).as("it could not be started").isFalse();
        return this;
    }

    /** Returns why it did not start. */
    ExitReason startFails(SupervisorSpec spec) {
        begin(spec);
        return ended();
    }

    private void begin(SupervisorSpec spec) {
        SpecCheck.check(spec);
        SupervisorRule begun = new SupervisorRule("/", spec, () -> 0.5, Worker::new);
        rule = begun;
        busy = true;
        perform(begun.begin(now));
        busy = false;
        work();
    }

    SupervisorRef sup() {
        return ref;
    }

    ExitReason ended() {
        until(this::isOver);
        return ended.join().reason();
    }

    boolean isAlive() {
        return !isOver();
    }

    /** Asks it to stop, which may take time. */
    void toldToStop() {
        tell(new RuleEvent.Stop(ExitReason.shutdown()));
    }

    /** Stops it and returns what it ended with. */
    ExitReason stop() {
        if (!isOver()) {
            toldToStop();
        }
        return ended();
    }

    /** The dynamic API; each call is answered when it returns, or will never be. */
    private final class Ref implements SupervisorRef {
        @Override
        public <R extends SupervisorResult> CompletionStage<R> ask(Request<R> request) {
            CompletableFuture<R> answer = new CompletableFuture<>();
            Runnable gone = () -> request.whenGone()
                    .ifPresentOrElse(answer::complete, () -> answer.completeExceptionally(new GoneException("/")));
            if (isOver()) {
                gone.run();
                return answer;
            }
            Worker named = (Worker) request.named().orElse(null);
            tell(new RuleEvent.Call(
                    request,
                    named == null ? null : named.incarnation,
                    named != null && named.hasEnded(),
                    value -> answer.complete(request.answers().cast(value)),
                    gone));
            until(answer::isDone);
            return answer;
        }

        @Override
        public CompletionStage<TreeEnd> stop(ExitReason reason) {
            if (!isOver()) {
                tell(new RuleEvent.Stop(reason));
                until(PlayedSupervisor.this::isOver);
            }
            return ended;
        }

        @Override
        public ActorRef<SupervisorCommand> actor() {
            throw new AssertionError("there is no actor");
        }

        @Override
        public String path() {
            return "/";
        }

        @Override
        public CompletionStage<TreeSnapshot> snapshot() {
            throw new AssertionError("there is no actor");
        }

        @Override
        public CompletionStage<TreeEnd> whenEnded() {
            return ended;
        }

        @Override
        public <T> ActorRef<T> ref(Class<T> type, String id) {
            throw new AssertionError("there is no actor");
        }
    }

    // ---- what can be done to it

    static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    /** The same for results of any type. */
    static Object answer(CompletionStage<?> stage) {
        return get(stage);
    }

    ChildHandle start(ChildSpec child) {
        return started(answer(sup().startChild(child)));
    }

    ChildHandle startFromTemplate(String name) {
        return started(answer(sup().startFromTemplate(name)));
    }

    private static ChildHandle started(Object result) {
        assertThat(result).isInstanceOf(SupervisorResult.Started.class);
        return ((SupervisorResult.Started) result).child();
    }

    ChildHandle handle(String id) {
        Object result = answer(sup().child(id));
        assertThat(result).isInstanceOf(ChildInfo.class);
        return ((ChildInfo) result).handle().orElseThrow();
    }

    /** The present incarnation of a worker, by its name. */
    ChildHandle present(String name) {
        return Objects.requireNonNull(workers.get(name), name);
    }

    /** What a worker was started with. */
    List<Object> arguments(String name) {
        return ((Worker) present(name)).arguments;
    }

    /** Ends a worker from inside. */
    void exit(String name, ExitReason reason) {
        log.add("end " + name);
        over((Worker) present(name), Incarnation.End.of(reason));
        work();
    }

    static ExitReason boom() {
        return ExitReason.crash(new IllegalStateException("boom"));
    }

    void crash(String name) {
        exit(name, boom());
    }

    ChildHandle crashAndAwaitRestart(String name) {
        ChildHandle before = present(name);
        crash(name);
        return awaitRestart(name, before);
    }

    ChildHandle awaitRestart(String name, ChildHandle before) {
        until(() -> present(name) != before);
        return present(name);
    }

    // ---- what can be seen

    List<String> states() {
        return get(sup().children()).stream()
                .map(info -> info.id() + " " + info.state().name().toLowerCase(Locale.ROOT))
                .toList();
    }

    /** specs, active, supervisors, workers. */
    List<Integer> counts() {
        ChildCounts counts = get(sup().count());
        return List.of(counts.specs(), counts.active(), counts.supervisors(), counts.workers());
    }

    List<String> reports() {
        List<String> reports = Reports.of(events);
        seen = reports.size();
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
                .toList();
    }

    @Override
    public void close() {
        int before = seen;
        if (rule != null) {
            stop();
        }
        assertThat(all.values()).allMatch(worker -> worker.over);
        List<String> reports = reports();
        assertThat(reports.subList(before, reports.size()))
                .as("reports nobody expected")
                .isEmpty();
    }
}
