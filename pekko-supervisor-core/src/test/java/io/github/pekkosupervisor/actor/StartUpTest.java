package io.github.pekkosupervisor.actor;

import static io.github.pekkosupervisor.testing.Specs.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.FreePort;
import io.github.pekkosupervisor.actor.Bed.Kind;
import io.github.pekkosupervisor.protocol.SupervisorNotice;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.ExitReason.FailedToStartChild;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.time.Duration;
import java.util.List;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The acceptance cases on start-up; their numbers are those of the specification. */
final class StartUpTest {

    private static final ActorTestKit KIT = ActorTestKit.create();
    private static final ExitReason WHY = ExitReason.failed("why");

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    @Test
    void case_002_init_says_ignore() {
        try (Bed bed = new Bed(KIT)) {
            var actor = bed.spawn(SupervisorSpec::ignore);

            assertThat(bed.owner.receiveMessage()).isEqualTo(SupervisorNotice.Ignored.INSTANCE);
            bed.owner.expectTerminated(actor);
            assertThat(bed.events).isEmpty();
            bed.over();
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void case_003_ignored_child_is_kept(Kind kind) {
        try (Bed bed = new Bed(KIT, kind).start(spec())) {
            bed.script("a").ignores = true;

            Object first = Bed.answer(bed.sup().startChild(bed.worker("a")));
            bed.start(bed.worker("b"));

            assertThat(first).isEqualTo(SupervisorResult.Ignored.INSTANCE);
            assertThat(bed.states()).containsExactly("a stopped", "b running");
            assertThat(bed.counts()).containsExactly(2, 1, 0, 2);
        }
    }

    @Test
    @SuppressWarnings("NullAway")
    void case_008_wrong_init_result() {
        try (Bed bed = new Bed(KIT)) {
            bed.spawn(() -> null);

            assertThat(bed.ended().toString()).contains("bad_return", "init", "null");
        }
    }

    @Test
    void case_009_init_throws() {
        RuntimeException thrown = new IllegalStateException("no");
        try (Bed bed = new Bed(KIT)) {
            bed.spawn(() -> {
                throw thrown;
            });

            assertThat(bed.ended()).isEqualTo(ExitReason.crash(thrown));
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void case_010_start_child_start_error(Kind kind) {
        try (Bed bed = new Bed(KIT, kind).start(spec())) {
            bed.script("a").failsWith = WHY;
            bed.script("c").failsToStart("thrown");
            ChildSpec returnsGarbage = switch (kind) {
                case ACTOR -> ChildSpec.actor("b", child -> null);
                case SERVICE -> ChildSpec.service("b", () -> null);
            };

            Object error = Bed.answer(bed.sup().startChild(bed.worker("a")));
            Object garbage = Bed.answer(bed.sup().startChild(returnsGarbage));
            Object thrown = Bed.answer(bed.sup().startChild(bed.worker("c")));

            assertThat(error).isInstanceOfSatisfying(SupervisorResult.StartFailed.class, failed -> {
                assertThat(failed.reason()).isEqualTo(WHY);
                assertThat(failed.child().id()).isEqualTo("a");
            });
            assertThat(garbage.toString()).containsPattern("returned no (behavior|service) but null");
            assertThat(thrown)
                    .isInstanceOfSatisfying(
                            SupervisorResult.StartFailed.class,
                            failed -> assertThat(failed.reason())
                                    .isEqualTo(bed.script("c").thrown()));
            assertThat(bed.states()).isEmpty();
            assertThat(bed.reports()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void case_010_failed_starts_do_not_count(Kind kind) {
        try (Bed bed = new Bed(KIT, kind).start(spec())) {
            bed.start(bed.worker("good"));
            bed.start(bed.worker("stopped"));
            Bed.get(bed.sup().terminateChild("stopped"));
            bed.script("bad").failsWith = WHY;
            bed.script("stopped").failsWith = WHY;

            for (int i = 0; i < 5; i++) {
                assertThat(Bed.answer(bed.sup().startChild(bed.worker("bad"))))
                        .isInstanceOf(SupervisorResult.StartFailed.class);
                assertThat(Bed.answer(bed.sup().restartChild("stopped")))
                        .isInstanceOf(SupervisorResult.StartFailed.class);
            }

            // both of the restarts that are allowed are still to be had
            bed.crashAndAwaitRestart("good");
            bed.crashAndAwaitRestart("good");
            assertThat(bed.states()).containsExactly("good running", "stopped stopped");
            assertThat(bed.reports()).hasSize(2).allMatch(report -> report.startsWith("child_terminated good"));
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void case_013_ordered_one_at_a_time(Kind kind) {
        try (Bed bed = new Bed(KIT, kind)) {
            List<String> ids = List.of("m", "c", "z", "a", "k");
            ids.forEach(id -> bed.script(id).startTakes = Duration.ofMillis(50));

            bed.start(spec(ids.stream().map(bed::worker).toArray(ChildSpec[]::new)));

            assertThat(bed.log("init", "ack"))
                    .containsExactly(
                            "init m", "ack m", "init c", "ack c", "init z", "ack z", "init a", "ack a", "init k",
                            "ack k");
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void case_015_nth_start_fails(Kind kind) {
        try (Bed bed = new Bed(KIT, kind)) {
            bed.script("c").failsWith = WHY;

            ExitReason reason =
                    bed.startFails(spec(bed.worker("a"), bed.worker("b"), bed.worker("c"), bed.worker("d")));

            assertThat(reason).isEqualTo(ExitReason.shutdown(new FailedToStartChild("c", WHY)));
            assertThat(bed.log("init")).containsExactly("init a", "init b", "init c");
            assertThat(bed.log("stop")).containsExactly("stop b", "stop a");
            assertThat(bed.reports()).containsExactly("start_error c failed(why)");
        }
    }

    @Test
    void case_017_supervisor_name_is_taken() {
        try (Bed bed = new Bed(KIT)) {
            bed.start(spec(bed.worker("a"), ChildSpec.supervisor("sub", spec(bed.worker("s")))));

            Object again = Bed.answer(bed.sup().startChild(ChildSpec.supervisor("sub", spec(bed.worker("never")))));

            assertThat(again).isEqualTo(new SupervisorResult.AlreadyStarted(bed.handle("sub")));
            assertThat(bed.log("init")).containsExactly("init a", "init s");
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void case_019_failed_start_leaves_no_residue(Kind kind) throws Exception {
        int port = FreePort.next();
        try (Bed bed = new Bed(KIT, kind).start(spec())) {
            PortHolder.Plan plan = new PortHolder.Plan(port);
            plan.fails = true;

            Object failed = Bed.answer(bed.sup().startChild(PortHolder.child("a", kind, plan)));
            plan.fails = false;
            Object started = Bed.answer(bed.sup().startChild(PortHolder.child("a", kind, plan)));

            assertThat(failed).isInstanceOf(SupervisorResult.StartFailed.class);
            assertThat(started).isInstanceOf(SupervisorResult.Started.class);
        }
    }
}
