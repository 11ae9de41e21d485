package io.github.pekkosupervisor.actor;

import static io.github.pekkosupervisor.testing.Specs.simple;
import static io.github.pekkosupervisor.testing.Specs.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.InvalidSpecException;
import io.github.pekkosupervisor.spec.InvalidSpecException.Problem;
import io.github.pekkosupervisor.spec.SpecCheck;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec.AutoShutdown;
import io.github.pekkosupervisor.spec.SupervisorSpec.Strategy;
import java.time.Duration;
import java.util.List;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The acceptance cases on flags and specifications, and what bad input gets. */
@SuppressWarnings("NullAway") // nulls are what is tried
final class SpecTest {

    private static final ActorTestKit KIT = ActorTestKit.create();

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    private static ChildSpec child(String id) {
        return ChildSpec.actor(id, Behaviors.empty());
    }

    private static List<String> errors(SupervisorSpec spec) {
        return SpecCheck.problems(spec).stream().map(Problem::error).toList();
    }

    /** By the check, and wherever it is started, before anything is. */
    private static void isRefused(SupervisorSpec spec, String error) {
        assertThat(errors(spec)).containsExactly(error);
        assertThatThrownBy(() -> SupervisionTree.start(
                        spec, SupervisionTree.Options.defaults().withSystem(KIT.system())))
                .satisfies(thrown -> assertThat(errors(thrown)).containsExactly(error));
        try (Bed bed = new Bed(KIT)) {
            assertThat(bed.startFails(spec))
                    .isInstanceOfSatisfying(
                            ExitReason.Crash.class,
                            crash -> assertThat(errors(crash.cause())).containsExactly(error));
        }
    }

    private static List<String> errors(Throwable thrown) {
        assertThat(thrown).isInstanceOf(InvalidSpecException.class);
        return ((InvalidSpecException) thrown)
                .problems().stream().map(Problem::error).toList();
    }

    private static void starts(SupervisorSpec spec) {
        assertThat(errors(spec)).isEmpty();
        try (Bed bed = new Bed(KIT).start(spec)) {
            assertThat(bed.isAlive()).isTrue();
        }
    }

    @Test
    void case_029_dynamic_needs_exactly_one_template() {
        SupervisorSpec none = SupervisorSpec.of(Strategy.SIMPLE_ONE_FOR_ONE);

        isRefused(none, "bad_start_spec");
        isRefused(none.withChild(child("a")).withChild(child("b")), "bad_start_spec");
        starts(none.withChild(child("a")));
    }

    /** Infinite values and unknown keys cannot be written in Java. */
    @Test
    void case_030_invalid_flags() {
        SupervisorSpec good = SupervisorSpec.oneForOne();

        isRefused(SupervisorSpec.of(null), "invalid_strategy");
        isRefused(good.withIntensity(-1, Duration.ofSeconds(1)), "invalid_intensity");
        isRefused(good.withIntensity(1, Duration.ZERO), "invalid_period");
        isRefused(good.withIntensity(1, Duration.ofSeconds(-1)), "invalid_period");
        isRefused(good.withIntensity(1, null), "invalid_period");
        isRefused(good.withAutoShutdown(null), "invalid_auto_shutdown");
        starts(good.withIntensity(0, Duration.ofNanos(1)));
    }

    @ParameterizedTest
    @EnumSource(names = {"ANY_SIGNIFICANT", "ALL_SIGNIFICANT"})
    void case_031_auto_shutdown_on_a_dynamic_supervisor(AutoShutdown auto) {
        SupervisorSpec dynamic = SupervisorSpec.dynamic();
        SupervisorSpec simple = simple(child("t"));

        isRefused(dynamic.withAutoShutdown(auto), "bad_combination");
        isRefused(simple.withAutoShutdown(auto), "bad_combination");
        starts(dynamic.withAutoShutdown(AutoShutdown.NEVER));
        starts(simple.withAutoShutdown(AutoShutdown.NEVER));
    }

    // ---- bad input, beyond the cases
}
