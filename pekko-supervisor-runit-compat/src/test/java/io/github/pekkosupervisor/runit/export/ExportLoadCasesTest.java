package io.github.pekkosupervisor.runit.export;

import static io.github.pekkosupervisor.runit.export.ShownTree.actor;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.SupervisionTree.Options;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.StatusBytes;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many children, and many restarts: cases 43 and 44 of the specification of exports. In their long form, with
 * {@code -Dpekko-supervisor.test.export=long}, they say what they have measured; {@code export-benchmark.sh --strict}
 * holds a tree to bars.
 */
final class ExportLoadCasesTest {

    private static final boolean LONG = "long".equals(System.getProperty("pekko-supervisor.test.export"));
    private static final int CHILDREN = LONG ? 10_000 : 500;
    private static final int RESTARTS = LONG ? 100_000 : 2_000;

    @TempDir
    Path temp;

    private static SupervisorSpec many() {
        return SupervisorSpec.oneForOne()
                .withChildren(IntStream.range(0, CHILDREN)
                        .mapToObj(i -> ChildSpec.actor("a" + i, Behaviors.empty()))
                        .toList());
    }

    private static Options options() {
        return Options.defaults().withLogging(false).withJvmShutdownHook(false);
    }

    private static Duration since(long nanoTime) {
        return Duration.ofNanos(System.nanoTime() - nanoTime);
    }

    /** Those that lead to it; other tests have theirs in the same JVM. */
    private static long descriptors(Path directory) throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.filter(descriptor -> leadsTo(directory, descriptor)).count();
        }
    }

    private static boolean leadsTo(Path directory, Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).startsWith(directory);
        } catch (IOException e) {
            // closed meanwhile
            return false;
        }
    }

    private Path place() throws IOException {
        Path shm = Path.of("/dev/shm");
        return LONG && Files.isWritable(shm) ? Files.createTempDirectory(shm, "export") : temp;
    }

    @Test
    void case_43_many_children_are_shown_soon_and_cost_a_descriptor_each() throws IOException {
        Path place = place();
        for (int round = 0; round < (LONG ? 5 : 1); round++) {
            long bare = System.nanoTime();
            try (SupervisionTree tree = SupervisionTree.start(many(), options())) {
                Duration withoutExport = since(bare);
                assertThat(tree.root().path()).isEqualTo("/");
                show(place.resolve("service" + round), withoutExport);
            }
        }
        ShownTree.run("rm", "-rf", place.toString());
    }

    private static void show(Path directory, Duration withoutExport) throws IOException {
        ServiceExport export = ServiceExport.to(directory);
        long begun = System.nanoTime();
        SupervisionTree tree = SupervisionTree.start(many(), options().withExport(export));
        Duration up = since(begun);
        ShownTree.get(export.written().thenApply(done -> true));
        Duration shown = since(begun);
        assertThat(descriptors(directory.toRealPath())).isBetween((long) CHILDREN, CHILDREN + 100L);
        assertThat(status(directory, CHILDREN - 1).state()).isEqualTo(ServiceStatus.State.RUN);
        long closing = System.nanoTime();
        tree.close();
        Duration closed = since(closing);

        for (int i = 0; i < CHILDREN; i++) {
            assertThat(status(directory, i).state()).isEqualTo(ServiceStatus.State.DOWN);
        }
        assertThat(ShownTree.sv(directory, "status", "a0", "a" + (CHILDREN - 1))
                        .said()
                        .lines())
                .hasSize(2)
                .allMatch(line -> line.endsWith("runsv not running"));
        if (LONG) {
            System.err.printf(
                    "%d children: up after %d ms, without an export %d ms; shown after %d ms; closed in %d ms%n",
                    CHILDREN, up.toMillis(), withoutExport.toMillis(), shown.toMillis(), closed.toMillis());
        }
    }

    private static ServiceStatus status(Path directory, int child) throws IOException {
        return StatusBytes.parse(Files.readAllBytes(directory.resolve("a" + child + "/supervise/status")))
                .orElseThrow();
    }

    @Test
    void case_44_after_a_storm_of_restarts_the_last_status_is_right() throws InterruptedException {
        SupervisorSpec spec = SupervisorSpec.oneForOne()
                .withIntensity(RESTARTS + 1, Duration.ofHours(24))
                .withChildren(List.of(actor("a")));
        Semaphore starts = new Semaphore(0);
        ServiceExport export = ServiceExport.to(temp.resolve("service"));
        long begun = System.nanoTime();
        Options options = options().withExport(export).withListener(event -> {
            if (event instanceof SupervisorEvent.ChildStarted) {
                starts.release();
            }
        });
        try (SupervisionTree tree = SupervisionTree.start(spec, options)) {
            ShownTree.get(export.written().thenApply(done -> true));
            AtomicBoolean isOver = new AtomicBoolean();
            CompletableFuture<Integer> looks = CompletableFuture.supplyAsync(() -> looksInOrder(isOver));
            long resident = 0;
            for (int i = 0; i < RESTARTS; i++) {
                // the start before, so that there is somebody to crash
                assertThat(starts.tryAcquire(ShownTree.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                        .isTrue();
                tree.ref(String.class, "a").tell("crash");
                if (i == RESTARTS / 2) {
                    resident = residentKilobytes();
                }
            }
            assertThat(starts.tryAcquire(ShownTree.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            Duration took = since(begun);
            long ended = System.nanoTime();
            ShownTree.get(export.written().thenApply(done -> true));
            // a second, and what else the machine does
            assertThat(since(ended)).isLessThan(Duration.ofSeconds(LONG ? 1 : 10));
            isOver.set(true);
            assertThat(ShownTree.get(looks)).isPositive();
            if (LONG) {
                assertThat(residentKilobytes()).isLessThan(resident + 50_000);
            }
            Instant started =
                    ShownTree.info(tree.root(), "a").handle().orElseThrow().startedAt();
            assertThat(Duration.between(started, stamp()).abs()).isLessThan(Duration.ofMillis(2));
            assertThat(temp.resolve("service/a/supervise/stat")).hasContent("run\n");
            if (LONG) {
                System.err.printf("%d restarts in %d ms%n", RESTARTS, took.toMillis());
            }
        }
    }

    /** Looks again and again, and finds no label that is older than the one before. */
    private int looksInOrder(AtomicBoolean isOver) {
        Instant last = Instant.MIN;
        int looks = 0;
        while (!isOver.get()) {
            Instant stamp = stamp();
            assertThat(stamp).isAfterOrEqualTo(last);
            last = stamp;
            looks++;
            ShownTree.pause(Duration.ofMillis(1));
        }
        return looks;
    }

    private static long residentKilobytes() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private Instant stamp() {
        try {
            return StatusBytes.parse(Files.readAllBytes(temp.resolve("service/a/supervise/status")))
                    .orElseThrow()
                    .stamp();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
