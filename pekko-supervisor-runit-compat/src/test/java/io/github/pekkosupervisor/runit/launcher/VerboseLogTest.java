package io.github.pekkosupervisor.runit.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.runit.ServiceEvent;
import io.github.pekkosupervisor.runit.ServiceEvent.Program;
import io.github.pekkosupervisor.runit.ServiceEvent.Severity;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a launcher says that was asked to say more than runit. */
final class VerboseLogTest {

    private static final String WEB = "/web";
    private static final Duration RAN = Duration.ofSeconds(2);

    private final List<String> lines = new ArrayList<>();
    private final VerboseLog log =
            new VerboseLog("runsvdir", OsString.of("service"), line -> lines.add(line.toString()), () -> 0);

    private static ServiceEvent ended() {
        return new ServiceEvent.Ended(WEB, Program.RUN, 7, ExitStatus.ofCode(1), RAN, Instant.EPOCH, false);
    }

    @Test
    void starts_and_ends_are_said_in_the_words_of_a_tree_s_log() {
        log.accept(new ServiceEvent.Started(WEB, Program.RUN, 7, Instant.EPOCH));
        log.accept(ended());

        assertThat(lines)
                .containsExactly(
                        "runsvdir service: info: service directory [/web] started run, pid 7\n",
                        "runsvdir service: warn: service directory [/web] run ended with exit code 1, pid 7, ran 2 s\n");
    }

    @Test
    void a_name_cannot_break_a_line() {
        log.accept(new ServiceEvent.Found("/a\nb"));

        assertThat(lines)
                .containsExactly("runsvdir service: info: service directory [/a\\nb] is supervised from now on\n");
    }

    @Test
    void a_flood_is_counted() {
        IntStream.range(0, 10).forEach(i -> log.accept(ended()));

        assertThat(lines).hasSize(3);
    }

    static Stream<ServiceEvent> saidByRunit() {
        PosixException refused = new PosixException("spawn", "./run", "EACCES", "Permission denied");
        return Stream.of(
                new ServiceEvent.Warned(WEB, Severity.WARNING, "text", OsString.of("line\n")),
                new ServiceEvent.StartRefused(WEB, Program.RUN, refused),
                new ServiceEvent.NotRun(WEB, Program.RUN, refused),
                new ServiceEvent.ScriptNotRun(WEB, 't', false, refused),
                new ServiceEvent.SupervisionFailed(WEB, new IllegalStateException()),
                new ServiceEvent.StateChanged(
                        WEB,
                        ServiceEvent.Unit.SERVICE,
                        new ServiceStatus(
                                Instant.EPOCH, 0, false, false, ServiceStatus.Want.UP, ServiceStatus.State.DOWN)));
    }

    @ParameterizedTest
    @MethodSource("saidByRunit")
    void what_has_a_message_of_its_own_is_not_said_twice(ServiceEvent event) {
        log.accept(event);

        assertThat(lines).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "dir | false",
                "-P dir | false",
                "--verbose dir | true",
                "--verbose -P dir log | true",
                "dir --verbose | false"
            })
    void it_is_asked_for_before_the_directory(String words, boolean verbose) throws Exception {
        List<OsString> line = Stream.of(words.split(" ", -1)).map(OsString::of).toList();

        assertThat(RunsvdirProgram.Options.parse(line, false))
                .hasValueSatisfying(options -> assertThat(options.verbose()).isEqualTo(verbose));
    }
}
