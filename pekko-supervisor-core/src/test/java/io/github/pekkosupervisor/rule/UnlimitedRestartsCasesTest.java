package io.github.pekkosupervisor.rule;

import static io.github.pekkosupervisor.rule.PlayedSupervisor.answer;
import static io.github.pekkosupervisor.testing.Specs.simple;
import static io.github.pekkosupervisor.testing.Specs.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import io.github.pekkosupervisor.config.ConfiguredTree;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.InvalidSpecException;
import io.github.pekkosupervisor.spec.InvalidSpecException.Problem;
import io.github.pekkosupervisor.spec.RestartDelay;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.SpecCheck;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Restarts without a limit: what is refused, what is told, and that it goes on. */
final class UnlimitedRestartsCasesTest {

    private static final RestartDelay SHORT = RestartDelay.fixed(Duration.ofMillis(1));
    private static final RestartDelay SECOND = RestartDelay.fixed(Duration.ofSeconds(1));

    private static List<String> messages(List<Problem> problems) {
        return problems.stream()
                .map(problem -> problem.error() + " " + problem.message())
                .toList();
    }

    static Stream<ChildSpec> kinds() {
        return Stream.of(
                ChildSpec.actor("a", Behaviors.empty()),
                ChildSpec.service("a", () -> "x", x -> {}),
                ChildSpec.runnable("a", child -> {}),
                ChildSpec.completion("a", CompletableFuture::new),
                ChildSpec.process("a", "true"),
                ChildSpec.supervisor("a", SupervisorSpec.oneForOne()));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void any_wait_does_and_none_is_refused_with_the_reason(ChildSpec child) {
        SupervisorSpec spec = SupervisorSpec.oneForOne().withUnlimitedRestarts();
        RestartDelay shortest = RestartDelay.fixed(Duration.ofNanos(1));

        assertThat(SpecCheck.problems(spec.withChild(child.withRestartDelay(shortest))))
                .isEmpty();
        assertThat(SpecCheck.problems(spec.withChild(child.withRestartDelay(SECOND))))
                .isEmpty();
        assertThat(SpecCheck.problems(spec.withChild(child.withRestart(RestartType.TEMPORARY))))
                .isEmpty();
        assertThat(messages(SpecCheck.problems(spec.withChild(child))))
                .containsExactly(
                        "bad_combination child \"a\" does not wait before it is started again, and its supervisor"
                                + " never gives up, so it could be started in a tight loop for ever; give it withRestartDelay,"
                                + " make it temporary, or limit the restarts by withIntensity");
        assertThat(messages(SpecCheck.problems(spec.withChild(child.withRestart(RestartType.TRANSIENT)))))
                .hasSize(1);
    }

    @Test
    void it_can_be_limited_again_and_says_what_it_is() {
        SupervisorSpec unlimited = SupervisorSpec.oneForOne().withUnlimitedRestarts();

        assertThat(unlimited.hasUnlimitedRestarts()).isTrue();
        assertThat(unlimited.withAutoShutdown(SupervisorSpec.AutoShutdown.NEVER).hasUnlimitedRestarts())
                .isTrue();
        assertThat(unlimited.intensity()).isEqualTo(Integer.MAX_VALUE);
        assertThat(unlimited.withIntensity(3, Duration.ofSeconds(1)).hasUnlimitedRestarts())
                .isFalse();
        assertThat(SupervisorSpec.oneForOne()
                        .withIntensity(Integer.MAX_VALUE, Duration.ofDays(1))
                        .hasUnlimitedRestarts())
                .isFalse();
        assertThat(SpecCheck.problems(SupervisorSpec.oneForOne().withIntensity(Integer.MIN_VALUE, Duration.ofDays(1))))
                .hasSize(1);
    }

    /** The very input that a user was refused with, and what he is told to do. */
    @Test
    void who_asks_for_more_than_the_delay_allows_is_told_how_to_say_it() {
        SupervisorSpec spec = SupervisorSpec.oneForOne()
                .withIntensity(10, Duration.ofSeconds(5))
                .withChild(ChildSpec.process("a", "true").withRestartDelay(SECOND));

        assertThat(messages(SpecCheck.problems(spec)))
                .singleElement()
                .asString()
                .contains("could never give up")
                .contains("withUnlimitedRestarts()");
        assertThat(SpecCheck.problems(spec.withUnlimitedRestarts())).isEmpty();
    }

    @Test
    void it_goes_on_far_beyond_any_limit() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(spec(bed.worker("a").withRestartDelay(SHORT)).withUnlimitedRestarts());
            bed.script("a").failsToStart("no", () -> {
                if (bed.script("a").starts.get() > 100) {
                    bed.script("a").startsAgain();
                }
            });

            bed.crash("a");

            bed.until(() -> bed.states().equals(List.of("a running")));
            assertThat(bed.events).noneMatch(SupervisorEvent.GaveUp.class::isInstance);
            bed.ignoreReports();
        }
    }

    @Test
    void a_child_that_comes_by_a_call_must_wait_too() {
        for (SupervisorSpec unlimited : List.of(spec(), SupervisorSpec.dynamic())) {
            try (PlayedSupervisor bed = new PlayedSupervisor().start(unlimited.withUnlimitedRestarts())) {
                assertThat(answer(bed.sup().startChild(bed.worker("a"))))
                        .isInstanceOfSatisfying(
                                SupervisorResult.InvalidSpec.class,
                                refused -> assertThat(messages(refused.problems()))
                                        .singleElement()
                                        .asString()
                                        .contains("child \"a\" does not wait"));
                assertThat(answer(bed.sup().startChild(bed.worker("a").withRestartDelay(SHORT))))
                        .isInstanceOf(SupervisorResult.Started.class);
                assertThat(answer(bed.sup().startChild(bed.worker("t").withRestart(RestartType.TEMPORARY))))
                        .isInstanceOf(SupervisorResult.Started.class);
            }
        }
    }

    @Test
    void so_must_a_template() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            assertThat(SpecCheck.problems(simple(bed.template()).withUnlimitedRestarts()))
                    .hasSize(1);
            assertThat(SpecCheck.problems(
                            simple(bed.template().withRestartDelay(SHORT)).withUnlimitedRestarts()))
                    .isEmpty();
        }
    }

    @Test
    void a_change_is_refused_where_a_child_that_stays_does_not_wait() {
        for (SupervisorSpec limited : List.of(spec(), SupervisorSpec.dynamic())) {
            try (PlayedSupervisor bed = new PlayedSupervisor().start(limited)) {
                bed.start(bed.worker("stays"));

                assertThat(answer(bed.sup().reconfigure(limited.withUnlimitedRestarts())))
                        .isInstanceOfSatisfying(
                                SupervisorResult.InvalidSpec.class,
                                refused -> assertThat(messages(refused.problems()))
                                        .singleElement()
                                        .asString()
                                        .contains("child \"stays\" does not wait"));
            }
        }
    }

    @Test
    void a_change_counts_from_then_on() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            ChildSpec patient = bed.worker("a").withRestartDelay(SHORT);
            bed.start(spec(patient).withIntensity(1, Duration.ofHours(1)));

            assertThat(answer(bed.sup().reconfigure(spec(patient).withUnlimitedRestarts())))
                    .isEqualTo(SupervisorResult.Ok.INSTANCE);
            for (int i = 0; i < 5; i++) {
                bed.crashAndAwaitRestart("a");
            }
            assertThat(answer(bed.sup().reconfigure(spec(patient).withIntensity(5, Duration.ofHours(1)))))
                    .isEqualTo(SupervisorResult.Ok.INSTANCE);
            bed.crash("a");

            assertThat(bed.ended()).isEqualTo(ExitReason.shutdown());
            assertThat(bed.reports()).last().isEqualTo("shutdown a reached_max_restart_intensity");
        }
    }

    @Test
    void a_configuration_says_infinite() {
        String child = "{ id = a, process.command = [sleep, 1]";
        String waits = "children = [ " + child + ", restart-delay { min = 1s } } ]";

        assertThat(ConfiguredTree.read(ConfigFactory.parseString("intensity = infinite, " + waits))
                        .hasUnlimitedRestarts())
                .isTrue();
        assertThatThrownBy(() -> ConfiguredTree.read(
                        ConfigFactory.parseString("intensity = infinite, children = [ " + child + " } ]")))
                .isInstanceOf(InvalidSpecException.class)
                .hasMessageContaining("String: 1")
                .hasMessageContaining("does not wait before it is started again");
        assertThatThrownBy(() -> ConfiguredTree.read(ConfigFactory.parseString("intensity = forever, " + waits)))
                .isInstanceOf(InvalidSpecException.class)
                .hasMessageContaining(
                        "\"intensity\" must be a whole number, was \"forever\"; use infinite for no limit");
    }

    /** A sum over each of a hundred thousand waits, for each of ten thousand children, took minutes. */
    @Test
    void whether_many_children_with_a_delay_can_give_up_is_found_out_at_once() {
        RestartDelay tiny = new RestartDelay(Duration.ofNanos(1), Duration.ofDays(1), 1.00001, 0, Duration.ofDays(1));
        ChildSpec template = ChildSpec.actor("a", Behaviors.empty()).withRestartDelay(tiny);
        SupervisorSpec spec = SupervisorSpec.oneForOne()
                .withIntensity(100_000, Duration.ofDays(100))
                .withChildren(Stream.iterate(0, i -> i + 1)
                        .limit(50_000)
                        .map(i -> template.withId("c" + i))
                        .toList());

        assertThat(CompletableFuture.supplyAsync(() -> SpecCheck.problems(spec)))
                .succeedsWithin(Duration.ofSeconds(20))
                .isEqualTo(List.of());
    }
}
