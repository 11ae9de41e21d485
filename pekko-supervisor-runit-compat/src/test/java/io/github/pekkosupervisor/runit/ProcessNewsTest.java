package io.github.pekkosupervisor.runit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.Liveness;
import io.github.pekkosupervisor.process.NormalExits;
import io.github.pekkosupervisor.process.ProcessEvent;
import io.github.pekkosupervisor.process.ProcessNotice;
import io.github.pekkosupervisor.process.ProcessSaid;
import io.github.pekkosupervisor.process.Readiness;
import io.github.pekkosupervisor.runit.rule.Role;
import io.github.pekkosupervisor.runit.rule.RunsvEvent;
import io.github.pekkosupervisor.runit.rule.RunsvState;
import io.github.pekkosupervisor.runit.supervise.FatalException;
import io.github.pekkosupervisor.runit.supervise.Reporter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All that an actor of a process can tell means something to runsv, or nothing; it never fails it. */
class ProcessNewsTest {

    private static final ExitStatus EXIT_3 = ExitStatus.ofCode(3);

    /** One of each, and what it means of run; empty for nothing. */
    private static final Map<ProcessEvent, Optional<RunsvEvent>> OF_RUN = Map.ofEntries(
            Map.entry(
                    new ProcessEvent.Started(
                            new ProcessIdentity(7, 1, "boot"),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty()),
                    Optional.of(new RunsvEvent.ProcessStarted(Role.SERVICE, 7))),
            Map.entry(
                    new ProcessEvent.StartFailed(new PosixException("fork", "", "EAGAIN", "")),
                    Optional.of(new RunsvEvent.StartRefused(Role.SERVICE))),
            Map.entry(ProcessEvent.Ready.INSTANCE, Optional.empty()),
            Map.entry(
                    new ProcessEvent.NotReady(
                            Readiness.tcp("localhost", 1), Duration.ofSeconds(1), "", Optional.empty(), List.of()),
                    Optional.empty()),
            Map.entry(
                    new ProcessEvent.Notified(
                            new ProcessNotice(
                                    ProcessNotice.Phase.READY, "", OptionalInt.empty(), OptionalInt.empty(), ""),
                            ProcessSaid.NOTHING),
                    Optional.empty()),
            Map.entry(new ProcessEvent.Said(ProcessSaid.NOTHING), Optional.empty()),
            Map.entry(new ProcessEvent.Warned("could not be looked at"), Optional.empty()),
            Map.entry(new ProcessEvent.Paused(true), Optional.empty()),
            Map.entry(
                    new ProcessEvent.Hung("silent", Liveness.Then.REPORT),
                    Optional.of(new RunsvEvent.Hung("silent", false))),
            Map.entry(ProcessEvent.Recovered.INSTANCE, Optional.of(RunsvEvent.Recovered.INSTANCE)),
            Map.entry(
                    new ProcessEvent.Exited(EXIT_3),
                    Optional.of(new RunsvEvent.ProcessEnded(Role.SERVICE, EXIT_3, false))));

    @TempDir
    private Path temp;

    private final List<String> messages = new ArrayList<>();
    private ServiceDirectory directory = new ServiceDirectory(OsString.of(""), OsString.of(""));

    @BeforeEach
    void open() throws PosixException, FatalException {
        directory = new ServiceDirectory(OsString.of("web"), OsString.of(temp.toString()));
        directory.open(reporter());
    }

    @AfterEach
    void close() {
        directory.close();
    }

    private Reporter reporter() {
        return new Reporter("runsv", OsString.of("web"), message -> messages.add(message.toString()));
    }

    private ProcessNews news() {
        Handover handover = new Handover(directory, ServiceSnapshot.beginning("/web"));
        RunsvSettings settings =
                new RunsvSettings(false, message -> messages.add(message.toString()), Clock.systemUTC(), event -> {});
        ServiceStream stream = new ServiceStream(handover, settings);
        return new ProcessNews(directory, stream);
    }

    @Test
    void an_end_for_want_of_memory_is_told_as_that() {
        ExitStatus killed = ExitStatus.ofSignal(Signal.KILL.number());
        Optional<String> why = Optional.of("out of memory (cgroup sv-web-1, memory-max 1MiB)");
        ProcessEvent.Exited exited =
                new ProcessEvent.Exited(killed, NormalExits.Outcome.KILLED, List.of(), List.of(), why);

        assertThat(news().ofProcess(Role.SERVICE, exited, RunsvState.NOTHING))
                .contains(new RunsvEvent.ProcessEnded(Role.SERVICE, killed, false, why));
        assertThat(messages)
                .containsExactly(
                        "runsv web: warning: run was killed: out of memory (cgroup sv-web-1, memory-max 1MiB)\n");
        assertThat(new ServiceSnapshot.End(killed, Duration.ZERO, Instant.EPOCH, Optional.empty(), why).reason())
                .isEqualTo("signal KILL, out of memory (cgroup sv-web-1, memory-max 1MiB)");
    }

    @Test
    void each_event_of_a_process_means_something_or_nothing() {
        ProcessNews news = news();

        OF_RUN.forEach((event, expected) -> assertThat(news.ofProcess(Role.SERVICE, event, RunsvState.NOTHING))
                .as("%s", event)
                .isEqualTo(expected));

        assertThat(OF_RUN.keySet().stream().<Class<?>>map(Object::getClass))
                .containsExactlyInAnyOrder(ProcessEvent.class.getPermittedSubclasses());
        assertThat(messages)
                .containsExactlyInAnyOrder(
                        "runsv web: warning: unable to fork, sleeping: temporary failure\n",
                        "runsv web: warning: run could not be looked at\n",
                        "runsv web: warning: run was not ready within 1 s, which would have been a connection to"
                                + " localhost:1; it is stopped\n");
    }

    @Test
    void each_event_of_a_script_but_its_end_means_nothing() {
        ProcessNews news = news();

        assertThat(OF_RUN.keySet().stream()
                        .map(event -> news.ofScript('t', event))
                        .flatMap(Optional::stream))
                .containsExactly(new RunsvEvent.ScriptEnded('t', false), new RunsvEvent.ScriptEnded('t', false));
        assertThat(messages).containsExactly("runsv web: warning: unable to fork for control/t: temporary failure\n");
    }

    @Test
    void script_vetoes_by_success_and_by_a_signal() {
        assertThat(news().ofScript('t', new ProcessEvent.Exited(ExitStatus.ofCode(0))))
                .contains(new RunsvEvent.ScriptEnded('t', true));
        assertThat(news().ofScript('t', new ProcessEvent.Exited(ExitStatus.ofSignal(9))))
                .contains(new RunsvEvent.ScriptEnded('t', true));
    }
}
