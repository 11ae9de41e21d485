package io.github.pekkosupervisor.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.protocol.StartGate;
import io.github.pekkosupervisor.protocol.TreeEnd;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What is to be stopped and started, one after another. */
final class PlanTest {

    private final Children children = new Children(true);
    private final Child a = added("a");
    private final Child b = added("b");
    private final Child c = added("c");

    private Child added(String id) {
        Child child = new Child(this, RuleBed.child(id), List.of());
        children.addLast(child);
        return child;
    }

    @Test
    void stops_go_backwards_and_starts_forwards_both_ends_included() {
        Plan plan = new Plan(new Plan.Restart(false, StartGate.Cause.RESTART))
                .stopping(c, b)
                .starting(a, b);

        assertThat(plan.takeToStop()).isSameAs(c);
        assertThat(plan.takeToStop()).isSameAs(b);
        assertThat(plan.takeToStop()).isNull();
        assertThat(plan.takeToStart(children)).isSameAs(a);
        assertThat(plan.takeToStart(children)).isSameAs(b);
        assertThat(plan.takeToStart(children)).isNull();
    }

    @Test
    void all_are_those_that_are_left_when_the_stops_are_done() {
        Plan plan = new Plan(new Plan.Restart(false, StartGate.Cause.RESTART))
                .stopping(c, b)
                .startingAllAfter(a);
        assertThat(plan.takeToStop()).isSameAs(c);
        assertThat(plan.takeToStop()).isSameAs(b);
        children.remove(b);
        Child added = added("d");

        assertThat(plan.takeToStart(children)).isSameAs(c);
        assertThat(plan.takeToStart(children)).isSameAs(added);
        assertThat(plan.takeToStart(children)).isNull();
    }

    @Test
    void who_waits_for_an_answer_is_known_from_the_purpose() {
        Consumer<Object> caller = answer -> {};
        TreeEnd end = TreeEnd.Killed.INSTANCE;

        assertThat(new Plan(new Plan.CallToStart(a, true, false, caller)).caller())
                .isSameAs(caller);
        assertThat(new Plan(new Plan.CallToStop(a, caller)).caller()).isSameAs(caller);
        assertThat(new Plan(new Plan.Down(end, caller)).caller()).isSameAs(caller);
        assertThat(new Plan(new Plan.Down(end)).caller()).isNull();
        assertThat(new Plan(Plan.StartUp.INSTANCE).caller()).isNull();
        assertThat(new Plan(new Plan.Restart(true, StartGate.Cause.RESTART)).caller())
                .isNull();
    }
}
