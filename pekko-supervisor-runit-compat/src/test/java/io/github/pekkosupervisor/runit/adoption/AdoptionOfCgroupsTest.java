package io.github.pekkosupervisor.runit.adoption;

import static io.github.pekkosupervisor.runit.adoption.Estate.patiently;
import static io.github.pekkosupervisor.runit.adoption.Estate.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pekkosupervisor.posix.Cgroup;
import io.github.pekkosupervisor.posix.CgroupLimits;
import io.github.pekkosupervisor.posix.PosixException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Services in control groups of their own: who belongs to them, also when the launcher was killed meanwhile. */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class AdoptionOfCgroupsTest extends InEstate {

    /** A daemon of its own session, which no signal to a process group reaches. */
    private static final String WITH_DAEMON = """
            rm -f daemon
            setsid sh -c 'echo $$ >daemon.new; mv daemon.new daemon; exec sleep 100000' </dev/null >/dev/null 2>&1 &
            until [ -e daemon ]; do sleep 0.02; done
            touch up
            """;

    private static final String SLEEP = "exec sleep 100000";

    /** Skips where there are none. */
    @BeforeEach
    void assumeGroupsCanBeMade() {
        String why = "";
        try {
            Cgroup.prepare(Cgroup.nameOf("test", UUID.randomUUID().toString()), CgroupLimits.none())
                    .remove();
        } catch (PosixException e) {
            why = String.valueOf(e.getMessage());
        }
        assumeTrue(why.isEmpty(), why);
    }

    private Path service(String run, String conf) throws IOException {
        Path web = estate.service("web", WITH_DAEMON + run);
        Files.writeString(web.resolve("service.conf"), conf);
        return web;
    }

    private static long daemon(Path service) throws IOException {
        patiently().until(() -> Files.exists(service.resolve("up")));
        return Long.parseLong(Files.readString(service.resolve("daemon")).strip());
    }

    private static boolean runs(long pid) {
        return new OneProcess(pid).runs();
    }

    /** Of a process that runs. */
    private static String groupOf(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/cgroup")).stream()
                .filter(line -> line.startsWith("0::"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void its_group_is_found_again_and_all_in_it_are_stopped_with_it() throws Exception {
        Path web = service(SLEEP, "process-group = cgroup\n");
        estate.start();
        estate.awaitUp(web);
        long daemon = daemon(web);
        int pid = status(web).pid();
        String group = groupOf(pid);
        assertThat(group).containsPattern("/sv-web-[0-9a-f]{16}$").isEqualTo(groupOf(daemon));

        estate.lose();
        estate.awaitUp(web);
        assertThat(status(web).pid()).isEqualTo(pid);
        assertThat(groupOf(pid)).isEqualTo(group);

        Estate.sv("down", web);
        patiently().until(() -> status(web).pid() == 0);
        assertThat(runs(daemon)).isFalse();
        Files.delete(web.resolve("up"));
        Estate.sv("up", web);
        estate.awaitUp(web);
        long next = daemon(web);
        assertThat(groupOf(next)).isEqualTo(group);
        Estate.sv("down", web);
        patiently().until(() -> status(web).pid() == 0 && !runs(next));
    }

    @Test
    void who_was_left_by_an_end_that_nobody_has_seen_is_gone_before_the_next_start() throws Exception {
        Path web = service(SLEEP, "process-group = cgroup\n");
        estate.start();
        estate.awaitUp(web);
        long daemon = daemon(web);
        int pid = status(web).pid();

        estate.killLauncher();
        Files.delete(web.resolve("up"));
        Estate.kill("KILL", pid);
        estate.start();
        long next = daemon(web);

        assertThat(runs(daemon)).isFalse();
        assertThat(next).isNotEqualTo(daemon);
        assertThat(estate.complaints())
                .contains("run is to be started, and those whom an earlier run has left in its cgroup sv-web-")
                .contains(" are killed before: " + daemon + " sleep 100000");
        Estate.sv("down", web);
        patiently().until(() -> status(web).pid() == 0 && !runs(next));
    }

    @Test
    void all_of_one_that_dies_with_the_launcher_do() throws Exception {
        Path web = service(SLEEP, "process-group = cgroup\nwhen-supervisor-dies = kill\n");
        estate.start();
        estate.awaitUp(web);
        long daemon = daemon(web);
        int pid = status(web).pid();

        estate.killLauncher();

        patiently().until(() -> !runs(pid) && !runs(daemon));
    }

    @Test
    void without_that_others_in_its_group_are_named_and_left_alone() throws Exception {
        Path web = service("sleep 1; exit 0", "cgroup {}\n");
        Path end = web.resolve("finish");
        Estate.script(end, "touch finished; until [ -e go ]; do sleep 0.02; done");
        estate.start();
        long daemon = daemon(web);
        patiently().until(() -> Files.exists(web.resolve("finished")));

        assertThat(estate.complaints())
                .contains("run has ended, and others go on in its cgroup sv-web-")
                .contains(": " + daemon + " sleep 100000");
        assertThat(runs(daemon)).isTrue();
        Estate.kill("KILL", daemon);
        patiently().until(() -> !runs(daemon));
        Files.writeString(web.resolve("supervise/control"), "d");
        Files.createFile(web.resolve("go"));
        patiently().until(() -> status(web).pid() == 0);
    }
}
