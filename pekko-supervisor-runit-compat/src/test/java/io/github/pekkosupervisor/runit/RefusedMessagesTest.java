package io.github.pekkosupervisor.runit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.RefusedCalls;
import io.github.pekkosupervisor.runit.Tree.Service;
import java.nio.file.Path;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** What runsv says of calls that a system seldom refuses, byte for byte as runit's (runit.md 2.11). */
@Isolated("calls are refused in the whole JVM")
class RefusedMessagesTest {

    private static final ActorTestKit KIT = ActorTestKit.create();

    @TempDir
    private Path temp;

    @AfterAll
    static void stopAll() {
        KIT.shutdownTestKit();
    }

    @Test
    void control_fifo_that_cannot_be_looked_at_ends_its_runsv_which_is_started_again() throws Exception {
        try (Tree tree = new Tree(temp, KIT)) {
            Service web = tree.service("web").script("run", "echo >>starts; exec sleep 1000");
            try (RefusedCalls refused = new RefusedCalls("statx", "EIO", "SuperviseDirectory.openControl", 1)) {
                tree.start();
                web.awaitLines("starts", 1);

                assertThat(refused.refused()).isEqualTo(1);
            }
            assertThat(tree.messages())
                    .containsExactly("runsv web: fatal: unable to stat supervise/control: input/output error\n");
        }
    }

    @Test
    void control_script_that_cannot_be_looked_at_is_passed_by_and_the_signal_is_sent() throws Exception {
        try (Tree tree = new Tree(temp, KIT)) {
            Service web = tree.service("web")
                    .script(
                            "run",
                            "mkfifo never; trap 'echo got >>signals' HUP; echo >>starts; while :; do read -r x <>never; done")
                    .script("control/h", "exit 0");
            tree.start();
            web.awaitLines("starts", 1);
            try (RefusedCalls refused = new RefusedCalls("statx", "EIO", "RunsvProcesses.hasScript", 1)) {
                web.control("h");
                web.awaitLines("signals", 1);

                assertThat(refused.refused()).isEqualTo(1);
            }
            assertThat(tree.messages())
                    .containsExactly("runsv web: warning: unable to stat control/h: input/output error\n");
        }
    }

    @Test
    void log_pipe_that_cannot_be_made_ends_its_runsv_which_is_started_again() throws Exception {
        try (Tree tree = new Tree(temp, KIT)) {
            Service web = tree.service("web")
                    .script("run", "echo line; echo >>starts; exec sleep 1000")
                    .script("log/run", "exec cat >>../seen")
                    // so that it cannot have a name either
                    .file("supervise/.log/in-the-way");
            try (RefusedCalls refused = new RefusedCalls("pipe2", "EMFILE", "Adoption.take")) {
                tree.start();
                tree.awaitMessage("unable to create log pipe");

                assertThat(refused.refused()).isPositive();
            }
            web.awaitLines("seen", 1);
            assertThat(tree.messages())
                    .filteredOn(line -> line.contains("fatal"))
                    .containsOnly("runsv web: fatal: unable to create log pipe: process cannot open more files\n");
        }
    }
}
