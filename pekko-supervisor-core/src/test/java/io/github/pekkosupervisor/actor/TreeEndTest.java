package io.github.pekkosupervisor.actor;

import static io.github.pekkosupervisor.actor.Bed.answer;
import static io.github.pekkosupervisor.testing.Specs.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.Supervisor;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorNotice;
import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.Shutdown;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec.AutoShutdown;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** Who waits for the end of a tree is told how it ended, and the last line of the log says the same. */
final class TreeEndTest {

    private static final ActorTestKit KIT = ActorTestKit.create();
    private static final SupervisionTree.Options HOST =
            SupervisionTree.Options.defaults().withSystem(KIT.system());
    private static final Duration HOUR = Duration.ofHours(1);
    private static final ExitReason BROKEN = ExitReason.failed("broken");

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    /** Ends for the reason that it is sent. */
    private static ChildSpec mortal(String id) {
        return ChildSpec.actor(
                id,
                child -> Behaviors.receive(Object.class)
                        .onMessage(ExitReason.class, child::exit)
                        .build());
    }

    private static SupervisorSpec frail(int intensity, ChildSpec... children) {
        return spec(children).withIntensity(intensity, HOUR);
    }

    private static void end(SupervisionTree tree, ExitReason reason, String... path) {
        tree.<Object>ref(Object.class, path).tell(reason);
    }

    @Test
    void closed() {
        SupervisionTree tree = SupervisionTree.start(spec(mortal("a")), HOST);

        TreeEnd end = Bed.get(tree.stop());

        assertThat(end).isEqualTo(new TreeEnd.Closed(ExitReason.shutdown())).hasToString("closed");
        assertThat(end.isFailure()).isFalse();
        assertThat(Bed.get(tree.whenEnded())).isEqualTo(end);
        assertThat(Bed.get(tree.root().whenEnded())).isEqualTo(end);
    }

    @Test
    void gave_up_with_the_supervisor_the_child_its_last_reason_and_the_limit() {
        SupervisionTree tree = SupervisionTree.start(frail(0, mortal("db")), HOST);

        end(tree, BROKEN, "db");

        TreeEnd end = Bed.get(tree.whenEnded());
        assertThat(end).isEqualTo(new TreeEnd.GaveUp("/", "db", BROKEN, 0, HOUR, Optional.empty()));
        assertThat(end.reason()).isEqualTo(ExitReason.shutdown());
        assertThat(end.isFailure()).isTrue();
        assertThat(end.toString()).contains("gave up", "supervisor /", "0 restarts in 1 h", "db", "failed(broken)");
    }

    @Test
    void gave_up_since_a_supervisor_below_had() {
        SupervisionTree tree =
                SupervisionTree.start(frail(0, ChildSpec.supervisor("storage", frail(0, mortal("db")))), HOST);

        end(tree, BROKEN, "storage", "db");

        TreeEnd end = Bed.get(tree.whenEnded());
        TreeEnd below = new TreeEnd.GaveUp("/storage", "db", BROKEN, 0, HOUR, Optional.empty());
        assertThat(end)
                .isEqualTo(new TreeEnd.GaveUp("/", "storage", ExitReason.shutdown(), 0, HOUR, Optional.of(below)));
        assertThat(end.origin()).isEqualTo(below);
    }

    @Test
    void gave_up_on_a_child_that_could_not_be_started_again() {
        AtomicBoolean fails = new AtomicBoolean();
        ChildSpec child = ChildSpec.actor("a", context -> {
            if (fails.get()) {
                return context.exit(ExitReason.failed("no start"));
            }
            return Behaviors.receive(Object.class)
                    .onMessage(ExitReason.class, context::exit)
                    .build();
        });
        SupervisionTree tree = SupervisionTree.start(frail(3, child), HOST);
        fails.set(true);

        end(tree, BROKEN, "a");

        assertThat(Bed.get(tree.whenEnded()))
                .isEqualTo(new TreeEnd.GaveUp("/", "a", ExitReason.failed("no start"), 3, HOUR, Optional.empty()));
    }

    @Test
    void automatic_shutdown_with_who_it_was() {
        SupervisorSpec spec = spec(mortal("job")
                        .withRestart(RestartType.TEMPORARY)
                        .withSignificant(true))
                .withAutoShutdown(AutoShutdown.ANY_SIGNIFICANT);
        for (ExitReason reason : List.of(ExitReason.normal(), BROKEN)) {
            SupervisionTree tree = SupervisionTree.start(spec, HOST);

            end(tree, reason, "job");

            TreeEnd end = Bed.get(tree.whenEnded());
            assertThat(end).isEqualTo(new TreeEnd.AutoShutdown("/", "job", reason, Optional.empty()));
            assertThat(end.isFailure()).isEqualTo(reason == BROKEN);
        }
    }

    @Test
    void killed() {
        ActorTestKit own = ActorTestKit.create();
        SupervisionTree tree = SupervisionTree.start(
                spec(ChildSpec.supervisor("s", spec(mortal("a"))).withShutdown(Shutdown.brutalKill())),
                HOST.withSystem(own.system()));
        SupervisorRef s = Bed.get(tree.supervisor("s")).orElseThrow();

        answer(tree.root().terminateChild("s"));

        TreeEnd end = Bed.get(s.whenEnded());
        assertThat(end).isEqualTo(TreeEnd.Killed.INSTANCE);
        assertThat(end.isFailure()).isTrue();
        own.shutdownTestKit();
    }

    @Test
    void killed_with_an_actor_system_that_does_not_wait() {
        Config hasty = ConfigFactory.parseString(
                "pekko.coordinated-shutdown.phases.before-actor-system-terminate.timeout = 100ms");
        ActorTestKit own = ActorTestKit.create("hasty", hasty);
        ChildSpec deaf = ChildSpec.actor("deaf", Behaviors.<Object>ignore())
                .withStopMessage("stop")
                .withShutdown(Shutdown.infinity());
        SupervisionTree tree = SupervisionTree.start(spec(deaf), HOST.withSystem(own.system()));

        own.system().terminate();

        assertThat(Bed.get(tree.whenEnded())).isEqualTo(TreeEnd.Killed.INSTANCE);
        assertThat(Bed.get(tree.root().whenEnded())).isEqualTo(TreeEnd.Killed.INSTANCE);
    }

    @Test
    void failed_since_a_child_did_not_start() {
        List<SupervisorEvent> events = new CopyOnWriteArrayList<>();
        ChildSpec broken = ChildSpec.actor("a", child -> {
            throw new IllegalStateException("no start");
        });

        assertThatThrownBy(() -> SupervisionTree.start(
                        spec(broken), HOST.withListener(TreeEvent.only(SupervisorEvent.class, events::add))))
                .isInstanceOf(SupervisionTree.StartFailedException.class);

        TreeEnd end = events.stream()
                .filter(SupervisorEvent.SupervisorStopped.class::isInstance)
                .map(event -> ((SupervisorEvent.SupervisorStopped) event).end())
                .findFirst()
                .orElseThrow();
        assertThat(end).isInstanceOf(TreeEnd.Failed.class);
        assertThat(end.isFailure()).isTrue();
    }

    @Test
    void the_end_of_its_owner_is_no_end_as_wished() {
        ActorTestKit own = ActorTestKit.create();
        ActorRef<String> owner = own.spawn(Behaviors.receiveMessage(any -> Behaviors.stopped()));
        SupervisionTree tree = SupervisionTree.start(
                spec(mortal("a")), HOST.withSystem(own.system()).withOwner(owner));

        owner.tell("end");

        TreeEnd end = Bed.get(tree.whenEnded());
        assertThat(end).isInstanceOf(TreeEnd.Closed.class);
        assertThat(end.isFailure()).isTrue();
        own.shutdownTestKit();
    }

    @Test
    void an_actor_that_owns_a_supervisor_is_told_too() {
        try (Bed bed = new Bed(KIT)) {
            bed.start(frail(0, bed.worker("a")));

            bed.exit("a", BROKEN);

            SupervisorNotice notice = bed.owner.receiveMessage(Bed.LONG);
            assertThat(notice)
                    .isEqualTo(new SupervisorNotice.Ended(
                            new TreeEnd.GaveUp("/", "a", BROKEN, 0, HOUR, Optional.empty())));
            bed.over();
            bed.ignoreReports();
        }
    }

    // ---- the log

    static Stream<Arguments> ends() {
        Consumer<SupervisionTree> close = SupervisionTree::close;
        Consumer<SupervisionTree> crash = tree -> end(tree, BROKEN, "a");
        Consumer<SupervisionTree> finish = tree -> end(tree, ExitReason.normal(), "job");
        return Stream.of(
                Arguments.of("closed", close, Level.INFO, "[closed]"),
                Arguments.of(
                        "gave up",
                        crash,
                        Level.ERROR,
                        "gave up: supervisor / allows 0 restarts in 1 h, and" + " child a ended with failed(broken)"),
                Arguments.of(
                        "automatic shutdown",
                        finish,
                        Level.INFO,
                        "automatic shutdown of supervisor /: child job" + " ended with normal"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ends")
    void the_last_line_says_it_at_the_right_level(
            String name, Consumer<SupervisionTree> way, Level level, String text) {
        Logger logger = (Logger) LoggerFactory.getLogger(Supervisor.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.list = new CopyOnWriteArrayList<>();
        lines.start();
        logger.addAppender(lines);
        Level before = logger.getLevel();
        logger.setLevel(Level.INFO);
        try {
            SupervisionTree tree = SupervisionTree.start(
                    frail(
                                    0,
                                    mortal("a"),
                                    mortal("job")
                                            .withRestart(RestartType.TEMPORARY)
                                            .withSignificant(true))
                            .withAutoShutdown(AutoShutdown.ANY_SIGNIFICANT),
                    HOST);
            way.accept(tree);
            Bed.get(tree.whenEnded());
            await().untilAsserted(() -> {
                ILoggingEvent last = lines.list.get(lines.list.size() - 1);
                assertThat(last.getFormattedMessage()).contains("supervisor [/] ends with", text);
                assertThat(last.getLevel()).isEqualTo(level);
            });
        } finally {
            logger.setLevel(before);
            logger.detachAppender(lines);
        }
    }
}
