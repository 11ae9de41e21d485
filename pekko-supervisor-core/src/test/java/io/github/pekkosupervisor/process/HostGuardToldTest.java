package io.github.pekkosupervisor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.posix.ChildProcess;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.Posix;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.posix.SpawnRequest;
import io.github.pekkosupervisor.testing.PuppetPosix;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Who wants to know hears that nobody sees to those that must not outlive this JVM. */
final class HostGuardToldTest {

    private final PuppetPosix posix = PuppetPosix.create();
    private final List<String> told = new CopyOnWriteArrayList<>();

    private static ChildProcess refuse(Posix real, SpawnRequest request) throws PosixException {
        throw new PosixException("spawn", "/bin/sh", "EAGAIN", "no more processes");
    }

    @Test
    void it_is_told_once_until_there_was_a_guard_again() {
        HostGuard guard = new HostGuard(posix, Runnable::run);
        guard.tell(told::add);
        try {
            posix.onSpawn(HostGuardToldTest::refuse);
            guard.expect(false).close();
            guard.expect(false).close();
            assertThat(told).hasSize(1);
            assertThat(told.get(0))
                    .startsWith("processes would outlive a kill -9 of this JVM, their guard cannot be started; ")
                    .contains("EAGAIN");

            posix.onSpawn(Posix::spawn);
            HostGuard.Birth birth = guard.expect(false);
            long pid = guard.standing().orElseThrow().identity().pid();
            posix.onSpawn(HostGuardToldTest::refuse);
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);

            await().atMost(HostJvm.PATIENCE).until(() -> told.size() == 3);
            assertThat(told.get(1)).isEqualTo("the guard of the processes was killed; it is started again");
            assertThat(told.get(2)).contains("their guard cannot be started");
            birth.close();
        } finally {
            guard.close();
            posix.close();
        }
    }

    @Test
    void a_cgroup_that_cannot_be_told_in_a_line_is_named() {
        HostGuard guard = new HostGuard(posix, Runnable::run);
        guard.tell(told::add);
        try {
            ProcessIdentity process = new ProcessIdentity(4711, 1, "");

            guard.cgroup(process, OsString.of("/sys/fs/cgroup/my unit/sv-web-0000000000000001"));

            assertThat(told)
                    .containsExactly(
                            "who is in the cgroup of process 4711 and not in its process group would outlive a kill -9"
                                    + " of this JVM: its path is too long, or has a blank: /sys/fs/cgroup/my"
                                    + " unit/sv-web-0000000000000001");
        } finally {
            guard.close();
            posix.close();
        }
    }
}
