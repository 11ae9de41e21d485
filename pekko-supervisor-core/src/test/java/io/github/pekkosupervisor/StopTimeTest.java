package io.github.pekkosupervisor;

import static io.github.pekkosupervisor.testing.Specs.spec;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.Shutdown;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;

/** How long the stop of a tree may take, by its specification. */
final class StopTimeTest {

    private static ChildSpec child(String id, int seconds) {
        return ChildSpec.actor(id, Behaviors.empty()).withShutdown(Shutdown.timeout(Duration.ofSeconds(seconds)));
    }

    private static ChildSpec endless(String id) {
        return child(id, 1).withShutdown(Shutdown.infinity());
    }

    private static Duration seconds(int number) {
        return Duration.ofSeconds(number);
    }

    @Test
    void children_are_stopped_one_after_another() {
        assertThat(StopTime.of(spec(child("a", 3), child("b", 4)))).isEqualTo(seconds(7));
        assertThat(StopTime.of(spec())).isZero();
    }

    @Test
    void a_supervisor_takes_as_long_as_its_children_but_no_longer_than_it_may() {
        SupervisorSpec below = spec(child("a", 3), child("b", 4));

        assertThat(StopTime.of(spec(child("c", 1), ChildSpec.supervisor("s", below))))
                .isEqualTo(seconds(8));
        assertThat(StopTime.of(spec(ChildSpec.supervisor("s", below).withShutdown(Shutdown.timeout(seconds(5))))))
                .isEqualTo(seconds(5));
        assertThat(StopTime.of(spec(ChildSpec.supervisor("s", below).withShutdown(Shutdown.brutalKill()))))
                .isZero();
        Callable<SupervisorSpec> unknown = () -> below;
        assertThat(StopTime.of(spec(child("c", 1), ChildSpec.supervisor("s", unknown))))
                .isEqualTo(seconds(1));
    }

    @Test
    void those_of_a_template_stop_at_once() {
        assertThat(StopTime.of(SupervisorSpec.simpleOneForOne(child("t", 9)))).isEqualTo(seconds(9));
    }

    @Test
    void no_limit_is_the_longest_time() {
        assertThat(StopTime.of(spec(child("a", 3), endless("b"), endless("c")))).isEqualTo(StopTime.FOR_EVER);
        ChildSpec years = child("a", 1).withShutdown(Shutdown.timeout(Duration.ofSeconds(Long.MAX_VALUE)));
        assertThat(StopTime.of(spec(years, years))).isEqualTo(StopTime.FOR_EVER);
    }

    @Test
    void whoever_has_to_wait_is_told_the_time_or_that_there_is_no_limit() {
        assertThat(SupervisionTree.stopTime(spec(child("a", 3), child("b", 4)))).contains(seconds(7));
        assertThat(SupervisionTree.stopTime(spec())).contains(Duration.ZERO);
        assertThat(SupervisionTree.stopTime(spec(child("a", 3), endless("b")))).isEmpty();
    }

    @Test
    void time_after_a_kill_counts_where_it_is_more_than_is_usual() {
        ChildSpec patient = child("a", 3).withKillGrace(seconds(9));
        ChildSpec hasty = child("b", 4).withKillGrace(Duration.ofMillis(1));

        assertThat(StopTime.ofOne(patient)).isEqualTo(seconds(3 + 9 - 1));
        assertThat(StopTime.longest(spec(patient, hasty))).isEqualTo(seconds(11));
        assertThat(StopTime.ofOne(hasty)).isEqualTo(seconds(4));
        assertThat(StopTime.ofOne(child("c", 1).withKillGrace(Duration.ofSeconds(Long.MAX_VALUE))))
                .isEqualTo(StopTime.FOR_EVER);
    }

    @Test
    void our_jar_sets_nothing_outside_its_own_root() {
        Config ours = ConfigFactory.parseResources(SupervisionTree.class.getClassLoader(), "reference.conf");
        Config own = ConfigFactory.parseURL(SupervisionTree.class.getResource("/reference.conf"));

        assertThat(ours.root()).containsKey("pekko-supervisor");
        assertThat(own.root().keySet()).containsExactly("pekko-supervisor");
    }
}
