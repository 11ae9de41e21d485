package io.github.pekkosupervisor.rule;

import static io.github.pekkosupervisor.rule.PlayedSupervisor.answer;
import static io.github.pekkosupervisor.testing.Specs.simple;
import static io.github.pekkosupervisor.testing.Specs.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.ChildState;
import io.github.pekkosupervisor.protocol.Request;
import io.github.pekkosupervisor.protocol.SupervisorCommand;
import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.protocol.SupervisorResult.ChildInfo;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.RestartDelay;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** OTP's cases on the dynamic API, decided without actors. */
final class DynamicApiCasesTest {

    @Test
    void case_052_administration_of_dynamic_children() {
        try (PlayedSupervisor foreign = new PlayedSupervisor().start(spec());
                PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(simple(bed.template()));
            SupervisorRef sup = bed.sup();
            ChildHandle a = bed.startFromTemplate("a");
            bed.startFromTemplate("b");
            ChildHandle alien = foreign.start(foreign.worker("x"));

            assertThat(bed.counts()).containsExactly(1, 2, 0, 2);
            assertThat(answer(sup.terminateChild("a"))).isEqualTo(SupervisorResult.SimpleOneForOne.INSTANCE);
            assertThat(answer(sup.terminateChild(a))).isEqualTo(SupervisorResult.Ok.INSTANCE);
            assertThat(answer(sup.terminateChild(a))).isEqualTo(SupervisorResult.Ok.INSTANCE);
            assertThat(bed.counts()).containsExactly(1, 1, 0, 1);
            assertThat(answer(sup.terminateChild(alien))).isEqualTo(SupervisorResult.NotFound.INSTANCE);
            assertThat(foreign.states()).containsExactly("x running");
            assertThat(answer(sup.restartChild("b"))).isEqualTo(SupervisorResult.SimpleOneForOne.INSTANCE);
            assertThat(answer(sup.deleteChild("b"))).isEqualTo(SupervisorResult.SimpleOneForOne.INSTANCE);
        }
    }

    @Test
    void case_053_calls_to_a_dead_supervisor() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(spec(bed.worker("a")));
            SupervisorRef sup = bed.sup();
            ChildHandle a = bed.handle("a");
            bed.stop();

            for (CompletionStage<?> call : List.of(
                    sup.startChild(bed.worker("b")),
                    sup.startFromTemplate("b"),
                    sup.terminateChild("a"),
                    sup.terminateChild(a),
                    sup.restartChild("a"),
                    sup.deleteChild("a"),
                    sup.child("a"),
                    sup.child(a),
                    sup.childSpec("a"),
                    sup.childSpec(a),
                    sup.reconfigure(spec()))) {
                assertThat(answer(call)).isEqualTo(SupervisorResult.SupervisorGone.INSTANCE);
            }
            assertThatThrownBy(() -> answer(sup.children())).hasCauseInstanceOf(SupervisorRef.GoneException.class);
            assertThatThrownBy(() -> answer(sup.count())).hasCauseInstanceOf(SupervisorRef.GoneException.class);
            assertThat(PlayedSupervisor.get(sup.stop()).reason()).isEqualTo(ExitReason.shutdown());
        }
    }

    @Test
    void case_054_which_children_and_which_child() {
        try (PlayedSupervisor bed = new PlayedSupervisor().start(spec())) {
            bed.start(bed.worker("a"));
            ChildHandle b = bed.start(bed.worker("b"));

            assertThat(bed.states()).containsExactly("a running", "b running");
            assertThat(PlayedSupervisor.get(bed.sup().newestFirst()))
                    .extracting(ChildInfo::id)
                    .containsExactly("b", "a");
            answer(bed.sup().terminateChild("a"));
            assertThat(bed.states()).containsExactly("a stopped", "b running");
            assertThat(answer(bed.sup().child("b")))
                    .isEqualTo(new ChildInfo("b", ChildState.RUNNING, Optional.of(b), false));
            answer(bed.sup().deleteChild("a"));
            assertThat(bed.states()).containsExactly("b running");
            assertThat(answer(bed.sup().child("a"))).isEqualTo(SupervisorResult.NotFound.INSTANCE);
            assertThat(answer(bed.sup().child("unknown"))).isEqualTo(SupervisorResult.NotFound.INSTANCE);
        }
    }

    @Test
    void case_055_which_child_dynamic() {
        try (PlayedSupervisor foreign = new PlayedSupervisor().start(spec());
                PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(simple(bed.template()));
            ChildHandle a = bed.startFromTemplate("a");
            ChildHandle alien = foreign.start(foreign.worker("x"));

            assertThat(answer(bed.sup().child(a)))
                    .isInstanceOfSatisfying(
                            ChildInfo.class, info -> assertThat(info.handle()).contains(a));
            assertThat(answer(bed.sup().child(alien))).isEqualTo(SupervisorResult.NotFound.INSTANCE);
            assertThat(answer(bed.sup().child("a"))).isEqualTo(SupervisorResult.SimpleOneForOne.INSTANCE);
        }
    }

    @Test
    void case_058_counts_while_restarting() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(simple(bed.template()).withIntensity(8, Duration.ofSeconds(10)));
            List.of("a", "b", "c").forEach(bed::startFromTemplate);
            bed.failsSlowly("a");
            bed.failsSlowly("b");
            bed.exit("a", PlayedSupervisor.boom());
            assertThat(bed.counts()).containsExactly(1, 2, 0, 3);
            bed.exit("b", PlayedSupervisor.boom());
            assertThat(bed.counts()).containsExactly(1, 1, 0, 3);

            bed.script("a").startsAgain();
            bed.until(() -> bed.counts().equals(List.of(1, 2, 0, 3)));
            bed.script("b").startsAgain();
            bed.until(() -> bed.counts().equals(List.of(1, 3, 0, 3)));
            terminate(bed, "a");
            assertThat(bed.counts()).containsExactly(1, 2, 0, 2);
            terminate(bed, "b");
            assertThat(bed.counts()).containsExactly(1, 1, 0, 1);
            terminate(bed, "c");
            assertThat(bed.counts()).containsExactly(1, 0, 0, 0);
            bed.ignoreReports();
        }
    }

    private static void terminate(PlayedSupervisor bed, String id) {
        assertThat(answer(bed.sup().terminateChild(bed.present(id)))).isEqualTo(SupervisorResult.Ok.INSTANCE);
    }

    /** OTP keeps counting one too few for ever; we do not. */
    @Test
    void terminating_a_restarting_dynamic_child_leaves_the_counts_right() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            ChildSpec patient = bed.template().withRestartDelay(RestartDelay.fixed(Duration.ofMinutes(1)));
            bed.start(simple(patient));
            ChildHandle a = bed.startFromTemplate("a");
            bed.startFromTemplate("b");
            bed.exit("a", PlayedSupervisor.boom());

            answer(bed.sup().terminateChild(a));

            assertThat(bed.counts()).containsExactly(1, 1, 0, 1);
            bed.ignoreReports();
        }
    }

    @Test
    void case_060_api_restarts_are_free() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(spec(bed.worker("a")).withIntensity(0, Duration.ofHours(1)));
            for (int i = 0; i < 10; i++) {
                answer(bed.sup().terminateChild("a"));
                assertThat(answer(bed.sup().restartChild("a"))).isInstanceOf(SupervisorResult.Started.class);
            }
            assertThat(bed.states()).containsExactly("a running");
        }
    }

    @Test
    void case_061_terminate_cancels_a_retry() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(spec(bed.worker("a")).withIntensity(1_000_000, Duration.ofHours(1)));
            bed.script("a").failsWith = ExitReason.failed("no");
            bed.exit("a", PlayedSupervisor.boom());
            bed.until(() -> bed.script("a").starts.get() > 5);

            assertThat(answer(bed.sup().terminateChild("a"))).isEqualTo(SupervisorResult.Ok.INSTANCE);

            int starts = bed.script("a").starts.get();
            bed.script("a").failsWith = null;
            assertThat(bed.states()).containsExactly("a stopped");
            assertThat(bed.states()).containsExactly("a stopped");
            assertThat(bed.script("a").starts.get()).isEqualTo(starts);
            bed.ignoreReports();
        }
    }

    @Test
    void a_restarting_child_counts_for_the_most_there_may_be_and_an_ignored_one_does_not() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(SupervisorSpec.dynamic()
                    .withIntensity(8, Duration.ofSeconds(10))
                    .withMaxChildren(2));
            bed.script("unneeded").ignores = true;
            assertThat(answer(bed.sup().startChild(bed.worker("unneeded"))))
                    .isEqualTo(SupervisorResult.Ignored.INSTANCE);
            ChildHandle a = bed.start(bed.worker("a"));
            bed.start(bed.worker("b"));
            bed.failsSlowly("a");
            bed.exit("a", PlayedSupervisor.boom());

            assertThat(answer(bed.sup().startChild(bed.worker("c")))).isEqualTo(SupervisorResult.MaxChildren.INSTANCE);
            assertThat(answer(bed.sup().terminateChild(a))).isEqualTo(SupervisorResult.Ok.INSTANCE);
            bed.start(bed.worker("c"));
            assertThat(bed.states()).containsExactly("b running", "c running");
            bed.ignoreReports();
        }
    }

    @Test
    @SuppressWarnings("NullAway") // that is what is tried
    void null_is_refused_where_it_is_given() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(SupervisorSpec.dynamic());
            SupervisorRef sup = bed.sup();
            ChildSpec a = bed.worker("a");

            assertThatNullPointerException()
                    .isThrownBy(() -> sup.startChild(a, null))
                    .withMessageContaining("arguments");
            assertThatNullPointerException()
                    .isThrownBy(() -> sup.terminateChild((ChildHandle) null))
                    .withMessageContaining("child");
            assertThatNullPointerException()
                    .isThrownBy(() -> new SupervisorCommand.Call<>(new Request.TerminateChild("a"), null));
            assertThatNullPointerException()
                    .isThrownBy(() -> new SupervisorCommand.Stop(null))
                    .withMessageContaining("normal");
            assertThat(answer(sup.startChild(null))).isInstanceOf(SupervisorResult.InvalidSpec.class);
            assertThat(bed.isAlive()).isTrue();
        }
    }

    @Test
    void a_dynamic_supervisor_takes_a_specification_for_each_child() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(SupervisorSpec.dynamic().withMaxChildren(2).withExtraArguments("extra"));
            ChildHandle a = bed.start(bed.worker("same"));
            Object second = answer(bed.sup().startChild(bed.template(), List.of("own")));

            assertThat(second).isInstanceOf(SupervisorResult.Started.class);
            assertThat(bed.arguments("extra")).containsExactly("extra", "own");
            assertThat(bed.counts()).containsExactly(2, 2, 0, 2);
            assertThat(answer(bed.sup().startChild(bed.worker("same"))))
                    .isEqualTo(SupervisorResult.MaxChildren.INSTANCE);
            assertThat(answer(bed.sup().startFromTemplate("x"))).isEqualTo(SupervisorResult.NoTemplate.INSTANCE);
            assertThat(answer(bed.sup().terminateChild(a))).isEqualTo(SupervisorResult.Ok.INSTANCE);
            assertThat(answer(bed.sup().terminateChild(a))).isEqualTo(SupervisorResult.NotFound.INSTANCE);
            assertThat(bed.counts()).containsExactly(1, 1, 0, 1);
        }
    }
}
