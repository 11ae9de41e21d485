package io.github.pekkosupervisor.runit.adoption;

import static io.github.pekkosupervisor.runit.adoption.Estate.kill;
import static io.github.pekkosupervisor.runit.adoption.Estate.lines;
import static io.github.pekkosupervisor.runit.adoption.Estate.patiently;
import static io.github.pekkosupervisor.runit.adoption.Estate.script;
import static io.github.pekkosupervisor.runit.adoption.Estate.status;
import static io.github.pekkosupervisor.runit.adoption.Estate.sv;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.runit.conformance.Needs;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Adoption where another supervisor is there too: above, beside, or runit's own. */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class AdoptionBesideOthersTest extends InEstate {

    private static final Path RUNSV = Path.of("/usr/bin/runsv");
    private static final Path CHPST = Path.of("/usr/bin/chpst");

    /**
     * As in runit's article: a runsvdir of a user's own is a service of the system's. That of another user is only to
     * be had by root.
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void case_22_per_user_tree_restarted_ten_times(boolean ofAnotherUser) throws Exception {
        Path user = Files.createDirectories(estate.root().resolve("home/service"));
        Path web = Files.createDirectories(user.resolve("web"));
        script(web.resolve("run"), WrittenLines.command(estate.writer(), 0.01, 1_000_000_000, web));
        script(web.resolve("log/run"), "exec cat >>lines");
        Path other = Files.createDirectories(user.resolve("other"));
        script(other.resolve("run"), "exec sleep 100000");
        List<String> command = new ArrayList<>();
        if (ofAnotherUser) {
            needsRoot();
            Needs.that(Files.isExecutable(CHPST), "runit is not installed");
            letOthersIn();
            toNobody(user);
            command.addAll(List.of(CHPST.toString(), "-u", ":" + NOBODY + ":" + NOBODY));
        }
        command.addAll(Estate.program("runsvdir", user.toString()));
        String runsvdir = command.stream().map(word -> "'" + word + "'").collect(joining(" "));
        Path appuser = estate.service("appuser", "exec 2>>said\nexec " + runsvdir);
        estate.start();
        estate.awaitUp(appuser, web, web.resolve("log"), other);
        Estate.awaitNoting(web);
        Map<Path, Integer> before =
                Map.of(web, status(web).pid(), other, status(other).pid());

        for (int i = 0; i < 10; i++) {
            int old = status(appuser).pid();
            assertThat(sv("restart", appuser)).singleElement().asString().startsWith("ok: run: ");
            // within the second of its start sv may say so before it has happened
            patiently()
                    .until(() -> status(appuser).pid() != old && status(appuser).state() == State.RUN);
            estate.awaitUp(web, web.resolve("log"), other);
            // obeyed by the new one
            sv("pause", other);
            patiently().until(() -> status(other).paused());
            sv("cont", other);
            patiently().until(() -> !status(other).paused());
        }

        assertThat(Map.of(web, status(web).pid(), other, status(other).pid())).isEqualTo(before);
        assertThat(Copies.problems(List.of(web, other))).isEmpty();
        assertThat(lines(appuser.resolve("said"))).isEmpty();
        // told to end it leaves its services, to yet another one
        sv("stop", appuser);
        estate.stop();
        Process another = estate.start(command);
        estate.awaitUp(web, other);
        assertThat(status(web).pid()).isEqualTo(before.get(web));
        kill("HUP", another.pid());
        assertThat(another.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(WrittenLines.problems(web.resolve("log/lines"), web.resolve("notes")))
                .isEmpty();
    }

    @Test
    void case_25_real_runsv_that_took_the_directory_is_left_alone() throws Exception {
        Needs.that(Files.isExecutable(RUNSV), "runit is not installed");
        Path web = estate.sleeper("web");
        Path other = estate.sleeper("other");
        estate.start();
        estate.awaitAllUp();
        int pid = status(other).pid();
        // runit starts a second one where the first runs, so that is ended before
        sv("stop", web);
        estate.killLauncher();
        Process runsv = estate.start(List.of(RUNSV.toString(), web.toString()));
        estate.awaitUp(web);
        int its = status(web).pid();

        estate.start();
        estate.awaitUp(other);
        patiently()
                .until(() -> estate.complaints()
                        .contains("runsv web: fatal: unable to lock supervise/lock: temporary failure\n"));

        assertThat(status(other).pid()).isEqualTo(pid);
        assertThat(status(web).pid()).isEqualTo(its);
        assertThat(Copies.problems(estate.all())).isEmpty();
        // and when it has gone, ours takes its place, where it was put down before
        kill("TERM", runsv.pid());
        assertThat(runsv.waitFor()).isZero();
        patiently().until(() -> sv("status", web).get(0).startsWith("down: "));
        assertThat(sv("start", web)).singleElement().asString().startsWith("ok: run: ");
        assertThat(status(web).pid()).isNotEqualTo(its);
        assertThat(Copies.problems(estate.all())).isEmpty();
    }

    @Test
    void case_25_real_runsv_does_not_get_what_is_supervised() throws Exception {
        Needs.that(Files.isExecutable(RUNSV), "runit is not installed");
        Path web = estate.sleeper("web");
        estate.start();
        estate.awaitUp(web);
        estate.lose();
        estate.awaitUp(web);
        int pid = status(web).pid();

        String said = Estate.run(RUNSV.toString(), web.toString());

        assertThat(said).isEqualTo("runsv " + web + ": fatal: unable to lock supervise/lock: temporary failure\n");
        assertThat(status(web).pid()).isEqualTo(pid);
        assertThat(Copies.problems(List.of(web))).isEmpty();
    }

    @Test
    void case_41_second_launcher_leaves_every_service_alone_and_says_who_is_there() throws Exception {
        estate.sleeper("web");
        estate.sleeper("other");
        Process first = estate.start();
        estate.awaitAllUp();
        Map<Path, Integer> before = estate.pids();

        Process second = estate.start();
        assertThat(second.waitFor()).isEqualTo(111);

        assertThat(estate.complaints())
                .isEqualTo("runsvdir " + estate.services() + ": fatal: process " + first.pid()
                        + " supervises this directory already; stop it first\n");
        assertThat(estate.pids()).isEqualTo(before);
        assertThat(Copies.problems(estate.all())).isEmpty();
        kill("HUP", first.pid());
        assertThat(first.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }

    /** The same services, by another directory of links. */
    @Test
    void case_41_second_launcher_of_another_directory_with_the_same_services() throws Exception {
        Path web = estate.sleeper("web");
        Process first = estate.start();
        estate.awaitUp(web);
        int pid = status(web).pid();
        Path links = Files.createDirectory(estate.root().resolve("links"));
        Files.createSymbolicLink(links.resolve("web"), web);

        Process second = estate.start(Estate.program("runsvdir", links.toString()));
        patiently()
                .until(() -> estate.complaints()
                        .contains("runsv web: fatal: unable to lock supervise/lock: temporary failure\n"));

        assertThat(status(web).pid()).isEqualTo(pid);
        assertThat(Copies.problems(List.of(web))).isEmpty();
        kill("HUP", second.pid());
        assertThat(second.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(status(web).pid()).isEqualTo(pid);
        kill("HUP", first.pid());
        assertThat(first.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
}
