package io.github.pekkosupervisor.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.protocol.Request;
import io.github.pekkosupervisor.protocol.TreeSnapshot.LastExit;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.RestartDelay;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is seen of a supervisor and its children in each thing that it may be doing. */
final class SnapshotRuleTest {

    private static final Instant START = Instant.EPOCH;
    private static final RestartDelay MINUTE = RestartDelay.fixed(Duration.ofMinutes(1));

    private static Sight look(RuleBed bed, Scope scope) {
        return bed.rule.look(scope, time -> START.plusNanos(time), bed.now);
    }

    /** States in start order, those that are ready with a mark, behind that of the supervisor. */
    private static String seen(RuleBed bed) {
        Sight sight = look(bed, Scope.ALL);
        return sight.children().stream()
                .map(Sight.Seen::node)
                .map(node -> node.path().substring(1) + " " + text(node))
                .collect(Collectors.joining(", ", text(sight.itself()) + ": ", ""));
    }

    private static String text(Node node) {
        String state = node.state().name().toLowerCase(Locale.ROOT);
        return node.ready() ? state + "!" : state;
    }

    private static RuleBed bed(SupervisorSpec flags, ChildSpec... children) {
        return RuleBed.up(RuleBed.spec(flags, children));
    }

    private static ChildSpec child(String id) {
        return RuleBed.child(id);
    }

    @Test
    void a_process_that_was_taken_over_is_there_since_its_own_start() {
        RuleBed bed = new RuleBed(
                RuleBed.spec(SupervisorSpec.oneForOne(), child("a")),
                (id, number) -> new FakeHandle(id, number, Duration.ofDays(3)));
        bed.begin().at(Duration.ofSeconds(1)).starts("a");

        Node node = look(bed, Scope.ALL).children().get(0).node();

        assertThat(node.since()).contains(START.minus(Duration.ofDays(3)));
    }

    static List<Arguments> rows() {
        SupervisorSpec one = SupervisorSpec.oneForOne();
        SupervisorSpec all = SupervisorSpec.oneForAll();
        SupervisorSpec rest = SupervisorSpec.restForOne();
        ChildSpec a = child("a");
        ChildSpec b = child("b");
        ChildSpec c = child("c");
        ChildSpec slowB = b.withRestartDelay(MINUTE);
        ChildSpec fleeting = b.withRestart(RestartType.TRANSIENT);
        return List.of(
                row("up", bed(one, a, b), bed -> {}, "running!: a running!, b running!"),
                row(
                        "at start-up those after the one that starts wait",
                        new RuleBed(RuleBed.spec(one, a, b, c)),
                        bed -> bed.begin().starts("a"),
                        "starting: a running!, b starting, c waiting"),
                row(
                        "a start that is overdue",
                        new RuleBed(RuleBed.spec(one, a.withStartTimeout(Duration.ofSeconds(1)), b)),
                        bed -> bed.begin().wakeAt(Duration.ofSeconds(2)),
                        "starting: a stopping, b waiting"),
                row(
                        "a restart that has not been acknowledged",
                        bed(one, a, b),
                        bed -> bed.ends("b", RuleBed.BROKEN),
                        "running!: a running!, b starting"),
                row(
                        "a restart that failed and is tried again",
                        bed(one, a, b),
                        bed -> bed.ends("b", RuleBed.BROKEN).ends("b", RuleBed.BROKEN),
                        "running!: a running!, b restarting"),
                row(
                        "a restart that waits",
                        bed(one, a, slowB),
                        bed -> bed.ends("b", RuleBed.BROKEN),
                        "running!: a running!, b restarting"),
                row(
                        "all wait with it, in one for all",
                        bed(all, a, slowB, c),
                        bed -> bed.obedient().ends("b", RuleBed.BROKEN),
                        "running!: a waiting, b restarting, c waiting"),
                row(
                        "those after it do, in rest for one",
                        bed(rest, a, slowB, c),
                        bed -> bed.obedient().ends("b", RuleBed.BROKEN),
                        "running!: a running!, b restarting, c waiting"),
                row(
                        "siblings are being stopped for it",
                        bed(all, a, b, c),
                        bed -> bed.ends("b", RuleBed.BROKEN).ends("c"),
                        "running!: a stopping, b waiting, c waiting"),
                row(
                        "and are started again",
                        bed(all, a, b, c),
                        bed -> bed.ends("b", RuleBed.BROKEN).ends("c").ends("a").starts("a"),
                        "running!: a running!, b starting, c waiting"),
                row(
                        "one that is being stopped by a call",
                        bed(one, a, b),
                        bed -> bed.call(new Request.TerminateChild("a")),
                        "running!: a stopping, b running!"),
                row(
                        "one that has died while another is being stopped",
                        bed(one, a, b),
                        bed -> bed.call(new Request.TerminateChild("a")).ends("b", RuleBed.BROKEN),
                        "running!: a stopping, b restarting"),
                row(
                        "one that was stopped by a call",
                        bed(one, a, b),
                        bed -> bed.obedient().call(new Request.TerminateChild("a")),
                        "running!: a stopped, b running!"),
                row(
                        "one that is started by a call again, and cannot be",
                        bed(one, a, b),
                        bed -> bed.call(new Request.TerminateChild("a"))
                                .ends("a")
                                .call(new Request.RestartChild("a"))
                                .ends("a", RuleBed.BROKEN),
                        "running!: a stopped, b running!"),
                row(
                        "a transient one that has done its work",
                        bed(one, a, fleeting),
                        bed -> bed.ends("b", ExitReason.normal()),
                        "running!: a running!, b finished"),
                row(
                        "one that need not run",
                        new RuleBed(RuleBed.spec(one, a, b)),
                        bed -> bed.begin().ignores("a").starts("b"),
                        "running!: a ignored, b running!"),
                row(
                        "a temporary one that is over is forgotten",
                        bed(one, a, b.withRestart(RestartType.TEMPORARY)),
                        bed -> bed.ends("b", ExitReason.normal()),
                        "running!: a running!"),
                row(
                        "going down",
                        bed(one, a, b),
                        bed -> bed.tell(new RuleEvent.Stop(ExitReason.shutdown())),
                        "stopping: a running!, b stopping"),
                row(
                        "gone down",
                        bed(one, a, b),
                        bed -> bed.obedient().tell(new RuleEvent.Stop(ExitReason.shutdown())),
                        "stopped: a stopped, b stopped"));
    }

    private static Arguments row(String what, RuleBed bed, Consumer<RuleBed> happens, String seen) {
        return Arguments.of(what, bed, happens, seen);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void each_is_seen_as_it_is(String what, RuleBed bed, Consumer<RuleBed> happens, String seen) {
        happens.accept(bed);

        assertThat(seen(bed)).isEqualTo(seen);
    }

    // ---- the rest of a node

    private static Node node(RuleBed bed, int index) {
        return look(bed, Scope.ALL).children().get(index).node();
    }

    @Test
    void one_that_has_never_ended_has_no_past() {
        RuleBed bed = bed(SupervisorSpec.oneForOne(), child("a"));

        assertThat(node(bed, 0).restarts()).isZero();
        assertThat(node(bed, 0).lastExit()).isEmpty();
        assertThat(node(bed, 0).since()).contains(START);
        assertThat(node(bed, 0).incarnation()).hasValue(1);
    }

    @Test
    void one_that_was_restarted_tells_how_often_and_why() {
        RuleBed bed = bed(SupervisorSpec.oneForOne(), child("a"));

        bed.at(Duration.ofSeconds(5)).ends("a", RuleBed.BROKEN);
        bed.at(Duration.ofSeconds(7)).starts("a").at(Duration.ofSeconds(9));

        assertThat(node(bed, 0).restarts()).isEqualTo(1);
        assertThat(node(bed, 0).lastExit()).contains(new LastExit("failed(broken)", START.plusSeconds(5)));
        assertThat(node(bed, 0).since()).contains(START.plusSeconds(5));
        assertThat(node(bed, 0).incarnation()).hasValue(2);
    }

    @Test
    void one_that_waits_tells_until_when_and_since_when_it_is_down() {
        RuleBed bed = bed(SupervisorSpec.oneForOne(), child("a").withRestartDelay(MINUTE));

        bed.at(Duration.ofSeconds(5)).ends("a", RuleBed.BROKEN).at(Duration.ofSeconds(6));

        assertThat(node(bed, 0).nextRestart()).contains(START.plusSeconds(65));
        assertThat(node(bed, 0).since()).contains(START.plusSeconds(5));
        assertThat(node(bed, 0).incarnation()).isEmpty();
        assertThat(node(bed, 0).former()).hasValue(1);
    }

    @Test
    void when_one_ended_is_not_when_its_supervisor_had_time_for_that() {
        RuleBed bed = bed(SupervisorSpec.oneForOne(), child("a"), child("b"));
        bed.call(new Request.TerminateChild("b"));

        bed.at(Duration.ofSeconds(5)).ends("a", RuleBed.BROKEN);
        assertThat(node(bed, 0).former()).hasValue(1);
        bed.at(Duration.ofSeconds(7)).ends("b").starts("a");

        assertThat(node(bed, 0).lastExit()).map(LastExit::at).contains(START.plusSeconds(5));
    }

    @Test
    void the_supervisor_tells_since_when_it_is_there() {
        RuleBed bed = new RuleBed(SupervisorSpec.oneForOne())
                .at(Duration.ofSeconds(2))
                .begin();

        assertThat(look(bed.at(Duration.ofSeconds(4)), Scope.ALL).itself().since())
                .contains(START.plusSeconds(2));
    }

    @Test
    void siblings_that_were_restarted_with_another_are_counted_too() {
        RuleBed bed = bed(SupervisorSpec.oneForAll(), child("a"), child("b"));

        bed.ends("a", RuleBed.BROKEN).ends("b").starts("a").starts("b");

        assertThat(node(bed, 1).restarts()).isEqualTo(1);
        assertThat(node(bed, 1).lastExit()).map(LastExit::reason).contains("shutdown");
    }

    @Test
    void the_supervisor_tells_its_restarts_within_the_period_and_its_limit() {
        RuleBed bed = bed(SupervisorSpec.oneForOne(), child("a"));
        bed.obedient().ends("a", RuleBed.BROKEN).at(Duration.ofSeconds(4)).ends("a", RuleBed.BROKEN);

        bed.at(Duration.ofSeconds(11));

        assertThat(look(bed, Scope.ALL).itself().supervision())
                .get()
                .satisfies(by -> assertThat(by.recent()).isEqualTo(1))
                .satisfies(by -> assertThat(by.limit()).hasValue(3))
                .satisfies(by -> assertThat(by.period()).isEqualTo(Duration.ofSeconds(10)));
    }

    @Test
    void a_supervisor_that_never_gives_up_has_no_limit() {
        RuleBed bed =
                RuleBed.up(SupervisorSpec.oneForOne().withUnlimitedRestarts().withChild(child("a")));

        assertThat(look(bed, Scope.ALL).itself().supervision().orElseThrow().limit())
                .isEqualTo(OptionalInt.empty());
    }

    @Test
    void a_look_changes_nothing() {
        RuleBed bed = bed(SupervisorSpec.oneForAll(), child("a"), child("b"), child("c"));
        bed.ends("b", RuleBed.BROKEN);
        bed.took();

        String before = seen(bed);
        String after = seen(bed);

        assertThat(after).isEqualTo(before);
        bed.obedient().ends("c");
        assertThat(bed.took()).contains("ChildStarted c#6 RESTART");
    }

    // ---- what is looked for

    private static List<String> paths(RuleBed bed, Scope scope) {
        return look(bed, scope).children().stream()
                .map(seen -> seen.node().path())
                .toList();
    }

    @Test
    void one_place_is_looked_for_alone() {
        RuleBed bed = bed(SupervisorSpec.oneForOne(), child("a"), child("b"));

        assertThat(paths(bed, Scope.place(List.of("b", "c")))).containsExactly("/b");
        assertThat(paths(bed, Scope.place(List.of("c")))).isEmpty();
    }

    @Test
    void what_is_not_well_is_looked_for_and_temporary_children_are_not() {
        RuleBed bed = bed(
                SupervisorSpec.oneForOne(),
                child("a"),
                child("b").withRestartDelay(MINUTE),
                ChildSpec.supervisor("s", SupervisorSpec.oneForOne()),
                ChildSpec.supervisor("t", SupervisorSpec.oneForOne()).withRestart(RestartType.TEMPORARY));

        bed.ends("b", RuleBed.BROKEN);

        assertThat(paths(bed, Scope.UNWELL)).containsExactly("/b", "/s");
    }

    @Test
    void who_is_looked_for_is_asked_itself_unless_its_supervisor_knows_all_of_it() {
        assertThat(Optional.ofNullable(Scope.ALL.below(true))).contains(Scope.ALL);
        assertThat(Scope.place(List.of("a", "b")).below(true)).isEqualTo(Scope.place(List.of("b")));
        assertThat(Scope.place(List.of("a")).below(true)).isNull();
        assertThat(Scope.place(List.of("a")).below(false)).isEqualTo(Scope.ALL);
    }
}
