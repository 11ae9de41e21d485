package io.github.pekkosupervisor.runit;

import static io.github.pekkosupervisor.runit.Tree.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.Posix;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.runit.Tree.Service;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A system that makes no more processes: runsv says so, sleeps and tries again, and obeys meanwhile. */
class RefusedForkTest extends InTree {

    private static final PuppetPosix POSIX = PuppetPosix.create();

    @Override
    ActorTestKit newKit() {
        return ActorTestKit.create(POSIX.system("refused-fork"));
    }

    @AfterEach
    void let_processes_be_made() {
        POSIX.onSpawn(Posix::spawn);
    }

    @ParameterizedTest
    @CsvSource({"EAGAIN, temporary failure", "EMFILE, process cannot open more files"})
    void service_comes_up_when_the_system_allows_it(String errno, String text) throws IOException {
        Service web = tree.service("web").script("run", "exec sleep 1000");
        refuse(errno, 1);

        tree.start();
        web.awaitRun();

        assertThat(tree.messages()).containsExactly("runsv web: warning: unable to fork, sleeping: " + text + "\n");
    }

    @Test
    void wish_to_be_down_is_obeyed_meanwhile() throws IOException {
        Service web = tree.service("web").script("run", "exec sleep 1000");
        refuse("EAGAIN", 1000);
        tree.start();
        tree.awaitMessage("unable to fork");
        patiently().ignoreExceptions().until(() -> web.status().state() == State.DOWN);

        web.control("d");
        patiently().until(() -> web.status().want() == Want.DOWN);

        assertThat(tree.pids()).isEmpty();
    }

    @Test
    void exit_is_obeyed_meanwhile() throws IOException {
        Service web = tree.service("web").script("run", "exec sleep 1000");
        refuse("EAGAIN", 1000);
        tree.start();
        tree.awaitMessage("unable to fork");

        tree.close();

        assertThat(web.status().want()).isEqualTo(Want.DOWN);
    }

    @Test
    void neighbour_that_runs_is_left_alone() throws IOException {
        Service web = tree.service("web").script("run", "exec sleep 1000");
        tree.start();
        web.awaitRun();
        ServiceStatus before = web.status();

        refuse("EAGAIN", 1);
        Service db = tree.service("db").script("run", "exec sleep 1000");
        db.awaitRun();

        assertThat(web.status()).isEqualTo(before);
    }

    @Test
    void control_script_that_cannot_be_made_does_not_hold_up_the_signal() throws IOException {
        Service web = tree.service("web").script("run", "exec sleep 1000").script("control/t", "exit 0");
        tree.start();
        web.awaitRun();

        refuse("EAGAIN", 1);
        web.control("d");
        patiently().until(() -> web.status().state() == State.DOWN);

        assertThat(tree.messages())
                .containsExactly("runsv web: warning: unable to fork for control/t: temporary failure\n");
    }

    /** A number of refusals, before the system goes on. */
    private static void refuse(String errno, int times) {
        AtomicInteger refusals = new AtomicInteger(times);
        POSIX.onSpawn((real, request) -> {
            if (refusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                throw new PosixException("spawn", "a test's", errno, "refused by a test");
            }
            return real.spawn(request);
        });
    }
}
