package io.github.pekkosupervisor.runit;

import static io.github.pekkosupervisor.runit.Tree.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Restarts of service directories leave nothing in the launcher's JVM. 100,000 with
 * {@code -Dpekko-supervisor.test.adoption=long}; it says then what it has measured.
 */
@Isolated("what this JVM holds is measured")
class ManyRestartsTest {

    private static final boolean LONG = "long".equals(System.getProperty("pekko-supervisor.test.adoption"));
    private static final int SERVICES = 8;
    private static final int FIRST_RESTARTS = LONG ? 5_000 : 200;
    private static final int RESTARTS = LONG ? 100_000 : 600;

    /** Pools grow to what is busy at once, which is chance. */
    private static final int THREADS = 6;

    private static final long HEAP = 4L * 1024 * 1024;

    private static final ActorTestKit KIT = ActorTestKit.create();

    @TempDir
    private Path temp;

    private final AtomicInteger starts = new AtomicInteger();

    @AfterAll
    static void shut_down() {
        KIT.shutdownTestKit();
    }

    /**
     * What this JVM holds.
     *
     * @param descriptors open ones
     * @param threads those of the virtual machine included
     * @param heap bytes that live, after a collection
     */
    private record Held(long descriptors, long threads, long heap) {

        static Held now() {
            System.gc();
            return new Held(
                    entries("/proc/self/fd"),
                    entries("/proc/self/task"),
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }

        private static long entries(String directory) {
            try (Stream<Path> entries = Files.list(Path.of(directory))) {
                return entries.count();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** At each look two seconds are over: no run is a short one, and no restart waits. */
    private static final class HurriedClock extends Clock {
        private final AtomicLong seconds = new AtomicLong(Instant.now().getEpochSecond());

        @Override
        public Instant instant() {
            return Instant.ofEpochSecond(seconds.addAndGet(2));
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    private void awaitMore(List<Tree.Service> services, int restarts) throws IOException {
        int until = starts.get() + restarts;
        for (Tree.Service service : services) {
            service.control("u");
        }
        patiently().atMost(Duration.ofMinutes(50)).until(() -> starts.get() >= until);
        for (Tree.Service service : services) {
            service.control("d");
        }
        for (Tree.Service service : services) {
            patiently()
                    .until(
                            service::status,
                            status -> status.state() == ServiceStatus.State.DOWN
                                    && status.want() == ServiceStatus.Want.DOWN);
        }
    }

    @Test
    @Timeout(value = 1, unit = TimeUnit.HOURS)
    void case_38_many_restarts_leave_nothing() throws IOException {
        try (Tree tree = new Tree(temp, KIT)) {
            List<Tree.Service> services = new ArrayList<>();
            for (int i = 0; i < SERVICES; i++) {
                services.add(tree.service("s" + i).script("run", "exit 1").file("down"));
            }
            Clock clock = new HurriedClock();
            tree.start(settings -> settings.withClock(clock).withListener(event -> {
                if (event instanceof ServiceEvent.Started) {
                    starts.incrementAndGet();
                }
            }));
            for (Tree.Service service : services) {
                patiently().ignoreExceptions().until(() -> service.status().state() == ServiceStatus.State.DOWN);
            }
            awaitMore(services, FIRST_RESTARTS);
            Held before = Held.now();
            long begun = System.nanoTime();

            awaitMore(services, RESTARTS);

            patiently().untilAsserted(() -> assertFlat(before, Held.now()));
            if (LONG) {
                System.err.printf(
                        "%d restarts in %d s: %s, then %s%n",
                        RESTARTS, TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun), before, Held.now());
            }
        }
    }

    private static void assertFlat(Held before, Held after) {
        assertThat(after.descriptors()).as("descriptors").isLessThanOrEqualTo(before.descriptors());
        assertThat(after.threads()).as("threads").isLessThanOrEqualTo(before.threads() + THREADS);
        assertThat(after.heap()).as("heap").isLessThanOrEqualTo(before.heap() + HEAP);
    }
}
