package io.github.pekkosupervisor.runit.export;

import static io.github.pekkosupervisor.runit.export.ToldEvents.NOON;
import static io.github.pekkosupervisor.runit.export.ToldEvents.crashed;
import static io.github.pekkosupervisor.runit.export.ToldEvents.offender;
import static io.github.pekkosupervisor.runit.export.ToldEvents.spec;
import static io.github.pekkosupervisor.runit.export.ToldEvents.started;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.protocol.StartGate;
import io.github.pekkosupervisor.runit.export.ShownChild.Phase;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.spec.TreePath;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Who works out what was told, and when. */
final class ExportTableTest {

    private int woken;
    private final ExportTable table = new ExportTable(
            new ShownGroups.Terms(Optional.empty(), 0, false),
            SupervisorSpec.oneForOne(),
            InstantSource.fixed(NOON),
            4711,
            () -> woken++);

    /** As who writes does it, until he may sleep. */
    private List<String> written() {
        List<String> names = new ArrayList<>();
        for (List<ExportTable.Mark> marks = table.take(2); !marks.isEmpty(); marks = table.take(2)) {
            marks.forEach(mark -> names.add(
                    mark instanceof ExportTable.ToWrite write ? write.place().toString() : "told"));
        }
        return names;
    }

    private ShownPlace place(String name) {
        written();
        table.markAll();
        ShownPlace found = null;
        for (List<ExportTable.Mark> marks = table.take(9); !marks.isEmpty(); marks = table.take(9)) {
            for (ExportTable.Mark mark : marks) {
                if (mark instanceof ExportTable.ToWrite write
                        && write.place().toString().equals(name)) {
                    found = write.place();
                }
            }
        }
        assertThat(found).as(name).isNotNull();
        return found;
    }

    private void starts(String id, int incarnation) {
        table.happened(started(TreePath.TOP, offender(id, incarnation)));
    }

    private void crashes(String id, int incarnation) {
        table.happened(crashed(TreePath.TOP, offender(id, incarnation), true));
    }

    private boolean mayStart(String id, boolean hasDownFile) {
        return table.mayStart(new StartGate.Start(TreePath.TOP, spec(id), StartGate.Cause.START_UP), hasDownFile);
    }

    @Test
    void who_writes_works_out_what_was_told_in_its_order_and_is_woken_once() {
        written();
        starts("a", 1);
        starts("b", 2);
        crashes("a", 1);

        assertThat(woken).isOne();
        assertThat(written()).containsSubsequence("a", "b").doesNotHaveDuplicates();
        assertThat(table.known(place("a")).phase()).isEqualTo(Phase.RESTARTING);
        assertThat(table.known(place("b")).phase()).isEqualTo(Phase.RUNNING);

        int before = woken;
        starts("a", 3);
        assertThat(woken).isEqualTo(before + 1);
    }

    /** He has as much as he can write, and what is told is not all worked out. */
    @Test
    void nobody_is_woken_while_something_is_left_for_who_writes() {
        written();
        for (int i = 0; i < 1_000; i++) {
            starts("c" + i, i);
        }
        assertThat(table.take(2)).hasSize(2);

        starts("late", 1_000);

        assertThat(woken).isOne();
        assertThat(written()).hasSize(999).endsWith("late");
    }

    @Test
    void who_waits_is_told_after_all_that_was_told_before() {
        starts("a", 1);
        CompletableFuture<Void> reached = table.whenWritten();
        starts("b", 2);

        assertThat(written()).containsSubsequence("a", "told", "b");
        assertThat(reached).isNotDone();
    }

    /** A disk that hangs keeps who writes away for ever. */
    @Test
    void what_nobody_looks_at_is_worked_out_by_those_who_tell_more() {
        starts("a", 1);
        ShownPlace place = place("a");
        crashes("a", 1);
        for (int i = 2; i < ExportTable.MOST_TOLD; i++) {
            crashes("a", i);
        }
        assertThat(table.view(place).shown().status().pid()).isEqualTo(4711);

        crashes("a", ExportTable.MOST_TOLD);
        crashes("a", ExportTable.MOST_TOLD + 1);

        assertThat(table.view(place).shown().status().pid()).isZero();
    }

    @Test
    void start_of_a_child_waits_for_nothing_until_a_command_has_come() {
        starts("a", 1);
        ShownPlace place = place("a");
        crashes("a", 1);
        assertThat(mayStart("a", false)).isTrue();
        assertThat(mayStart("a", true)).isFalse();

        table.decided(place, new ExportEvent.Letter('d'));

        assertThat(mayStart("a", false)).isFalse();
        assertThat(mayStart("b", false)).isTrue();
    }

    /** It was not down any more when the command came, so it is stopped. */
    @Test
    void command_knows_of_a_start_that_was_allowed_before_it() {
        starts("a", 1);
        ShownPlace place = place("a");
        table.happened(crashed(TreePath.TOP, offender("a", 1), false));

        assertThat(mayStart("a", false)).isTrue();

        assertThat(table.decided(place, new ExportEvent.Letter('d')).calls()).containsExactly(Call.TERMINATE);
    }
}
