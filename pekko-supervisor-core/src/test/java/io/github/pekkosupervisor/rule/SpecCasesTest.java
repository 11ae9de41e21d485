package io.github.pekkosupervisor.rule;

import static io.github.pekkosupervisor.testing.Specs.simple;
import static io.github.pekkosupervisor.testing.Specs.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.InvalidSpecException;
import io.github.pekkosupervisor.spec.InvalidSpecException.Problem;
import io.github.pekkosupervisor.spec.RestartDelay;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.Shutdown;
import io.github.pekkosupervisor.spec.SpecCheck;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec.AutoShutdown;
import io.github.pekkosupervisor.spec.SupervisorSpec.Strategy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** OTP's cases on specifications and their checks, decided without actors. */
@SuppressWarnings("NullAway") // nulls are what is tried
final class SpecCasesTest {

    private static ChildSpec child(String id) {
        return ChildSpec.actor(id, Behaviors.empty());
    }

    private static List<String> errors(SupervisorSpec spec) {
        return SpecCheck.problems(spec).stream().map(Problem::error).toList();
    }

    private static List<String> errors(ChildSpec spec) {
        return SpecCheck.problems(spec, AutoShutdown.ANY_SIGNIFICANT).stream()
                .map(Problem::error)
                .toList();
    }

    @Test
    void case_021_defaults_of_specs() {
        SupervisorSpec three = spec(
                child("plain"),
                child("brutal").withShutdown(Shutdown.brutalKill()),
                ChildSpec.supervisor("sup", SupervisorSpec.oneForOne()));
        try (PlayedSupervisor bed = new PlayedSupervisor().start(three)) {
            ChildSpec plain = found(bed, "plain");

            assertThat(plain.restart()).isEqualTo(RestartType.PERMANENT);
            assertThat(plain.shutdown()).isEqualTo(Shutdown.timeout(Duration.ofSeconds(5)));
            assertThat(plain.significant()).isFalse();
            assertThat(plain.isSupervisor()).isFalse();
            assertThat(found(bed, "brutal").shutdown()).isEqualTo(Shutdown.brutalKill());
            assertThat(found(bed, "sup").shutdown()).isEqualTo(Shutdown.infinity());
            assertThat(found(bed, "sup").isSupervisor()).isTrue();
            assertThat(PlayedSupervisor.answer(bed.sup().childSpec("unknown")))
                    .isEqualTo(SupervisorResult.NotFound.INSTANCE);
        }
    }

    private static ChildSpec found(PlayedSupervisor bed, String id) {
        return ((SupervisorResult.FoundSpec) PlayedSupervisor.get(bed.sup().childSpec(id))).spec();
    }

    @Test
    void case_022_defaults_dynamic() {
        try (PlayedSupervisor foreign = new PlayedSupervisor().start(spec());
                PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(simple(bed.template().withRestart(RestartType.TEMPORARY)));
            ChildHandle mine = bed.startFromTemplate("a");
            ChildHandle other = foreign.start(foreign.worker("b"));

            ChildSpec full =
                    ((SupervisorResult.FoundSpec) PlayedSupervisor.get(bed.sup().childSpec(mine))).spec();

            assertThat(full.id()).isEqualTo("template");
            assertThat(full.restart()).isEqualTo(RestartType.TEMPORARY);
            assertThat(full.shutdown()).isEqualTo(Shutdown.timeout(Duration.ofSeconds(1)));
            assertThat(PlayedSupervisor.answer(bed.sup().childSpec(other)))
                    .isEqualTo(SupervisorResult.NotFound.INSTANCE);
            assertThat(found(bed, "template").shutdown()).isEqualTo(full.shutdown());
            assertThat(PlayedSupervisor.answer(bed.sup().childSpec("a"))).isEqualTo(SupervisorResult.NotFound.INSTANCE);
        }
    }

    @Test
    void case_023_defaults_of_flags() {
        SupervisorSpec spec = SupervisorSpec.oneForOne();

        assertThat(spec.strategy()).isEqualTo(Strategy.ONE_FOR_ONE);
        assertThat(spec.intensity()).isEqualTo(1);
        assertThat(spec.period()).isEqualTo(Duration.ofSeconds(5));
        assertThat(spec.autoShutdown()).isEqualTo(AutoShutdown.NEVER);
    }

    static Stream<Arguments> invalidFields() {
        return Stream.of(
                Arguments.of(child("a").withRestart(null), "invalid_restart_type"),
                Arguments.of(child("a").withShutdown(Shutdown.timeout(Duration.ofMillis(-10))), "invalid_shutdown"),
                Arguments.of(child("a").withShutdown(Shutdown.timeout(Duration.ZERO)), "invalid_shutdown"),
                Arguments.of(child("a").withShutdown(Shutdown.timeout(null)), "invalid_shutdown"),
                Arguments.of(child("a").withShutdown(null), "invalid_shutdown"),
                Arguments.of(child("a").withStartTimeout(Duration.ZERO), "invalid_start_timeout"),
                Arguments.of(child("a").withStartTimeout(null), "invalid_start_timeout"),
                Arguments.of(child("a").withRestartDelay(null), "invalid_restart_delay"),
                Arguments.of(child("a").withOnAbandon(null), "invalid_on_abandon"),
                Arguments.of(child("a").withKillGrace(null), "invalid_kill_grace"),
                Arguments.of(child("a").withKillGrace(Duration.ZERO), "invalid_kill_grace"),
                Arguments.of(ChildSpec.closeable("a", null), "missing_start"),
                Arguments.of(ChildSpec.supervisor("a", (SupervisorSpec) null), "missing_start"),
                Arguments.of(child(null), "missing_id"),
                Arguments.of(child(""), "invalid_id"),
                Arguments.of(child("x".repeat(100_000)), "invalid_id"));
    }

    @ParameterizedTest
    @MethodSource("invalidFields")
    void case_025_each_invalid_field(ChildSpec invalid, String error) {
        try (PlayedSupervisor bed = new PlayedSupervisor().start(spec())) {
            Object result = PlayedSupervisor.answer(bed.sup().startChild(invalid));

            assertThat(result)
                    .isInstanceOfSatisfying(
                            SupervisorResult.InvalidSpec.class,
                            refused -> assertThat(refused.problems())
                                    .extracting(Problem::error)
                                    .containsExactly(error));
            assertThat(errors(invalid)).containsExactly(error);
            assertThat(bed.states()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(RestartType.class)
    void case_026_every_valid_combination(RestartType restart) {
        for (Shutdown shutdown : List.of(
                Shutdown.brutalKill(),
                Shutdown.timeout(Duration.ofMillis(1)),
                Shutdown.timeout(Duration.ofHours(1)),
                Shutdown.infinity())) {
            for (ChildSpec any : List.of(child("a"), ChildSpec.supervisor("b", SupervisorSpec.oneForOne()))) {
                assertThat(errors(any.withRestart(restart).withShutdown(shutdown)))
                        .isEmpty();
            }
        }
    }

    static Stream<Arguments> significantCombinations() {
        SupervisorSpec plain = SupervisorSpec.oneForOne();
        List<Arguments> rows = new ArrayList<>();
        for (RestartType restart : RestartType.values()) {
            rows.add(Arguments.of(Named.of("unset", plain), restart, "auto_shutdown"));
            for (AutoShutdown auto : AutoShutdown.values()) {
                String expected = auto == AutoShutdown.NEVER
                        ? "auto_shutdown"
                        : restart == RestartType.PERMANENT ? "restart permanent" : "";
                rows.add(Arguments.of(Named.of(auto.name(), plain.withAutoShutdown(auto)), restart, expected));
            }
        }
        return rows.stream();
    }

    @ParameterizedTest
    @MethodSource("significantCombinations")
    void case_027_significant_combinations(SupervisorSpec spec, RestartType restart, String refused) {
        ChildSpec child = child("a").withRestart(restart);

        List<Problem> problems = SpecCheck.problems(spec.withChild(child.withSignificant(true)));

        assertThat(problems).hasSize(refused.isEmpty() ? 0 : 1);
        assertThat(problems).allSatisfy(problem -> {
            assertThat(problem.error()).isEqualTo("bad_combination");
            assertThat(problem.value()).startsWith(refused);
        });
        assertThat(SpecCheck.problems(child.withSignificant(true), spec.autoShutdown()))
                .isEqualTo(problems);
        assertThat(SpecCheck.problems(spec.withChild(child.withSignificant(false))))
                .isEmpty();
    }

    @Test
    void all_problems_of_a_tree_are_listed_with_their_paths() {
        SupervisorSpec inner = SupervisorSpec.restForOne()
                .withIntensity(-1, Duration.ZERO)
                .withChild(child("deep").withShutdown(Shutdown.timeout(Duration.ZERO)));
        SupervisorSpec top = SupervisorSpec.oneForOne()
                .withChild(ChildSpec.supervisor("inner", inner))
                .withChild(child("a").withSignificant(true));

        assertThat(SpecCheck.problems(top))
                .extracting(Problem::path)
                .containsExactly("/inner", "/inner", "/inner/deep", "/a");
        assertThatThrownBy(() -> SpecCheck.check(top))
                .hasMessageContaining("child \"deep\": shutdown timeout must be positive, was 0 s;"
                        + " use Shutdown.brutalKill() to kill at once");
    }

    static Stream<RestartDelay> badDelays() {
        Duration second = Duration.ofSeconds(1);
        return Stream.of(
                new RestartDelay(Duration.ZERO, second, 2, 0, second),
                new RestartDelay(second, Duration.ofMillis(1), 2, 0, second),
                new RestartDelay(second, Duration.ofDays(101), 2, 0, second),
                new RestartDelay(second, second, 0.5, 0, second),
                new RestartDelay(second, second, Double.NaN, 0, second),
                new RestartDelay(second, second, 1, 1.5, second),
                new RestartDelay(second, second, 1, 0, Duration.ZERO));
    }

    @ParameterizedTest
    @MethodSource("badDelays")
    void a_restart_delay_that_makes_no_sense_is_refused(RestartDelay delay) {
        assertThat(errors(child("a").withRestartDelay(delay))).containsExactly("invalid_restart_delay");
    }

    @Test
    void a_restart_delay_that_makes_giving_up_impossible_is_refused() {
        ChildSpec slow = child("a").withRestartDelay(RestartDelay.fixed(Duration.ofSeconds(3)));
        SupervisorSpec spec = SupervisorSpec.oneForOne().withChild(slow);

        assertThat(errors(spec.withIntensity(2, Duration.ofSeconds(5)))).containsExactly("bad_combination");
        assertThat(errors(spec.withIntensity(1, Duration.ofSeconds(3)))).containsExactly("bad_combination");
        assertThat(errors(spec.withIntensity(1, Duration.ofSeconds(5)))).isEmpty();
    }

    @Test
    void nor_is_it_taken_from_a_call() {
        ChildSpec slow = child("a").withRestartDelay(RestartDelay.fixed(Duration.ofMinutes(1)));
        for (SupervisorSpec spec : List.of(spec(), SupervisorSpec.dynamic())) {
            try (PlayedSupervisor bed = new PlayedSupervisor().start(spec.withIntensity(1, Duration.ofSeconds(5)))) {
                assertThat(PlayedSupervisor.answer(bed.sup().startChild(slow)))
                        .isInstanceOfSatisfying(
                                SupervisorResult.InvalidSpec.class,
                                refused -> assertThat(refused.problems())
                                        .singleElement()
                                        .satisfies(problem -> assertThat(problem.message())
                                                .contains("child \"a\" waits so long between restarts")));
            }
        }
    }

    @Test
    void what_is_for_dynamic_supervisors_is_refused_elsewhere() {
        assertThat(errors(SupervisorSpec.oneForOne().withMaxChildren(3))).containsExactly("bad_combination");
        assertThat(errors(SupervisorSpec.oneForOne().withExtraArguments("x"))).containsExactly("bad_combination");
        assertThat(errors(SupervisorSpec.dynamic().withMaxChildren(0))).containsExactly("invalid_max_children");
        assertThat(errors(SupervisorSpec.dynamic().withChild(child("a")))).containsExactly("bad_start_spec");
    }

    /** An unknown extra key cannot be written in Java. */
    @Test
    void case_024_faulty_specs_at_start() {
        SupervisorSpec faulty = SupervisorSpec.oneForOne()
                .withChildren(Arrays.asList(child(null), ChildSpec.actor("b", (Behavior<Object>) null), null));

        assertThatThrownBy(() -> SupervisionTree.startAsync(faulty, SupervisionTree.Options.defaults()))
                .isInstanceOfSatisfying(
                        InvalidSpecException.class,
                        thrown -> assertThat(thrown.problems())
                                .extracting(Problem::path, Problem::error)
                                .containsExactly(
                                        org.assertj.core.groups.Tuple.tuple("/[0]", "missing_id"),
                                        org.assertj.core.groups.Tuple.tuple("/b", "missing_start"),
                                        org.assertj.core.groups.Tuple.tuple("/[2]", "invalid_child_spec")));
    }

    @Test
    void case_028_duplicate_ids() {
        SupervisorSpec twice = spec(child("a"), child("b"), child("a"));

        assertThat(errors(twice)).containsExactly("duplicate_child_name");
        assertThatThrownBy(() -> SupervisionTree.startAsync(twice, SupervisionTree.Options.defaults()))
                .isInstanceOf(InvalidSpecException.class)
                .hasMessageContaining("child \"a\" comes twice");
    }
}
