package io.github.pekkosupervisor.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ExportBenchmarkTest {

    @TempDir
    private Path temp;

    @Test
    void a_tree_is_measured_whether_it_is_shown_or_not() throws Exception {
        ActorSystem<Object> system = ActorSystem.create(Behaviors.empty(), "small");
        ExportResults bare = new ExportResults();
        ExportResults shown = new ExportResults();
        try {
            for (boolean isShown : new boolean[] {false, true}) {
                ExportResults to = isShown ? shown : bare;
                Optional<Path> where = isShown ? Optional.of(temp.resolve("many")) : Optional.empty();
                new ExportRound(system, where, to).many(20, 10, Duration.ofMillis(1));
                new ExportRound(system, where.map(many -> temp.resolve("one")), to).one(50);
            }
        } finally {
            system.terminate();
            // lest what it closes is missing in what the next test counts
            system.getWhenTerminated().toCompletableFuture().get(60, TimeUnit.SECONDS);
        }

        Set<ExportBar> ofShownAlone =
                EnumSet.of(ExportBar.SHOWN, ExportBar.DESCRIPTORS, ExportBar.KERNEL, ExportBar.LATE);
        assertThat(EnumSet.complementOf(EnumSet.of(ExportBar.SV_RESTART, ExportBar.HEAP_MORE)))
                .allSatisfy(bar -> {
                    assertThat(shown.median(bar)).as(bar.text).isPresent();
                    assertThat(bare.median(bar).isPresent()).as(bar.text).isEqualTo(!ofShownAlone.contains(bar));
                });
        assertThat(shown.median(ExportBar.DESCRIPTORS).orElseThrow()).isBetween(1.0, 2.0);
    }

    @ParameterizedTest
    @CsvSource({
        "UP, 109, 100, false",
        "UP, 111, 100, true",
        "SHOWN, 1999, , false",
        "SHOWN, 2001, , true",
        "RESTARTS, 91, 100, false",
        "RESTARTS, 89, 100, true",
        "WAKE_UPS, 12, 10, false",
        "WAKE_UPS, 15, 10, true",
        "SV_RESTART, 450, 430, false",
        "SV_RESTART, 860, 430, true",
        "CLOSED, 900, 1, false",
        "UP, , 100, false",
    })
    void a_bar_that_is_missed_is_told(ExportBar bar, Double shown, Double peer, boolean missed) {
        OptionalDouble of = shown == null ? OptionalDouble.empty() : OptionalDouble.of(shown);
        OptionalDouble by = peer == null ? OptionalDouble.empty() : OptionalDouble.of(peer);

        assertThat(bar.isMissed(of, by)).isEqualTo(missed);
        assertThat(bar.verdict(of, by).endsWith("MISSED")).isEqualTo(missed);
    }

    /**
     * Who has none is measured only: at the end of a tree what is shown costs what it may, and of heap the difference.
     */
    @ParameterizedTest
    @EnumSource
    void each_bar_can_be_missed(ExportBar bar) {
        boolean isMissed = bar.isMissed(OptionalDouble.of(1e9), OptionalDouble.of(1))
                || bar.isMissed(OptionalDouble.of(1), OptionalDouble.of(1e9));

        assertThat(isMissed)
                .isEqualTo(!EnumSet.of(ExportBar.CLOSED, ExportBar.HEAP).contains(bar));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--children 0", "--rounds x", "--rounds", "--on /nowhere", "--fast"})
    void wrong_options_are_refused(String line) {
        assertThat(ExportBenchmark.run(List.of(line.split(" ")))).isEqualTo(2);
    }
}
