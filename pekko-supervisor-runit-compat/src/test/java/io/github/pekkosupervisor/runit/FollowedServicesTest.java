package io.github.pekkosupervisor.runit;

import static io.github.pekkosupervisor.runit.Tree.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.protocol.TreeSnapshot.State;
import io.github.pekkosupervisor.runit.Tree.Service;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who follows a tree with service directories in it by its events has what a snapshot says. */
class FollowedServicesTest extends InGrove {

    private static TreeFollower follow(SupervisionTree tree) {
        return new TreeFollower().follow(tree);
    }

    /** Both are told in milliseconds, each by a clock that it looks at itself. */
    private static void agrees(SupervisionTree tree, TreeFollower follower) {
        follower.awaitAgreement(tree, 5);
    }

    private static void kill(long pid) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }

    @Test
    void what_happens_in_a_directory_of_them_is_followed() throws IOException {
        Service web = grove.sleeper("web").script("log/run", "exec cat >/dev/null");
        SupervisionTree tree = grove.start(grove.services());
        TreeFollower follower = follow(tree);

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
        TreeFollower follower = follow(tree);
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
        SupervisionTree tree = grove.start(SupervisorSpec.oneForOne()
                .withIntensity(10, Duration.ofMinutes(5))
                .withChild(grove.one(web)));
        TreeFollower follower = follow(tree);

        kill(grove.awaitStarts(web, 1));
        kill(grove.awaitStarts(web, 2));
        grove.awaitStarts(web, 3);
        patiently().until(() -> grove.node("/web").restarts() == 2);
        agrees(tree, follower);

        grove.crashOne("web");
        grove.awaitStarts(web, 4);
        patiently()
                .untilAsserted(
                        () -> assertThat(grove.node("/web").details()).containsEntry("supervised-restarts", "3"));
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
        TreeFollower follower = follow(tree);

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
        TreeFollower follower = follow(tree);

        Grove.get(tree.root().startChild(grove.services()));
        grove.awaitStarts(web, 1);

        patiently()
                .untilAsserted(() -> assertThat(grove.told())
                        .anyMatch(event -> event instanceof ServiceEvent.Warned
                                && event.path().equals("/services")));
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
                List<String> before = TreeFollower.lines(Grove.get(tree.snapshot()));
                return Grove.get(tree.health()).ready()
                        && before.equals(TreeFollower.lines(Grove.get(tree.snapshot())));
            });
            return TreeFollower.lines(Grove.get(tree.snapshot()));
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
        List<TreeFollower> followers = new ArrayList<>();

        for (int i = 0; i < 5; i++) {
            storm.blow(6);
            TreeFollower follower = new TreeFollower();
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
        TreeFollower honest = follow(tree);
        TreeFollower liar = new TreeFollower(FollowedServicesTest::isSecondStart, times).follow(tree);

        kill(grove.awaitStarts(services.get(0), 1));
        grove.awaitStarts(services.get(0), 2);

        agrees(tree, honest);
        patiently().until(liar::hasLied);
        assertThat(liar.lines()).isNotEqualTo(TreeFollower.lines(Grove.get(tree.snapshot())));
    }

    private static boolean isSecondStart(TreeEvent event) {
        return event instanceof ServiceEvent.Started started
                && started.path().equals("/services/one")
                && started.program() == ServiceEvent.Program.RUN;
    }
}
