package io.github.pekkosupervisor.runit.export;

import static io.github.pekkosupervisor.runit.export.ShownTree.JVM;
import static io.github.pekkosupervisor.runit.export.ShownTree.actor;
import static io.github.pekkosupervisor.runit.export.ShownTree.incarnation;
import static io.github.pekkosupervisor.runit.export.ShownTree.oneForOne;
import static io.github.pekkosupervisor.runit.export.ShownTree.patiently;
import static io.github.pekkosupervisor.runit.export.ShownTree.tireless;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.SupervisionTree.Options;
import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.ChildState;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.runit.conformance.BuiltDist;
import io.github.pekkosupervisor.runit.conformance.Needs;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A directory from its beginning to its end, and what else happens to it: cases 31 to 49 of the specification. */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
final class ExportLifeCasesTest {

    @TempDir
    Path temp;

    private @Nullable ShownTree started;
    private @Nullable Path mounted;

    private ShownTree show(SupervisorSpec spec) {
        ShownTree shown = ShownTree.start(temp.resolve("service"), spec);
        started = shown;
        return shown;
    }

    @AfterEach
    void close() {
        if (started != null) {
            started.close();
        }
        if (mounted != null) {
            ShownTree.run("umount", "-l", mounted.toString());
        }
    }

    /** A file system of its own; skipped where none can be had. */
    private Path mount(String options) throws IOException {
        Path directory = Files.createDirectory(temp.resolve("mounted"));
        ShownTree.Said said = ShownTree.run("mount", "-t", "tmpfs", "-o", options, "tmpfs", directory.toString());
        assumeTrue(said.exit() == 0, "a file system can be mounted here: " + said.line());
        mounted = directory;
        return directory;
    }

    // ---- names, and children that come and go

    @Test
    void case_31_whatever_a_child_is_called_every_command_reaches_it() throws IOException {
        List<String> ids = List.of("a.b/c", "ö", "-x", "@tree", "supervise", "x".repeat(300), "..");
        ShownTree shown = show(oneForOne(ids.stream().map(ShownTree::actor).toArray(ChildSpec[]::new)));
        List<String> names = List.of(
                "a%2Eb%2Fc",
                "ö",
                "%2Dx",
                "%40tree",
                "supervise",
                ExportNames.shown(ExportNames.ofId("x".repeat(300))).toString(),
                "%2E%2E");

        for (int i = 0; i < ids.size(); i++) {
            String id = ids.get(i);
            String name = names.get(i);
            assertThat(shown.sv("status", name).line()).startsWith("run: " + name + ": ");
            assertThat(shown.sv("stop", name).line()).startsWith("ok: down: " + name + ": ");
            assertThat(incarnation(shown.root(), id)).isZero();
            assertThat(shown.sv("start", name).line()).startsWith("ok: run: " + name + ": ");
            long before = incarnation(shown.root(), id);
            shown.write(name, "t");
            patiently().until(() -> incarnation(shown.root(), id) > before);
            patiently().until(() -> shown.stat(name).equals("run\n"));
            assertThat(shown.sv("once", name).exit()).isZero();
            patiently().until(() -> shown.stat(name).equals("run, want down\n"));
            assertThat(shown.sv("kill", name).exit()).isZero();
            patiently().until(() -> shown.stat(name).equals("down\n"));
            ShownTree.whileClosed(shown.directory(), name, () -> {
                for (String word : List.of("hup", "1", "pause", "cont")) {
                    assertThat(shown.sv(word, name).exit()).as(word).isEqualTo(1);
                }
            });
        }
        for (String name : names) {
            patiently().until(() -> shown.sv("status", name).line().startsWith("down: " + name + ": "));
            assertThat(shown.sv("start", name).line()).startsWith("ok: run: " + name + ": ");
            for (String word : List.of("hup", "1", "pause", "cont")) {
                assertThat(shown.sv(word, name).exit()).as(word).isZero();
            }
        }
        assertThat(shown.directory().resolve(names.get(5)).resolve(".path")).hasContent("x".repeat(300) + "\n");
        try (Stream<Path> files = Files.list(temp)) {
            assertThat(files).containsExactly(shown.directory());
        }
    }

    @Test
    void case_32_children_of_a_dynamic_supervisor_are_shown_if_that_is_asked_for() {
        ShownTree shown = show(oneForOne(ChildSpec.supervisor("pool", SupervisorSpec.dynamic())));
        for (int i = 0; i < 5; i++) {
            ShownTree.get(shown.supervisor("pool").startChild(actor("job")));
        }
        shown.awaitWritten();
        assertThat(shown.directory().resolve("pool.job@1")).doesNotExist();
    }

    @Test
    void case_32_so_many_of_them() {
        ShownTree shown = ShownTree.start(
                temp.resolve("service"),
                oneForOne(ChildSpec.supervisor(
                        "pool", SupervisorSpec.dynamic().withIntensity(100, Duration.ofSeconds(5)))),
                export -> export.withDynamicChildren(3));
        started = shown;
        SupervisorRef pool = shown.supervisor("pool");
        for (int i = 0; i < 5; i++) {
            ShownTree.get(pool.startChild(actor("job")));
        }
        shown.awaitWritten();
        assertThat(shown.sv("status", "pool.job@1", "pool.job@2", "pool.job@3")
                        .said()
                        .lines())
                .hasSize(3)
                .allMatch(line -> line.startsWith("run: "));
        assertThat(shown.directory().resolve("pool.job@4")).doesNotExist();

        long killed = second(pool);
        shown.write("pool.job@2", "k");
        patiently()
                .until(() ->
                        !shown.events(SupervisorEvent.ChildTerminated.class).isEmpty());
        patiently().until(() -> second(pool) > killed);
        patiently()
                .untilAsserted(() -> assertThat(shown.sv("status", "pool.job@2").line())
                        .startsWith("run: pool.job@2: (pid " + JVM + ")"));

        assertThat(shown.sv("stop", "pool.job@2").line()).startsWith("ok: down: pool.job@2: ");
        assertThat(shown.sv("status", "pool.job@2").line()).startsWith("down: pool.job@2: ");
        assertThat(ShownTree.get(pool.children())).hasSize(4);
        patiently().until(() -> !Files.exists(shown.directory().resolve("pool.job@2")));
    }

    /** The number of its incarnation; 0 if it has none just now. */
    private static long second(SupervisorRef pool) {
        return ShownTree.get(pool.children()).stream()
                .flatMap(child -> child.handle().stream())
                .filter(handle -> handle.first() == 2)
                .mapToLong(ChildHandle::incarnation)
                .findFirst()
                .orElse(0);
    }

    /** Each that is over has a descriptor and a directory for ten seconds more. */
    @Test
    void those_that_are_over_count_among_so_many() throws IOException {
        ShownTree shown = ShownTree.start(
                temp.resolve("service"),
                oneForOne(ChildSpec.supervisor("pool", SupervisorSpec.dynamic())),
                export -> export.withDynamicChildren(3));
        started = shown;
        SupervisorRef pool = shown.supervisor("pool");
        ChildSpec task = actor("task").withRestart(RestartType.TEMPORARY);

        for (int i = 0; i < 50; i++) {
            ChildHandle handle = ((SupervisorResult.Started) ShownTree.get(pool.startChild(task))).child();
            ShownTree.get(pool.terminateChild(handle));
        }

        shown.awaitWritten();
        try (Stream<Path> files = Files.list(shown.directory())) {
            assertThat(files.filter(file -> file.getFileName().toString().startsWith("pool.task@")))
                    .hasSizeLessThanOrEqualTo(3);
        }
    }

    @Test
    void case_33_children_that_calls_add_stop_and_delete() {
        ShownTree shown = show(ShownTree.quickTree());

        ShownTree.get(shown.root().startChild(actor("new")));
        shown.awaitWritten();
        assertThat(shown.sv("status", "new").line()).startsWith("run: new: ");
        ShownTree.get(shown.root().terminateChild("new"));
        shown.awaitWritten();
        assertThat(shown.sv("status", "new").line()).matches("down: new: \\d+s, normally up");
        ShownTree.get(shown.root().deleteChild("new"));
        patiently().until(() -> !Files.exists(shown.directory().resolve("new")));
        assertThat(shown.sv("status", "cache").line()).startsWith("run: cache: ");
    }

    @Test
    void case_48_a_child_that_a_reconfiguration_adds_is_shown_as_down() {
        ShownTree shown = show(oneForOne(actor("cache")));

        ShownTree.get(shown.root().reconfigure(oneForOne(actor("cache"), actor("new"))));

        shown.awaitWritten();
        assertThat(shown.sv("status", "new").line()).matches("down: new: \\d+s, normally up");
        assertThat(shown.sv("start", "new").line()).startsWith("ok: run: new: ");
    }

    // ---- others

    @Test
    void case_34_real_supervisors_find_the_lock_taken() {
        ShownTree shown = show(ShownTree.quickTree());
        String cache = shown.directory().resolve("cache").toString();
        long before = incarnation(shown.root(), "cache");

        for (String program : List.of("runsv", "supervise")) {
            Path path = Path.of("/usr/bin", program);
            Needs.that(Files.isExecutable(path), program + " is not installed; apt install runit daemontools");
            ShownTree.Said said = ShownTree.run(path.toString(), cache);

            assertThat(said.line()).contains("temporary failure");
            assertThat(said.exit()).isEqualTo(111);
        }
        assertThat(shown.sv("status", "cache").line()).startsWith("run: cache: ");
        assertThat(incarnation(shown.root(), "cache")).isEqualTo(before);
    }

    @Test
    void case_35_a_killed_jvm_is_followed_by_another() throws Exception {
        Path directory = temp.resolve("service");
        try (ExportHost first =
                ExportHost.start(directory, "cache", "sleeper", "old").awaitUp()) {
            patiently().until(() -> ShownTree.sv(directory, "status", "old").exit() == 0);
            Files.createFile(directory.resolve("cache/notes"));
            Files.createFile(directory.resolve("old/down"));
            first.kill();

            assertThat(ShownTree.sv(directory, "status", "cache").line()).isEqualTo("fail: cache: runsv not running");
            assertThat(ShownTree.run(directory + "/cache/check").exit()).isEqualTo(1);
            Needs.that(Files.isExecutable(Path.of("/usr/bin/svok")), "svok is not installed; apt install daemontools");
            assertThat(ShownTree.run("svok", directory + "/cache").exit()).isEqualTo(100);
        }

        try (ExportHost second = ExportHost.start(directory, "cache", "new").awaitUp()) {
            patiently()
                    .until(() ->
                            ShownTree.sv(directory, "status", "cache", "new").exit() == 0);
            assertThat(ShownTree.sv(directory, "status", "cache").line())
                    .startsWith("run: cache: (pid " + second.pid() + ")");
            // it is there for a moment yet, or gone
            assertThat(ShownTree.sv(directory, "status", "sleeper").line())
                    .matches("fail: sleeper: (runsv not running|unable to .*: file does not exist)");
            patiently().until(() -> !Files.exists(directory.resolve("sleeper")));
            assertThat(directory.resolve("old/down")).exists();
            patiently().until(() -> !Files.exists(directory.resolve("old/supervise")));
            assertThat(directory.resolve("cache/notes")).exists();
            assertThat(ShownTree.sv(directory, "stop", "cache").line()).startsWith("ok: down: cache: ");
        }
        assertThat(ShownTree.sv(directory, "status", "cache").line()).isEqualTo("fail: cache: runsv not running");
        assertThat(directory.resolve("cache/supervise/status")).exists();
    }

    /**
     * Of a start that is so already the answer would be in the log; that nobody is asked for such a stop, which is Ok,
     * is a row of {@link ExportRuleTest}. sv sends the letter of a second stop again.
     */
    @Test
    void case_08_and_09_what_is_so_already_is_asked_of_nobody() throws Exception {
        Path directory = temp.resolve("service");
        try (ExportHost host = ExportHost.start(directory, "cache").awaitUp()) {
            patiently().until(() -> ShownTree.sv(directory, "status", "cache").exit() == 0);
            Path control = directory.resolve("cache/supervise/control");

            Files.writeString(control, "u", StandardOpenOption.WRITE);
            assertThat(ShownTree.sv(directory, "stop", "cache").exit()).isZero();
            assertThat(ShownTree.sv(directory, "stop", "cache").exit()).isZero();
            assertThat(ShownTree.sv(directory, "start", "cache").exit()).isZero();

            patiently()
                    .untilAsserted(() -> assertThat(host.log().lines().filter(line -> line.contains("control FIFO: ")))
                            .extracting(line -> line.substring(line.indexOf("control FIFO: ")))
                            .containsExactly(
                                    "control FIFO: u", "control FIFO: d", "control FIFO: d", "control FIFO: u"));
        }
    }

    @Test
    void case_36_a_second_jvm_waits_for_the_first_to_end() throws Exception {
        Path directory = temp.resolve("service");
        try (ExportHost first = ExportHost.start(directory, "cache").awaitUp();
                ExportHost second = ExportHost.start(directory, "cache").awaitUp()) {
            // the tree does not wait for that
            patiently()
                    .untilAsserted(() -> assertThat(second.log())
                            .contains("process " + first.pid())
                            .contains("tried again"));
            assertThat(ShownTree.sv(directory, "status", "cache").line())
                    .startsWith("run: cache: (pid " + first.pid() + ")");

            first.stop();

            // tried each five seconds, and what else the machine does
            patiently()
                    .until(() -> ShownTree.sv(directory, "status", "cache")
                            .line()
                            .startsWith("run: cache: (pid " + second.pid() + ")"));
            assertThat(second.log().lines().filter(line -> line.contains("process " + first.pid())))
                    .hasSize(1);
        }
    }

    @Test
    void case_36_one_that_must_be_shown_is_not_started() throws Exception {
        Path directory = temp.resolve("service");
        try (ExportHost first = ExportHost.start(directory, "cache").awaitUp();
                ExportHost second = ExportHost.start(directory, "cache", "required")) {
            assertThat(second.awaitEnd()).isNotZero();
            assertThat(second.log()).contains("StartFailedException").contains("process " + first.pid());
        }
    }

    @Test
    void several_trees_of_one_jvm_share_a_directory() {
        ShownTree shown = show(oneForOne(actor("cache")));
        try (ShownTree orders =
                ShownTree.start(shown.directory(), oneForOne(actor("cache")), export -> export.withName("orders"))) {
            assertThat(orders.sv("status", "cache", "orders.cache", "@tree", "orders")
                            .exit())
                    .isZero();
        }
        assertThat(shown.sv("status", "orders.cache").line()).isEqualTo("fail: orders.cache: runsv not running");
        assertThat(shown.sv("status", "cache").line()).startsWith("run: cache: ");
    }

    @Test
    void a_name_that_another_tree_has_is_taken_when_it_is_free() {
        ShownTree first = show(oneForOne(actor("cache")));
        ServiceExport export = ServiceExport.to(first.directory());
        Options options = Options.defaults().withJvmShutdownHook(false).withExport(export);
        try (SupervisionTree second = SupervisionTree.start(oneForOne(actor("cache"), actor("other")), options)) {
            patiently().until(() -> first.sv("status", "other").line().startsWith("run: other: "));
            CompletableFuture<Void> written = export.written().toCompletableFuture();
            assertThat(written).isNotDone();
            assertThat(second.root().path()).isEqualTo("/");

            first.close();

            ShownTree.get(written.thenApply(done -> true));
            assertThat(first.sv("status", "cache", "@tree").said().lines())
                    .hasSize(2)
                    .allMatch(line -> line.startsWith("run: "));
        }
    }

    // ---- what happens to the files

    /** Something of somebody else's is there, and a supervisor of its own is at work in another. */
    @Test
    void what_cannot_be_shown_holds_up_no_other() throws IOException {
        Path directory = Files.createDirectory(temp.resolve("service"));
        Files.createFile(directory.resolve("cache"));
        Files.createDirectories(directory.resolve("workers/supervise"));
        OsString lock = OsString.of(directory.resolve("workers/supervise/lock").toString());
        ServiceExport export = ServiceExport.to(directory);
        Options options = Options.defaults().withJvmShutdownHook(false).withExport(export);
        Descriptor held = Descriptor.openAppend(lock, 0600);
        held.lock();
        try (SupervisionTree tree = SupervisionTree.start(ShownTree.quickTree(), options)) {
            patiently()
                    .until(() -> ShownTree.sv(directory, "status", "sleeper", "workers.w1")
                                    .exit()
                            == 0);
            CompletableFuture<Void> written = export.written().toCompletableFuture();
            assertThat(written).isNotDone();
            assertThat(directory.resolve("cache")).isRegularFile();
            assertThat(directory.resolve("workers/supervise/status")).doesNotExist();
            assertThat(tree.root().path()).isEqualTo("/");

            Files.delete(directory.resolve("cache"));
            held.close();

            ShownTree.get(written.thenApply(done -> true));
            assertThat(ShownTree.sv(directory, "status", "cache", "workers").exit())
                    .isZero();
        }
    }

    @Test
    void case_37_a_full_file_system_holds_up_nobody() throws IOException {
        Path small = mount("size=256k");
        ShownTree shown = ShownTree.start(small.resolve("service"), ShownTree.quickTree());
        started = shown;
        Path ballast = small.resolve("ballast");
        ShownTree.run("dd", "if=/dev/zero", "of=" + ballast, "bs=4096", "count=1000");

        for (int i = 0; i < 5; i++) {
            shown.crash(shown.root(), "cache");
        }
        long last = incarnation(shown.root(), "cache");
        CompletableFuture<Void> written = shown.export().written().toCompletableFuture();
        // beyond the second attempt, which is five seconds after the first
        patiently().during(Duration.ofSeconds(6)).until(() -> {
            boolean isBusy = ShownTree.info(shown.root(), "cache").state() == ChildState.RUNNING;
            return isBusy && !written.isDone();
        });
        Files.delete(ballast);

        ShownTree.get(written.thenApply(done -> true));
        assertThat(last).isGreaterThan(5);
        assertThat(shown.status("cache").stamp())
                .isCloseTo(
                        ShownTree.info(shown.root(), "cache")
                                .handle()
                                .orElseThrow()
                                .startedAt(),
                        within(1, ChronoUnit.MILLIS));
        assertThat(shown.sv("restart", "cache").line()).startsWith("ok: run: cache: ");
    }

    @Test
    void case_37_a_full_file_system_is_told_once() throws Exception {
        Path small = mount("size=256k");
        Path directory = small.resolve("service");
        try (ExportHost host = ExportHost.start(directory, "cache", "other").awaitUp()) {
            patiently().until(() -> ShownTree.sv(directory, "status", "other").exit() == 0);
            Path ballast = small.resolve("ballast");
            ShownTree.run("dd", "if=/dev/zero", "of=" + ballast, "bs=4096", "count=1000");

            for (String name : List.of("cache", "other", "cache")) {
                Files.writeString(directory.resolve(name + "/supervise/control"), "t", StandardOpenOption.WRITE);
            }
            patiently().until(() -> host.log().contains("No space left on device"));
            Files.delete(ballast);

            patiently()
                    .untilAsserted(() -> assertThat(
                                    ShownTree.sv(directory, "restart", "cache").line())
                            .startsWith("ok: run: cache: "));
            assertThat(host.log().lines().filter(line -> line.contains(" ERROR ")))
                    .hasSize(1);
        }
    }

    @Test
    void case_37_a_read_only_file_system_holds_up_nobody() throws Exception {
        Path directory = mount("size=1m,mode=755");
        remount(directory, "ro");
        try (ExportHost host = ExportHost.start(directory, "cache").awaitUp()) {
            // a second attempt, and more, are silent
            patiently().untilAsserted(() -> assertThat(host.log()).contains("Read-only file system"));
            remount(directory, "rw");

            patiently().until(() -> ShownTree.sv(directory, "status", "cache").exit() == 0);
            assertThat(ShownTree.sv(directory, "restart", "cache").line()).startsWith("ok: run: cache: ");
            assertThat(host.log().lines().filter(line -> line.contains(" ERROR ")))
                    .hasSize(1);
            // what is shown cannot become so: the lock is open for writing
            assertThat(ShownTree.run("mount", "-o", "remount,ro", directory.toString())
                            .exit())
                    .isNotZero();
            assertThat(ShownTree.sv(directory, "restart", "cache").line()).startsWith("ok: run: cache: ");
        }
    }

    private static void remount(Path place, String options) {
        ShownTree.Said said = ShownTree.run("mount", "-o", "remount," + options, place.toString());
        assertThat(said.exit()).as(said.line()).isZero();
    }

    @Test
    void case_38_a_directory_that_was_removed_is_made_again_and_the_whole_may_be_moved() throws IOException {
        ShownTree shown = show(ShownTree.quickTree());
        remove(shown.directory().resolve("cache"));

        ShownTree.get(shown.root().renewChild("cache"));
        shown.awaitWritten();
        assertThat(shown.sv("restart", "cache").line()).startsWith("ok: run: cache: ");

        Path moved = Files.move(shown.directory(), temp.resolve("moved"));
        assertThat(ShownTree.sv(moved, "restart", "cache").line()).startsWith("ok: run: cache: ");
    }

    private static void remove(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        }
    }

    @Test
    void case_49_where_nothing_can_be_executed_readiness_is_still_waited_for() throws Exception {
        Path mountedDirectory = mount("size=1m,noexec");
        Path directory = mountedDirectory.resolve("service");
        try (ExportHost host = ExportHost.start(directory, "cache", "slow").awaitUp()) {
            patiently().until(() -> ShownTree.sv(directory, "check", "slow").exit() == 0);
            // sv compares whole seconds, so that it would take the start of before for that of now
            patiently()
                    .until(() ->
                            !ShownTree.sv(directory, "status", "slow").line().endsWith(") 0s"));
            Path hold = Files.createFile(mountedDirectory.resolve("hold"));
            ShownTree.Said said = ShownTree.sv(directory, "-w1", "restart", "slow");
            assertThat(said.line()).startsWith("timeout: run: slow: ");
            CompletableFuture<ShownTree.Said> check =
                    CompletableFuture.supplyAsync(() -> ShownTree.sv(directory, "check", "slow"));
            Files.delete(hold);
            assertThat(ShownTree.get(check).line()).startsWith("ok: run: slow: ");
            assertThat(ShownTree.sv(directory, "restart", "slow").line()).startsWith("ok: run: slow: ");
            host.kill();
            assertThat(ShownTree.sv(directory, "status", "cache").line()).isEqualTo("fail: cache: runsv not running");
        }
        try (ExportHost second = ExportHost.start(directory, "cache", "slow").awaitUp()) {
            patiently()
                    .until(() -> ShownTree.sv(directory, "status", "cache")
                            .line()
                            .startsWith("run: cache: (pid " + second.pid() + ")"));
            assertThat(ShownTree.sv(directory, "restart", "slow").line()).startsWith("ok: run: slow: ");
        }
    }

    // ---- much of it

    @Test
    void case_40_junk_in_every_fifo_does_no_harm() {
        SupervisorSpec workers = tireless(SupervisorSpec.oneForAll(), actor("w1"), actor("w2"));
        ShownTree shown = show(tireless(
                SupervisorSpec.oneForOne(),
                actor("cache"),
                ShownTree.sleeper(),
                ChildSpec.supervisor("workers", workers)));
        Random random = new Random(40);
        List<String> names = List.of("cache", "sleeper", "workers", "workers.w1", "workers.w2", "@tree");
        List<CompletableFuture<Void>> writers = names.stream()
                .map(name -> {
                    byte[] junk = new byte[64 * 1024];
                    random.nextBytes(junk);
                    for (int i = 0; i < junk.length; i++) {
                        // what takes a child down for a while is not the matter here
                        junk[i] = junk[i] == 'x' ? (byte) 'u' : junk[i];
                    }
                    return CompletableFuture.runAsync(() -> shown.write(name, junk));
                })
                .toList();
        CompletableFuture.allOf(writers.toArray(CompletableFuture[]::new)).join();

        for (String name : names.subList(0, 5)) {
            patiently().untilAsserted(() -> {
                shown.write(name, "u");
                shown.awaitWritten();
                assertThat(shown.sv("-w3", "start", name).line()).startsWith("ok: run: " + name);
            });
        }
        // sv itself waits, and says what it has waited for
        String said = shown.sv("restart", "cache").line();
        List<String> story = shown.story();
        assertThat(said)
                .as("of %s", story.subList(Math.max(0, story.size() - 20), story.size()))
                .startsWith("ok: run: cache: ");
    }

    @Test
    void case_40_junk_leaves_nothing_in_the_heap() throws IOException {
        Path jcmd = Path.of(BuiltDist.javaHome(), "bin", "jcmd");
        Needs.that(Files.isExecutable(jcmd), "there is no jcmd; apt install openjdk-17-jdk-headless");
        Path directory = temp.resolve("service");
        Random random = new Random(41);
        try (ExportHost host =
                ExportHost.start(directory, "cache", "sleeper", "other").awaitUp()) {
            patiently().until(() -> ShownTree.sv(directory, "status", "other").exit() == 0);
            junk(directory, random);
            long before = liveBytes(jcmd, host.pid());

            junk(directory, random);
            junk(directory, random);

            assertThat(liveBytes(jcmd, host.pid()) - before).isLessThan(512 * 1024);
            assertThat(host.log()).doesNotContain("Exception");
        }
    }

    /** Into each FIFO, and all of it has been read. */
    private static void junk(Path directory, Random random) throws IOException {
        for (String name : List.of("cache", "sleeper", "other", "@tree")) {
            byte[] junk = new byte[64 * 1024];
            random.nextBytes(junk);
            Files.write(directory.resolve(name).resolve("supervise/control"), junk, StandardOpenOption.WRITE);
        }
        // there are hundreds of each letter in it
        for (String name : List.of("cache", "sleeper", "other")) {
            patiently()
                    .atMost(ShownTree.PATIENCE.multipliedBy(2))
                    .untilAsserted(() -> assertThat(ShownTree.sv(directory, "-w9", "start", name)
                                    .line())
                            .startsWith("ok: run: " + name + ": "));
        }
    }

    /** After a collection of all that is not. */
    private static long liveBytes(Path jcmd, long pid) {
        List<String> histogram = ShownTree.run(jcmd.toString(), Long.toString(pid), "GC.class_histogram")
                .said()
                .lines()
                .filter(line -> line.startsWith("Total "))
                .toList();
        return Long.parseLong(histogram.get(0).strip().split(" +", -1)[2]);
    }

    @Test
    void case_42_the_last_of_many_wishes_wins() {
        ShownTree shown = show(oneForOne(actor("cache")));

        shown.write("cache", "du".repeat(10_000));
        patiently().until(() -> shown.story().contains("ChildStopped cache"));
        awaitQuiet(shown, "run\n");
        shown.write("cache", "ud".repeat(10_000));
        awaitQuiet(shown, "down\n");

        List<String> story = shown.story().stream()
                .filter(event -> event.matches("Child(Started|Stopped) .*"))
                .toList();
        for (int i = 1; i < story.size(); i++) {
            assertThat(story.get(i)).isNotEqualTo(story.get(i - 1));
        }
    }

    /** For longer than anything takes that is still to be obeyed. */
    private static void awaitQuiet(ShownTree shown, String stat) {
        patiently()
                .during(Duration.ofSeconds(1))
                .until(() -> shown.stat("cache").equals(stat));
    }
}
