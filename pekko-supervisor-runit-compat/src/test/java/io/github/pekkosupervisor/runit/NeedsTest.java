package io.github.pekkosupervisor.runit;

import static io.github.pekkosupervisor.runit.Tree.patiently;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.pekkosupervisor.runit.Tree.Service;
import io.github.pekkosupervisor.runit.rule.NeedsRule.Needs;
import io.github.pekkosupervisor.runit.rule.NeedsRule.WhenNeedDies;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Service directories that need others, or are started after them, with real processes. */
@Execution(ExecutionMode.CONCURRENT)
class NeedsTest extends InTree {

    private static final String SLEEP = "exec sleep 100000";

    /** Says when it has begun, ends at TERM, and leaves a line of both in a file of all. */
    private static String obedient(String name) {
        return "trap 'echo stop " + name + " >>../order; exit 0' TERM; echo start " + name
                + " >>../order; { echo >&3; } 2>/dev/null; while :; do sleep 0.05; done";
    }

    private Service service(String name, String run, String conf) throws IOException {
        Service service = tree.service(name).script("run", run);
        if (!conf.isEmpty()) {
            Files.writeString(service.path().resolve("service.conf"), conf + "\n");
        }
        return service;
    }

    private List<String> order() throws IOException {
        Path order = temp.resolve("order");
        return Files.exists(order) ? Files.readAllLines(order) : List.of();
    }

    private static String stands(Service service) {
        try {
            ServiceStatus status = service.status();
            return status.state() + " " + status.want();
        } catch (RuntimeException e) {
            return "";
        }
    }

    private static void await(Service service, String stands) {
        patiently().untilAsserted(() -> assertThat(stands(service)).isEqualTo(stands));
    }

    private static void awaitWaits(Service service, String whom) {
        patiently()
                .untilAsserted(() -> assertThat(service.lines("supervise/.shortcomings"))
                        .containsExactly("waits for " + whom.split(",", 2)[0] + "\trun waits for " + whom));
        await(service, "DOWN UP");
    }

    // ---- what is read

    @Test
    void all_keys_are_read() throws Exception {
        NeedsConf conf = ServiceConf.parse(
                        "needs = [db, cache], after = [log], when-need-dies = wait".getBytes(StandardCharsets.UTF_8))
                .needs();

        assertThat(conf.needs()).contains(new Needs(Set.of("db", "cache"), Set.of("log"), WhenNeedDies.WAIT));
        assertThat(ServiceConf.parse(new byte[0]).needs().needs()).isEqualTo(Optional.empty());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "needs = db | 1: \"needs\" must be a list in brackets, was \"db\"",
                "needs = [\"../db\"] | 1: \"needs\" must be names of service directories in the same services directory",
                "after = [\"\"] | 1: \"after\" must be names of service directories in the same services directory",
                "when-need-dies = stop, needs = [db] | 1: \"when-need-dies\" must be one of ignore, restart, wait, was",
                "when-need-dies = wait | 1: \"when-need-dies\" is for one that has needs; say needs = [NAME] too",
                "Requires = [db] | 1: key \"Requires\" is not known here; here that is \"needs\"",
            })
    void a_mistake_is_told_with_its_line(String text, String message) {
        assertThatExceptionOfType(ServiceConf.MistakenException.class)
                .isThrownBy(() -> ServiceConf.parse(text.getBytes(StandardCharsets.UTF_8)))
                .withMessageContaining("service.conf: " + message);
    }

    // ---- starts

    @Test
    void it_is_started_when_what_it_needs_is_ready_and_says_meanwhile_what_it_waits_for() throws Exception {
        Service db = service("db", SLEEP, "ready { command = [test, -e, warm] }");
        Service web = service("web", "echo x >>ran; " + SLEEP, "needs = [db]");
        Service api = service("api", SLEEP, "after = [web]");
        tree.start();

        db.awaitRun();
        awaitWaits(web, "db, which is not ready");
        awaitWaits(api, "web, which waits itself");
        db.file("warm");

        web.awaitRun();
        api.awaitRun();
        patiently().until(() -> web.lines("supervise/.shortcomings").isEmpty());
        assertThat(web.lines("ran")).hasSize(1);
    }

    @Test
    void it_waits_for_a_oneshot_until_that_has_ended_well() throws Exception {
        Service migrate = service("migrate", "until test -e go; do sleep 0.05; done; exit 0", "oneshot = true");
        Service web = service("web", SLEEP, "needs = [migrate]");
        tree.start();

        migrate.awaitRun();
        awaitWaits(web, "migrate, which is not ready");
        migrate.file("go");

        web.awaitRun();
        await(migrate, "DOWN DOWN");
    }

    @Test
    void one_that_is_not_there_is_named_and_waited_for_until_it_is() throws Exception {
        Service web = service("web", SLEEP, "needs = [db]");
        tree.start();

        awaitWaits(web, "db, which is not there");
        tree.awaitMessage("web: fatal: it needs db, and there is no such service directory: run waits until there is");
        service("db", SLEEP, "");
        tree.rescan();

        web.awaitRun();
        assertThat(tree.messages())
                .filteredOn(message -> message.contains("no such service directory"))
                .hasSize(1);
    }

    @Test
    void a_circle_is_named_once_and_holds_up_nobody() throws Exception {
        Service a = service("a", SLEEP, "needs = [b]");
        Service b = service("b", SLEEP, "needs = [a]");
        Service web = service("web", SLEEP, "needs = [a]");
        tree.start();

        a.awaitRun();
        b.awaitRun();
        web.awaitRun();
        tree.awaitMessage("a: fatal: needs and after of a, b go round in a circle");
        assertThat(tree.messages())
                .filteredOn(message -> message.contains("circle"))
                .hasSize(1);
    }

    // ---- commands

    @Test
    void what_is_wanted_of_one_is_never_changed_by_a_command_to_another() throws Exception {
        Service db = service("db", SLEEP, "").file("down");
        Service web = service("web", SLEEP, "needs = [db]");
        tree.start();

        awaitWaits(web, "db, which is down, and not wanted up");
        web.control("u");
        db.control("u");
        web.awaitRun();
        db.control("d");
        await(db, "DOWN DOWN");

        assertThat(stands(web)).isEqualTo("RUN UP");
    }

    @Test
    void once_does_not_wait_and_a_run_that_ends_by_itself_waits_again() throws Exception {
        Service db = service("db", SLEEP, "").file("down");
        Service web = service("web", "echo x >>ran; until test -e end; do sleep 0.05; done; rm end", "needs = [db]");
        tree.start();
        awaitWaits(web, "db, which is down, and not wanted up");

        web.control("o");
        web.awaitRun();
        web.control("u");
        web.file("end");

        patiently().until(() -> web.lines("ran").size() == 1 && stands(web).equals("DOWN UP"));
        db.control("u");
        patiently().until(() -> web.lines("ran").size() == 2);
    }

    /** The idiom of runit, with a service that has needs. */
    @Test
    void a_run_that_says_sv_start_itself_goes_on_working() throws Exception {
        Service disk = service("disk", SLEEP, "ready { command = [test, -e, warm] }");
        Service db = service("db", SLEEP, "needs = [disk]");
        Service web = service("web", "SVDIR=.. sv -w 1 start db || exit 1; echo x >>ran; " + SLEEP, "");
        tree.start();
        disk.awaitRun();
        awaitWaits(db, "disk, which is not ready");
        disk.file("warm");

        patiently().until(() -> web.lines("ran").size() == 1);
        assertThat(stands(db)).isEqualTo("RUN UP");
    }

    // ---- ends

    @Test
    void all_are_stopped_before_what_they_need() throws Exception {
        // else it is ready when the shell runs, which may be long before its first line
        String says = "ready { notification-fd = 3 }\n";
        service("web", obedient("web"), says + "needs = [db], after = [cache]");
        service("db", obedient("db"), says + "needs = [disk]");
        service("disk", obedient("disk"), says);
        service("cache", obedient("cache"), says);
        tree.start();
        patiently().until(() -> order().size() == 4);

        tree.stop();

        List<String> order = order();
        assertThat(order.indexOf("start disk")).isLessThan(order.indexOf("start db"));
        assertThat(order.indexOf("start db")).isLessThan(order.indexOf("start web"));
        assertThat(order.indexOf("start cache")).isLessThan(order.indexOf("start web"));
        assertThat(order.subList(4, 8)).startsWith("stop web").containsSubsequence("stop db", "stop disk");
    }

    @Test
    void one_that_waits_is_no_hindrance_to_the_end() throws Exception {
        service("db", SLEEP, "needs = [nobody]");
        Service web = service("web", SLEEP, "needs = [db]");
        tree.start();
        awaitWaits(web, "db, which waits itself");

        tree.stop();

        assertThat(tree.pids()).isEmpty();
    }

    @Test
    void it_is_stopped_while_what_it_needs_is_down_if_it_says_wait() throws Exception {
        Service db = service("db", SLEEP, "");
        Service web = service("web", obedient("web"), "needs = [db], when-need-dies = wait");
        tree.start();
        web.awaitRun();
        patiently().until(() -> order().contains("start web"));

        db.control("d");
        awaitWaits(web, "db, which is down, and not wanted up");
        db.control("u");

        patiently().until(() -> order().equals(List.of("start web", "stop web", "start web")));
        await(web, "RUN UP");
    }

    @Test
    void it_is_restarted_when_what_it_needs_is_ready_again_if_it_says_restart() throws Exception {
        Service db = service("db", SLEEP, "");
        Service web = service("web", obedient("web"), "needs = [db], when-need-dies = restart");
        Service other = service("other", SLEEP, "needs = [db]");
        tree.start();
        int kept = other.awaitRun();
        web.awaitRun();
        patiently().until(() -> order().contains("start web"));

        db.control("k");

        patiently().until(() -> order().equals(List.of("start web", "stop web", "start web")));
        await(web, "RUN UP");
        assertThat(other.status().pid()).isEqualTo(kept);
    }
}
