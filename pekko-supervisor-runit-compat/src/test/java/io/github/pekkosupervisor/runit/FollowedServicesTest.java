package io.github.pekkosupervisor.runit;

import static io.github.pekkosupervisor.runit.Tree.patiently;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.protocol.TreeFold;
import io.github.pekkosupervisor.protocol.TreeSnapshot;
import io.github.pekkosupervisor.protocol.TreeSnapshot.LastExit;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.protocol.TreeSnapshot.State;
import io.github.pekkosupervisor.protocol.TreeSubscriber;
import io.github.pekkosupervisor.runit.Tree.Service;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who follows a tree with service directories in it by its events has what a snapshot says. */
class FollowedServicesTest {

    private static final ActorTestKit KIT = ActorTestKit.create();

    @TempDir
    private Path temp;

    private Grove grove;

    @BeforeEach
    void plant() {
        grove = new Grove(temp, KIT);
    }

    @AfterEach
    void fell() {
        grove.close();
    }

    @AfterAll
    static void shut_down() {
        KIT.shutdownTestKit();
    }

    /** Hears each event once, unless it lies about one. */
    private static final class Follower implements TreeSubscriber {
        private final TreeFold fold = new TreeFold();
        private final Predicate<TreeEvent> isTheLie;
        private final int times;
        private final AtomicInteger lies = new AtomicInteger();
        final AtomicInteger snapshots = new AtomicInteger();

        Follower() {
            this(event -> false, 1);
        }

        Follower(Predicate<TreeEvent> isTheLie, int times) {
            this.isTheLie = isTheLie;
            this.times = times;
        }

        @Override
        public void snapshot(TreeSnapshot present) {
            fold.snapshot(present);
            snapshots.incrementAndGet();
        }

        @Override
        public void event(TreeEvent event) {
            boolean lies = isTheLie.test(event) && this.lies.getAndIncrement() == 0;
            IntStream.range(0, lies ? times : 1).forEach(i -> fold.event(event));
        }

        List<String> lines() {
            return FollowedServicesTest.lines(fold.present());
        }
    }

    private static Follower follow(SupervisionTree tree) {
        return follow(tree, new Follower());
    }

    private static Follower follow(SupervisionTree tree, Follower follower) {
        assertThat(tree.subscribe(follower)).isNotNull();
        patiently().until(() -> follower.snapshots.get() > 0);
        return follower;
    }

    /** All but restarts within a period, which grow fewer by themselves. */
    private static List<String> lines(TreeSnapshot snapshot) {
        List<String> lines = new ArrayList<>();
        List<Node> left = new ArrayList<>(List.of(snapshot.top()));
        while (!left.isEmpty()) {
            Node node = left.remove(0);
            lines.add(node.path() + " " + node.kind() + " " + node.state() + " ready " + node.ready() + " "
                    + node.incarnation() + " " + node.process() + " since "
                    + node.since().map(since -> "then").orElse("never") + " restarts "
                    + node.restarts() + " " + node.lastExit().map(LastExit::reason) + " next "
                    + node.nextRestart() + " " + node.details());
            left.addAll(node.children());
        }
        return lines;
    }

    private void agrees(SupervisionTree tree, Follower follower) {
        patiently().untilAsserted(() -> {
            TreeSnapshot present = Grove.get(tree.snapshot());
            assertThat(follower.lines()).isEqualTo(lines(present));
            agree(follower.fold.present().top(), present.top());
        });
    }

    /** When it has become so, to a few of the milliseconds that both are told in. */
    private static void agree(Node followed, Node present) {
        present.since()
                .ifPresent(since -> assertThat(followed.since().orElseThrow())
                        .as(present.path())
                        .isCloseTo(since, within(5, ChronoUnit.MILLIS)));
        for (int i = 0; i < present.children().size(); i++) {
            agree(followed.children().get(i), present.children().get(i));
        }
    }

    private static void kill(long pid) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }

    @Test
    void what_happens_in_a_directory_of_them_is_followed() throws IOException {
        Service web = grove.sleeper("web").script("log/run", "exec cat >/dev/null");
        SupervisionTree tree = grove.start(grove.services());
        Follower follower = follow(tree);

        kill(grove.awaitStarts(web, 1));
        grove.awaitStarts(web, 2);
        Service more = grove.sleeper("more");
        grove.awaitStarts(more, 1);
        agrees(tree, follower);

        web.control("p");
        patiently().until(() -> follower.lines().toString().contains("paused=yes"));
        agrees(tree, follower);
        web.control("c");
        web.control("d");
        patiently().until(() -> grove.node("/services/web").state() == State.STOPPED);
        agrees(tree, follower);

        Files.move(more.path(), temp.resolve(".more"));
        patiently().until(() -> !follower.lines().toString().contains("/services/more"));
        agrees(tree, follower);
    }

    @Test
    void nothing_is_left_below_a_child_that_has_ended_and_all_comes_back() throws IOException {
        Service web = grove.sleeper("web");
        SupervisionTree tree = grove.start(grove.services());
        Follower follower = follow(tree);
        grove.awaitStarts(web, 1);

        Grove.get(tree.root().terminateChild("services"));
        agrees(tree, follower);
        assertThat(follower.lines()).hasSize(2);
        Grove.get(tree.root().restartChild("services"));
        agrees(tree, follower);
        grove.awaitStarts(web, 2);
        agrees(tree, follower);
        assertThat(follower.lines()).hasSize(3);
    }

    @Test
    void one_that_is_a_child_itself_has_the_figures_of_its_run() throws IOException {
        Service web = grove.service("a").script("run", "echo $$ >>starts; exec sleep 1000");
        SupervisionTree tree = grove.start(grove.single(web));
        Follower follower = follow(tree);

        kill(grove.awaitStarts(web, 1));
        kill(grove.awaitStarts(web, 2));
        grove.awaitStarts(web, 3);
        patiently().until(() -> grove.node("/web").restarts() == 2);
        agrees(tree, follower);

        grove.crash("web");
        grove.awaitStarts(web, 4);
        patiently()
                .untilAsserted(
                        () -> assertThat(grove.node("/web").details()).containsEntry("supervised-restarts", "1"));
        agrees(tree, follower);
    }

    @Test
    void what_is_wrong_is_said_in_words() throws IOException {
        Service bad = grove.sleeper("bad");
        Files.writeString(bad.path().resolve("supervise"), "no directory");
        Service web = grove.sleeper("web");
        assertThat(web.path().resolve("run").toFile().setExecutable(false, false))
                .isTrue();
        SupervisionTree tree = grove.start(grove.services());
        Follower follower = follow(tree);

        patiently()
                .untilAsserted(() -> assertThat(Grove.get(tree.health()).notReady())
                        .hasSize(2)
                        .anySatisfy(bads -> assertThat(bads)
                                .asString()
                                .startsWith("/services/bad: restarting at ")
                                .contains(", trouble unable to open supervise/lock: not a directory"))
                        .anySatisfy(webs -> assertThat(webs)
                                .asString()
                                .startsWith("/services/web: ")
                                .contains(", trouble cannot run run: access denied")));
        patiently()
                .untilAsserted(() -> assertThat(follower.lines())
                        .anyMatch(line -> line.contains("trouble=unable to open supervise/lock"))
                        .anyMatch(line -> line.contains("trouble=cannot run run: access denied")));

        Files.delete(bad.path().resolve("supervise"));
        assertThat(web.path().resolve("run").toFile().setExecutable(true, false))
                .isTrue();
        grove.awaitStarts(bad, 1);
        grove.awaitStarts(web, 1);
        patiently().until(() -> Grove.get(tree.health()).ready());
        agrees(tree, follower);
        assertThat(follower.lines()).noneMatch(line -> line.contains("trouble"));
    }

    @Test
    void what_is_wrong_with_the_directory_of_many_is_not_taken_for_one_of_them() throws IOException {
        Service web = grove.sleeper("web");
        Files.writeString(web.path().resolveSibling(".pekko-supervisor"), "no directory");
        SupervisionTree tree = grove.start();
        Follower follower = follow(tree);

        Grove.get(tree.root().startChild(grove.services()));
        grove.awaitStarts(web, 1);

        assertThat(grove.told())
                .anyMatch(event ->
                        event instanceof ServiceEvent.Warned && event.path().equals("/services"));
        agrees(tree, follower);
        assertThat(follower.lines()).noneMatch(line -> line.contains("trouble"));
    }

    // ---- the storm

    /** Processes are killed, a child fails, and service directories are told to do this and that. */
    private final class Storm {
        private final SupervisionTree tree;
        private final Random random;
        private final List<Service> services;

        Storm(SupervisionTree tree, long seed, List<Service> services) {
            this.tree = tree;
            this.random = new Random(seed);
            this.services = services;
        }

        void blow(int gusts) throws IOException {
            for (int i = 0; i < gusts; i++) {
                Service one = services.get(random.nextInt(services.size()));
                switch (random.nextInt(8)) {
                    case 0 -> one.control("d");
                    case 1 -> one.control("t");
                    case 2 -> one.control("p");
                    case 3 -> grove.crash("services");
                    default -> one.control("u");
                }
                grove.pids().stream().skip(random.nextInt(3)).findFirst().ifPresent(FollowedServicesTest::kill);
                Grove.get(tree.snapshot());
            }
        }

        /** All is wanted up and runs, and stays as it is. */
        List<String> rest() throws IOException {
            for (Service service : services) {
                patiently().until(() -> {
                    service.control("c");
                    service.control("u");
                    return Grove.get(tree.health()).ready();
                });
            }
            patiently().until(() -> {
                List<String> before = lines(Grove.get(tree.snapshot()));
                return Grove.get(tree.health()).ready() && before.equals(lines(Grove.get(tree.snapshot())));
            });
            return lines(Grove.get(tree.snapshot()));
        }
    }

    private SupervisionTree plantForStorm(List<Service> services) throws IOException {
        for (String name : List.of("one", "two", "three")) {
            services.add(grove.sleeper(name));
        }
        services.get(0).script("log/run", "exec cat >/dev/null");
        services.get(1).script("finish", "exit 0");
        return grove.start(SupervisorSpec.oneForOne()
                .withIntensity(1_000, Duration.ofHours(1))
                .withChildren(List.of(grove.services())));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void who_comes_in_the_midst_of_a_storm_ends_with_what_a_snapshot_says(long seed) throws IOException {
        List<Service> services = new ArrayList<>();
        SupervisionTree tree = plantForStorm(services);
        Storm storm = new Storm(tree, seed, services);
        List<Follower> followers = new ArrayList<>();

        for (int i = 0; i < 5; i++) {
            storm.blow(6);
            Follower follower = new Follower();
            assertThat(tree.subscribe(follower)).isNotNull();
            followers.add(follower);
        }
        storm.blow(6);
        List<String> present = storm.rest();

        assertThat(followers)
                .allSatisfy(follower -> patiently()
                        .untilAsserted(() -> assertThat(follower.lines()).isEqualTo(present)));
    }

    /** A gap, or something told twice, would be seen by the comparison above. */
    @ParameterizedTest(name = "told {0} times")
    @ValueSource(ints = {0, 2})
    void a_planted_gap_and_a_planted_double_are_reported(int times) throws IOException {
        List<Service> services = new ArrayList<>();
        SupervisionTree tree = plantForStorm(services);
        grove.awaitStarts(services.get(0), 1);
        Follower honest = follow(tree);
        Follower liar = follow(tree, new Follower(FollowedServicesTest::isSecondStart, times));

        kill(grove.awaitStarts(services.get(0), 1));
        grove.awaitStarts(services.get(0), 2);

        agrees(tree, honest);
        patiently().until(() -> liar.lies.get() > 0);
        assertThat(liar.lines()).isNotEqualTo(lines(Grove.get(tree.snapshot())));
    }

    private static boolean isSecondStart(TreeEvent event) {
        return event instanceof ServiceEvent.Started started
                && started.path().equals("/services/one")
                && started.program() == ServiceEvent.Program.RUN;
    }
}
