package io.github.pekkosupervisor.process;

import static io.github.pekkosupervisor.testing.Programs.A_DAY;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.process.ProcessActor.Command;
import io.github.pekkosupervisor.process.ProcessActor.Left;
import io.github.pekkosupervisor.process.ProcessEvent.NotReady;
import io.github.pekkosupervisor.process.ProcessEvent.Paused;
import io.github.pekkosupervisor.process.ProcessSpec.OwnerLost;
import io.github.pekkosupervisor.testing.ProcessView;
import java.time.Duration;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A process that is stopped on purpose while it is to get ready, which it cannot. */
final class PausedStartTest {

    @RegisterExtension
    static final LoneProcesses PROCESSES = new LoneProcesses();

    private static final ProcessSpec NEVER_READY =
            ProcessSpec.of("sleep", A_DAY).withOwnerLost(OwnerLost.KEEP).withReady(Readiness.command("false"));

    @Test
    void it_is_not_late_as_long_as_it_is_paused() {
        ActorRef<Command> actor = PROCESSES.spawn(NEVER_READY.withStartTimeout(Duration.ofSeconds(6)));
        PROCESSES.started();

        actor.tell(new ProcessActor.Paused(true));
        assertThat(PROCESSES.next(Paused.class).isPaused()).isTrue();
        PROCESSES.nothingMore(Duration.ofSeconds(7));
        actor.tell(new ProcessActor.Paused(false));
        assertThat(PROCESSES.next(Paused.class).isPaused()).isFalse();

        assertThat(PROCESSES.next(NotReady.class).limit()).isEqualTo(Duration.ofSeconds(6));
    }

    @Test
    void nor_is_one_that_was_paused_when_it_was_taken_up() {
        ActorRef<Command> first = PROCESSES.spawn(NEVER_READY.withReady(Readiness.immediately()));
        ProcessView process = PROCESSES.started();

        ActorRef<Command> second = PROCESSES.handOn(
                first,
                process,
                NEVER_READY.withStartTimeout(Duration.ofSeconds(1)),
                new Left(false, true, ProcessSaid.NOTHING));
        PROCESSES.nothingMore(Duration.ofSeconds(2));
        second.tell(new ProcessActor.Paused(false));

        PROCESSES.next(Paused.class);
        PROCESSES.next(NotReady.class);
    }
}
