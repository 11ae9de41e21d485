package io.github.pekkosupervisor.actor;

import static io.github.pekkosupervisor.actor.Bed.answer;
import static io.github.pekkosupervisor.testing.Specs.simple;
import static io.github.pekkosupervisor.testing.Specs.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.github.pekkosupervisor.actor.Bed.Kind;
import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.ChildState;
import io.github.pekkosupervisor.protocol.Request;
import io.github.pekkosupervisor.protocol.SupervisorCommand;
import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.protocol.SupervisorResult.ChildInfo;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** The acceptance cases on the dynamic API. */
final class DynamicApiTest {

    private static final ActorTestKit KIT = ActorTestKit.create();

    /** Pekko writes a line with a stack for each of the thousands that are killed here. */
    private static final Logger KILLS = (Logger) LoggerFactory.getLogger("org.apache.pekko.actor.SupervisorStrategy");

    @BeforeAll
    static void hush() {
        KILLS.setLevel(Level.OFF);
    }

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
        KILLS.setLevel(null);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void case_051_administration_of_ordered_children(Kind kind) {
        try (Bed bed = new Bed(KIT, kind)) {
            administer(bed, bed.worker("a"));
        }
    }

    /** Case 51, with a child "a" of whatever kind. */
    static void administer(Bed bed, ChildSpec a) {
        bed.start(spec(a));
        SupervisorRef sup = bed.sup();
        ChildHandle first = bed.handle("a");
        assertThat(first.isStartedByCall()).isFalse();

        assertThat(answer(sup.startChild(a))).isEqualTo(new SupervisorResult.AlreadyStarted(first));
        assertThat(answer(sup.terminateChild("unknown"))).isEqualTo(SupervisorResult.NotFound.INSTANCE);
        assertThat(answer(sup.terminateChild("a"))).isEqualTo(SupervisorResult.Ok.INSTANCE);
        assertThat(bed.states()).containsExactly("a stopped");
        assertThat(bed.counts()).containsExactly(1, 0, 0, 1);
        assertThat(answer(sup.terminateChild("a"))).isEqualTo(SupervisorResult.Ok.INSTANCE);
        assertThat(answer(sup.startChild(a))).isEqualTo(SupervisorResult.AlreadyPresent.INSTANCE);
        assertThat(answer(sup.restartChild("a")))
                .isInstanceOfSatisfying(
                        SupervisorResult.Started.class,
                        started -> assertThat(started.child()).isNotEqualTo(first));
        assertThat(bed.handle("a").isStartedByCall()).isTrue();
        assertThat(answer(sup.restartChild("a"))).isEqualTo(SupervisorResult.Running.INSTANCE);
        assertThat(answer(sup.restartChild("unknown"))).isEqualTo(SupervisorResult.NotFound.INSTANCE);
        assertThat(answer(sup.deleteChild("a"))).isEqualTo(SupervisorResult.Running.INSTANCE);
        assertThat(answer(sup.terminateChild("a"))).isEqualTo(SupervisorResult.Ok.INSTANCE);
        assertThat(answer(sup.deleteChild("a"))).isEqualTo(SupervisorResult.Ok.INSTANCE);
        assertThat(answer(sup.restartChild("a"))).isEqualTo(SupervisorResult.NotFound.INSTANCE);
        assertThat(answer(sup.deleteChild("a"))).isEqualTo(SupervisorResult.NotFound.INSTANCE);
        assertThat(bed.counts()).containsExactly(0, 0, 0, 0);
        ChildHandle last = bed.start(a);
        assertThat(answer(sup.terminateChild(last))).isEqualTo(SupervisorResult.NotFound.INSTANCE);
        assertThat(bed.states()).containsExactly("a running");
    }

    @Test
    void calls_that_wait_when_the_supervisor_ends_are_answered() {
        try (Bed bed = new Bed(KIT)) {
            bed.script("a").neverStops = true;
            bed.start(spec(bed.worker("a")));
            CompletionStage<TreeEnd> stop = bed.sup().stop();
            CompletionStage<?> late = bed.sup().restartChild("a");
            var probe = KIT.<SupervisorResult.RestartResult>createTestProbe();
            bed.sup().actor().tell(new SupervisorCommand.Call<>(new Request.RestartChild("a"), probe.getRef()));
            // who ends before he has been told to has not ended for that
            await().until(() -> bed.log.contains("stop a"));
            bed.exit("a", ExitReason.normal());

            assertThat(answer(late)).isEqualTo(SupervisorResult.SupervisorGone.INSTANCE);
            assertThat(probe.receiveMessage()).isEqualTo(SupervisorResult.SupervisorGone.INSTANCE);
            assertThat(Bed.get(stop).reason()).isEqualTo(ExitReason.normal());
        }
    }

    @Test
    void case_055_the_same_by_messages() {
        var which = KIT.<SupervisorResult.WhichResult>createTestProbe();
        var spec = KIT.<SupervisorResult.SpecResult>createTestProbe();
        try (Bed foreign = new Bed(KIT).start(spec());
                Bed bed = new Bed(KIT)) {
            bed.start(SupervisorSpec.dynamic());
            ChildSpec child = bed.worker("a");
            ChildHandle a = bed.start(child);
            ChildHandle alien = foreign.start(foreign.worker("a"));

            bed.sup().actor().tell(new SupervisorCommand.Call<>(new Request.WhichHandle(a), which.getRef()));
            bed.sup().actor().tell(new SupervisorCommand.Call<>(new Request.WhichHandle(alien), which.getRef()));
            bed.sup().actor().tell(new SupervisorCommand.Call<>(new Request.GetHandleSpec(a), spec.getRef()));
            bed.sup().actor().tell(new SupervisorCommand.Call<>(new Request.GetHandleSpec(alien), spec.getRef()));

            assertThat(which.receiveMessage()).isEqualTo(new ChildInfo("a", ChildState.RUNNING, Optional.of(a), false));
            assertThat(which.receiveMessage()).isEqualTo(SupervisorResult.NotFound.INSTANCE);
            assertThat(spec.receiveMessage()).isEqualTo(new SupervisorResult.FoundSpec(child));
            assertThat(spec.receiveMessage()).isEqualTo(SupervisorResult.NotFound.INSTANCE);
        }
    }

    private static void startAll(Bed bed, int number) {
        List<CompletionStage<SupervisorResult.StartResult>> starts = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            starts.add(bed.sup().startFromTemplate());
        }
        starts.forEach(start -> assertThat(answer(start)).isInstanceOf(SupervisorResult.Started.class));
    }

    private static void killAll(Bed bed) {
        for (ChildInfo info : Bed.get(bed.sup().children())) {
            org.apache.pekko.actor.typed.javadsl.Adapter.toClassic(
                            info.handle().orElseThrow().ref())
                    .tell(org.apache.pekko.actor.Kill.getInstance(), org.apache.pekko.actor.ActorRef.noSender());
        }
    }

    @Test
    void case_056_counts_of_dynamic_workers() {
        ChildSpec trivial = ChildSpec.actor("t", Behaviors.empty()).withRestart(RestartType.TEMPORARY);
        try (Bed bed = new Bed(KIT).start(simple(trivial))) {
            startAll(bed, 1000);
            assertThat(bed.counts()).containsExactly(1, 1000, 0, 1000);
            startAll(bed, 1000);
            assertThat(bed.counts()).containsExactly(1, 2000, 0, 2000);

            killAll(bed);

            await().untilAsserted(() -> assertThat(bed.counts()).containsExactly(1, 0, 0, 0));
            assertThat(bed.reports()).hasSize(2000).containsOnly("child_terminated t killed");
        }
    }

    @Test
    void case_057_counts_of_dynamic_supervisors() {
        ChildSpec trivial =
                ChildSpec.supervisor("t", SupervisorSpec.oneForOne()).withRestart(RestartType.TEMPORARY);
        try (Bed bed = new Bed(KIT).start(simple(trivial))) {
            startAll(bed, 1000);
            assertThat(bed.counts()).containsExactly(1, 1000, 1000, 0);
            startAll(bed, 1000);
            assertThat(bed.counts()).containsExactly(1, 2000, 2000, 0);

            killAll(bed);

            await().untilAsserted(() -> assertThat(bed.counts()).containsExactly(1, 0, 0, 0));
            bed.ignoreReports();
        }
    }

    @Test
    void case_059_calls_wait_their_turn() {
        try (Bed bed = new Bed(KIT)) {
            bed.script("a").stopTakes = Duration.ofMillis(300);
            bed.start(spec(bed.worker("a")));

            CompletionStage<?> first = bed.sup().terminateChild("a");
            CompletionStage<List<ChildInfo>> second = bed.sup().children();

            assertThat(Bed.get(second)).extracting(ChildInfo::state).containsExactly(ChildState.STOPPED);
            assertThat(first.toCompletableFuture()).isDone();
        }
    }
}
