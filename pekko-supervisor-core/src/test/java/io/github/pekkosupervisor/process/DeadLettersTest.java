package io.github.pekkosupervisor.process;

import static io.github.pekkosupervisor.testing.Programs.A_DAY;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.apache.pekko.actor.DeadLetter;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What comes too late for actors that are stopped whenever nobody needs them is nothing to be logged. */
final class DeadLettersTest {

    private static final ActorTestKit KIT = ActorTestKit.create();

    private final TestProbe<DeadLetter> dead = KIT.createTestProbe(DeadLetter.class);

    @AfterAll
    static void shut_down() {
        KIT.shutdownTestKit();
    }

    @BeforeEach
    void listen() {
        Adapter.toClassic(KIT.system()).eventStream().subscribe(Adapter.toClassic(dead.getRef()), DeadLetter.class);
    }

    private static <T> void tellWhenStopped(ActorRef<T> actor, T message) {
        KIT.stop(actor, LoneProcesses.PATIENCE);
        actor.tell(message);
    }

    /** Nothing has been told before this. */
    private void assertNothingElse() {
        tellWhenStopped(KIT.spawn(Behaviors.<String>empty()), "the first");
        assertThat(dead.expectMessageClass(DeadLetter.class, LoneProcesses.PATIENCE)
                        .message())
                .isEqualTo("the first");
    }

    @Test
    void a_sign_of_life_for_who_looks_no_longer() {
        tellWhenStopped(
                KIT.spawn(LiveActor.create(
                        ProcessSpec.of("true"),
                        Liveness.watchdog(Duration.ofDays(1)),
                        false,
                        (below, command, told) -> {
                            throw new IllegalStateException("it is no command");
                        },
                        event -> {})),
                LiveActor.Sign.WORKS);

        assertNothingElse();
    }

    @Test
    void a_stop_for_who_has_ended() {
        TestProbe<ProcessEvent> owner = KIT.createTestProbe();
        ActorRef<ProcessActor.Command> actor =
                KIT.spawn(ProcessActor.create(ProcessSpec.of("sleep", A_DAY), owner.getRef()), Processes.dispatcher());
        owner.expectMessageClass(ProcessEvent.Started.class, LoneProcesses.PATIENCE);
        actor.tell(new ProcessActor.Stop(Duration.ZERO));
        owner.expectMessageClass(ProcessEvent.Exited.class, LoneProcesses.PATIENCE);

        tellWhenStopped(actor, new ProcessActor.Stop(Duration.ZERO));

        assertNothingElse();
    }
}
