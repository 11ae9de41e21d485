package io.github.pekkosupervisor.process;

import static io.github.pekkosupervisor.process.LoneProcesses.sh;
import static io.github.pekkosupervisor.testing.Programs.A_DAY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.NormalExits.Outcome;
import io.github.pekkosupervisor.process.ProcessActor.Command;
import io.github.pekkosupervisor.process.ProcessActor.Stop;
import io.github.pekkosupervisor.process.ProcessEvent.Exited;
import io.github.pekkosupervisor.process.ProcessEvent.Ready;
import io.github.pekkosupervisor.testing.ProcessView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A process that is one with its group, and the signals that end it. */
final class WholeGroupTest {

    private static final Duration SOON = Duration.ofMillis(500);
    private static final Duration LONG = Duration.ofHours(1);

    @RegisterExtension
    static final LoneProcesses PROCESSES = new LoneProcesses();

    private final Path scratch;

    WholeGroupTest(@TempDir Path scratch) {
        this.scratch = scratch;
    }

    @Test
    void case_112_a_shell_deaf_to_term_and_its_grandchild_are_gone_in_time() throws IOException {
        ActorRef<Command> actor =
                spawn("trap '' TERM; sleep " + A_DAY + " & echo $! >$1; echo ready; wait; sleep " + A_DAY);
        ProcessView shell = PROCESSES.started();
        ProcessView grandchild = grandchild();

        actor.tell(new Stop(SOON));

        Exited exited = PROCESSES.exited();
        assertThat(exited.outcome()).isEqualTo(Outcome.KILLED);
        // when it is told nothing of it is left; the grandchild's own burial is a matter of process 1
        assertThat(shell.exists()).isFalse();
        assertThat(grandchild.runs()).isFalse();
    }

    @Test
    void a_group_whose_leader_ends_by_term_but_whose_members_are_deaf_is_killed_in_time() throws IOException {
        ActorRef<Command> actor =
                spawn("(trap '' TERM; echo ready; exec sleep " + A_DAY + ") & echo $! >$1; wait; exit 0");
        ProcessView shell = PROCESSES.started();
        ProcessView grandchild = grandchild();

        // long enough for a shell that gets no processor for a while
        Duration within = Duration.ofSeconds(5);
        long asked = System.nanoTime();
        actor.tell(new Stop(within));

        assertThat(PROCESSES.exited().outcome()).isEqualTo(Outcome.STOPPED);
        assertThat(Duration.ofNanos(System.nanoTime() - asked))
                .as("what it had, being deaf to all but KILL")
                .isGreaterThanOrEqualTo(within);
        assertThat(shell.exists()).isFalse();
        assertThat(grandchild.runs()).isFalse();
    }

    @Test
    void members_that_outlive_a_leader_which_ends_by_itself_are_stopped_before_its_end_is_told() throws IOException {
        spawn("sleep " + A_DAY + " & echo $! >$1; echo ready; exit 7");

        PROCESSES.started();
        Exited exited = exitedAfterReady();

        assertThat(exited.status()).isEqualTo(ExitStatus.ofCode(7));
        assertThat(exited.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(new ProcessView(pidIn(scratch.resolve("pid"))).runs()).isFalse();
    }

    @Test
    void a_member_that_left_the_group_is_left_alone() throws IOException {
        ActorRef<Command> actor = spawn("setsid sleep " + A_DAY + " & echo $! >$1; echo ready; wait");
        PROCESSES.started();
        ProcessView stranger = grandchild();
        await().until(() -> stranger.session() == stranger.pid());

        actor.tell(new Stop(LONG));

        PROCESSES.exited();
        assertThat(stranger.runs()).isTrue();
        ProcessHandle.of(stranger.pid()).ifPresent(ProcessHandle::destroyForcibly);
        await().until(() -> !stranger.runs());
    }

    /** By rising numbers, since that is how a shell hears of several that came while it had no processor. */
    @Test
    void signals_are_sent_in_their_order_until_one_works() throws IOException {
        Path heard = scratch.resolve("heard");
        ActorRef<Command> actor = PROCESSES.spawn(ProcessSpec.of(sh(
                        "trap 'echo USR1 >>$1' USR1; trap 'echo USR2 >>$1' USR2; trap 'echo TERM >>$1; exit 4' TERM; echo ready;"
                                + " while :; do sleep 0.05; done",
                        heard.toString()))
                .withOutput(Stdio.logged())
                .withReady(Readiness.line("ready"))
                .withStop(StopSequence.of(Signal.USR1).then(SOON, Signal.USR2).then(SOON, Signal.TERM)));
        PROCESSES.started();
        PROCESSES.next(Ready.class);

        actor.tell(new Stop(LONG));

        assertThat(PROCESSES.exited().status()).isEqualTo(ExitStatus.ofCode(4));
        assertThat(heard).hasContent("USR1\nUSR2\nTERM\n");
    }

    @Test
    void a_sequence_may_kill_before_the_time_is_over() throws IOException {
        ActorRef<Command> actor =
                PROCESSES.spawn(ProcessSpec.of(sh("trap '' TERM; echo ready; sleep " + A_DAY + "; sleep " + A_DAY))
                        .withOutput(Stdio.logged())
                        .withReady(Readiness.line("ready"))
                        .withStop(StopSequence.standard().then(SOON, Signal.KILL)));
        PROCESSES.started();
        PROCESSES.next(Ready.class);

        actor.tell(new Stop(LONG));

        assertThat(PROCESSES.exited().outcome()).isEqualTo(Outcome.KILLED);
    }

    @Test
    void time_without_end_is_no_error() {
        ActorRef<Command> actor = PROCESSES.spawn(ProcessSpec.of("sleep", A_DAY));
        PROCESSES.started();

        actor.tell(new Stop(Duration.ofDays(1_000_000)));

        assertThat(PROCESSES.exited().outcome()).isEqualTo(Outcome.STOPPED);
    }

    /** A script that writes the id of a grandchild to its first argument and then says that it is ready. */
    private ActorRef<Command> spawn(String script) {
        return PROCESSES.spawn(ProcessSpec.of(sh(script, scratch.resolve("pid").toString()))
                .withOutput(Stdio.logged())
                .withReady(Readiness.line("ready")));
    }

    private ProcessView grandchild() throws IOException {
        PROCESSES.next(Ready.class);
        return new ProcessView(pidIn(scratch.resolve("pid")));
    }

    private static Exited exitedAfterReady() {
        ProcessEvent event = PROCESSES.next(ProcessEvent.class);
        return event instanceof Exited exited ? exited : PROCESSES.exited();
    }

    private static long pidIn(Path file) throws IOException {
        await().until(() -> Files.exists(file) && Files.readString(file).endsWith("\n"));
        return Long.parseLong(Files.readString(file).trim());
    }
}
