package io.github.pekkosupervisor.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.process.Standstill.Part;
import io.github.pekkosupervisor.process.Standstill.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StandstillTest {

    private final ActorTestKit kit = ActorTestKit.create();
    private final Standstill all = Standstill.get(kit.system());
    private final List<String> told = new ArrayList<>();
    private final Puppet commands = new Puppet("commands");
    private final Puppet decisions = new Puppet("decisions");
    private final Puppet records = new Puppet("records");

    private final class Puppet implements Part {
        private final String name;
        private CompletableFuture<Optional<String>> answer = new CompletableFuture<>();

        Puppet(String name) {
            this.name = name;
        }

        @Override
        public CompletionStage<Optional<String>> rest() {
            told.add(name + " rests");
            answer = new CompletableFuture<>();
            return answer;
        }

        @Override
        public void goOn() {
            told.add(name + " goes on");
        }
    }

    @BeforeEach
    void begin() {
        told.clear();
        all.add(Stage.RECORDS, records);
        all.add(Stage.DECISIONS, decisions);
        all.add(Stage.COMMANDS, commands);
    }

    @AfterAll
    void shut_down() {
        kit.shutdownTestKit();
    }

    @Test
    void one_stage_rests_after_another() {
        CompletableFuture<Standstill.Outcome> rest = all.rest().toCompletableFuture();
        assertThat(told).containsExactly("commands rests");
        commands.answer.complete(Optional.empty());
        assertThat(told).containsExactly("commands rests", "decisions rests");
        decisions.answer.complete(Optional.empty());
        assertThat(rest).isNotDone();
        records.answer.complete(Optional.empty());

        assertThat(rest.join()).isEqualTo(new Standstill.Rests(List.of()));
    }

    @Test
    void who_cannot_rest_has_nobody_after_him_asked() {
        CompletableFuture<Standstill.Outcome> rest = all.rest().toCompletableFuture();
        commands.answer.complete(Optional.of("a command is under way"));

        assertThat(rest.join()).isEqualTo(new Standstill.Busy("a command is under way"));
        all.goOn();
        assertThat(told).containsExactly("commands rests", "commands goes on", "decisions goes on", "records goes on");
    }

    @Test
    void answer_that_comes_when_it_was_given_up_has_nobody_else_rest() {
        CompletableFuture<Standstill.Outcome> rest = all.rest().toCompletableFuture();
        all.goOn();
        told.clear();
        commands.answer.complete(Optional.empty());

        assertThat(rest.join()).isInstanceOf(Standstill.Busy.class);
        assertThat(told).isEmpty();
    }
}
