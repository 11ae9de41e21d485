package io.github.pekkosupervisor.runit.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.protocol.TreeSnapshot;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.protocol.TreeSnapshot.State;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What a page is sent first. */
final class StreamsTest {

    private static final Instant THEN = Instant.parse("2026-01-02T03:04:05Z");

    @Test
    void who_comes_when_nothing_has_happened_for_an_hour_is_told_what_time_it_is() throws Exception {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
        try {
            AtomicReference<Instant> now = new AtomicReference<>(THEN);
            Watch watch = new Watch(false, timer, now::get, System::nanoTime);
            watch.snapshot(new TreeSnapshot(THEN, Node.of("/", "supervisor", State.RUNNING)));
            assertThat(watch.look().size()).isEqualTo(1);
            now.set(THEN.plus(Duration.ofHours(1)));
            // so that no more than what comes first follows
            watch.close();

            ByteArrayOutputStream told = new ByteArrayOutputStream();
            new Streams(watch, new BoundedWrites(timer, System::nanoTime)).tell(told);

            assertThat(told.toString(UTF_8)).startsWith("event: tree\ndata: {\"at\":\"2026-01-02T04:04:05Z\"");
        } finally {
            timer.shutdownNow();
        }
    }
}
