package io.github.pekkosupervisor.runit.export;

import static io.github.pekkosupervisor.runit.export.ShownTree.actor;
import static io.github.pekkosupervisor.runit.export.ShownTree.oneForOne;
import static io.github.pekkosupervisor.runit.export.ShownTree.patiently;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.SupervisionTree.Options;
import io.github.pekkosupervisor.SupervisionTree.StartFailedException;
import io.github.pekkosupervisor.runit.Runsvdir;
import io.github.pekkosupervisor.runit.RunsvdirSettings;
import io.github.pekkosupervisor.runit.Scripts;
import io.github.pekkosupervisor.runit.ServiceDirectories;
import io.github.pekkosupervisor.runit.conformance.MarkedProcesses;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Service directories below a tree that is shown: case 46 of the specification of exports. */
@Execution(ExecutionMode.CONCURRENT)
final class ExportLinksCasesTest {

    @TempDir
    Path temp;

    private final MarkedProcesses processes = new MarkedProcesses();
    private Path scanned = Path.of("");

    private @Nullable ShownTree shown;

    @BeforeEach
    void make() throws IOException {
        scanned = Files.createDirectory(temp.resolve("scanned"));
        service("web");
    }

    @AfterEach
    void close() {
        try {
            if (shown != null) {
                shown.close();
            }
            assertThat(processes.alive()).isEmpty();
        } finally {
            processes.kill();
        }
    }

    private void service(String name) throws IOException {
        Path run = Files.createDirectory(scanned.resolve(name)).resolve("run");
        Scripts.write(
                run, "#!/bin/sh\nexport " + MarkedProcesses.VARIABLE + "=" + processes.value() + "\nexec sleep 1000\n");
    }

    private ShownTree show(Path directory, ChildSpec... children) {
        ShownTree started = ShownTree.start(directory, oneForOne(children));
        shown = started;
        return started;
    }

    private ChildSpec services() {
        return ServiceDirectories.scanned("services", scanned);
    }

    private static boolean isLink(Path file) {
        return Files.isSymbolicLink(file);
    }

    @Test
    void case_46_a_service_directory_below_a_child_is_linked_to() throws IOException {
        ShownTree tree = show(temp.resolve("service"), actor("cache"), services());
        Path web = scanned.resolve("web");

        String linked = tree.sv("status", "services.web").line();
        assertThat(linked).matches("run: services\\.web: \\(pid \\d+\\) \\d+s");
        assertThat(ShownTree.sv(scanned, "status", web.toString()).line().replaceAll(" \\d+s$", ""))
                .isEqualTo(linked.replace("services.web", web.toString()).replaceAll(" \\d+s$", ""));
        assertThat(tree.sv("stop", "services.web").exit()).isZero();
        assertThat(ShownTree.sv(scanned, "status", "web").line()).startsWith("down: web: ");

        assertThat(tree.sv("stop", "services").exit()).isZero();
        tree.awaitWritten();
        assertThat(tree.sv("status", "services.web").line()).isEqualTo("fail: services.web: runsv not running");
        assertThat(tree.sv("start", "services").exit()).isZero();
        assertThat(tree.sv("status", "services.web").line()).startsWith("run: services.web: ");
    }

    /** Those of an entry that goes, and of an earlier tree; not what somebody else has put there. */
    @Test
    void case_46_links_go_and_no_others() throws IOException {
        service("gone");
        Path directory = temp.resolve("service");
        ShownTree.start(directory, oneForOne(services())).close();
        assertThat(directory.resolve("services.gone")).matches(ExportLinksCasesTest::isLink);
        remove("gone");
        Files.createSymbolicLink(directory.resolve("services.mine"), temp);
        service("lost");
        ShownTree tree = show(directory, services());
        assertThat(tree.sv("status", "services.lost").exit()).isZero();

        remove("lost");

        patiently()
                .until(() -> !Files.exists(directory.resolve("services.gone"), LinkOption.NOFOLLOW_LINKS)
                        && !Files.exists(directory.resolve("services.lost"), LinkOption.NOFOLLOW_LINKS));
        assertThat(directory.resolve("services.mine")).isSymbolicLink();
        assertThat(tree.sv("status", "services.web").exit()).isZero();
    }

    /** What was shown of the supervisor is shown for ten seconds yet. */
    @Test
    void a_link_takes_the_name_of_a_child_that_has_gone_when_that_is_shown_no_more() {
        ShownTree tree = show(
                temp.resolve("service"),
                ChildSpec.supervisor("services", SupervisorSpec.oneForOne().withChildren(List.of(actor("web")))));
        assertThat(tree.sv("status", "services.web").line()).contains("(pid " + ShownTree.JVM + ")");

        ShownTree.get(tree.root().terminateChild("services"));
        ShownTree.get(tree.root().deleteChild("services"));
        ShownTree.get(tree.root().startChild(services()));

        patiently()
                .until(() -> isLink(tree.directory().resolve("services.web"))
                        && tree.sv("status", "services.web").line().startsWith("run: "));
        assertThat(tree.sv("status", "services").line()).startsWith("run: ");
    }

    /** As with runit it runs on; the next one is begun with under its new name. */
    @Test
    void a_link_follows_an_entry_that_is_renamed() throws IOException {
        service("db");
        Path directory = temp.resolve("service");
        ShownTree tree = show(directory, services());
        String web = tree.sv("status", "services.web").line().replaceAll(".*(pid \\d+).*", "$1");
        String db = tree.sv("status", "services.db").line().replaceAll(".*(pid \\d+).*", "$1");

        Files.move(scanned.resolve("web"), scanned.resolve("www"));
        patiently()
                .untilAsserted(() ->
                        assertThat(tree.sv("status", "services.www").line()).contains(web));
        patiently().until(() -> !Files.exists(directory.resolve("services.web"), LinkOption.NOFOLLOW_LINKS));
        Files.move(scanned.resolve("db"), scanned.resolve("web"));

        patiently()
                .untilAsserted(() ->
                        assertThat(tree.sv("status", "services.web").line()).contains(db));
        tree.forgetEvents();
        assertThat(tree.sv("exit", "services.www").exit()).isZero();
        patiently()
                .untilAsserted(() -> assertThat(tree.events().stream()
                                .map(Object::toString)
                                .filter(event -> event.startsWith("Found") || event.startsWith("Forgotten")))
                        .containsExactly(
                                "Forgotten[path=/services/web, entryGone=Optional.empty]",
                                "Found[path=/services/www]"));
        patiently().until(() -> tree.sv("status", "services.www").line().startsWith("run: "));
    }

    private void remove(String service) throws IOException {
        Files.move(scanned.resolve(service), temp.resolve(service));
    }

    @Test
    void case_46_nothing_is_shown_where_service_directories_are_looked_for() {
        ShownTree tree = show(temp.resolve("service"), services());
        Path within = scanned.resolve("service");

        for (Path directory : new Path[] {scanned, within, scanned.resolve("web/tree")}) {
            assertThatThrownBy(() -> start(directory, actor("cache")))
                    .isInstanceOf(StartFailedException.class)
                    .hasMessageContaining(directory + " is, or lies in, " + scanned
                            + ", where this JVM supervises service directories");
        }

        assertThat(within).doesNotExist();
        tree.close();
        start(within, actor("cache")).close();
    }

    @Test
    void case_46_nor_are_they_looked_for_where_a_tree_is_shown() throws IOException {
        Path directory = scanned.resolve("service");
        show(directory, actor("cache"));

        for (Path place : new Path[] {scanned, directory}) {
            assertThatThrownBy(() -> SupervisionTree.start(
                            oneForOne(ServiceDirectories.scanned("services", place)),
                            Options.defaults().withJvmShutdownHook(false)))
                    .isInstanceOf(StartFailedException.class)
                    .hasMessageContaining(place + " is, or holds, " + directory
                            + ", where this JVM shows a tree; show that elsewhere");
        }

        assertThat(scanned.resolve("web/supervise")).doesNotExist();
    }

    /** As runsvdir has it, which keeps trying. */
    @Test
    void one_that_is_in_no_tree_waits_until_that_is_over() {
        ShownTree tree = show(scanned.resolve("service"), actor("cache"));
        List<String> messages = new CopyOnWriteArrayList<>();
        ActorTestKit kit = ActorTestKit.create();
        try {
            ActorRef<Runsvdir.Command> runsvdir = kit.spawn(
                    Runsvdir.create(
                            RunsvdirSettings.of(scanned).withMessages(message -> messages.add(message.toString()))),
                    Runsvdir.dispatcher());
            patiently().until(() -> !messages.isEmpty());
            assertThat(messages)
                    .singleElement()
                    .asString()
                    .contains("it is, or holds, " + scanned.resolve("service") + ", where this JVM shows a tree");
            assertThat(scanned.resolve("web/supervise")).doesNotExist();

            tree.close();

            patiently()
                    .until(() -> ShownTree.sv(scanned, "status", "web").line().startsWith("run: web: "));
            TestProbe<Done> stopped = kit.createTestProbe();
            runsvdir.tell(new Runsvdir.Stop(stopped.getRef()));
            stopped.receiveMessage(ShownTree.PATIENCE);
        } finally {
            kit.shutdownTestKit();
        }
    }

    /** Whether the tree is at work or over; who has run there is another matter. */
    @Test
    void what_is_shown_of_a_tree_is_no_service_directory_however_it_is_reached() throws IOException {
        Path directory = temp.resolve("service");
        ShownTree tree = show(directory, actor("cache"));
        Files.createSymbolicLink(scanned.resolve("tree"), directory);
        Files.createSymbolicLink(scanned.resolve("cache"), directory.resolve("cache"));
        List<String> messages = new CopyOnWriteArrayList<>();
        ActorTestKit kit = ActorTestKit.create();
        try {
            ActorRef<Runsvdir.Command> runsvdir = kit.spawn(
                    Runsvdir.create(
                            RunsvdirSettings.of(scanned).withMessages(message -> messages.add(message.toString()))),
                    Runsvdir.dispatcher());
            patiently()
                    .until(() -> ShownTree.sv(scanned, "status", "web").line().startsWith("run: web: "));
            patiently()
                    .untilAsserted(() -> assertThat(messages)
                            .extracting(String::strip)
                            .containsExactlyInAnyOrder(
                                    "runsvdir " + scanned
                                            + ": warning: tree leads to what is shown of a supervision tree, and is"
                                            + " left to that; remove the entry",
                                    "runsvdir " + scanned
                                            + ": warning: cache leads to what is shown of a supervision tree, and"
                                            + " is left to that; remove the entry"));
            tree.close();

            Files.createDirectory(scanned.resolve("new"));
            runsvdir.tell(Runsvdir.Rescan.INSTANCE);

            patiently().until(() -> Files.exists(scanned.resolve(".forced-rescan")));
            assertThat(messages).hasSize(2);
            assertThat(directory.resolve("supervise")).doesNotExist();
            assertThat(tree.sv("status", "cache").line()).isEqualTo("fail: cache: runsv not running");
            TestProbe<Done> stopped = kit.createTestProbe();
            runsvdir.tell(new Runsvdir.Stop(stopped.getRef()));
            stopped.receiveMessage(ShownTree.PATIENCE);
        } finally {
            kit.shutdownTestKit();
        }
    }

    private static SupervisionTree start(Path directory, ChildSpec child) {
        return SupervisionTree.start(
                oneForOne(child),
                Options.defaults()
                        .withJvmShutdownHook(false)
                        .withExport(ServiceExport.to(directory).withRequired()));
    }
}
