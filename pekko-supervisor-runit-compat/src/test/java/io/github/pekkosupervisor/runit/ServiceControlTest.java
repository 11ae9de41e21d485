package io.github.pekkosupervisor.runit;

import static io.github.pekkosupervisor.runit.Tree.patiently;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.protocol.TreeSnapshot.State;
import io.github.pekkosupervisor.runit.Tree.Service;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.RestartDelay;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Commands from Java are answered when it is so. */
@Execution(ExecutionMode.CONCURRENT)
class ServiceControlTest extends InGrove {

    private static long pid(Node node) {
        return node.process().orElseThrow().pid();
    }

    @Test
    void of_a_directory_that_is_scanned() throws IOException {
        Service web = grove.sleeper("web").script("finish", "sleep 0.3; echo over >>ends");
        Service deaf = grove.service("deaf").script("run", "trap '' TERM; echo $$ >>starts; exec sleep 1000");
        SupervisionTree tree = grove.start(grove.services());
        ServiceControl services = ServiceControl.of(tree, "services").within(Tree.PATIENCE);
        long first = grove.awaitStarts(web, 1);
        deaf.awaitLines("starts", 1);

        Node up = Grove.get(services.up("web"));
        Node restarted = Grove.get(services.restart("web"));
        grove.awaitStarts(web, 2);
        Node down = Grove.get(services.down("web"));

        assertThat(pid(up)).isEqualTo(first);
        assertThat(pid(restarted)).isNotEqualTo(first);
        assertThat(down.state()).isEqualTo(State.STOPPED);
        assertThat(web.lines("ends")).hasSize(2);
        patiently().until(() -> web.status().state() == ServiceStatus.State.DOWN);

        Node once = Grove.get(services.once("web"));
        grove.awaitStarts(web, 3);
        Grove.get(services.signal("web", Signal.HUP));
        patiently().until(() -> web.lines("ends").size() == 3);
        assertThat(once.details()).containsEntry("want", "down");
        Grove.get(services.exit("web"));
        assertThat(web.lines("starts")).hasSize(3);

        assertThatThrownBy(() -> Grove.get(services.up("wbe")))
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(NotObeyedException.class)
                .hasMessageContaining("service directory [/services/wbe]: there is no such entry");
        assertThatThrownBy(() -> Grove.get(services.up()))
                .hasCauseInstanceOf(NotObeyedException.class)
                .hasMessageContaining("child \"services\" is a directory of service directories; name one");
        assertThatThrownBy(
                        () -> Grove.get(services.within(Duration.ofMillis(300)).down("deaf")))
                .hasCauseInstanceOf(NotObeyedException.class)
                .hasMessageContaining("service directory [/services/deaf] is not down after 300 ms");
        Grove.get(services.signal("deaf", Signal.KILL));
        patiently().until(() -> deaf.status().state() == ServiceStatus.State.DOWN);
        assertThatThrownBy(() -> services.signal("deaf", Signal.TERM))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("runit has no letter for TERM; use restart, or down");
    }

    @Test
    void of_a_child_that_has_the_name_of_an_entry_they_are_the_entrys() throws IOException {
        Service web = grove.sleeper("web");
        SupervisionTree tree = grove.start(grove.services().withId("web"));
        long pid = grove.awaitStarts(web, 1);

        Node up = Grove.get(ServiceControl.of(tree, "web").within(Tree.PATIENCE).up("web"));

        assertThat(up.path()).isEqualTo("/web/web");
        assertThat(pid(up)).isEqualTo(pid);
        assertThat(Grove.get(tree.process("web", "web")).orElseThrow().pid()).isEqualTo((int) pid);
        assertThat(Grove.get(tree.process("web"))).isEmpty();
    }

    @Test
    void one_that_is_given_while_a_runsv_has_failed_is_kept_for_the_next() throws IOException {
        CrashingClock clock = new CrashingClock();
        Service web = grove.sleeper("web");
        SupervisionTree tree = grove.start(ServiceDirectories.scanned(
                "services", grove.settings(grove.directory()).withClock(clock)));
        ServiceControl services = ServiceControl.of(tree, "services").within(Tree.PATIENCE);
        grove.awaitStarts(web, 1);

        clock.crash(1);
        web.control("c");
        patiently().until(() -> grove.told().stream().anyMatch(ServiceEvent.SupervisionDelayed.class::isInstance));
        Node down = Grove.get(services.down("web"));

        assertThat(down.state()).isEqualTo(State.STOPPED);
        assertThat(grove.pids()).isEmpty();
    }

    /** It is not the process that has been told to end, though that has not ended yet. */
    @Test
    void one_leads_to_another_process_than_what_is_on_its_way_down() throws IOException {
        Service web = grove.service("web")
                .script(
                        "run",
                        "trap 'until [ -e go ]; do sleep 0.05; done; exit' TERM; echo $$ >>starts;"
                                + " while :; do sleep 0.05; done");
        Path go = web.path().resolve("go");
        SupervisionTree tree = grove.start(grove.services());
        ServiceControl services = ServiceControl.of(tree, "services").within(Tree.PATIENCE);
        long first = Long.parseLong(web.awaitLines("starts", 1).get(0));

        web.control("t");
        patiently().until(() -> web.status().gotTerm());
        var asked = services.up("web");
        Files.createFile(go);
        Node up = Grove.get(asked);
        assertThat(pid(up)).isNotEqualTo(first);

        web.awaitLines("starts", 2);
        Files.delete(go);
        web.control("d");
        patiently().until(() -> web.status().gotTerm());
        var askedOnce = services.once("web");
        Files.createFile(go);
        Node once = Grove.get(askedOnce);
        assertThat(pid(once)).isNotEqualTo(first).isNotEqualTo(pid(up));
        assertThat(once.details()).containsEntry("want", "down");
    }

    @Test
    void one_that_comes_while_it_is_being_started_leads_to_another_process() throws IOException {
        Service web = grove.sleeper("web").script("control/u", "echo u >>heard; sleep 0.3");
        SupervisionTree tree = grove.start(grove.services());
        ServiceControl services = ServiceControl.of(tree, "services").within(Tree.PATIENCE);
        grove.awaitStarts(web, 1);
        Grove.get(services.down("web"));

        web.control("u");
        web.awaitLines("heard", 2);
        Node restarted = Grove.get(services.restart("web"));

        // a moment after it was answered
        patiently()
                .until(() -> web.status().pid() == (int) pid(restarted)
                        && !web.status().gotTerm());
        patiently().until(() -> web.lines("starts").contains(Long.toString(pid(restarted))));
    }

    @Test
    void two_at_once_are_each_answered_when_it_is_so() throws IOException {
        Service web = grove.sleeper("web")
                .file("down")
                .script("control/u", "echo u >>heard; until [ -e go ]; do sleep 0.05; done");
        SupervisionTree tree = grove.start(grove.services());
        ServiceControl services = ServiceControl.of(tree, "services").within(Tree.PATIENCE);

        var up = services.up("web");
        // two that are on their way at once may come in any order
        web.awaitLines("heard", 1);
        var down = services.down("web");
        web.file("go");

        Grove.get(up);
        assertThat(Grove.get(down).state()).isEqualTo(State.STOPPED);
        assertThat(grove.pids()).isEmpty();
        assertThat(web.lines("starts")).hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void once_of_one_that_is_restarting_is_once() throws IOException {
        Service web = grove.sleeper("web");
        SupervisionTree tree = grove.start(SupervisorSpec.oneForOne()
                .withUnlimitedRestarts()
                .withChild(grove.one(web).withRestartDelay(RestartDelay.fixed(Duration.ofHours(1)))));
        ProcessHandle.of(grove.awaitStarts(web, 1)).orElseThrow().destroyForcibly();
        patiently().until(() -> grove.node("/web").nextRestart().isPresent());

        Grove.get(ServiceControl.of(tree, "web").within(Tree.PATIENCE).once());
        long second = grove.awaitStarts(web, 2);
        patiently().until(() -> web.status().want() == ServiceStatus.Want.DOWN);
        ProcessHandle.of(second).orElseThrow().destroyForcibly();

        patiently().until(() -> grove.node("/web").state() == State.FINISHED);
    }

    @Test
    void of_one_by_itself_they_are_calls_of_its_supervisor() throws IOException {
        Service web = grove.sleeper("web")
                .script("finish", "echo over >>ends")
                .script("control/h", "echo h >>heard")
                .script("control/k", "echo k >>heard");
        Service other = grove.sleeper("other");
        SupervisionTree tree = grove.start(SupervisorSpec.restForOne()
                .withIntensity(0, Duration.ofMinutes(5))
                .withChild(grove.one(web))
                .withChild(grove.one(other).withId("other"))
                .withChild(ChildSpec.process("clock", "sleep", "1000")));
        ServiceControl control = ServiceControl.of(tree, "web").within(Tree.PATIENCE);
        long first = grove.awaitStarts(web, 1);
        grove.awaitStarts(other, 1);

        Node restarted = Grove.get(control.restart());
        grove.awaitStarts(web, 2);
        Node down = Grove.get(control.down());

        assertThat(pid(restarted)).isNotEqualTo(first);
        assertThat(grove.awaitStarts(other, 2)).isNotZero();
        assertThat(down.state()).isEqualTo(State.STOPPED);
        assertThat(web.lines("ends")).hasSize(2);
        Node up = Grove.get(control.up("web"));
        grove.awaitStarts(web, 3);
        assertThat(up.state()).isEqualTo(State.RUNNING);
        Grove.get(control.signal(Signal.HUP));
        web.awaitLines("heard", 1);
        Grove.get(control.signal(Signal.KILL));
        web.awaitLines("heard", 2);
        assertThat(web.status().pid()).isEqualTo((int) pid(up));
        Grove.get(control.exit());
        Grove.get(control.signal(Signal.KILL));
        Grove.get(control.once());
        grove.awaitStarts(web, 4);
        patiently().until(() -> web.status().want() == ServiceStatus.Want.DOWN);
        assertThat(web.lines("ends")).hasSize(3);

        assertThatThrownBy(() -> Grove.get(control.up("web2")))
                .hasCauseInstanceOf(NotObeyedException.class)
                .hasMessageContaining("child \"web\" is one service directory, which needs no name");
        assertThatThrownBy(() -> Grove.get(ServiceControl.of(tree, "clock").up()))
                .hasCauseInstanceOf(NotObeyedException.class)
                .hasMessageContaining("child \"clock\" is no service directory");
        assertThatThrownBy(() -> Grove.get(ServiceControl.of(tree, "nobody").up()))
                .hasCauseInstanceOf(NotObeyedException.class)
                .hasMessageContaining("there is no child \"nobody\"");
        assertThatThrownBy(() ->
                        Grove.get(ServiceControl.of(tree, "nowhere", "web").up()))
                .hasCauseInstanceOf(NotObeyedException.class)
                .hasMessageContaining("its supervisor does not run");
    }
}
