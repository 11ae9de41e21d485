package io.github.pekkosupervisor.runit.export;

import static io.github.pekkosupervisor.runit.export.ShownTree.actor;
import static io.github.pekkosupervisor.runit.export.ShownTree.get;
import static io.github.pekkosupervisor.runit.export.ShownTree.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorEvent.StartCause;
import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.SupervisorResult.ChildInfo;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.runit.Scripts;
import io.github.pekkosupervisor.runit.ServiceDirectories;
import io.github.pekkosupervisor.runit.conformance.MarkedProcesses;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.RestartDelay;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.spec.TreePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random walks over a tree of all that there is: bytes into control FIFOs, junk among them, calls from Java, crashes
 * and files {@code down}. When it has come to rest the real {@code sv} says of every name what the tree's snapshot
 * says. Case 41 of the specification of exports, against the naive model of {@link SnapshotLines}.
 */
@Execution(ExecutionMode.CONCURRENT)
final class ExportMixedWalkTest {

    private static final boolean LONG = "long".equals(System.getProperty("pekko-supervisor.test.export"));
    private static final int STEPS = LONG ? 4_000 : 600;
    private static final String LETTERS = "uuuddoottkkxpccchaiq12z\0\n\u00ff";
    private static final RestartDelay SOON = RestartDelay.fixed(Duration.ofMillis(2));
    private static final RestartDelay LATE = RestartDelay.fixed(Duration.ofHours(1));
    private static final Set<String> SERVICES = Set.of("/services");
    private static final int SHOWN_OF_POOL = 3;

    @TempDir
    Path temp;

    private final MarkedProcesses processes = new MarkedProcesses();
    private @Nullable ShownTree started;

    static LongStream seeds() {
        return LONG ? LongStream.rangeClosed(1, 40) : LongStream.of(Long.getLong("pekko-supervisor.test.seed", 1));
    }

    @BeforeEach
    void make() throws IOException {
        service(temp.resolve("web"));
        service(Files.createDirectory(temp.resolve("scanned")).resolve("log"));
    }

    private void service(Path directory) throws IOException {
        Path run = Files.createDirectory(directory).resolve("run");
        Scripts.write(
                run, "#!/bin/sh\nexport " + MarkedProcesses.VARIABLE + "=" + processes.value() + "\nexec sleep 1000\n");
    }

    @AfterEach
    void close() {
        try {
            if (started != null) {
                started.close();
            }
            assertThat(processes.alive()).isEmpty();
        } finally {
            processes.kill();
        }
    }

    // ---- the tree

    private static ChildSpec soon(String id) {
        return actor(id).withRestartDelay(SOON);
    }

    private static ChildSpec group(String id, SupervisorSpec spec, ChildSpec... children) {
        return ChildSpec.supervisor(id, spec.withUnlimitedRestarts().withChildren(List.of(children)))
                .withRestartDelay(SOON);
    }

    /** One that gives up at the second crash, and is started again by its own supervisor. */
    private static ChildSpec weak() {
        return ChildSpec.supervisor(
                        "weak",
                        SupervisorSpec.restForOne()
                                .withIntensity(1, Duration.ofSeconds(5))
                                .withChildren(List.of(soon("w1"), soon("w2"))))
                .withRestartDelay(SOON);
    }

    private SupervisorSpec all() {
        ChildSpec service = ChildSpec.service("service", () -> "it", it -> {}).withRestartDelay(SOON);
        ChildSpec sleeper = ChildSpec.process(
                        "sleeper",
                        ProcessSpec.of("sleep", "1000").withEnvironment(MarkedProcesses.VARIABLE, processes.value()))
                .withRestartDelay(SOON);
        return SupervisorSpec.oneForOne()
                .withUnlimitedRestarts()
                .withChildren(List.of(
                        soon("a"),
                        soon("t").withRestart(RestartType.TRANSIENT),
                        soon("tmp").withRestart(RestartType.TEMPORARY),
                        service,
                        sleeper,
                        group("one", SupervisorSpec.oneForOne(), soon("o1"), soon("o2")),
                        group(
                                "all",
                                SupervisorSpec.oneForAll(),
                                soon("a1"),
                                group("deep", SupervisorSpec.restForOne(), soon("d1"), soon("d2"), soon("d3")),
                                soon("a2").withRestart(RestartType.TRANSIENT)),
                        group(
                                "late",
                                SupervisorSpec.oneForAll(),
                                actor("l1").withRestartDelay(LATE),
                                actor("l2").withRestartDelay(LATE)),
                        weak(),
                        group("pool", SupervisorSpec.dynamic()),
                        ServiceDirectories.one("web", temp.resolve("web")).withRestartDelay(SOON),
                        ServiceDirectories.scanned("services", temp.resolve("scanned"))
                                .withRestartDelay(SOON)));
    }

    private ShownTree show() {
        ShownTree shown =
                ShownTree.start(temp.resolve("service"), all(), export -> export.withDynamicChildren(SHOWN_OF_POOL));
        started = shown;
        return shown;
    }

    /** Those whose names do not come and go. */
    private static final List<List<String>> PATHS = List.of(
            List.of("a"),
            List.of("t"),
            List.of("tmp"),
            List.of("service"),
            List.of("sleeper"),
            List.of("one"),
            List.of("one", "o1"),
            List.of("one", "o2"),
            List.of("all"),
            List.of("all", "a1"),
            List.of("all", "deep"),
            List.of("all", "deep", "d1"),
            List.of("all", "deep", "d2"),
            List.of("all", "deep", "d3"),
            List.of("all", "a2"),
            List.of("late", "l1"),
            List.of("late", "l2"),
            List.of("weak", "w1"),
            List.of("weak", "w2"),
            List.of("weak"),
            List.of("pool"),
            List.of("web"),
            List.of("services"),
            List.of("new"));

    // ---- the walk

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void case_41_at_rest_sv_prints_what_the_snapshot_says(long seed) {
        ShownTree shown = show();
        SplittableRandom random = new SplittableRandom(seed);

        for (int i = 0; i < STEPS; i++) {
            step(shown, random);
            if (random.nextInt(20) == 0) {
                shown.awaitWritten();
            }
        }

        awaitAgreement(shown, seed);
        // and again from there, so that what is hidden shows in what follows from it
        for (List<String> path : PATHS) {
            poke(shown, String.join(".", path), random.nextInt(4) == 0 ? "d" : "u");
        }
        awaitAgreement(shown, seed);
    }

    private void awaitAgreement(ShownTree shown, long seed) {
        patiently()
                .atMost(Duration.ofSeconds(50))
                .pollInterval(Duration.ofMillis(200))
                .during(Duration.ofMillis(700))
                .untilAsserted(
                        () -> assertThat(differences(shown)).as("seed %d", seed).isEmpty());
    }

    private List<String> differences(ShownTree shown) {
        shown.awaitWritten();
        Map<String, Boolean> once = once(shown);
        Map<String, String> expected = new HashMap<>(SnapshotLines.of(
                get(shown.tree().snapshot()), shown.directory(), path -> once.getOrDefault(path, false), SERVICES));
        Optional<SupervisorRef> pool = get(shown.tree().supervisor("pool"));
        List<ChildInfo> jobs = pool.isEmpty() ? List.of() : get(pool.get().children());
        expected.putAll(SnapshotLines.ofDynamic("pool.job@", jobs, shown.directory()));
        return SnapshotLines.differences(shown.directory(), expected);
    }

    /** Whether the incarnation that there is now was started to run once, or told to, by what the tree has told. */
    private static Map<String, Boolean> once(ShownTree shown) {
        Map<String, Boolean> once = new HashMap<>();
        for (TreeEvent event : shown.events()) {
            if (event instanceof SupervisorEvent.ChildStarted start) {
                once.put(TreePath.below(start.supervisor(), start.child().id()), start.cause() == StartCause.ONCE);
            } else if (event instanceof SupervisorEvent.ChildRunsOnce runs) {
                once.put(TreePath.below(runs.supervisor(), runs.child().id()), true);
            }
        }
        return once;
    }

    private void step(ShownTree shown, SplittableRandom random) {
        List<String> path = PATHS.get(random.nextInt(PATHS.size()));
        String name = String.join(".", path);
        switch (random.nextInt(12)) {
            case 0, 1, 2, 3, 4 -> poke(shown, name, letters(random));
            case 5 -> poke(shown, random.nextInt(8) == 0 ? "@tree" : "services.log", letters(random));
            case 6 -> poke(shown, "pool.job@" + (1 + random.nextInt(20)), letters(random));
            case 7 -> shown.tell(List.of("end", "crash", "hang").get(random.nextInt(3)), path.toArray(String[]::new));
            case 8 -> crashProcess(random);
            case 9 -> downFile(shown.directory().resolve(name).resolve("down"), random);
            default -> call(shown, path, random);
        }
    }

    private static String letters(SplittableRandom random) {
        StringBuilder letters = new StringBuilder();
        for (int i = random.nextInt(3); i >= 0; i--) {
            letters.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return letters.toString();
    }

    /** Nobody may be there. */
    private static void poke(ShownTree shown, String name, String letters) {
        OsString control = OsString.of(name + "/supervise/control");
        try (Directory directory = Directory.open(OsString.of(shown.directory().toString()));
                Descriptor fifo = directory.openWrite(control)) {
            fifo.write(letters.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
        } catch (PosixException e) {
            assertThat(e.errno()).as(name).isIn("ENOENT", "ENXIO");
        }
    }

    private void crashProcess(SplittableRandom random) {
        List<ProcessHandle> alive = processes.alive();
        if (!alive.isEmpty()) {
            alive.get(random.nextInt(alive.size())).destroyForcibly();
        }
    }

    private static void downFile(Path file, SplittableRandom random) {
        try {
            if (random.nextInt(3) == 0 && Files.isDirectory(Objects.requireNonNull(file.getParent()))) {
                Files.writeString(file, "");
            } else {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            // the directory has gone in between
        }
    }

    private static void call(ShownTree shown, List<String> path, SplittableRandom random) {
        String id = path.get(path.size() - 1);
        SupervisorRef supervisor = path.size() == 1
                ? shown.root()
                : get(shown.tree().supervisor(path.subList(0, path.size() - 1).toArray(String[]::new)))
                        .orElse(null);
        if (supervisor == null) {
            return;
        }
        CompletionStage<?> answer = switch (random.nextInt(10)) {
            case 0 -> supervisor.terminateChild(id);
            case 1 -> supervisor.restartChild(id);
            case 2 -> supervisor.renewChild(id);
            case 3 -> supervisor.killChild(id);
            case 4 -> supervisor.startOnce(id);
            case 5 -> supervisor.startNow(id);
            case 6 -> supervisor.signalChild(id, Signal.HUP);
            case 7 -> supervisor.startChild(soon("new"));
            case 8 -> supervisor.deleteChild("new");
            default -> pool(shown, random);
        };
        assertThat(answer).isNotNull();
    }

    private static CompletionStage<?> pool(ShownTree shown, SplittableRandom random) {
        Optional<SupervisorRef> pool = get(shown.tree().supervisor("pool"));
        if (pool.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        // it may end just now
        List<ChildInfo> jobs = get(pool.get().children().exceptionally(gone -> List.of()));
        return jobs.size() < 5 && random.nextBoolean()
                ? pool.get().startChild(soon("job"))
                : jobs.stream()
                        .flatMap(job -> job.handle().stream())
                        .findAny()
                        .<CompletionStage<?>>map(pool.get()::terminateChild)
                        .orElseGet(() -> CompletableFuture.completedFuture(null));
    }

    // ---- the judge

    @Test
    void planted_differences_are_reported() throws IOException {
        ShownTree shown = show();
        patiently().untilAsserted(() -> assertThat(differences(shown)).isEmpty());
        shown.sv("stop", "t");
        Files.copy(
                shown.supervise("t").resolve("status"),
                shown.supervise("all.deep.d2").resolve("status"),
                StandardCopyOption.REPLACE_EXISTING);
        Files.copy(
                shown.supervise("a").resolve("status"),
                shown.supervise("sleeper").resolve("status"),
                StandardCopyOption.REPLACE_EXISTING);
        Files.move(shown.directory().resolve("weak.w1"), shown.directory().resolve("ghost"));

        assertThat(differences(shown))
                .satisfiesExactlyInAnyOrder(
                        said -> assertThat(said).startsWith("sv says \"down: all.deep.d2: "),
                        said -> assertThat(said).startsWith("sv says \"run: sleeper: (pid " + ShownTree.JVM + ")"),
                        said -> assertThat(said).startsWith("sv says \"run: ghost: "),
                        said -> assertThat(said).isEqualTo("weak.w1: it is not shown"));
    }
}
