package io.github.pekkosupervisor.actor;

import static io.github.pekkosupervisor.actor.Bed.answer;
import static io.github.pekkosupervisor.testing.Specs.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.actor.Bed.Kind;
import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec.Strategy;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.pekko.actor.Kill;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The acceptance cases on restart types. */
final class RestartTypeTest {

    private static final ActorTestKit KIT = ActorTestKit.create();

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    private static Bed bed(Kind kind, RestartType restart) {
        Bed bed = new Bed(KIT, kind);
        return bed.start(spec(bed.worker("a").withRestart(restart)));
    }

    private static void restarts(Bed bed, ExitReason reason) {
        ChildHandle before = bed.handle("a");
        bed.exit("a", reason);
        bed.awaitRestart("a", before);
        assertThat(bed.handle("a")).isNotEqualTo(before);
        assertThat(bed.counts()).containsExactly(1, 1, 0, 1);
        assertThat(bed.reports()).last().asString().startsWith("child_terminated a ");
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void case_062_permanent_normal_exit(Kind kind) {
        try (Bed bed = bed(kind, RestartType.PERMANENT)) {
            restarts(bed, ExitReason.normal());
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void case_064_permanent_crash(Kind kind) {
        try (Bed bed = bed(kind, RestartType.PERMANENT)) {
            restarts(bed, Bed.boom());
        }
    }

    private static void staysDown(Bed bed, ExitReason reason) {
        bed.exitAndSettle("a", reason);
        assertThat(bed.states()).containsExactly("a stopped");
        assertThat(bed.counts()).containsExactly(1, 0, 0, 1);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void case_065_transient_normal(Kind kind) {
        try (Bed bed = bed(kind, RestartType.TRANSIENT)) {
            staysDown(bed, ExitReason.normal());
            assertThat(bed.reports()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void case_067_transient_crash(Kind kind) {
        try (Bed bed = bed(kind, RestartType.TRANSIENT)) {
            restarts(bed, Bed.boom());
        }
    }

    private static void kill(ChildHandle child) {
        Adapter.toClassic(child.ref()).tell(Kill.getInstance(), org.apache.pekko.actor.ActorRef.noSender());
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void case_071_kill_is_abnormal(Kind kind) {
        try (Bed bed = bed(kind, RestartType.TRANSIENT)) {
            ChildHandle before = bed.handle("a");

            kill(before);

            bed.awaitRestart("a", before);
            assertThat(bed.counts()).containsExactly(1, 1, 0, 1);
            assertThat(bed.reports()).containsExactly("child_terminated a killed");
        }
    }

    @Test
    void case_071_a_service_that_was_killed_is_let_go_of() {
        try (Bed bed = bed(Kind.SERVICE, RestartType.TEMPORARY)) {
            kill(bed.handle("a"));

            await().until(() -> bed.log("stop", "end").equals(List.of("stop a", "end a")));
            await().untilAsserted(() -> assertThat(bed.counts()).containsExactly(0, 0, 0, 0));
            assertThat(bed.reports()).containsExactly("child_terminated a killed");
        }
    }

    private static final int MANY = 100;

    /** Each with something large that nobody here keeps. */
    private static List<WeakReference<Object>> startMany(Bed bed, Strategy strategy, RestartType restart) {
        bed.start(
                strategy == Strategy.SIMPLE_ONE_FOR_ONE
                        ? SupervisorSpec.simpleOneForOne(taking(restart))
                        : SupervisorSpec.of(strategy));
        return IntStream.range(0, MANY)
                .mapToObj(i -> startOne(bed, strategy, restart, "t" + i))
                .toList();
    }

    private static WeakReference<Object> startOne(Bed bed, Strategy strategy, RestartType restart, String id) {
        byte[] large = new byte[100_000];
        CompletionStage<?> started = switch (strategy) {
            case ONE_FOR_ONE, ONE_FOR_ALL, REST_FOR_ONE ->
                bed.sup().startChild(ChildSpec.actor(id, child -> takes(large)).withRestart(restart));
            case SIMPLE_ONE_FOR_ONE -> bed.sup().startFromTemplate(large);
            case DYNAMIC -> bed.sup().startChild(taking(restart), List.of(large));
        };
        assertThat(answer(started)).isInstanceOf(SupervisorResult.Started.class);
        return new WeakReference<>(large);
    }

    private static ChildSpec taking(RestartType restart) {
        return ChildSpec.actor("t", child -> takes(child.argument(0, byte[].class)))
                .withRestart(restart);
    }

    private static Behavior<Object> takes(byte[] large) {
        assertThat(large).hasSize(100_000);
        return Behaviors.receiveMessage(message -> {
            throw new IllegalStateException("die");
        });
    }

    private static void firstDies(Bed bed) {
        ChildHandle first = Bed.get(bed.sup().children()).get(0).handle().orElseThrow();
        first.<Object>ref().tell("die");
        bed.settled(first);
        bed.events.clear();
    }

    private static long kept(List<WeakReference<Object>> large) {
        System.gc();
        return large.stream().filter(argument -> argument.get() != null).count();
    }

    @ParameterizedTest
    @EnumSource(Strategy.class)
    void case_073_nothing_is_kept_for_temporaries(Strategy strategy) {
        try (Bed bed = new Bed(KIT)) {
            List<WeakReference<Object>> large = startMany(bed, strategy, RestartType.TEMPORARY);
            bed.events.clear();

            await().untilAsserted(() -> {
                // the mailbox and the last answer may hold on to one until something else has been asked
                bed.counts();
                assertThat(kept(large)).isZero();
            });
            assertThat(bed.counts().get(1)).isEqualTo(MANY);
            firstDies(bed);
            assertThat(bed.counts().get(1)).isEqualTo(MANY - 1);
        }
    }

    static Stream<Arguments> restarting() {
        return Stream.of(Strategy.values())
                .flatMap(strategy -> Stream.of(RestartType.PERMANENT, RestartType.TRANSIENT)
                        .map(restart -> Arguments.of(strategy, restart)));
    }

    @ParameterizedTest
    @MethodSource("restarting")
    void case_073_what_is_needed_for_restarts_is_kept(Strategy strategy, RestartType restart) {
        try (Bed bed = new Bed(KIT)) {
            List<WeakReference<Object>> large = startMany(bed, strategy, restart);

            firstDies(bed);

            await().untilAsserted(() -> assertThat(bed.counts().get(1)).isEqualTo(MANY));
            assertThat(kept(large)).isEqualTo(MANY);
        }
    }

    @ParameterizedTest
    @EnumSource(Strategy.class)
    void case_073_nothing_is_kept_of_a_temporary_that_has_died(Strategy strategy) {
        try (Bed bed = new Bed(KIT)) {
            List<WeakReference<Object>> large = startMany(bed, strategy, RestartType.TEMPORARY);

            firstDies(bed);

            await().untilAsserted(() -> {
                bed.counts();
                assertThat(kept(large)).isZero();
            });
        }
    }
}
