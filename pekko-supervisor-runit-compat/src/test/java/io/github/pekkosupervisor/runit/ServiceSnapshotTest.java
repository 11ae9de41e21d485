package io.github.pekkosupervisor.runit;

import static io.github.pekkosupervisor.runit.Tree.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.runit.ServiceSnapshot.Supervision;
import io.github.pekkosupervisor.runit.Tree.Service;
import io.github.pekkosupervisor.runit.rule.Role;
import io.github.pekkosupervisor.runit.rule.RunsvAction;
import io.github.pekkosupervisor.runit.rule.RunsvEvent;
import io.github.pekkosupervisor.runit.rule.RunsvRule;
import io.github.pekkosupervisor.runit.rule.RunsvState;
import io.github.pekkosupervisor.runit.rule.RunsvState.Busy;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How service directories stand: asked for, and added up from what was told. */
class ServiceSnapshotTest extends InTree {

    private static final String SLEEP = "exec sleep 1000";

    private final Told told = new Told();

    private void start() {
        tree.start(settings -> settings.withListener(told));
    }

    private ServiceSnapshot snapshot(String path) {
        return tree.snapshot().services().stream()
                .filter(one -> one.path().equals(path))
                .findFirst()
                .orElseThrow();
    }

    private ServiceSnapshot.Unit service(String path) {
        return snapshot(path).service().orElseThrow();
    }

    // ---- asked for

    @Test
    void one_that_runs_and_its_logger() throws IOException {
        Service web = tree.service("web").script("run", SLEEP).script("log/run", "exec cat >/dev/null");
        start();
        int pid = web.awaitRun();
        int logPid = web.awaitLogRun();

        ServiceSnapshot snapshot = snapshot("/web");

        assertThat(snapshot.supervision()).isEqualTo(Supervision.ACTIVE);
        assertThat(snapshot.service().orElseThrow().status().state()).isEqualTo(State.RUN);
        assertThat(snapshot.service().orElseThrow().status().pid()).isEqualTo(pid);
        assertThat(snapshot.service().orElseThrow().ready()).isTrue();
        assertThat(snapshot.service().orElseThrow().restarts()).isZero();
        assertThat(snapshot.service().orElseThrow().lastEnd()).isEmpty();
        assertThat(snapshot.service().orElseThrow().normallyUp()).isTrue();
        assertThat(snapshot.log().orElseThrow().status().pid()).isEqualTo(logPid);
        assertThat(snapshot.log().orElseThrow().ready()).isFalse();
    }

    @Test
    void restarts_last_end_and_next_start() throws IOException {
        Service web = tree.service("web").script("run", "exit 3");
        start();
        patiently().until(() -> service("/web").restarts() >= 1);
        patiently().until(() -> service("/web").nextStart().isPresent());
        web.control("d");
        patiently().until(() -> web.status().want() == Want.DOWN && web.status().state() == State.DOWN);

        ServiceSnapshot.Unit service = service("/web");

        assertThat(service.lastEnd().orElseThrow().status()).isEqualTo(ExitStatus.ofCode(3));
        assertThat(service.ready()).isFalse();
        assertThat(service.nextStart()).isEmpty();
        assertThat(service.started()).isEmpty();
    }

    @Test
    void file_down_is_looked_at_when_asked() throws IOException {
        Service web = tree.service("web").script("run", SLEEP);
        start();
        web.awaitRun();

        web.file("down");

        // who does not answer in time is shown as it was known
        patiently().until(() -> !service("/web").normallyUp());
        assertThat(service("/web").status().state()).isEqualTo(State.RUN);
    }

    @Test
    void one_that_cannot_be_supervised_says_when_it_is_tried_again() throws IOException {
        Service web = tree.service("web").script("run", SLEEP);
        Files.writeString(web.path().resolve("supervise"), "a file");
        start();

        patiently()
                .until(() -> snapshot("/web").supervision() == Supervision.ENDED
                        && snapshot("/web").supervisedAgain().isPresent());

        assertThat(snapshot("/web").service()).isEmpty();
    }

    @Test
    void one_that_has_failed_shows_what_was_known_and_then_itself() throws IOException {
        Service web = tree.service("web").script("run", SLEEP);
        start();
        int pid = web.awaitRun();

        tree.clock().crash(1);
        web.control("p");
        tree.awaitCrash();

        assertThat(service("/web").status().pid()).isEqualTo(pid);
        patiently().until(() -> snapshot("/web").supervision() == Supervision.ACTIVE);
        assertThat(service("/web").status().pid()).isEqualTo(pid);
    }

    @Test
    void whoever_does_not_answer_in_time_is_shown_as_it_was_known() {
        ServiceSnapshot known = ServiceSnapshot.beginning("/web");
        ActorRef<RunsvCommand> deaf = kit().spawn(Behaviors.<RunsvCommand>ignore());
        CompletableFuture<List<ServiceSnapshot>> answer = new CompletableFuture<>();

        kit().spawn(Inquiry.create(List.of(new Inquiry.Asked(new Standing(known), deaf)), answer::complete));

        assertThat(answer).succeedsWithin(Tree.PATIENCE).isEqualTo(List.of(known));
        kit().stop(deaf);
    }

    @Test
    void whoever_is_gone_is_not_waited_for() {
        // who waited would wait each time, so that one answer in time will do where others have the processors
        patiently().untilAsserted(() -> assertThat(timeUntilThoseGoneAreShown()).isLessThan(Inquiry.PATIENCE));
    }

    private Duration timeUntilThoseGoneAreShown() {
        ServiceSnapshot known = ServiceSnapshot.beginning("/web");
        ActorRef<RunsvCommand> gone = gone();
        ActorRef<RunsvCommand> alsoGone = gone();
        CompletableFuture<List<ServiceSnapshot>> answer = new CompletableFuture<>();

        long before = System.nanoTime();
        kit().spawn(Inquiry.create(
                List.of(new Inquiry.Asked(new Standing(known), gone), new Inquiry.Asked(new Standing(known), alsoGone)),
                answer::complete));

        assertThat(answer).succeedsWithin(Tree.PATIENCE).isEqualTo(List.of(known, known));
        return Duration.ofNanos(System.nanoTime() - before);
    }

    /** What was shown for it is not to be taken for what it says itself, a moment later. */
    @Test
    void whoever_answers_too_late_does_not_answer_at_all() {
        Standing standing = new Standing(ServiceSnapshot.beginning("/web"));
        var late = kit().<RunsvCommand>createTestProbe();
        List<String> seen = new CopyOnWriteArrayList<>();
        CompletableFuture<List<ServiceSnapshot>> answer = new CompletableFuture<>();

        kit().spawn(Inquiry.create(List.of(new Inquiry.Asked(standing, late.getRef())), seen::add, answer::complete));

        assertThat(answer).succeedsWithin(Tree.PATIENCE).isEqualTo(List.of(standing.known()));
        assertThat(seen).containsExactly("/web");
        assertThat(late.expectMessageClass(RunsvCommand.Snapshot.class).turn().take())
                .isFalse();
    }

    /** It is told now: neither is it known and untold, nor told and unknown. */
    @Test
    void what_is_being_told_is_seen_when_it_has_been() throws InterruptedException {
        Standing standing = new Standing(ServiceSnapshot.beginning("/web"));
        CountDownLatch telling = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        List<String> order = new CopyOnWriteArrayList<>();
        CompletableFuture<List<ServiceSnapshot>> answer = new CompletableFuture<>();
        Thread teller = new Thread(() -> standing.tell(new ServiceEvent.SupervisionEnded("/web", 0), event -> {
            telling.countDown();
            patiently().until(() -> release.getCount() == 0);
            order.add("told");
        }));
        teller.start();
        telling.await();
        assertThat(standing.seeIfQuiet(path -> {})).isEmpty();

        kit().spawn(Inquiry.create(
                List.of(new Inquiry.Asked(standing, gone())), path -> order.add("seen"), answer::complete));
        release.countDown();

        assertThat(answer)
                .succeedsWithin(Tree.PATIENCE)
                .satisfies(seen -> assertThat(seen.get(0).supervision()).isEqualTo(Supervision.ENDED));
        teller.join();
        assertThat(order).containsExactly("told", "seen");
    }

    @Test
    void one_that_has_been_forgotten_meanwhile_is_left_out_and_not_marked() {
        Standing standing = new Standing(ServiceSnapshot.beginning("/web"));
        List<String> seen = new CopyOnWriteArrayList<>();
        CompletableFuture<List<ServiceSnapshot>> answer = new CompletableFuture<>();
        standing.tell(new ServiceEvent.Forgotten("/web"), event -> {});

        kit().spawn(Inquiry.create(List.of(new Inquiry.Asked(standing, gone())), seen::add, answer::complete));

        assertThat(answer).succeedsWithin(Tree.PATIENCE).isEqualTo(List.of());
        assertThat(seen).isEmpty();
    }

    // ---- what is wrong

    @Test
    void what_is_wrong_is_known_until_something_has_been_started() throws IOException {
        Service web = tree.service("web").script("run", SLEEP);
        assertThat(web.path().resolve("run").toFile().setExecutable(false, false))
                .isTrue();
        start();
        patiently().until(() -> snapshot("/web").trouble().isPresent());
        assertThat(snapshot("/web").trouble()).contains("cannot run run: access denied");

        assertThat(web.path().resolve("run").toFile().setExecutable(true, false))
                .isTrue();
        web.awaitRun();

        patiently().until(() -> snapshot("/web").trouble().isEmpty());
    }

    @Test
    void a_warning_is_known_too() throws IOException {
        Service bad = tree.service("bad").script("run", SLEEP);
        Files.writeString(bad.path().resolve("supervise"), "no directory");
        start();

        patiently().until(() -> snapshot("/bad").trouble().isPresent());
        assertThat(snapshot("/bad").trouble()).contains("unable to open supervise/lock: not a directory");
    }

    private ActorRef<RunsvCommand> gone() {
        ActorRef<RunsvCommand> gone = kit().spawn(Behaviors.<RunsvCommand>stopped());
        kit().createTestProbe().expectTerminated(gone, Tree.PATIENCE);
        return gone;
    }

    @Test
    void where_there_is_nothing_the_answer_is_that() {
        start();

        assertThat(tree.snapshot()).isEqualTo(new RunsvdirSnapshot("/", List.of()));
    }

    @Test
    void single_service_answers_for_itself() throws IOException {
        Service web = tree.service("web").script("run", SLEEP);
        CompletableFuture<Integer> ended = new CompletableFuture<>();
        List<ServiceEvent> heard = new java.util.concurrent.CopyOnWriteArrayList<>();
        ActorRef<SingleService.Command> single = kit().spawn(SingleService.create(
                OsString.of(web.path().toString()),
                line -> {},
                new StreamPlace("/a/web", heard::add),
                ended::complete));
        int pid = web.awaitRun();

        TestProbe<ServiceSnapshot> probe = kit().createTestProbe();
        single.tell(new SingleService.Snapshot(probe.getRef()));
        ServiceSnapshot snapshot = probe.receiveMessage(Tree.PATIENCE);
        single.tell(SingleService.Terminate.INSTANCE);

        assertThat(snapshot.path()).isEqualTo("/a/web");
        assertThat(snapshot.service().orElseThrow().status().pid()).isEqualTo(pid);
        assertThat(ended).succeedsWithin(Tree.PATIENCE).isEqualTo(0);
        assertThat(EventJudge.complaints(heard)).isEmpty();
        assertThat(Told.words(heard)).contains("Found", "ready p1", "ended with 0", "Forgotten");
    }

    @Test
    void at_rest_it_is_what_was_told_added_up() throws IOException {
        Service web = tree.service("web").script("run", SLEEP).script("finish", "exit 0");
        tree.service("bad").script("run", "exit 1");
        start();
        int pid = web.awaitRun();
        assertThat(ProcessHandle.of(pid).map(ProcessHandle::destroyForcibly)).contains(true);
        patiently().until(() -> web.awaitRun() != pid);
        web.control("p");
        patiently().until(() -> web.status().paused());

        patiently().untilAsserted(() -> assertThat(snapshot("/web")).isEqualTo(addedUp("/web")));
        assertThat(addedUp("/web").service().orElseThrow().restarts()).isEqualTo(1);
        assertThat(addedUp("/web").service().orElseThrow().status().paused()).isTrue();
    }

    private ServiceSnapshot addedUp(String path) {
        return addedUp(path, told.of(path));
    }

    private static ServiceSnapshot addedUp(String path, List<ServiceEvent> events) {
        ServiceSnapshot sum = ServiceSnapshot.beginning(path);
        for (ServiceEvent event : events) {
            sum = sum.after(event);
        }
        return sum;
    }

    // ---- added up, against what the rule remembers

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 300);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void events_of_a_random_walk_add_up_to_what_the_rule_remembers(long seed) {
        Walk walk = new Walk(new Random(seed));
        walk.tell(RunsvEvent.Begin.INSTANCE);

        for (int step = 0; step < 200 && !walk.state.exited(); step++) {
            walk.step();
            walk.compare();
        }
    }

    @Test
    void a_state_that_was_swallowed_is_noticed() {
        Walk walk = new Walk(new Random(1));
        walk.tell(RunsvEvent.Begin.INSTANCE);
        int before = walk.told.size();
        while (walk.told.stream().skip(before).noneMatch(ServiceEvent.StateChanged.class::isInstance)) {
            walk.step();
        }
        List<ServiceEvent> planted = new ArrayList<>(walk.told);
        planted.removeIf(event -> event instanceof ServiceEvent.StateChanged);

        assertThat(addedUp("/web", planted).service().orElseThrow().status())
                .isNotEqualTo(walk.state.service().status());
    }

    /** A made-up world that does what the rule says, and makes happen at random what can happen. */
    private static final class Walk {
        private static final String LETTERS = "uudoxtkpch1";

        private final Random random;
        private final List<ServiceEvent> told = new ArrayList<>();
        private final Map<Role, Integer> alive = new EnumMap<>(Role.class);
        private final Map<Role, Integer> starts = new EnumMap<>(Role.class);
        private final Map<Role, ExitStatus> lastEnd = new EnumMap<>(Role.class);
        private final Set<Role> reading = EnumSet.noneOf(Role.class);
        private final Set<Role> throttled = EnumSet.noneOf(Role.class);
        private Optional<Character> script = Optional.empty();
        private Instant now = Instant.ofEpochSecond(1_000_000_000);
        private int nextPid = 100;
        private RunsvState state;
        private ServiceSnapshot known = ServiceSnapshot.beginning("/web");

        Walk(Random random) {
            this.random = random;
            RunsvState.Unit down = RunsvState.Unit.down(random.nextBoolean() ? Want.UP : Want.DOWN, now);
            Optional<RunsvState.Unit> log =
                    random.nextBoolean() ? Optional.of(RunsvState.Unit.down(Want.UP, now)) : Optional.empty();
            this.state = RunsvState.beginning(down, log);
            hear(new ServiceEvent.SupervisionBegan("/web", down.status(), log.map(RunsvState.Unit::status), Set.of()));
        }

        private void hear(ServiceEvent event) {
            told.add(event);
            known = known.after(event);
        }

        void tell(RunsvEvent event) {
            RunsvState before = state;
            RunsvRule.Decision decision = RunsvRule.decide(before, event, now);
            Optional<ExitStatus> end = random.nextBoolean() ? Optional.of(ExitStatus.ofCode(0)) : Optional.empty();
            ServiceEvents.of(known, before, event, decision, now, end, Optional.empty())
                    .forEach(this::hear);
            state = decision.state();
            decision.actions().forEach(this::perform);
        }

        private void perform(RunsvAction action) {
            if (action instanceof RunsvAction.RunScript run) {
                script = Optional.of(run.letter());
            } else if (action instanceof RunsvAction.ReadCommand read) {
                reading.add(read.role());
            } else if (action instanceof RunsvAction.Throttle throttle) {
                throttled.add(throttle.role());
            }
        }

        void step() {
            now = now.plusMillis(random.nextInt(900));
            Role role = state.log().isPresent() && random.nextBoolean() ? Role.LOG : Role.SERVICE;
            RunsvState.Unit unit = state.unit(role);
            if (unit.busy() == Busy.STARTING) {
                answerStart(role, unit);
            } else if (script.isPresent() && role == Role.SERVICE && random.nextBoolean()) {
                char letter = script.get();
                script = Optional.empty();
                tell(new RunsvEvent.ScriptEnded(letter, random.nextInt(4) == 0));
            } else if (alive.containsKey(role) && random.nextInt(3) == 0) {
                boolean ofRun = unit.status().state() == State.RUN;
                end(role, ofRun);
            } else if (throttled.contains(role) && random.nextBoolean()) {
                throttled.remove(role);
                tell(new RunsvEvent.ThrottleElapsed(role));
            } else if (reading.remove(role)) {
                tell(new RunsvEvent.CommandRead(role, LETTERS.charAt(random.nextInt(LETTERS.length()))));
            } else if (random.nextInt(200) == 0) {
                tell(RunsvEvent.TerminateRequested.INSTANCE);
            }
        }

        private void answerStart(Role role, RunsvState.Unit unit) {
            boolean ofRun = unit.status().state() != State.FINISH;
            switch (random.nextInt(5)) {
                case 0 -> tell(new RunsvEvent.StartRefused(role));
                case 1 -> {
                    starts.merge(role, ofRun ? 1 : 0, Integer::sum);
                    end(role, ofRun);
                }
                default -> {
                    starts.merge(role, ofRun ? 1 : 0, Integer::sum);
                    alive.put(role, nextPid);
                    tell(new RunsvEvent.ProcessStarted(role, nextPid++));
                }
            }
        }

        private void end(Role role, boolean ofRun) {
            alive.remove(role);
            ExitStatus status = ExitStatus.ofCode(random.nextInt(256));
            if (ofRun) {
                lastEnd.put(role, status);
            }
            tell(new RunsvEvent.ProcessEnded(role, status, role == Role.SERVICE && random.nextBoolean()));
        }

        void compare() {
            compare(Role.SERVICE, known.service().orElseThrow());
            assertThat(known.log().isPresent()).isEqualTo(state.log().isPresent());
            known.log().ifPresent(log -> compare(Role.LOG, log));
        }

        private void compare(Role role, ServiceSnapshot.Unit unit) {
            ServiceStatus status = state.unit(role).status();
            assertThat(unit.status()).as("%s after %s", role, told).isEqualTo(status);
            assertThat(unit.started().isPresent()).as("%s after %s", role, told).isEqualTo(alive.containsKey(role));
            assertThat(unit.ready())
                    .isEqualTo(role == Role.SERVICE && alive.containsKey(role) && status.state() == State.RUN);
            assertThat(unit.restarts()).isEqualTo(Math.max(0, starts.getOrDefault(role, 0) - 1));
            assertThat(unit.lastEnd().map(ServiceSnapshot.End::status))
                    .isEqualTo(Optional.ofNullable(lastEnd.get(role)));
            if (state.unit(role).throttled()) {
                assertThat(unit.throttledUntil()).isPresent();
            }
        }
    }
}
