package io.github.pekkosupervisor.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Children that this process has made before it became another program: nobody here knows of them, and we wait for
 * them.
 */
class OwnChildrenTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private NativePosix posix;

    @BeforeEach
    void open() throws PosixException {
        posix = new NativePosix(PosixSettings.defaults(), false, true);
    }

    @AfterEach
    void close() {
        posix.close();
    }

    private static ProcessIdentity child(String script) throws PosixException {
        List<OsString> words = Stream.of("sh", "-c", script).map(OsString::of).toList();
        int pid;
        try (SpawnCall call = new SpawnCall(OsString.of("/bin/sh"), OsString.cStrings(words), List.of())) {
            pid = call.spawnFile();
        }
        return ProcessIdentity.ofRunning(pid).orElseThrow();
    }

    private static void assertThatNothingIsLeftOf(ProcessIdentity who) throws PosixException {
        assertThat(ProcStat.of(who.pid()).filter(stat -> stat.startTicks() == who.startTicks()))
                .isEmpty();
    }

    @Test
    void one_that_runs_is_waited_for() throws Exception {
        ProcessIdentity who = child("while :; do sleep 0.05; done");

        Found found = posix.adopt(who, 0, false);

        assertThat(found).isInstanceOf(Found.Running.class);
        ChildProcess process = ((Found.Running) found).process();
        assertThat(process.identity()).isEqualTo(who);
        assertThat(process.signal(Signal.KILL)).isTrue();
        assertThat(process.exit().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isEqualTo(ExitStatus.ofSignal(Signal.KILL.number()));
        assertThatNothingIsLeftOf(who);
    }

    @Test
    void one_that_has_ended_is_waited_for_and_its_code_is_known() throws Exception {
        ProcessIdentity who = child("exit 7");
        await().atMost(PATIENCE)
                .until(() -> ProcStat.of(who.pid()).orElseThrow().isUnreaped());

        Found found = posix.adopt(who, 0, false);

        assertThat(found).isEqualTo(new Found.Ended(ExitStatus.ofCode(7)));
        assertThatNothingIsLeftOf(who);
    }

    @Test
    void another_process_of_that_number_is_left_alone() throws Exception {
        ProcessIdentity who = child("exit 0");
        await().atMost(PATIENCE)
                .until(() -> ProcStat.of(who.pid()).orElseThrow().isUnreaped());

        Found found = posix.adopt(new ProcessIdentity(who.pid(), who.startTicks() - 1, who.bootId()), 0, false);

        assertThat(found).isEqualTo(Found.Gone.ANOTHER_PROCESS);
        assertThat(ProcessCalls.waitStatus(who.pid())).isZero();
    }
}
