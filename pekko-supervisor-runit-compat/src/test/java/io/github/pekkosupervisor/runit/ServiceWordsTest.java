package io.github.pekkosupervisor.runit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.log.EventLog;
import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.OwnProcess;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.ProcessNotice;
import io.github.pekkosupervisor.protocol.LogEntry;
import io.github.pekkosupervisor.runit.ServiceEvent.Pause;
import io.github.pekkosupervisor.runit.ServiceEvent.Program;
import io.github.pekkosupervisor.runit.ServiceEvent.Severity;
import io.github.pekkosupervisor.runit.ServiceEvent.Unit;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.event.Level;

/** The words for each event of a service directory, by table. */
final class ServiceWordsTest {

    private static final String WEB = "/service/web";
    private static final Instant NOW = Instant.EPOCH;
    private static final Duration RAN = Duration.ofMillis(2_310);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final ServiceStatus DOWN =
            new ServiceStatus(NOW, 0, false, false, ServiceStatus.Want.UP, ServiceStatus.State.DOWN);
    private static final ExitStatus CODE = ExitStatus.ofCode(1);

    private static PosixException refused() {
        return new PosixException("spawn", "./run", "EACCES", "Permission denied");
    }

    private static ServiceEvent ended(Program program, int pid, ExitStatus status) {
        return new ServiceEvent.Ended(WEB, program, pid, status, RAN, NOW, false);
    }

    private static ServiceEvent stopped(Program program, ExitStatus status) {
        return new ServiceEvent.Ended(WEB, program, 7, status, RAN, NOW, true);
    }

    private static ServiceEvent adopted(Program program, int pid, Optional<Instant> started) {
        return new ServiceEvent.Adopted(WEB, program, pid, pid != 0, started, 2, Optional.empty(), Optional.empty());
    }

    static Stream<Arguments> events() {
        return Stream.of(
                Arguments.of(new ServiceEvent.Found(WEB), "INFO is supervised from now on"),
                Arguments.of(
                        new ServiceEvent.Renamed(WEB, Optional.of("web"), Optional.of("www")),
                        "INFO has the entry [www] now; it is told of as before while it is supervised"),
                Arguments.of(new ServiceEvent.Forgotten(WEB), "INFO is supervised no more"),
                Arguments.of(
                        new ServiceEvent.SupervisionBegan(WEB, DOWN, Optional.empty(), Set.of()),
                        "DEBUG has been opened"),
                Arguments.of(new ServiceEvent.EndRequested(WEB), "DEBUG was asked to end"),
                Arguments.of(
                        new ServiceEvent.RunOrdered(WEB, ServiceSnapshot.beginning(WEB)),
                        "DEBUG is to start run, says its supervisor"),
                Arguments.of(new ServiceEvent.SupervisionEnded(WEB, 0), "INFO has ended its supervision"),
                Arguments.of(new ServiceEvent.SupervisionEnded(WEB, 111), "ERROR could not be supervised"),
                Arguments.of(
                        new ServiceEvent.SupervisionFailed(WEB, new IllegalStateException("oops")),
                        "ERROR lost its supervision by a defect of ours: java.lang.IllegalStateException: oops +"
                                + " cause"),
                Arguments.of(new ServiceEvent.SupervisionDelayed(WEB, SECOND, NOW), "WARN is tried again in 1 s"),
                Arguments.of(new ServiceEvent.SupervisionResumed(WEB), "INFO is supervised again"),
                Arguments.of(new ServiceEvent.Started(WEB, Program.RUN, 7, NOW), "INFO started run, pid 7"),
                Arguments.of(new ServiceEvent.Started(WEB, Program.FINISH, 7, NOW), "DEBUG started finish, pid 7"),
                Arguments.of(new ServiceEvent.Started(WEB, Program.LOG, 0, NOW), "INFO started log/run"),
                Arguments.of(
                        new ServiceEvent.Started(WEB, Program.LOG, OwnProcess.pid(), NOW),
                        "INFO writes the log itself"),
                Arguments.of(ended(Program.LOG, OwnProcess.pid(), ExitStatus.ofCode(0)), "INFO writes the log no more"),
                Arguments.of(
                        adopted(Program.RUN, 7, Optional.of(NOW)),
                        "INFO adopted run, pid 7, which has been running since 1970-01-01T00:00:00Z"),
                Arguments.of(adopted(Program.FINISH, 7, Optional.empty()), "DEBUG adopted finish, pid 7"),
                Arguments.of(
                        new ServiceEvent.Adopted(
                                WEB, Program.RUN, 7, false, Optional.of(NOW), 2, Optional.empty(), Optional.empty()),
                        "INFO run, pid 7, has ended while nobody was there"),
                Arguments.of(
                        adopted(Program.LOG, 0, Optional.empty()),
                        "DEBUG goes on as it was left, without a process of log/run"),
                Arguments.of(new ServiceEvent.Ready(WEB, 7), "nothing"),
                Arguments.of(ended(Program.RUN, 7, CODE), "WARN run ended with exit code 1, pid 7, ran 2.3 s"),
                Arguments.of(
                        ended(Program.RUN, 7, ExitStatus.UNKNOWN),
                        "WARN run ended with exit code unknown, pid 7, ran 2.3 s"),
                Arguments.of(
                        ended(Program.RUN, 7, ExitStatus.ofSignal(Signal.SEGV.number())),
                        "WARN run ended with signal SEGV, pid 7, ran 2.3 s"),
                Arguments.of(
                        ended(Program.RUN, 7, ExitStatus.ofSignal(Signal.TERM.number())),
                        "WARN run ended with signal TERM, pid 7, ran 2.3 s"),
                Arguments.of(
                        ended(Program.LOG, 7, ExitStatus.ofCode(0)),
                        "WARN log/run ended with exit code 0, pid 7, ran 2.3 s"),
                Arguments.of(
                        stopped(Program.RUN, ExitStatus.ofSignal(Signal.TERM.number())),
                        "INFO run ended with signal TERM, pid 7, ran 2.3 s"),
                Arguments.of(
                        stopped(Program.RUN, ExitStatus.ofCode(143)),
                        "INFO run ended with exit code 143, pid 7, ran 2.3 s"),
                Arguments.of(
                        stopped(Program.LOG, ExitStatus.ofCode(0)),
                        "INFO log/run ended with exit code 0, pid 7, ran 2.3 s"),
                Arguments.of(
                        new ServiceEvent.Ended(WEB, Program.RUN, 7, CODE, RAN, NOW, false, Optional.of("silent")),
                        "WARN run ended with exit code 1, pid 7, ran 2.3 s, stopped since it was hung: silent"),
                Arguments.of(
                        new ServiceEvent.Ended(
                                WEB,
                                Program.RUN,
                                7,
                                ExitStatus.ofSignal(Signal.KILL.number()),
                                RAN,
                                NOW,
                                false,
                                Optional.empty(),
                                Optional.of("out of memory (cgroup sv-web-1)")),
                        "WARN run ended with signal KILL, pid 7, ran 2.3 s, out of memory (cgroup sv-web-1)"),
                Arguments.of(
                        new ServiceEvent.Hung(WEB, 7, "silent", true),
                        "WARN run is hung, pid 7: silent; it is stopped"),
                Arguments.of(
                        new ServiceEvent.Hung(WEB, 7, "silent", false),
                        "WARN run is hung, pid 7: silent; it is left as it is"),
                Arguments.of(new ServiceEvent.Recovered(WEB, 7), "INFO run works again, pid 7"),
                Arguments.of(ended(Program.FINISH, 7, CODE), "DEBUG finish ended with exit code 1, pid 7, ran 2.3 s"),
                Arguments.of(
                        new ServiceEvent.StartRefused(WEB, Program.RUN, refused()),
                        "ERROR cannot start run: " + refused().getMessage() + " + cause"),
                Arguments.of(
                        new ServiceEvent.AwaitsReady(WEB, 7, "a newline on descriptor 3"),
                        "DEBUG waits for run to be ready: a newline on descriptor 3"),
                Arguments.of(
                        new ServiceEvent.Notified(
                                WEB,
                                new ProcessNotice(
                                        ProcessNotice.Phase.READY,
                                        "42 things",
                                        OptionalInt.empty(),
                                        OptionalInt.empty(),
                                        "")),
                        "DEBUG run says: ready; 42 things"),
                Arguments.of(
                        new ServiceEvent.NotRun(WEB, Program.LOG, refused()),
                        "ERROR cannot run log/run: " + refused().getMessage() + " + cause"),
                Arguments.of(
                        new ServiceEvent.Throttled(WEB, Unit.SERVICE, Pause.SHORT_RUN, SECOND, NOW, false),
                        "DEBUG could start run again in 1 s, since it ended within a second"),
                Arguments.of(
                        new ServiceEvent.Throttled(WEB, Unit.SERVICE, Pause.SHORT_RUN, SECOND, NOW, true),
                        "WARN next start of run in 1 s, since it ended within a second"),
                Arguments.of(
                        new ServiceEvent.Throttled(WEB, Unit.LOG, Pause.REFUSED, Duration.ofSeconds(5), NOW, true),
                        "WARN next start of log/run in 5 s, since the system refused to make a process"),
                Arguments.of(new ServiceEvent.ControlByte(WEB, Unit.SERVICE, 'd'), "DEBUG was told [d]"),
                Arguments.of(new ServiceEvent.ControlByte(WEB, Unit.LOG, '\n'), "DEBUG was told [\\x0a] (its logger)"),
                Arguments.of(new ServiceEvent.ScriptStarted(WEB, 't', 9), "DEBUG started control/t, pid 9"),
                Arguments.of(
                        new ServiceEvent.ScriptEnded(WEB, 't', ExitStatus.ofCode(0), true),
                        "DEBUG control/t ended with exit code 0, so the signal is not sent"),
                Arguments.of(
                        new ServiceEvent.ScriptEnded(WEB, 't', CODE, false), "DEBUG control/t ended with exit code 1"),
                Arguments.of(
                        new ServiceEvent.ScriptNotRun(WEB, 't', false, refused()),
                        "WARN cannot run control/t: " + refused().getMessage() + " + cause"),
                Arguments.of(new ServiceEvent.SignalSent(WEB, Unit.SERVICE, Signal.TERM), "DEBUG was sent TERM"),
                Arguments.of(new ServiceEvent.Paused(WEB, Unit.SERVICE), "INFO is paused"),
                Arguments.of(new ServiceEvent.Continued(WEB, Unit.LOG), "INFO goes on (its logger)"),
                Arguments.of(new ServiceEvent.LogPipeClosed(WEB), "DEBUG closed the pipe to its logger"),
                Arguments.of(new ServiceEvent.LogPipeOpened(WEB), "DEBUG has a new pipe to its logger"),
                Arguments.of(new ServiceEvent.StateChanged(WEB, Unit.SERVICE, DOWN), "nothing"),
                Arguments.of(
                        new ServiceEvent.Warned(WEB, Severity.WARNING, "unable to open x", OsString.of("line\n")),
                        "WARN unable to open x"),
                Arguments.of(
                        new ServiceEvent.Warned(WEB, Severity.FATAL, "unable to open x", OsString.of("line\n")),
                        "ERROR unable to open x"));
    }

    @ParameterizedTest
    @MethodSource("events")
    void each_event_has_its_words(ServiceEvent event, String expected) {
        assertThat(event.logEntry().map(ServiceWordsTest::text).orElse("nothing"))
                .isEqualTo(expected);
    }

    private static String text(LogEntry entry) {
        String start = "service directory [" + WEB + "] ";
        assertThat(entry.text()).startsWith(start);
        return entry.level() + " " + entry.text().substring(start.length())
                + (entry.cause().isPresent() ? " + cause" : "");
    }

    /** Each case is in the table above. */
    @Test
    void no_event_is_without_a_row() {
        List<Class<?>> cases = new ArrayList<>();
        collect(ServiceEvent.class, cases);

        assertThat(events().map(row -> (Object) row.get()[0].getClass()).distinct())
                .containsExactlyInAnyOrderElementsOf(cases);
    }

    private static void collect(Class<?> type, List<Class<?>> cases) {
        for (Class<?> permitted : type.getPermittedSubclasses()) {
            if (permitted.isSealed()) {
                collect(permitted, cases);
            } else {
                cases.add(permitted);
            }
        }
    }

    @Test
    void what_is_said_is_in_fields_too() {
        assertThat(ended(Program.RUN, 7, CODE).logEntry().orElseThrow().fields())
                .hasToString("{event=service_directory_ended, service_directory=/service/web, supervisor=/service,"
                        + " child=web, program=run, pid=7, duration_ms=2310, exit=exit code 1, exit_code=1}");
    }

    /** Those of entries about supervisors, of which some are of service directories too, are named before these. */
    @Test
    void the_manual_names_each_field_and_no_other() throws IOException {
        String manual = Files.readString(Path.of("../docs/operating.md"));
        int from = manual.indexOf("* The same is in key-value pairs");
        int further = manual.indexOf("Of service directories further", from);
        assertThat(from).isPositive();
        assertThat(further).isPositive();

        Set<String> fields = events().flatMap(row -> ServiceWords.of((ServiceEvent) row.get()[0]).stream())
                .flatMap(entry -> entry.fields().keySet().stream())
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> own = named(manual.substring(further, manual.indexOf("\n* ", further)));

        assertThat(fields).containsAll(own);
        fields.removeAll(named(manual.substring(from, further)));
        assertThat(fields).isEqualTo(own);
    }

    /** What stands in parentheses are no names of fields. */
    private static Set<String> named(String text) {
        return Pattern.compile("`([a-z][a-z_0-9]*)`")
                .matcher(text.replaceAll("\\([^)]*\\)", ""))
                .results()
                .map(name -> name.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void the_same_end_again_is_the_same_and_another_is_not() {
        assertThat(topic(ended(Program.RUN, 7, CODE))).isEqualTo(topic(ended(Program.RUN, 8, CODE)));
        assertThat(topic(ended(Program.RUN, 7, CODE))).isNotEqualTo(topic(ended(Program.RUN, 7, ExitStatus.ofCode(2))));
        assertThat(topic(ended(Program.RUN, 7, CODE))).isNotEqualTo(topic(ended(Program.LOG, 7, CODE)));
    }

    /** A crash loop, and then a stop. */
    @Test
    void what_was_counted_is_told_before_anything_else_of_the_same_service_directory() {
        List<String> written = new ArrayList<>();
        EventLog log = new EventLog(
                new EventLog.Writer() {
                    @Override
                    public boolean writes(Level level) {
                        return level.toInt() >= Level.INFO.toInt();
                    }

                    @Override
                    public boolean wantsAll() {
                        return false;
                    }

                    @Override
                    public void write(LogEntry entry) {
                        written.add(entry.text());
                    }
                },
                () -> 0,
                Runnable::run);
        for (int pid = 1; pid <= 5; pid++) {
            log.tell(new ServiceEvent.Started(WEB, Program.RUN, pid, NOW));
            log.tell(ended(Program.RUN, pid, CODE));
            log.tell(new ServiceEvent.Throttled(WEB, Unit.SERVICE, Pause.SHORT_RUN, SECOND, NOW, true));
        }

        log.tell(new ServiceEvent.SupervisionEnded(WEB, 0));

        assertThat(written.subList(9, written.size()))
                .extracting(text -> text.replace("service directory [" + WEB + "] ", ""))
                .containsExactly(
                        "started run, pid 5; as before, 2 times in 0 s",
                        "run ended with exit code 1, pid 5, ran 2.3 s; as before, 2 times in 0 s",
                        "next start of run in 1 s, since it ended within a second; as before, 2 times in 0 s",
                        "has ended its supervision");
    }

    @Test
    void a_name_with_a_newline_makes_no_line_of_its_own() {
        LogEntry entry = new ServiceEvent.Found("/a\nERROR supervisor [/] shutdown\u001b[2J")
                .logEntry()
                .orElseThrow();

        assertThat(entry.text())
                .isEqualTo("service directory [/a\\nERROR supervisor [/] shutdown\\x1b[2J] is supervised from now on");
        assertThat(entry.fields().toString()).doesNotContain("\n", "\u001b");
    }

    private static Object topic(ServiceEvent event) {
        return event.logEntry().orElseThrow().topic().orElseThrow();
    }
}
