package io.github.pekkosupervisor.runit;

import static io.github.pekkosupervisor.runit.Tree.patiently;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.typesafe.config.ConfigFactory;
import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.SupervisionTree.StartFailedException;
import io.github.pekkosupervisor.config.ConfiguredTree;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.protocol.TreeSnapshot;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.protocol.TreeSnapshot.State;
import io.github.pekkosupervisor.protocol.TreeSubscriber;
import io.github.pekkosupervisor.runit.Tree.Service;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.Shutdown;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Service directories are children of a tree: what a start means, what a stop leaves, what is seen of them. */
@Execution(ExecutionMode.CONCURRENT)
class ServiceDirectoriesTest extends InGrove {

    private static final String DEAF = "trap '' TERM; echo $$ >>starts; while :; do sleep 1; done";

    private static ServiceStatus.State stateOf(Service service) {
        return service.status().state();
    }

    /** It has been started when its tree is up; its status may come a moment after that is told. */
    private void runs(String path, Service service) {
        assertThat(grove.node(path).state()).isEqualTo(State.RUNNING);
        service.awaitRun();
    }

    @Nested
    class A_directory {

        @Test
        void has_started_when_every_run_has() throws IOException {
            Service web = grove.sleeper("web");
            Service slow = grove.service("slow")
                    .script("control/u", "sleep 1")
                    .script("run", "echo $$ >>starts; exec sleep 1000");
            Service down = grove.sleeper("down").file("down");

            grove.start(grove.services());

            runs("/services/web", web);
            runs("/services/slow", slow);
            patiently().ignoreExceptions().until(() -> stateOf(down) == ServiceStatus.State.DOWN);
        }

        @Test
        void has_started_though_one_service_directory_cannot_be() throws IOException {
            grove.service("norun");
            Files.writeString(grove.service("bad").path().resolve("supervise"), "no directory");
            Service web = grove.sleeper("web");

            grove.start(grove.services());

            runs("/services/web", web);
            assertThat(grove.messages()).anyMatch(line -> line.startsWith("runsv norun: fatal: unable to start ./run"));
        }

        /** One waits for a script without end, and one for a lock that another process holds. */
        @Test
        void has_started_though_some_wait_for_ever_who_are_named() throws IOException {
            grove.service("script").script("control/u", "exec sleep 1000").script("run", "exec sleep 1000");
            Service locked = grove.sleeper("locked").script("log/run", "exec cat");
            Path lock = Files.createDirectories(locked.path().resolve("log/supervise"))
                    .resolve("lock");
            Service web = grove.sleeper("web");
            Process holder =
                    new ProcessBuilder("flock", lock.toString(), "sh", "-c", "echo held; exec sleep 1000").start();
            try {
                assertThat(holder.getInputStream().read()).isEqualTo('h');

                grove.start(grove.services());

                patiently()
                        .untilAsserted(() -> assertThat(grove.told().stream()
                                        .filter(ServiceEvent.Warned.class::isInstance)
                                        // that one is slow where the machine is
                                        .filter(event -> !event.path().equals("/services/web"))
                                        .map(event -> event.path() + " " + ((ServiceEvent.Warned) event).text()))
                                .hasSize(2)
                                .anyMatch(text -> text.startsWith(
                                        "/services/locked not started after 3 s: it has not been opened;"))
                                .anyMatch(text -> text.matches(
                                        "/services/script not started after 3 s: control/u, pid \\d+, goes on")));
                runs("/services/web", web);
            } finally {
                holder.descendants().forEach(ProcessHandle::destroyForcibly);
                holder.destroyForcibly();
            }
        }

        @Test
        void may_be_empty_and_is_filled_later() throws IOException {
            grove.start(grove.services());

            Service web = grove.sleeper("web");

            web.awaitRun();
        }

        @Test
        void is_stopped_in_order_and_nothing_is_left() throws IOException {
            Service web = grove.service("web")
                    .script("run", "echo line; exec sleep 1000")
                    .script("finish", "echo over $1 $2 >>../ends")
                    .script("log/run", "cat >>../lines; echo read >>../../ends");
            SupervisionTree tree = grove.start(grove.services());
            web.awaitLogRun();
            web.awaitLines("lines", 1);

            tree.close();

            assertThat(grove.pids()).isEmpty();
            assertThat(Files.readAllLines(temp.resolve("ends"))).containsExactly("over -1 15", "read");
            assertThat(web.lines("lines")).containsExactly("line");
            assertThat(stateOf(web)).isEqualTo(ServiceStatus.State.DOWN);
            assertThat(web.logStatus().state()).isEqualTo(ServiceStatus.State.DOWN);
        }

        @Test
        void what_does_not_stop_in_time_is_killed_with_all_that_it_has_started() throws IOException {
            Service deaf = grove.service("deaf")
                    .script("run", "sleep 999 & " + DEAF)
                    .script("finish", "echo begun >>finish-begun; sleep 998")
                    .script("log/run", "trap '' TERM; while :; do sleep 1; done");
            SupervisionTree tree = grove.start(grove.services().withShutdown(Shutdown.timeout(Duration.ofMillis(200))));
            deaf.awaitLines("starts", 1);
            deaf.awaitLogRun();

            tree.close();

            patiently().until(() -> grove.pids().isEmpty());
            // it is killed within a second, and may not have come to anything by then
            patiently()
                    .untilAsserted(() -> assertThat(grove.told())
                            .filteredOn(ServiceEvent.Started.class::isInstance)
                            .extracting(event -> ((ServiceEvent.Started) event).program())
                            .contains(ServiceEvent.Program.FINISH));
            assertThat(deaf.lines("finish-begun")).isSubsetOf("begun");
            assertThat(stateOf(deaf)).isEqualTo(ServiceStatus.State.DOWN);
        }

        @Test
        void brutal_kill_leaves_nothing_either_nor_does_a_log_of_ours() throws IOException {
            Service deaf = grove.service("deaf").script("run", "echo line; " + DEAF);
            Files.writeString(deaf.path().resolve("service.conf"), "log { directory = main }");
            SupervisionTree tree = grove.start(grove.services().withShutdown(Shutdown.brutalKill()));
            patiently()
                    .untilAsserted(() -> assertThat(deaf.lines("log/main/current"))
                            .as("%s", grove.messages())
                            .hasSize(1));

            tree.close();

            assertThat(grove.pids()).isEmpty();
            assertThat(stateOf(deaf)).isEqualTo(ServiceStatus.State.DOWN);
        }

        @Test
        void one_that_sv_starts_while_it_is_being_stopped_does_not_go_on() throws IOException {
            Service deaf = grove.service("deaf").script("run", DEAF);
            SupervisionTree tree = grove.start(grove.services().withShutdown(Shutdown.timeout(Duration.ofSeconds(1))));
            deaf.awaitLines("starts", 1);

            // opened before, since nobody may read it any more when this thread comes to that
            try (FileChannel control = FileChannel.open(deaf.path().resolve("supervise/control"), WRITE)) {
                var stopped = tree.stop();
                patiently().until(() -> deaf.status().gotTerm());
                control.write(ByteBuffer.wrap(new byte[] {'u'}));

                Grove.get(stopped);
            }
            assertThat(grove.pids()).isEmpty();
        }

        @Test
        void that_is_not_there_is_a_failed_start_with_its_reason() {
            Path missing = temp.resolve("missing");

            assertThatThrownBy(() -> grove.start(ServiceDirectories.scanned("services", missing)))
                    .isInstanceOf(StartFailedException.class)
                    .hasMessageContaining(missing + " is not there; make it, or correct its path: ")
                    .hasMessageContaining("ENOENT");
        }

        @Test
        void that_is_supervised_already_is_a_failed_start_with_its_reason() throws Exception {
            try (LauncherLock other = new LauncherLock();
                    Directory held = Directory.open(OsString.of(temp.toString()))) {
                assertThat(other.take(held)).isTrue();

                assertThatThrownBy(() -> grove.start(grove.services()))
                        .isInstanceOf(StartFailedException.class)
                        .hasMessageContaining(temp + " is supervised already, by process "
                                + ProcessHandle.current().pid());
            }
        }

        @Test
        void is_stopped_and_started_by_calls() throws IOException {
            Service web = grove.sleeper("web");
            SupervisionTree tree = grove.start(grove.services());
            grove.awaitStarts(web, 1);

            Grove.get(tree.root().terminateChild("services"));
            List<Long> between = grove.pids();
            Grove.get(tree.root().restartChild("services"));

            assertThat(between).isEmpty();
            grove.awaitStarts(web, 2);
            web.awaitRun();
        }
    }

    @Nested
    class One {

        /** It has begun, and from then on each attempt to end it fails. */
        @Test
        void is_said_to_be_given_up_on_by_all_that_listen() throws IOException {
            CrashingClock clock = new CrashingClock();
            Service web = grove.sleeper("a");
            SupervisionTree tree = grove.start(
                    ServiceDirectories.one("web", grove.settings(web.path()).withClock(clock)));
            long pid = grove.awaitStarts(web, 1);
            clock.crash(Integer.MAX_VALUE);
            ProcessHandle.of(pid).orElseThrow().destroyForcibly();

            tree.close();

            String given = "the supervision of web fails each time, and is not waited for; its processes are killed";
            assertThat(grove.messages()).endsWith("runsv " + web.path() + ": warning: " + given + "\n");
            patiently()
                    .untilAsserted(() -> assertThat(grove.told())
                            .filteredOn(ServiceEvent.Warned.class::isInstance)
                            .extracting(event -> ((ServiceEvent.Warned) event).text())
                            .containsExactly(given));
        }

        @Test
        void has_started_when_its_run_has() throws IOException {
            Service web = grove.sleeper("a").script("control/u", "sleep 1");

            grove.start(grove.one(web));

            runs("/web", web);
        }

        @Test
        void without_a_run_is_a_failed_start_with_its_reason() throws IOException {
            Service web = grove.service("a");

            assertThatThrownBy(() -> grove.start(grove.one(web)))
                    .isInstanceOf(StartFailedException.class)
                    .hasMessageContaining("run cannot be run: ")
                    .hasMessageContaining("ENOENT");
        }

        @Test
        void that_does_not_start_in_time_is_a_failed_start_with_what_it_waits_for() throws IOException {
            Service web = grove.sleeper("a").script("control/u", "exec sleep 1000");

            assertThatThrownBy(() -> grove.start(grove.one(web).withStartTimeout(Duration.ofSeconds(4))))
                    .isInstanceOf(StartFailedException.class)
                    .hasMessageMatching("(?s).*\\[/web] timeout: control/u, pid \\d+, goes on.*");
        }

        @Test
        void that_another_supervises_is_a_failed_start_with_its_reason() throws IOException {
            Service web = grove.sleeper("a");
            ChildSpec other = grove.one(web).withId("other");

            assertThatThrownBy(() -> grove.start(other, grove.one(web)))
                    .isInstanceOf(StartFailedException.class)
                    .hasMessageContaining("it cannot be supervised: ")
                    .hasMessageContaining("lock");
        }

        @Test
        void is_stopped_in_order() throws IOException {
            Service web = grove.sleeper("a").script("finish", "echo over >>ends");
            SupervisionTree tree = grove.start(grove.one(web));

            tree.close();

            assertThat(grove.pids()).isEmpty();
            assertThat(web.lines("ends")).containsExactly("over");
            assertThat(stateOf(web)).isEqualTo(ServiceStatus.State.DOWN);
        }

        @Test
        void is_killed_when_it_does_not_stop() throws IOException {
            Service web = grove.service("a").script("run", DEAF);
            SupervisionTree tree = grove.start(grove.one(web).withShutdown(Shutdown.timeout(Duration.ofMillis(200))));
            web.awaitLines("starts", 1);

            tree.close();

            // what it has started is no child of ours, and ends by itself
            patiently().until(() -> grove.pids().isEmpty());
        }
    }

    @Test
    void their_events_are_in_the_stream_of_the_tree() throws IOException {
        grove.sleeper("web");
        Service one = grove.service(".one").script("run", "exec sleep 1000");
        SupervisionTree tree = grove.start(grove.services(), grove.one(one));

        tree.close();

        Told told = new Told();
        grove.told().stream()
                .filter(ServiceEvent.class::isInstance)
                .map(ServiceEvent.class::cast)
                .forEach(told);
        assertThat(told.paths()).containsExactlyInAnyOrder("/services/web", "/web");
        assertThat(told.words("/services/web"))
                .startsWith("Found")
                .contains("ready p1")
                .endsWith("Forgotten");
        assertThat(told.words("/web")).startsWith("Found").contains("ready p1").endsWith("Forgotten");
        assertThat(grove.told().get(grove.told().size() - 1)).isNotInstanceOf(ServiceEvent.class);
    }

    @Test
    void each_is_in_the_snapshot_with_its_logger() throws IOException {
        Service web = grove.sleeper("web").script("log/run", "exec cat");
        Service off = grove.sleeper("off").file("down");
        SupervisionTree tree = grove.start(grove.services());
        web.awaitRun();
        web.awaitLogRun();

        Node services = grove.node("/services");
        Node node = grove.node("/services/web");

        assertThat(services.kind()).isEqualTo("service directories");
        assertThat(services.ready()).isTrue();
        assertThat(services.children()).extracting(Node::path).containsExactly("/services/off", "/services/web");
        assertThat(node.kind()).isEqualTo("service directory");
        assertThat(node.state()).isEqualTo(State.RUNNING);
        assertThat(node.process().orElseThrow().pid()).isEqualTo(web.status().pid());
        assertThat(node.since().orElseThrow()).isCloseTo(web.status().stamp(), within(1, ChronoUnit.MILLIS));
        assertThat(grove.node("/services/web/log").process().orElseThrow().pid())
                .isEqualTo(web.logStatus().pid());
        assertThat(grove.node("/services/off").state()).isEqualTo(State.STOPPED);
        assertThat(Grove.get(tree.health()).ready()).isTrue();
        patiently().ignoreExceptions().until(() -> stateOf(off) == ServiceStatus.State.DOWN);
    }

    @Test
    void one_that_dies_again_and_again_is_why_the_tree_is_not_ready() throws IOException {
        Service web = grove.service("web").script("run", "echo $$ >>starts; exit 3");
        SupervisionTree tree = grove.start(grove.services());
        web.awaitLines("starts", 2);

        patiently().untilAsserted(() -> {
            assertThat(grove.node("/services/web").lastExit().orElseThrow().reason())
                    .contains("3");
            assertThat(grove.node("/services/web").restarts()).isPositive();
            assertThat(Grove.get(tree.health()).notReady())
                    .singleElement()
                    .satisfies(one -> assertThat(one.path()).isEqualTo("/services/web"));
        });
    }

    /** Each byte makes the next of a strict alternation: what is missing, or comes twice, breaks it. */
    @Test
    void a_subscriber_misses_nothing_and_hears_nothing_twice() throws Exception {
        Service web = grove.sleeper("web");
        SupervisionTree tree = grove.start(grove.services());
        Alternation first = new Alternation();
        tree.subscribe(first);
        AtomicBoolean enough = new AtomicBoolean();
        CompletableFuture<Void> storm = CompletableFuture.runAsync(() -> {
            for (int written = 0; !enough.get(); written += 2) {
                // who has written more would wait, at its end, until all of that has been obeyed
                int heard = written - 20;
                patiently().until(() -> first.paused.size() > heard);
                toggle(web);
            }
        });

        List<Alternation> all = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            Alternation one = new Alternation();
            tree.subscribe(one);
            all.add(one);
            patiently().until(() -> one.paused.size() > 10);
        }
        enough.set(true);
        Grove.get(storm.thenApply(done -> true));

        assertThat(all)
                .allSatisfy(
                        one -> assertThat(one.isBroken()).as("%s", one.paused).isFalse());
    }

    private static void toggle(Service web) {
        try {
            web.control("pc");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether the service was paused in the snapshot, and after each event since. */
    private static final class Alternation implements TreeSubscriber {
        private final List<Boolean> paused = new CopyOnWriteArrayList<>();

        @Override
        public void snapshot(TreeSnapshot present) {
            paused.add(present.find("/services/web").orElseThrow().details().containsKey("paused"));
        }

        @Override
        public void event(TreeEvent event) {
            if (event instanceof ServiceEvent.StateChanged changed) {
                paused.add(changed.status().paused());
            }
        }

        boolean isBroken() {
            return IntStream.range(1, paused.size()).anyMatch(i -> paused.get(i).equals(paused.get(i - 1)));
        }
    }

    @Test
    void one_says_how_its_run_is() throws IOException {
        Service web = grove.sleeper("a");
        grove.start(grove.one(web));
        web.awaitRun();

        Node node = grove.node("/web");

        assertThat(node.kind()).isEqualTo("service directory");
        assertThat(node.incarnation()).hasValue(1);
        assertThat(node.process().orElseThrow().pid()).isEqualTo(web.status().pid());
        assertThat(node.details()).containsEntry("supervised-restarts", "0");
    }

    @Test
    void they_are_placed_by_a_configuration() throws IOException {
        Service web = grove.sleeper("web");
        SupervisorSpec spec = ConfiguredTree.read(ConfigFactory.parseString("""
                        strategy = rest-for-one
                        children = [
                          { id = clock, process.command = [sleep, 1000] }
                          { id = services, from-code = services, shutdown = 3s, restart = transient }
                        ]
                        """), Map.of("services", grove.services()));

        grove.start(spec);

        ChildSpec services = spec.children().get(1);
        runs("/services/web", web);
        assertThat(services.kindName()).isEqualTo("service directories");
        assertThat(services.shutdown()).isEqualTo(Shutdown.timeout(Duration.ofSeconds(3)));
        assertThat(services.restart()).isEqualTo(RestartType.TRANSIENT);
    }

    @Test
    void one_line_starts_a_tree_of_nothing_else() throws IOException {
        Service web = grove.sleeper("web");

        try (SupervisionTree services = ServiceDirectories.start(temp)) {
            assertThat(services.root().path()).isEqualTo("/");
            assertThat(Grove.get(services.snapshot())
                            .find("/services/web")
                            .orElseThrow()
                            .state())
                    .isEqualTo(State.RUNNING);
            web.awaitRun();
        }

        assertThat(grove.pids()).isEmpty();
        assertThat(stateOf(web)).isEqualTo(ServiceStatus.State.DOWN);
    }
}
