package io.github.pekkosupervisor.actor;

import static io.github.pekkosupervisor.actor.Bed.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.SupervisionTree.Options;
import io.github.pekkosupervisor.config.ConfiguredTree;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.spec.ChildKind;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.ExitReason.FailedToStartChild;
import io.github.pekkosupervisor.spec.InvalidSpecException;
import io.github.pekkosupervisor.spec.InvalidSpecException.Problem;
import io.github.pekkosupervisor.spec.SpecCheck;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a deep or a wide tree costs grows with its size and no faster, or is refused at a bound that is said. */
final class DeepAndWideTest {

    private static final ActorTestKit KIT = ActorTestKit.create();
    private static final int MOST = SpecCheck.MOST_LEVELS;

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    /** So many supervisors below the top one, the last of which has this child. */
    private static SupervisorSpec nested(int levels, String id, ChildSpec leaf) {
        SupervisorSpec spec = SupervisorSpec.oneForOne().withChild(leaf);
        for (int i = 0; i < levels; i++) {
            spec = SupervisorSpec.oneForOne().withChild(ChildSpec.supervisor(id, spec));
        }
        return spec;
    }

    private static Options quiet() {
        return Options.defaults().withSystem(KIT.system()).withLogging(false);
    }

    /** An actor that counts how often it is asked what is wrong with it. */
    private record Asked(AtomicInteger times) implements ChildKind, ChildRunner {
        @Override
        public String name() {
            return "actor";
        }

        @Override
        public Optional<Duration> defaultStartTimeout() {
            return Optional.empty();
        }

        @Override
        public List<Problem> problems(String path) {
            times.incrementAndGet();
            return List.of();
        }

        @Override
        public Behavior<?> incarnation(IncarnationContext child) {
            return Behaviors.empty();
        }

        @Override
        public boolean acknowledgesItself() {
            return false;
        }
    }

    /** Each level checked all below it once more, so that 5,000 of them took more than a minute. */
    @Test
    void each_child_is_checked_once_however_deep_it_is() {
        Asked asked = new Asked(new AtomicInteger());

        SupervisionTree.start(nested(50, "s", ChildSpec.of("leaf", asked)), quiet())
                .close();

        assertThat(asked.times()).hasValue(1);
    }

    @Test
    @Timeout(120)
    void the_deepest_that_there_may_be_starts_and_stops() {
        AtomicInteger starts = new AtomicInteger();
        ChildSpec leaf = ChildSpec.service("leaf", starts::incrementAndGet, any -> {});

        try (SupervisionTree tree = SupervisionTree.start(nested(MOST, "s", leaf), quiet())) {
            assertThat(starts).hasValue(1);
            assertThat(tree.root().path()).isEqualTo("/");
        }
    }

    @Test
    void one_deeper_is_refused_before_anything_starts() {
        SupervisorSpec spec = nested(MOST + 1, "s", ChildSpec.actor("leaf", Behaviors.empty()));

        assertThat(SpecCheck.problems(spec))
                .singleElement()
                .satisfies(problem -> assertThat(problem.message())
                        .isEqualTo(
                                "supervisors may be nested 10000 levels deep, this is one more; if it contains itself there is no"
                                        + " end of it, else put more children into each"));
        assertThatThrownBy(() -> SupervisionTree.start(spec, quiet())).isInstanceOf(InvalidSpecException.class);
    }

    @Test
    void far_more_are_refused_too_and_do_not_overflow_a_stack() {
        SupervisorSpec spec = nested(500_000, "s", ChildSpec.actor("leaf", Behaviors.empty()));

        assertThat(SpecCheck.problems(spec)).extracting(Problem::error).containsExactly("too_deep");
    }

    @Test
    void so_are_ids_that_make_paths_too_long() {
        try (Bed bed = new Bed(KIT).start(SupervisorSpec.oneForOne())) {
            SupervisorSpec spec = nested(100, "i".repeat(1_024), ChildSpec.actor("leaf", Behaviors.empty()));

            assertThat(answer(bed.sup().startChild(ChildSpec.supervisor("s", spec))))
                    .isInstanceOfSatisfying(
                            SupervisorResult.StartFailed.class,
                            failed -> assertThat(failed.reason().toString())
                                    .contains("may have 100000 characters in all"));
            bed.ignoreReports();
        }
    }

    private static SupervisorSpec withoutEnd() {
        return SupervisorSpec.oneForOne().withChild(ChildSpec.supervisor("s", DeepAndWideTest::withoutEnd));
    }

    /** It was started until there was no memory left. */
    @Test
    @Timeout(120)
    void a_supervisor_that_contains_itself_cannot_be_started() {
        assertThatThrownBy(() -> SupervisionTree.start(withoutEnd(), quiet()))
                .isInstanceOf(SupervisionTree.StartFailedException.class)
                .hasMessageContaining("more levels]")
                .hasMessageContaining("supervisors may be nested 10000 levels deep")
                .cause()
                .isInstanceOf(InvalidSpecException.class);
    }

    @Test
    void a_nested_reason_is_told_in_a_few_words() {
        ExitReason reason = ExitReason.failed("at the bottom");
        for (int i = 0; i < 300_000; i++) {
            reason = ExitReason.shutdown(new FailedToStartChild("s" + i, reason));
        }

        assertThat(reason.toString())
                .hasSizeLessThan(2_000)
                .startsWith("shutdown(failed_to_start_child(s299999, shutdown(failed_to_start_child(s299998, ")
                .contains("[299980 more levels] failed_to_start_child(s0, failed(at the bottom))");
        assertThat(reason.toString().chars().filter(c -> c == '(').count())
                .isEqualTo(reason.toString().chars().filter(c -> c == ')').count());
        assertThat(new FailedToStartChild("a", ExitReason.shutdown(new FailedToStartChild("b", ExitReason.killed()))))
                .hasToString("failed_to_start_child(a, shutdown(failed_to_start_child(b, killed)))");
    }

    @Test
    void so_is_a_nested_end() {
        TreeEnd end = new TreeEnd.GaveUp(
                "/at/the/bottom", "leaf", ExitReason.killed(), 1, Duration.ofSeconds(5), Optional.empty());
        for (int i = 0; i < 300_000; i++) {
            end = new TreeEnd.GaveUp("/s", "s" + i, ExitReason.shutdown(), 1, Duration.ofSeconds(5), Optional.of(end));
        }

        assertThat(end.toString()).hasSizeLessThan(2_000).contains("through 299999 supervisors", "/at/the/bottom");
        assertThat(end.origin().toString()).contains("child leaf ended with killed");
    }

    @Test
    void a_configuration_that_is_too_deep_is_refused() {
        Config deep = deep(20_000);

        assertThatThrownBy(() -> ConfiguredTree.read(deep))
                .isInstanceOf(InvalidSpecException.class)
                .hasMessageContaining("too");
    }

    /** Made of objects that exist already, since the library itself overflows when it converts. */
    private static Config deep(int levels) {
        Config tree = ConfigFactory.empty();
        for (int i = 0; i < levels; i++) {
            Config child = ConfigFactory.empty()
                    .withValue("id", ConfigValueFactory.fromAnyRef("s"))
                    .withValue("supervisor", tree.root());
            tree = ConfigFactory.empty().withValue("children", ConfigValueFactory.fromIterable(List.of(child.root())));
        }
        return tree;
    }

    /** To find the supervisor of an address, all supervisors were looked through. */
    @Test
    @Timeout(60)
    void addresses_in_a_wide_tree_are_found_at_once() {
        int width = 20_000;
        List<ChildSpec> children = IntStream.range(0, width)
                .mapToObj(i -> ChildSpec.supervisor(
                        "s" + i, SupervisorSpec.oneForOne().withChild(ChildSpec.actor("a", Behaviors.ignore()))))
                .toList();
        try (SupervisionTree tree =
                SupervisionTree.start(SupervisorSpec.oneForOne().withChildren(children), quiet())) {
            long before = System.nanoTime();
            for (int i = 0; i < 2_000; i++) {
                assertThat(tree.ref(Object.class, "s" + i, "a")).isNotNull();
            }
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(20));
        }
    }
}
