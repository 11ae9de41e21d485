package io.github.pekkosupervisor.runit.adoption;

import static io.github.pekkosupervisor.runit.adoption.Estate.kill;
import static io.github.pekkosupervisor.runit.adoption.Estate.lines;
import static io.github.pekkosupervisor.runit.adoption.Estate.patiently;
import static io.github.pekkosupervisor.runit.adoption.Estate.script;
import static io.github.pekkosupervisor.runit.adoption.Estate.status;
import static io.github.pekkosupervisor.runit.adoption.Estate.sv;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Adoption of processes of which a launcher may not see everything, and by a launcher that may not do everything. */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class AdoptionOfHiddenProcessesTest extends InEstate {

    @Test
    void case_03_as_an_unprivileged_user() throws Exception {
        Path web = estate.writer("web", 0.01, 1_000_000_000);
        Path other = estate.sleeper("other");
        script(other.resolve("finish"), "echo \"$1 $2\" >>ends");
        launchWith(Rights.NOBODYS);
        estate.start();
        estate.awaitUp(web, web.resolve("log"), other);
        Map<Path, Integer> before = estate.pids();

        estate.lose();
        estate.awaitUp(web, web.resolve("log"), other);

        assertThat(estate.pids()).isEqualTo(before);
        kill("KILL", status(other).pid());
        patiently().until(() -> lines(other.resolve("ends")).size() == 1);
        assertThat(lines(other.resolve("ends"))).isSubsetOf("-1 9", "-1 0");
        estate.awaitUp(other);
        assertThat(Copies.problems(estate.all())).isEmpty();
        assertThat(estate.complaints()).isEmpty();
        estate.stop();
        assertThat(WrittenLines.problems(web.resolve("log/lines"), web.resolve("notes")))
                .isEmpty();
    }

    @Test
    void case_04_as_root_who_may_not_trace_with_services_of_other_users() throws Exception {
        needsRoot();
        letOthersIn();
        String asNobody = "exec setpriv --reuid=" + NOBODY + " --regid=" + NOBODY + " --clear-groups -- ";
        Path web = estate.service(
                "web",
                asNobody
                        + WrittenLines.command(estate.writer(), 0.01, 1_000_000_000, estate.directory("web"))
                                .substring("exec ".length()));
        script(web.resolve("log/run"), "exec cat >>lines");
        Path other = estate.service("other", asNobody + "sleep 100000");
        script(other.resolve("finish"), "echo \"$1 $2\" >>ends");
        Files.setPosixFilePermissions(web, PosixFilePermissions.fromString("rwxrwxrwx"));
        launchWith(Rights.ROOTS_WITHOUT_TRACING);
        estate.start();
        estate.awaitUp(web, web.resolve("log"), other);
        patiently()
                .until(() ->
                        isNobodys(status(web).pid()) && isNobodys(status(other).pid()));
        Map<Path, Integer> before = estate.pids();

        estate.lose();
        estate.awaitUp(web, web.resolve("log"), other);

        assertThat(estate.pids()).isEqualTo(before);
        kill("KILL", status(other).pid());
        patiently().until(() -> lines(other.resolve("ends")).size() == 1);
        assertThat(lines(other.resolve("ends"))).isSubsetOf("-1 9", "-1 0");
        estate.awaitUp(other);
        patiently()
                .untilAsserted(() -> assertThat(Copies.problems(estate.all())).isEmpty());
        assertThat(estate.complaints()).isEmpty();
        estate.stop();
        assertThat(WrittenLines.problems(web.resolve("log/lines"), web.resolve("notes")))
                .isEmpty();
    }

    private static boolean isNobodys(int pid) throws Exception {
        return Files.getAttribute(Path.of("/proc/" + pid), "unix:uid").equals(Integer.valueOf(NOBODY))
                || Files.readString(Path.of("/proc/" + pid + "/status")).contains("Uid:\t" + NOBODY);
    }

    /** By prctl(2), which shells have not: number 4 is PR_SET_DUMPABLE. */
    @Test
    void case_05_process_that_lets_nobody_look() throws Exception {
        String processor = System.getProperty("os.arch");
        int prctl = processor.equals("amd64") ? 157 : 167;
        assumeTrue(List.of("amd64", "aarch64").contains(processor), "the number of prctl is not known here");
        Path web = estate.service(
                "web",
                "exec perl -e '$| = 1; syscall(" + prctl + ", 4, 0, 0, 0, 0); print \"begun\\n\";"
                        + " $SIG{TERM} = sub { print \"over\\n\"; exit 3 }; sleep 1 while 1'");
        Path logger = web.resolve("log");
        script(logger.resolve("run"), "exec cat >>lines");
        script(web.resolve("finish"), "echo \"$1 $2\" >>ends");
        estate.start();
        estate.awaitUp(web, logger);
        patiently().until(() -> lines(logger.resolve("lines")).size() == 1);
        int pid = status(web).pid();
        int its = status(logger).pid();

        estate.lose();
        estate.awaitUp(web, logger);

        assertThat(status(web).pid()).isEqualTo(pid);
        assertThat(status(logger).pid()).isEqualTo(its);
        sv("stop", web);
        assertThat(status(web).state()).isEqualTo(State.DOWN);
        assertThat(lines(web.resolve("ends"))).hasSize(1).isSubsetOf("3 0", "-1 0");
        patiently()
                .untilAsserted(() -> assertThat(lines(logger.resolve("lines"))).containsExactly("begun", "over"));
        assertThat(estate.complaints()).isEmpty();
    }
}
