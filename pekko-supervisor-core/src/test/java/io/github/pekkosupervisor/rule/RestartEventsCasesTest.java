package io.github.pekkosupervisor.rule;

import static io.github.pekkosupervisor.testing.Specs.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorEvent.RestartScheduled;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.RestartDelay;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** What is told of restarts, decided without actors. */
final class RestartEventsCasesTest {

    private static final Duration HOUR = Duration.ofHours(1);

    /** Id, wait in milliseconds, count before this one, limit. */
    private static List<String> restarts(PlayedSupervisor bed) {
        return bed.events.stream()
                .filter(RestartScheduled.class::isInstance)
                .map(RestartScheduled.class::cast)
                .map(event -> event.child().id() + " " + event.delay().toMillis() + " " + event.recent() + " "
                        + event.limit().orElse(-1))
                .toList();
    }

    private static List<String> kinds(PlayedSupervisor bed) {
        return bed.events.stream()
                .map(event -> event.getClass().getSimpleName()
                        + (event instanceof SupervisorEvent.OfChild of
                                ? " " + of.child().id()
                                : ""))
                .toList();
    }

    @Test
    void a_restart_without_a_wait_has_one_with_the_count_and_the_limit() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(spec(bed.worker("a")).withIntensity(2, HOUR));

            bed.crashAndAwaitRestart("a");
            bed.crashAndAwaitRestart("a");
            bed.crash("a");

            assertThat(bed.ended()).isEqualTo(ExitReason.shutdown());
            assertThat(restarts(bed)).containsExactly("a 0 0 2", "a 0 1 2");
            assertThat(kinds(bed))
                    .containsSubsequence(
                            "ChildTerminated a",
                            "RestartScheduled a",
                            "ChildStarted a",
                            "ChildTerminated a",
                            "RestartScheduled a",
                            "ChildStarted a",
                            "ChildTerminated a",
                            "GaveUp a");
            bed.ignoreReports();
        }
    }

    @Test
    void one_comes_before_the_siblings_are_stopped_and_they_have_none() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(SupervisorSpec.oneForAll()
                    .withIntensity(1, HOUR)
                    .withChildren(List.of(bed.worker("a"), bed.worker("b"))));
            ChildHandle b = bed.handle("b");

            bed.crash("a");
            bed.awaitRestart("b", b);

            assertThat(restarts(bed)).containsExactly("a 0 0 1");
            assertThat(kinds(bed))
                    .containsSubsequence(
                            "ChildTerminated a",
                            "RestartScheduled a",
                            "ChildStopped b",
                            "ChildStarted a",
                            "ChildStarted b");
            bed.ignoreReports();
        }
    }

    @Test
    void each_retry_of_a_restart_that_failed_has_one() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(spec(bed.worker("a")).withIntensity(3, HOUR));
            bed.script("a").failsWith = ExitReason.failed("no");

            bed.crash("a");

            assertThat(bed.ended()).isEqualTo(ExitReason.shutdown());
            assertThat(restarts(bed)).containsExactly("a 0 0 3", "a 0 1 3", "a 0 2 3");
            bed.ignoreReports();
        }
    }

    @Test
    void one_with_a_wait_is_told_before_it_and_not_again_after_it() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            ChildSpec patient = bed.worker("a").withRestartDelay(RestartDelay.fixed(Duration.ofMillis(20)));
            bed.start(spec(patient).withIntensity(5, HOUR));

            bed.crashAndAwaitRestart("a");
            bed.crashAndAwaitRestart("a");

            assertThat(restarts(bed)).containsExactly("a 20 0 5", "a 20 1 5");
            bed.ignoreReports();
        }
    }

    @Test
    void a_child_of_a_dynamic_supervisor_has_one_too() {
        try (PlayedSupervisor bed = new PlayedSupervisor().start(SupervisorSpec.dynamic())) {
            bed.start(bed.worker("a"));

            bed.crashAndAwaitRestart("a");

            assertThat(restarts(bed)).containsExactly("a 0 0 3");
            bed.ignoreReports();
        }
    }

    @Test
    void one_that_stays_down_has_none() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(spec(bed.worker("a").withRestart(RestartType.TRANSIENT)));

            bed.exit("a", ExitReason.normal());

            assertThat(restarts(bed)).isEmpty();
        }
    }

    @Test
    void the_limit_is_empty_where_there_is_none() {
        RestartDelay delay = RestartDelay.fixed(Duration.ofMillis(1));
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(spec(bed.worker("a").withRestartDelay(delay)).withUnlimitedRestarts());

            bed.crashAndAwaitRestart("a");

            assertThat(bed.events)
                    .filteredOn(RestartScheduled.class::isInstance)
                    .singleElement()
                    .satisfies(event ->
                            assertThat(((RestartScheduled) event).limit()).isEqualTo(OptionalInt.empty()));
            bed.ignoreReports();
        }
    }
}
