package io.github.pekkosupervisor.runit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.runit.ServiceEvent.Program;
import io.github.pekkosupervisor.runit.ServiceEvent.Severity;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** When a child that is service directories has started, as a table. */
class FirstStartsTest {

    private static final String WEB = "/services/web";
    private static final Instant NOW = Instant.parse("2031-05-17T06:00:00Z");

    private static PosixException cause() {
        return new PosixException("spawn", "./run", "ENOENT", "No such file or directory");
    }

    private static ServiceEvent began(Want want) {
        return new ServiceEvent.SupervisionBegan(
                WEB, new ServiceStatus(NOW, 0, false, false, want, State.DOWN), Optional.empty(), Set.of());
    }

    private static ServiceEvent warned(Severity severity) {
        return new ServiceEvent.Warned(WEB, severity, "unable to lock", OsString.of("unable to lock\n"));
    }

    /** What is told, whether one of many has had its try then, whether one by itself has started, or why it cannot. */
    static Stream<Arguments> table() {
        return Stream.of(
                Arguments.of(began(Want.UP), false, false, ""),
                Arguments.of(began(Want.DOWN), true, false, ""),
                Arguments.of(new ServiceEvent.Started(WEB, Program.LOG, 7, NOW), false, false, ""),
                Arguments.of(new ServiceEvent.Ready(WEB, 7), true, true, ""),
                Arguments.of(new ServiceEvent.NotRun(WEB, Program.LOG, cause()), false, false, ""),
                Arguments.of(new ServiceEvent.NotRun(WEB, Program.RUN, cause()), true, true, "run cannot be run: "),
                Arguments.of(new ServiceEvent.StartRefused(WEB, Program.LOG, cause()), false, false, ""),
                Arguments.of(
                        new ServiceEvent.StartRefused(WEB, Program.RUN, cause()),
                        true,
                        true,
                        "run cannot be started: "),
                Arguments.of(warned(Severity.WARNING), true, false, ""),
                Arguments.of(warned(Severity.FATAL), true, false, ""),
                Arguments.of(new ServiceEvent.SupervisionFailed(WEB, new IllegalStateException()), true, false, ""),
                Arguments.of(new ServiceEvent.SupervisionEnded(WEB, 111), true, true, "it cannot be supervised: "),
                Arguments.of(new ServiceEvent.Forgotten(WEB), true, true, ""));
    }

    @ParameterizedTest
    @MethodSource("table")
    void one_of_many_keeps_the_start_waiting_until_it_has_had_its_try(
            ServiceEvent event, boolean tried, boolean started, String failure) {
        FirstStarts many = FirstStarts.ofMany();
        many.after(new ServiceEvent.Found(WEB));
        many.allKnown();
        boolean before = many.areOver();

        many.after(event);

        assertThat(before).isFalse();
        assertThat(many.areOver()).isEqualTo(tried);
        assertThat(many.failure()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("table")
    void one_by_itself_has_started_or_cannot(ServiceEvent event, boolean tried, boolean started, String failure) {
        FirstStarts one = FirstStarts.ofOne(WEB, false);
        one.after(new ServiceEvent.Found(WEB));
        boolean before = one.areOver();

        one.after(event);

        assertThat(before).isFalse();
        assertThat(one.areOver()).isEqualTo(started);
        assertThat(one.failure().orElse("")).startsWith(failure).hasSizeGreaterThanOrEqualTo(failure.length());
        assertThat(one.failure().isPresent()).isEqualTo(!failure.isEmpty());
    }

    @Test
    void who_is_late_is_named_with_what_it_waits_for_and_of_many_waited_for_no_longer() {
        FirstStarts many = FirstStarts.ofMany();
        many.after(new ServiceEvent.Found(WEB));
        many.after(began(Want.UP));
        many.after(new ServiceEvent.ScriptStarted(WEB, 'u', 7));
        many.after(new ServiceEvent.Found("/services/db"));
        many.after(new ServiceEvent.Found("/services/ok"));
        many.after(new ServiceEvent.Ready("/services/ok", 8));
        many.allKnown();

        assertThat(many.late())
                .hasToString("{/services/db=it has not been opened; another process may hold log/supervise/lock, or it"
                        + " is not clear yet what runs there, /services/web=control/u, pid 7, goes on}");
        assertThat(many.areOver()).isTrue();

        FirstStarts one = FirstStarts.ofOne(WEB, false);
        assertThat(one.late()).containsOnlyKeys(WEB);
        assertThat(one.areOver()).as("one by itself has not started").isFalse();
    }

    private static ServiceEvent adopted(Program program, int pid) {
        return new ServiceEvent.Adopted(
                WEB, program, pid, pid != 0, Optional.of(NOW), 0, Optional.empty(), Optional.empty());
    }

    /** What is told one after another, and what it waits for then. */
    static Stream<Arguments> waits() {
        ServiceEvent odd = warned(Severity.WARNING);
        ServiceEvent late = new ServiceEvent.Warned(
                WEB, Severity.WARNING, FirstStarts.NOT_STARTED + "3 s: it", OsString.of("late\n"));
        ServiceEvent finished =
                new ServiceEvent.Ended(WEB, Program.FINISH, 7, ExitStatus.ofCode(0), Duration.ZERO, NOW, false);
        return Stream.of(
                Arguments.of(
                        List.of(),
                        "it has not been opened; another process may hold log/supervise/lock, or it is"
                                + " not clear yet what runs there"),
                Arguments.of(List.of(odd), "unable to lock"),
                Arguments.of(List.of(odd, late), "unable to lock"),
                Arguments.of(List.of(odd, began(Want.UP)), "run is being started"),
                Arguments.of(List.of(began(Want.UP), odd), "run is being started"),
                Arguments.of(List.of(began(Want.UP), adopted(Program.RUN, 0)), "run is being started"),
                Arguments.of(List.of(began(Want.UP), adopted(Program.FINISH, 7)), "finish, pid 7, goes on"),
                Arguments.of(List.of(began(Want.UP), adopted(Program.FINISH, 7), finished), "run is being started"),
                Arguments.of(
                        List.of(began(Want.UP), new ServiceEvent.ScriptStarted(WEB, 'u', 8)),
                        "control/u, pid 8, goes on"),
                Arguments.of(List.of(began(Want.UP), new ServiceEvent.Ready(WEB, 9)), ""));
    }

    @ParameterizedTest
    @MethodSource("waits")
    void what_one_by_itself_waits_for(List<ServiceEvent> told, String words) {
        FirstStarts one = FirstStarts.ofOne(WEB, false);

        told.forEach(one::after);

        assertThat(one.waitsFor().orElse("")).isEqualTo(words);
        assertThat(one.late().getOrDefault(WEB, "")).isEqualTo(words);
    }

    @Test
    void one_that_has_been_opened_before_waits_for_its_run() {
        FirstStarts one = FirstStarts.ofOne(WEB, true);
        one.after(warned(Severity.WARNING));

        assertThat(one.waitsFor()).contains("run is being started");
    }

    @Test
    void what_many_wait_for_is_the_first_look_and_then_the_first_of_them() {
        FirstStarts many = FirstStarts.ofMany();
        assertThat(many.waitsFor()).contains("the directory has not been looked at yet");
        many.after(new ServiceEvent.Warned(
                "/services", Severity.WARNING, "unable to open services: too many open files", OsString.of("x\n")));
        assertThat(many.waitsFor()).contains("unable to open services: too many open files");

        many.after(new ServiceEvent.Found(WEB));
        many.after(began(Want.UP));
        many.after(new ServiceEvent.Found("/services/other"));
        many.after(new ServiceEvent.Found("/services/some"));
        many.allKnown();
        assertThat(many.waitsFor().orElseThrow())
                .startsWith("other: it has not been opened")
                .endsWith("; 2 more");
        many.after(new ServiceEvent.Forgotten("/services/other"));
        many.after(new ServiceEvent.Forgotten("/services/some"));
        assertThat(many.waitsFor()).contains("web: run is being started");
        many.after(new ServiceEvent.Ready(WEB, 7));
        assertThat(many.waitsFor()).isEmpty();
    }

    @Test
    void nobody_is_waited_for_that_is_found_later_and_none_may_be_found() {
        FirstStarts many = FirstStarts.ofMany();
        boolean before = many.areOver();

        many.allKnown();
        many.after(new ServiceEvent.Found(WEB));

        assertThat(before).isFalse();
        assertThat(many.areOver()).isTrue();
    }

    @Test
    void why_it_cannot_be_supervised_is_what_was_warned_of() {
        FirstStarts one = FirstStarts.ofOne(WEB, false);

        one.after(warned(Severity.FATAL));
        one.after(new ServiceEvent.SupervisionEnded(WEB, 111));

        assertThat(one.failure()).contains("it cannot be supervised: unable to lock");
    }
}
