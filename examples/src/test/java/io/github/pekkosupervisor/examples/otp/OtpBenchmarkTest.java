package io.github.pekkosupervisor.examples.otp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OtpBenchmarkTest {

    @Test
    void both_contenders_on_the_jvm_can_be_measured() throws Exception {
        ActorSystem<Object> system = ActorSystem.create(Behaviors.empty(), "small");
        Results bare = new Results();
        Results ours = new Results();
        try {
            BarePekko pekko = new BarePekko(system);
            Ours supervisor = new Ours(system);
            pekko.startStop(50, bare);
            supervisor.startStop(50, ours);
            supervisor.restarts(1_000, ours);
            supervisor.sustained(100, ours);
            supervisor.oneForAll(10, ours);
        } finally {
            system.terminate();
            // lest what it closes is missing in what the next test counts
            system.getWhenTerminated().toCompletableFuture().get(60, TimeUnit.SECONDS);
        }

        assertThat(bare.median(Metric.START)).isPresent();
        assertThat(Metric.values())
                .allSatisfy(metric -> assertThat(ours.median(metric)).isPresent());
    }

    @Test
    void the_first_half_of_the_rounds_warms_up() {
        Results results = new Results();
        for (double value : new double[] {900, 800, 3, 2, 1}) {
            results.add(Metric.START, value);
        }

        assertThat(results.median(Metric.START)).hasValue(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--children 0", "--rounds x", "--rounds", "--fast"})
    void wrong_options_are_refused(String line) {
        assertThatThrownBy(() -> Options.parse(List.of(line.split(" ")))).isInstanceOf(Options.UsageException.class);
    }

    @Test
    void defaults_are_those_of_the_targets() throws Exception {
        Options options = Options.parse(List.of());

        assertThat(options.children()).isEqualTo(100_000);
        assertThat(options.sustained()).isEqualTo(30_000);
        assertThat(options.group()).isEqualTo(1_000);
    }
}
