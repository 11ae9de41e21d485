package io.github.pekkosupervisor.runit;

import static io.github.pekkosupervisor.runit.Tree.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.runit.Tree.Service;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.RestartDelay;
import io.github.pekkosupervisor.spec.Shutdown;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Strategies, restart intensity and escalation hold for service directories beside actors and processes. */
@Execution(ExecutionMode.CONCURRENT)
class ServiceDirectoriesUnderOtpRulesTest extends InGrove {

    private final List<String> seen = new CopyOnWriteArrayList<>();

    /** An actor that crashes when told to, and notes how a service stands when it begins. */
    private ChildSpec fragile(Service service) {
        return fragile(() -> stat(service));
    }

    /** The same; the status of a run comes a moment after its start is told, and this one is started then. */
    private ChildSpec fragileAfter(Service service) {
        return fragile(() -> {
            service.awaitRun();
            return stat(service);
        });
    }

    private ChildSpec fragile(Supplier<String> look) {
        Behavior<String> behavior = Behaviors.setup(context -> {
            seen.add(look.get());
            return Behaviors.receiveMessage(word -> {
                throw new IllegalStateException(word);
            });
        });
        return ChildSpec.actor("fragile", behavior);
    }

    private static String stat(Service service) {
        List<String> lines = service.lines("supervise/stat");
        return lines.isEmpty() ? "never" : lines.get(0);
    }

    private static void tell(SupervisionTree tree, String id) {
        tree.ref(String.class, id).tell("provoked by a test");
    }

    @Test
    void a_crash_in_one_for_all_stops_the_service_directories_before_they_are_started_again() throws IOException {
        Service web = grove.sleeper("web").script("finish", "echo over >>ends");
        SupervisionTree tree = grove.start(SupervisorSpec.oneForAll()
                .withChild(fragile(web))
                .withChild(grove.services())
                .withChild(ChildSpec.process("clock", "sleep", "1000")));
        long before = grove.awaitStarts(web, 1);

        tell(tree, "fragile");

        grove.awaitRestarts("services", 1);
        // down when the actor before it begins anew: it was stopped first
        assertThat(seen).containsExactly("never", "down");
        assertThat(web.lines("ends")).containsExactly("over");
        assertThat((long) web.awaitRun()).isNotEqualTo(before);
        grove.awaitRestarts("clock", 1);
    }

    @Test
    void those_after_a_crash_of_theirs_in_rest_for_one_are_started_again_and_those_before_are_not() throws IOException {
        Service web = grove.sleeper("web");
        SupervisionTree tree = grove.start(SupervisorSpec.restForOne()
                .withChild(ChildSpec.process("clock", "sleep", "1000"))
                .withChild(grove.services())
                .withChild(fragileAfter(web)));
        long before = grove.awaitStarts(web, 1);

        grove.crash("services");

        grove.awaitRestarts("fragile", 1);
        assertThat(seen).containsExactly("run", "run");
        assertThat(grove.node("/clock").restarts()).isZero();
        assertThat(grove.node("/services").restarts()).isEqualTo(1);
        patiently().until(() -> Grove.process(before).isEmpty());
        grove.awaitStarts(web, 2);
        patiently()
                .untilAsserted(() -> assertThat(grove.ends("services"))
                        .singleElement()
                        .asString()
                        .contains("ActorKilledException"));
        assertThat(tree.whenEnded().toCompletableFuture()).isNotDone();
    }

    @Test
    void one_whose_supervision_crashes_is_killed_and_started_again() throws IOException {
        Service web = grove.sleeper("a");
        grove.start(grove.one(web));
        long before = grove.awaitStarts(web, 1);

        grove.crashOne("web");

        grove.awaitStarts(web, 2);
        patiently().until(() -> Grove.process(before).isEmpty());
        assertThat(grove.pids()).hasSize(1);
    }

    @Test
    void siblings_in_one_for_one_do_not_notice() throws IOException {
        Service web = grove.sleeper("web");
        Service other = grove.sleeper(".other");
        grove.start(grove.services(), grove.one(other));
        long before = other.awaitRun();
        grove.awaitStarts(web, 1);

        grove.crash("services");

        grove.awaitStarts(web, 2);
        assertThat((long) other.status().pid()).isEqualTo(before);
        assertThat(grove.node("/web").restarts()).isZero();
    }

    @Test
    void one_restart_too_many_ends_the_tree_and_every_service() throws IOException {
        Service web = grove.sleeper("web");
        Service other = grove.sleeper(".other").script("finish", "echo over >>ends");
        SupervisionTree tree = grove.start(SupervisorSpec.oneForOne()
                .withIntensity(1, Duration.ofMinutes(5))
                .withChild(grove.services())
                .withChild(grove.one(other)));
        grove.awaitStarts(web, 1);
        grove.crash("services");
        grove.awaitRestarts("services", 1);
        grove.awaitStarts(web, 2);

        grove.crash("services");

        TreeEnd end = Grove.get(tree.whenEnded());
        assertThat(end).isInstanceOf(TreeEnd.GaveUp.class);
        patiently().until(() -> grove.pids().isEmpty());
        assertThat(other.lines("ends")).containsExactly("over");
        assertThat(web.lines("starts")).hasSize(2);
    }

    @Test
    void giving_up_escalates_to_the_supervisor_above_which_starts_all_of_it_again() throws IOException {
        Service web = grove.sleeper("web");
        SupervisionTree tree = grove.start(SupervisorSpec.oneForAll()
                .withIntensity(1, Duration.ofMinutes(5))
                .withChild(fragile(web))
                .withChild(ChildSpec.supervisor(
                        "below",
                        SupervisorSpec.oneForOne()
                                .withIntensity(0, Duration.ofMinutes(5))
                                .withChild(grove.one(web)))));
        long before = grove.awaitStarts(web, 1);

        boolean supervised = Grove.get(tree.supervisor("below")).isPresent();
        web.control("k");

        patiently().until(() -> seen.size() == 2);
        assertThat(supervised).isTrue();
        grove.awaitStarts(web, 2);
        patiently().until(() -> Grove.process(before).isEmpty());
        assertThat(seen).containsExactly("never", "down");
    }

    @Test
    void a_restart_that_waits_waits_for_them_too() throws IOException {
        Service web = grove.sleeper("web");
        grove.start(SupervisorSpec.oneForOne()
                .withIntensity(1, Duration.ofMinutes(5))
                .withChild(grove.services().withRestartDelay(RestartDelay.fixed(Duration.ofSeconds(8)))));
        long before = grove.awaitStarts(web, 1);

        grove.crash("services");

        // three seconds, which this thread may be held up for
        patiently()
                .until(() -> grove.node("/services").nextRestart().isPresent()
                        || grove.node("/services").restarts() > 0);
        patiently().until(() -> Grove.process(before).isEmpty());
        grove.awaitStarts(web, 2);
    }

    @Test
    void an_actor_system_that_does_not_wait_for_the_tree_kills_what_is_left() throws Exception {
        Service deaf = grove.service("deaf").script("run", "trap '' TERM; echo $$ >>starts; while :; do sleep 1; done");
        ActorSystem<Void> hasty = ActorSystem.create(
                Behaviors.empty(),
                "hasty",
                ConfigFactory.parseString(
                                "pekko.coordinated-shutdown.phases.before-actor-system-terminate.timeout = 300ms")
                        .withFallback(ConfigFactory.load()));
        grove.start(
                SupervisorSpec.oneForOne().withChild(grove.services().withShutdown(Shutdown.infinity())),
                options -> options.withSystem(hasty));
        deaf.awaitLines("starts", 1);

        hasty.terminate();

        hasty.getWhenTerminated().toCompletableFuture().get(Tree.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        patiently().untilAsserted(() -> assertThat(grove.pids()).isEmpty());
        assertThat(deaf.lines("starts")).hasSize(1);
        assertThat(deaf.status().state()).isEqualTo(ServiceStatus.State.RUN);
    }
}
