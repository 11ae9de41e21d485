package io.github.pekkosupervisor.runit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Known;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left of a service directory that is gone, where it cannot be told what that is. */
class RemainsTest {

    private static final PuppetPosix POSIX = PuppetPosix.create();
    private static final ActorTestKit KIT = ActorTestKit.create(POSIX.system("remains"));

    @TempDir
    private Path temp;

    @AfterEach
    void allow() {
        POSIX.refuseToAdopt(Optional.empty());
    }

    @AfterAll
    static void shut_down() {
        KIT.shutdownTestKit();
    }

    @Test
    void who_can_never_be_looked_at_keeps_nobody_from_the_end_for_longer_than_ten_seconds() throws Exception {
        Process run = new ProcessBuilder("sleep", "1000").start();
        Known known = new Known(ProcessIdentity.ofRunning((int) run.pid()).orElseThrow(), 0, false);
        POSIX.refuseToAdopt(Optional.of(new PosixException("pidfd_open", "", "EMFILE", "Too many open files")));
        List<String> messages = new CopyOnWriteArrayList<>();
        OsString name = OsString.of("web");
        Handover handover = new Handover(
                new ServiceDirectory(name, OsString.of(temp.resolve("web").toString())),
                ServiceSnapshot.beginning("/web"));
        TestProbe<Runsv.Ended> owner = KIT.createTestProbe();
        try {
            var remains = KIT.spawn(Remains.create(
                    handover,
                    known,
                    new RunsvSettings(false, line -> messages.add(line.toString()), Clock.systemUTC(), event -> {}),
                    owner.ref()::tell));

            remains.tell(RunsvCommand.Terminate.ONCE);

            assertThat(owner.receiveMessage(Duration.ofSeconds(30)).exitCode()).isZero();
            assertThat(messages)
                    .hasSize(2)
                    .last()
                    .isEqualTo("runsv web: warning: not over 10 seconds after it was asked to end: it still cannot be"
                            + " told whether processes run here that were started before: it ends now, and what runs"
                            + " goes on\n");
            assertThat(run.isAlive()).isTrue();
        } finally {
            run.destroyForcibly().waitFor();
        }
    }
}
