package io.github.pekkosupervisor.rule;

import static io.github.pekkosupervisor.rule.RuleBed.child;
import static io.github.pekkosupervisor.rule.RuleBed.spec;
import static io.github.pekkosupervisor.rule.RuleBed.up;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pekkosupervisor.protocol.Request;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Between a question of the rule and its answer. */
final class AskingTest {

    private final RuleBed bed = up(spec(SupervisorSpec.oneForOne()));

    /** It has asked whether a child is right, and has had no answer yet. */
    private void asked() {
        RuleEvent.Call call = new RuleEvent.Call(
                new Request.StartChild(child("a"), List.of()), null, false, any -> {}, () -> bed.lines.add("gone"));
        assertThat(bed.rule.handle(call, 0)).singleElement().isInstanceOf(SupervisorAction.CheckChild.class);
    }

    @Test
    void everything_else_waits() {
        asked();
        bed.tell(new RuleEvent.Stop(ExitReason.normal())).tookNothing();
        bed.tell(new RuleEvent.Checked(List.of())).took("start a#1", "wake at PT30S");
        bed.starts("a").took("ChildStarted a#1 CALL", "answer started a#1", "stop a#1 PT5S", "wake at PT5S");
    }

    @Test
    void the_call_is_unanswered() {
        asked();
        assertThat(bed.rule.unanswered()).hasSize(1);
        bed.tell(new RuleEvent.Checked(List.of()));
        assertThat(bed.rule.unanswered()).isEmpty();
    }

    @Test
    void a_kill_answers_the_call() {
        asked();
        bed.tell(RuleEvent.Kill.INSTANCE).took("answer supervisor_gone", "end killed");
    }

    @Test
    void an_answer_to_no_question_is_a_mistake() {
        assertThatThrownBy(() -> bed.tell(new RuleEvent.Checked(List.of())))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("has nothing to do with Checked");
    }
}
