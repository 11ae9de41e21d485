package io.github.pekkosupervisor.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pekkosupervisor.protocol.SupervisorResult.StartingResult;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.InvalidSpecException.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ChildNotStartedTest {

    private record Row(StartingResult answer, String message) {
        @Override
        public String toString() {
            return answer.getClass().getSimpleName();
        }
    }

    private static Row row(StartingResult answer, String why) {
        return new Row(answer, "the child was not started: " + why);
    }

    static Stream<Row> rows() {
        ChildSpec web = ChildSpec.service("web", () -> "", said -> {});
        return Stream.of(
                row(
                        new SupervisorResult.StartFailed(
                                new ExitReason.Crash(new IllegalStateException("no port")), web),
                        "\"web\" failed with crash(java.lang.IllegalStateException: no port)"),
                row(
                        new SupervisorResult.AlreadyStarted("web#1"),
                        "there is one with this id, which runs: web#1 (already_started)"),
                row(
                        new SupervisorResult.InvalidSpec(
                                List.of(new Problem("/web", "bad_shutdown", "-1", "give a time"))),
                        "/web: give a time [bad_shutdown]"),
                row(SupervisorResult.Ignored.INSTANCE, "it need not run (ignored)"),
                row(
                        SupervisorResult.AlreadyPresent.INSTANCE,
                        "there is one with this id, which does not run; restart or delete it (already_present)"),
                row(
                        SupervisorResult.MaxChildren.INSTANCE,
                        "the supervisor has as many children as it may have (max_children)"),
                row(
                        SupervisorResult.NoTemplate.INSTANCE,
                        "the supervisor has no template to start one from (no_template)"),
                row(
                        SupervisorResult.NotDynamic.INSTANCE,
                        "arguments are for a dynamic supervisor, a specification for one without template"
                                + " (not_dynamic)"),
                row(SupervisorResult.Running.INSTANCE, "it runs already (running)"),
                row(SupervisorResult.Restarting.INSTANCE, "it is being restarted by its supervisor (restarting)"),
                row(SupervisorResult.NotRunning.INSTANCE, "it does not wait for a restart (not_running)"),
                row(SupervisorResult.NotFound.INSTANCE, "the supervisor has no such child (not_found)"),
                row(
                        SupervisorResult.SimpleOneForOne.INSTANCE,
                        "children of a template have no ids to ask by (simple_one_for_one)"),
                row(SupervisorResult.SupervisorGone.INSTANCE, "its supervisor has ended (supervisor_gone)"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void says_why_there_is_no_incarnation(Row row) {
        assertThatThrownBy(row.answer()::orThrow)
                .isInstanceOfSatisfying(
                        ChildNotStartedException.class,
                        thrown -> assertThat(thrown.result()).isSameAs(row.answer()))
                .hasMessage(row.message())
                .extracting(Throwable::getCause)
                .isSameAs(cause(row.answer()));
    }

    private static @Nullable Throwable cause(StartingResult answer) {
        return answer instanceof SupervisorResult.StartFailed failed
                ? ((ExitReason.Crash) failed.reason()).cause()
                : null;
    }

    @Test
    void every_answer_but_started_has_a_row() {
        List<Class<?>> answers = new ArrayList<>(List.of(SupervisorResult.Started.class));
        rows().forEach(row -> answers.add(row.answer().getClass()));

        assertThat(Stream.of(StartingResult.class.getPermittedSubclasses())
                        .flatMap(kind -> Stream.of(kind.getPermittedSubclasses()))
                        .distinct())
                .containsExactlyInAnyOrderElementsOf(answers);
    }
}
