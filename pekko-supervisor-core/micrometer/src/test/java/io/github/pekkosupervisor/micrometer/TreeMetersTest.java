package io.github.pekkosupervisor.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.protocol.Happening;
import io.github.pekkosupervisor.protocol.Happening.Exit;
import io.github.pekkosupervisor.protocol.TreeSnapshot;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.protocol.TreeSnapshot.State;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Supervision;
import io.github.pekkosupervisor.spec.SupervisorSpec.Strategy;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The meters of one tree, without a tree. */
final class TreeMetersTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration RAN = Duration.ofSeconds(1);

    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final TreeMeters meters = new TreeMeters(registry, Tags.empty());

    private static Node supervisor(int limit, int recent, Duration period) {
        return new Node(
                "/",
                "supervisor",
                State.RUNNING,
                true,
                OptionalLong.empty(),
                OptionalLong.empty(),
                Optional.empty(),
                Optional.empty(),
                0,
                Optional.empty(),
                Optional.empty(),
                Optional.of(new Supervision(
                        Strategy.ONE_FOR_ONE, recent, limit < 0 ? OptionalInt.empty() : OptionalInt.of(limit), period)),
                Map.of(),
                List.of());
    }

    private void shown(Node top) {
        meters.show(() -> new TreeSnapshot(Instant.EPOCH, top));
    }

    private Optional<Gauge> gauge(String name, String path) {
        return Optional.ofNullable(
                registry.find("pekko.supervisor." + name).tag("path", path).gauge());
    }

    private double count(String name, String path) {
        return registry.find("pekko.supervisor." + name).tag("path", path).counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    @Test
    void restarts_longer_ago_than_the_period_are_allowed_again() {
        shown(supervisor(1, 1, Duration.ofMillis(1)));

        await().atMost(PATIENCE)
                .until(() -> gauge("intensity.left", "/")
                        .filter(left -> left.value() == 1)
                        .isPresent());
    }

    @Test
    void restarts_within_the_period_are_not() {
        shown(supervisor(3, 2, Duration.ofHours(1)));

        await().atMost(PATIENCE).until(() -> gauge("intensity.left", "/").isPresent());
        await().atMost(PATIENCE)
                .until(() -> gauge("intensity.left", "/").orElseThrow().value() == 1);
    }

    @Test
    void a_supervisor_that_gives_up_no_more_has_none_left_to_tell_of() {
        shown(supervisor(1, 0, Duration.ofHours(1)));
        await().atMost(PATIENCE).until(() -> gauge("intensity.left", "/").isPresent());

        shown(supervisor(-1, 0, Duration.ofHours(1)));

        await().atMost(PATIENCE).until(() -> gauge("intensity.left", "/").isEmpty());
    }

    @Test
    void a_start_while_they_are_looked_at_is_not_forgotten() {
        Node top = Node.of("/", "supervisor", State.RUNNING);
        Node guest = Node.of("/guest", "process", State.RUNNING);
        Thread starts = new Thread(() -> meters.count(new Happening.Started("/guest", Instant.now(), false)));
        AtomicInteger looks = new AtomicInteger();
        Supplier<TreeSnapshot> present = () -> {
            if (looks.getAndIncrement() == 0) {
                starts.start();
                await().atMost(PATIENCE)
                        .until(() -> starts.getState() == Thread.State.BLOCKED
                                || starts.getState() == Thread.State.TERMINATED);
                return new TreeSnapshot(Instant.EPOCH, top);
            }
            return new TreeSnapshot(Instant.EPOCH, top.withChildren(List.of(guest)));
        };
        meters.show(present);
        await().atMost(PATIENCE).until(() -> looks.get() == 1 && starts.getState() == Thread.State.TERMINATED);

        meters.show(present);

        await().atMost(PATIENCE)
                .until(() -> gauge("up", "/guest").filter(up -> up.value() == 1).isPresent());
        assertThat(count("starts", "/guest")).isEqualTo(1);
    }

    @Test
    void of_several_with_one_path_that_die_together_each_is_a_restart() {
        Happening killed =
                new Happening.Ended("/job", Exit.killed(), Exit.killed().reason(), RAN);
        Happening again = new Happening.Started("/job", Instant.now(), true);

        List.of(killed, killed, again, again).forEach(meters::count);

        assertThat(count("restarts", "/job")).isEqualTo(2);
        assertThat(count("exits", "/job")).isEqualTo(2);
    }

    @Test
    void one_that_is_started_by_a_call_is_no_restart() {
        meters.count(new Happening.Ended("/job", Exit.killed(), Exit.killed().reason(), RAN));
        meters.count(new Happening.Started("/job", Instant.now(), false));

        assertThat(count("restarts", "/job")).isZero();
    }
}
