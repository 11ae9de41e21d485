package io.github.pekkosupervisor.runit.adoption;

import static io.github.pekkosupervisor.runit.adoption.Estate.patiently;
import static io.github.pekkosupervisor.runit.adoption.Estate.script;
import static io.github.pekkosupervisor.runit.adoption.Estate.status;
import static io.github.pekkosupervisor.runit.adoption.Estate.sv;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** {@code --supervise-in}: service directories in which nothing is written. */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class SuperviseElsewhereTest extends InEstate {

    private Path elsewhere() {
        return estate.root().resolve("run");
    }

    private Path start() throws IOException {
        Path web = estate.sleeper("web");
        script(web.resolve("log/run"), "exec cat >>/dev/null");
        estate.with("--supervise-in", "run").start();
        return web;
    }

    private static void removeAll(Path directory) {
        assertThat(Estate.run("rm", "-r", directory.toString())).isEmpty();
    }

    @Test
    void links_are_made_and_all_works_through_them() throws Exception {
        Path web = start();
        estate.awaitUp(web);

        assertThat(Files.readSymbolicLink(web.resolve("supervise")))
                .isEqualTo(elsewhere().resolve("web"));
        assertThat(Files.readSymbolicLink(web.resolve("log/supervise")))
                .isEqualTo(elsewhere().resolve("web.log"));
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(elsewhere().resolve("web"))))
                .isEqualTo("rwx------");
        assertThat(sv("down", web)).isEmpty();
        patiently().until(() -> status(web).pid() == 0);
        assertThat(estate.complaints()).isEmpty();
        // nor has anything else been written
        assertThat(names(estate.services())).containsExactly("web");
        assertThat(names(web)).containsExactly("log", "run", "supervise");
        assertThat(names(elsewhere())).containsExactly(".pekko-supervisor", "web", "web.log");
    }

    private static Stream<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList().stream();
        }
    }

    @Test
    void next_launcher_adopts_through_them() throws Exception {
        Path web = start();
        estate.awaitUp(web);
        int pid = status(web).pid();

        estate.lose();
        estate.awaitUp(web);

        assertThat(status(web).pid()).isEqualTo(pid);
        assertThat(estate.complaints()).isEmpty();
    }

    /** As on a tmpfs, whose directories are gone after a boot. */
    @Test
    void links_that_lead_nowhere_get_their_directories_made() throws Exception {
        Path web = start();
        estate.awaitUp(web);
        estate.stop();
        removeAll(elsewhere());

        estate.start();
        estate.awaitUp(web);

        assertThat(Files.isDirectory(web.resolve("log/supervise"))).isTrue();
        assertThat(estate.complaints()).isEmpty();
    }

    @Test
    void supervise_that_is_there_is_left_as_it_is() throws Exception {
        Path web = estate.sleeper("web");
        Files.createDirectory(
                web.resolve("supervise"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        estate.with("--supervise-in", elsewhere().toString()).start();
        estate.awaitUp(web);

        assertThat(Files.isSymbolicLink(web.resolve("supervise"))).isFalse();
        assertThat(names(elsewhere())).containsExactly(".pekko-supervisor");
    }

    @Test
    void where_no_link_can_be_made_it_is_said_once_what_to_do() throws Exception {
        Path web = estate.sleeper("web");
        Path other = estate.sleeper("other");
        launchWith(Rights.NOBODYS);
        Estate.run("chown", "0:0", web.toString());
        estate.with("--supervise-in", elsewhere().toString()).start();
        String advice = "runsv web: warning: unable to make supervise a link: access denied; make it where that can be"
                + " written, as in an image: ln -s " + elsewhere().resolve("web") + " ";
        // it has been tried again
        patiently()
                .untilAsserted(() -> assertThat(estate.complaints().lines().filter(line -> line.contains("fatal")))
                        .hasSizeGreaterThan(2));

        assertThat(estate.complaints().lines().filter(line -> line.startsWith(advice)))
                .hasSize(1)
                .allMatch(line -> line.endsWith("/web/supervise"));
        estate.awaitUp(other);

        // and it helps
        Files.createSymbolicLink(web.resolve("supervise"), elsewhere().resolve("web"));
        estate.awaitUp(web);
    }

    @Test
    void where_the_place_cannot_be_made_the_launcher_does_not_begin() throws Exception {
        estate.sleeper("web");
        estate.with("--supervise-in", "nowhere/run").start();

        assertThat(estate.launcher().waitFor()).isEqualTo(111);
        assertThat(estate.complaints())
                .isEqualTo("runsvdir " + estate.services() + ": fatal: unable to make the directory of --supervise-in, "
                        + estate.root().resolve("nowhere/run") + ": file does not exist\n");
    }
}
