package io.github.pekkosupervisor.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.RestartType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a child notes of its incarnations and attempts, and the list that it is in. */
final class ChildTest {

    private final Child.LastEnd end =
            new Child.LastEnd(ExitReason.normal(), incarnation(child("other", RestartType.PERMANENT)));

    private Child child(String id, RestartType type) {
        return new Child(this, RuleBed.child(id).withRestart(type), List.of("argument"));
    }

    private static Incarnation incarnation(Child child) {
        return new Incarnation(child, new FakeHandle(child.id(), 1), 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void an_attempt_counts_until_the_child_runs_or_is_down(boolean runs) {
        Child child = child("a", RestartType.PERMANENT);
        long first = child.restarts(null, end, 0);
        assertThat(child.awaits(first)).isTrue();

        if (runs) {
            child.runsAs(incarnation(child), 0);
        } else {
            child.isDown();
        }
        assertThat(child.awaits(first)).isFalse();
        long second = child.restarts(null, end, 0);

        assertThat(child.awaits(first)).isFalse();
        assertThat(child.awaits(second)).isTrue();
    }

    @Test
    void it_runs_as_one_incarnation() {
        Child child = child("a", RestartType.PERMANENT);
        Incarnation one = incarnation(child);

        child.runsAs(one, 7);

        assertThat(child.isRunningAs(one)).isTrue();
        assertThat(child.isRunningAs(incarnation(child))).isFalse();
        assertThat(child.since).isEqualTo(7);
    }

    @Test
    void a_temporary_one_keeps_nothing_of_what_it_was_made_from() {
        Child kept = child("a", RestartType.PERMANENT);
        Child spent = child("a", RestartType.TEMPORARY);
        ChildSpec before = spent.spec;
        Incarnation ofKept = incarnation(kept);
        Incarnation ofSpent = incarnation(spent);

        kept.runsAs(ofKept, 0);
        spent.runsAs(ofSpent, 0);

        assertThat(kept.arguments).containsExactly("argument");
        assertThat(ofKept.kind()).isEqualTo(kept.spec.kind());
        assertThat(spent.arguments).isEmpty();
        assertThat(spent.spec.kind()).isNotEqualTo(before.kind());
        assertThat(ofSpent.kind()).isNotEqualTo(before.kind());
    }

    @Test
    void children_are_added_removed_and_counted() {
        Children children = new Children(true);
        for (String id : List.of("a", "b", "c")) {
            children.addLast(child(id, RestartType.PERMANENT));
        }

        children.remove(children.list().get(1));

        assertThat(children.size()).isEqualTo(2);
        assertThat(ids(children)).containsExactly("a", "c");
        assertThat(children.find("b")).isNull();
    }

    @Test
    void a_new_order_keeps_what_was_made_of_those_that_may_start_again() {
        Children children = new Children(true);
        Child runs = child("runs", RestartType.PERMANENT);
        Child down = child("down", RestartType.PERMANENT);
        Child other = child("other", RestartType.PERMANENT);
        for (Child one : List.of(runs, down, other)) {
            children.addLast(one);
        }
        runs.runsAs(incarnation(runs), 0);
        other.runsAs(incarnation(other), 0);
        ChildSpec temporary = RuleBed.child("").withRestart(RestartType.TEMPORARY);
        ChildSpec ofDown = temporary.withId("down");
        ChildSpec ofOther = RuleBed.child("other");

        children.reorder(
                List.of(ofOther, ofDown, temporary.withId("runs")),
                (spec, arguments) -> new Child(this, spec, arguments));

        assertThat(ids(children)).containsExactly("other", "down", "runs");
        assertThat(runs.spec.kind()).isNotEqualTo(temporary.kind());
        assertThat(down.spec).isSameAs(ofDown);
        assertThat(other.spec).isSameAs(ofOther);
    }

    private static List<String> ids(Children children) {
        List<String> ids = new ArrayList<>();
        children.list().forEach(child -> ids.add(child.id()));
        return ids;
    }
}
