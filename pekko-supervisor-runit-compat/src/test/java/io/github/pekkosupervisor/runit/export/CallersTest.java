package io.github.pekkosupervisor.runit.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.TreeExport;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.protocol.Request;
import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;
import org.junit.jupiter.api.Test;

/** What is said of the answers to what a letter has led to. */
final class CallersTest {

    private static final ChildSpec MIGRATE = ChildSpec.process("migrate", "true");

    /** Answers all with one thing. */
    private record Answering(SupervisorResult with) implements TreeExport.Exported {
        @Override
        public SupervisorSpec spec() {
            return SupervisorSpec.oneForOne();
        }

        @Override
        public ActorSystem<?> system() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<SupervisorRef> supervisor(String path) {
            return Optional.empty();
        }

        @Override
        @SuppressWarnings("unchecked") // what a test asks for it answers
        public <R extends SupervisorResult> CompletionStage<R> ask(String path, Request<R> request) {
            return CompletableFuture.completedFuture((R) with);
        }
    }

    private static Callers.Answer answer(SupervisorResult with) {
        ShownPlace place = new ShownPlace(
                OsString.of("migrate"),
                ShownKind.ONESHOT,
                "/",
                "migrate",
                OptionalLong.empty(),
                ShownChild.downSince(Instant.EPOCH));
        List<Callers.Answer> answers = new ArrayList<>();
        new Callers(new Answering(with)).call(place, Optional.empty(), Call.ONCE, answers::add);
        assertThat(answers).hasSize(1);
        return answers.get(0);
    }

    @Test
    void a_start_that_has_failed_is_a_warning_in_words() {
        assertThat(answer(new SupervisorResult.StartFailed(new ExitReason.ExitCode(3), MIGRATE)))
                .isEqualTo(new Callers.Answer(false, true, true, "it could not be started: exit code 3"));
    }

    @Test
    void what_was_not_done_is_said() {
        assertThat(answer(SupervisorResult.NotFound.INSTANCE))
                .isEqualTo(new Callers.Answer(
                        false, true, false, "it was answered [" + SupervisorResult.NotFound.INSTANCE + "]"));
    }

    @Test
    void what_was_done_is_not() {
        assertThat(answer(SupervisorResult.Ok.INSTANCE).done()).isTrue();
        assertThat(answer(SupervisorResult.Ok.INSTANCE).isToBeSaid()).isFalse();
    }
}
