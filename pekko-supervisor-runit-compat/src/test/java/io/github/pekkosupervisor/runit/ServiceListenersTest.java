package io.github.pekkosupervisor.runit;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.ProcessNotice;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.runit.ServiceEvent.Program;
import io.github.pekkosupervisor.runit.ServiceEvent.Unit;
import io.github.pekkosupervisor.runit.rule.Role;
import io.github.pekkosupervisor.runit.rule.RunsvState;
import io.github.pekkosupervisor.runit.supervise.FatalException;
import io.github.pekkosupervisor.runit.supervise.Reporter;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import io.github.pekkosupervisor.runit.supervise.StateFiles;
import io.github.pekkosupervisor.runit.supervise.StatusBytes;
import io.github.pekkosupervisor.runit.supervise.UnitRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each event means something to a listener of ours, or is passed over on purpose; those that are added too. */
class ServiceListenersTest {

    private static final String WEB = "/web";
    private static final Instant NOW = Instant.ofEpochSecond(1_000_000_000);
    private static final ServiceStatus DOWN = new ServiceStatus(NOW, 0, false, false, Want.UP, State.DOWN);
    private static final ServiceStatus RUNS = new ServiceStatus(NOW, 7, false, false, Want.UP, State.RUN);

    private static final List<ServiceEvent> EVENTS = List.of(
            new ServiceEvent.Found(WEB),
            new ServiceEvent.Renamed(WEB, Optional.of("web"), Optional.of("www")),
            new ServiceEvent.Forgotten(WEB),
            new ServiceEvent.SupervisionBegan(WEB, DOWN, Optional.empty(), Set.of()),
            new ServiceEvent.EndRequested(WEB),
            new ServiceEvent.RunOrdered(WEB, ServiceSnapshot.beginning(WEB)),
            new ServiceEvent.SupervisionEnded(WEB, 0),
            new ServiceEvent.SupervisionFailed(WEB, new IllegalStateException("a test")),
            new ServiceEvent.SupervisionDelayed(WEB, Duration.ofSeconds(1), NOW.plusSeconds(1)),
            new ServiceEvent.SupervisionResumed(WEB),
            new ServiceEvent.Started(WEB, Program.RUN, 7, NOW),
            new ServiceEvent.Adopted(
                    WEB, Program.RUN, 7, true, Optional.of(NOW), 2, Optional.empty(), Optional.empty()),
            new ServiceEvent.AwaitsReady(WEB, 7, "a newline"),
            new ServiceEvent.Ready(WEB, 7),
            new ServiceEvent.Notified(
                    WEB,
                    new ProcessNotice(ProcessNotice.Phase.READY, "fine", OptionalInt.empty(), OptionalInt.empty(), "")),
            new ServiceEvent.Hung(WEB, 7, "silent", false),
            new ServiceEvent.Recovered(WEB, 7),
            new ServiceEvent.Ended(WEB, Program.RUN, 7, ExitStatus.ofCode(3), Duration.ofSeconds(9), NOW, false),
            new ServiceEvent.StartRefused(WEB, Program.RUN, cause()),
            new ServiceEvent.NotRun(WEB, Program.RUN, cause()),
            new ServiceEvent.Throttled(
                    WEB, Unit.SERVICE, ServiceEvent.Pause.SHORT_RUN, Duration.ofSeconds(1), NOW.plusSeconds(1), true),
            new ServiceEvent.ControlByte(WEB, Unit.SERVICE, 't'),
            new ServiceEvent.ScriptStarted(WEB, 't', 8),
            new ServiceEvent.ScriptEnded(WEB, 't', ExitStatus.ofCode(0), true),
            new ServiceEvent.ScriptNotRun(WEB, 't', true, cause()),
            new ServiceEvent.SignalSent(WEB, Unit.SERVICE, Signal.TERM),
            new ServiceEvent.Paused(WEB, Unit.SERVICE),
            new ServiceEvent.Continued(WEB, Unit.SERVICE),
            new ServiceEvent.LogPipeClosed(WEB),
            new ServiceEvent.LogPipeOpened(WEB),
            new ServiceEvent.StateChanged(WEB, Unit.SERVICE, RUNS),
            new ServiceEvent.Warned(
                    WEB, ServiceEvent.Severity.WARNING, "odd", OsString.of("runsv web: warning: odd\n")));

    /** One that has been throttled and has failed, so that there is something for each event to change. */
    private static final ServiceSnapshot KNOWN = ServiceSnapshot.beginning(WEB)
            .after(new ServiceEvent.SupervisionBegan(WEB, DOWN, Optional.empty(), Set.of()))
            .after(new ServiceEvent.NotRun(WEB, Program.RUN, cause()))
            .after(new ServiceEvent.Ended(WEB, Program.RUN, 0, ExitStatus.ofCode(111), Duration.ZERO, NOW, false))
            .after(new ServiceEvent.Throttled(
                    WEB, Unit.SERVICE, ServiceEvent.Pause.SHORT_RUN, Duration.ofSeconds(2), NOW.plusSeconds(2), true))
            .after(new ServiceEvent.SupervisionFailed(WEB, cause()));

    @TempDir
    private Path temp;

    private static PosixException cause() {
        return new PosixException("fork", "", "EAGAIN", "try again");
    }

    @Test
    void there_is_one_of_each() {
        assertThat(EVENTS.stream().<Class<?>>map(Object::getClass))
                .containsExactlyInAnyOrderElementsOf(leaves(ServiceEvent.class).toList());
    }

    private static Stream<Class<?>> leaves(Class<?> family) {
        return family.isSealed()
                ? Stream.of(family.getPermittedSubclasses())
                        .flatMap(ServiceListenersTest::leaves)
                        .distinct()
                : Stream.of(family);
    }

    @Test
    void messages_on_standard_error() {
        Map<String, String> said = new LinkedHashMap<>();
        EVENTS.forEach(event -> {
            StringBuilder lines = new StringBuilder();
            new RunsvMessages(OsString.of("web"), lines::append).accept(event);
            if (lines.length() > 0) {
                said.put(event.getClass().getSimpleName(), lines.toString());
            }
        });

        // all others are none of runit's, and it is silent
        assertThat(said)
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "StartRefused", "runsv web: warning: unable to fork, sleeping: temporary failure\n",
                        "NotRun", "runsv web: fatal: unable to start ./run: temporary failure\n",
                        "ScriptNotRun", "runsv web: warning: unable to fork for control/t: temporary failure\n",
                        "Warned", "runsv web: warning: odd\n",
                        "Hung", "runsv web: warning: run is hung: silent; it is left as it is\n",
                        "Recovered", "runsv web: warning: run works again\n"));
    }

    @Test
    void messages_about_each_program() {
        StringBuilder lines = new StringBuilder();
        RunsvMessages messages = new RunsvMessages(OsString.of("web"), lines::append);
        PosixException directory = new PosixException("openat", "log", "EACCES", "refused");

        messages.accept(new ServiceEvent.NotRun(WEB, Program.FINISH, cause()));
        messages.accept(new ServiceEvent.NotRun(WEB, Program.LOG, cause()));
        messages.accept(new ServiceEvent.NotRun(WEB, Program.LOG, directory));
        messages.accept(new ServiceEvent.ScriptNotRun(WEB, 't', false, cause()));

        assertThat(lines).hasToString("""
            runsv web: fatal: unable to start ./finish: temporary failure
            runsv web: fatal: unable to start log/./run: temporary failure
            runsv web: fatal: unable to change directory to ./log: access denied
            runsv web: fatal: unable to run control/?: temporary failure
            """);
    }

    @Test
    void what_is_known() {
        Set<String> changing = EVENTS.stream()
                .filter(event -> !KNOWN.after(event).equals(KNOWN))
                .map(event -> event.getClass().getSimpleName())
                .collect(toCollection(TreeSet::new));

        // what others have to say stands in no snapshot, or StateChanged follows
        assertThat(changing)
                .containsExactly(
                        "Adopted",
                        "AwaitsReady",
                        "Ended",
                        "Hung",
                        "NotRun",
                        "Notified",
                        "Ready",
                        "Recovered",
                        "SignalSent",
                        "StartRefused",
                        "Started",
                        "StateChanged",
                        "SupervisionBegan",
                        "SupervisionDelayed",
                        "SupervisionEnded",
                        "SupervisionFailed",
                        "SupervisionResumed",
                        "Throttled",
                        "Warned");
        assertThat(KNOWN.supervision()).isEqualTo(ServiceSnapshot.Supervision.FAILED);
    }

    @Test
    void files_of_the_supervise_directory() throws PosixException, FatalException, IOException {
        Set<String> status = new TreeSet<>();
        Set<String> history = new TreeSet<>();
        for (ServiceEvent event : EVENTS) {
            Path home = Files.createDirectories(temp.resolve(event.getClass().getSimpleName()));
            try (ServiceDirectory directory = opened(home)) {
                Handover handover = new Handover(directory, KNOWN);
                RunsvSettings settings = new RunsvSettings(false, line -> {}, Clock.systemUTC(), told -> {});
                Publisher publisher = new Publisher(
                        handover,
                        new Records(handover, settings, process -> Optional.empty(), process -> false),
                        quiet(),
                        new NoRetry());
                publisher.tell(RunsvState.NOTHING);
                ServiceStatus before = written(home);
                UnitRecord.Past account = past(home);

                handover.tell(event, told -> {});
                publisher.accept(event);
                publisher.tell(RunsvState.NOTHING);

                if (!written(home).equals(before)) {
                    status.add(event.getClass().getSimpleName());
                }
                if (!past(home).equals(account)) {
                    history.add(event.getClass().getSimpleName());
                }
            }
        }

        assertThat(status).containsExactly("StateChanged");
        assertThat(history).containsExactly("Adopted", "Ended", "Started", "SupervisionBegan");
    }

    private static ServiceDirectory opened(Path home) throws PosixException, FatalException {
        ServiceDirectory directory = new ServiceDirectory(OsString.of("web"), OsString.of(home.toString()));
        directory.open(quiet());
        return directory;
    }

    private static Reporter quiet() {
        return new Reporter("runsv", OsString.of("web"), line -> {
            throw new AssertionError(line.toString());
        });
    }

    private static ServiceStatus written(Path home) throws IOException {
        return StatusBytes.parse(Files.readAllBytes(home.resolve("supervise/status")))
                .orElseThrow();
    }

    private static UnitRecord.Past past(Path home) throws IOException {
        return StateFiles.read(home.resolve("supervise/.state")).orElseThrow().past();
    }

    private static final class NoRetry implements Publisher.Retry {
        @Override
        public void publish(Role role) {
            throw new AssertionError("it can be written");
        }

        @Override
        public void catchUp(Role role) {
            throw new AssertionError("nothing is behind");
        }
    }

    // ---- the order in which they hear

    @Test
    void files_and_messages_come_before_whoever_else_listens() {
        List<String> order = new ArrayList<>();
        Handover handover = new Handover(
                new ServiceDirectory(OsString.of("web"), OsString.of("/nowhere")), ServiceSnapshot.beginning(WEB));
        ServiceStream stream = new ServiceStream(
                handover,
                new RunsvSettings(
                        false, line -> order.add("message"), Clock.systemUTC(), event -> order.add("listener")));
        stream.writtenBy(
                (ServiceEvent event) -> order.add("files, " + handover.known().supervision()));

        stream.tell(new ServiceEvent.SupervisionBegan(WEB, DOWN, Optional.empty(), Set.of()));
        stream.tell(new ServiceEvent.StartRefused(WEB, Program.RUN, cause()));

        assertThat(order).containsExactly("files, ACTIVE", "listener", "files, ACTIVE", "message", "listener");
    }

    // ---- the judge of order

    private static final List<ServiceEvent> STORY = List.of(
            new ServiceEvent.Found(WEB),
            new ServiceEvent.SupervisionBegan(WEB, DOWN, Optional.empty(), Set.of()),
            new ServiceEvent.StartRefused(WEB, Program.RUN, cause()),
            new ServiceEvent.Throttled(
                    WEB, Unit.SERVICE, ServiceEvent.Pause.REFUSED, Duration.ofSeconds(5), NOW.plusSeconds(5), true),
            new ServiceEvent.Started(WEB, Program.RUN, 7, NOW),
            new ServiceEvent.Ready(WEB, 7),
            new ServiceEvent.StateChanged(WEB, Unit.SERVICE, RUNS),
            new ServiceEvent.ScriptStarted(WEB, 't', 8),
            new ServiceEvent.ScriptEnded(WEB, 't', ExitStatus.ofCode(0), true),
            new ServiceEvent.Ended(WEB, Program.RUN, 7, ExitStatus.ofCode(3), Duration.ofSeconds(9), NOW, false),
            new ServiceEvent.StateChanged(WEB, Unit.SERVICE, DOWN),
            new ServiceEvent.NotRun(WEB, Program.RUN, cause()),
            new ServiceEvent.Ended(WEB, Program.RUN, 0, ExitStatus.ofCode(111), Duration.ZERO, NOW, false),
            new ServiceEvent.StateChanged(WEB, Unit.SERVICE, DOWN),
            new ServiceEvent.SupervisionEnded(WEB, 0),
            new ServiceEvent.Forgotten(WEB));

    @Test
    void judge_is_content_with_a_whole_story() {
        assertThat(EventJudge.complaints(STORY)).isEmpty();
    }

    @Test
    void judge_reports_an_event_that_was_swallowed() {
        List<Integer> unheard = new ArrayList<>();
        for (int i = 0; i < STORY.size(); i++) {
            List<ServiceEvent> planted = new ArrayList<>(STORY);
            planted.remove(i);
            if (EventJudge.complaints(planted).isEmpty()) {
                unheard.add(i);
            }
        }

        assertThat(unheard.stream().map(STORY::get)).isEmpty();
    }

    @Test
    void judge_reports_two_that_have_changed_places() {
        List<Integer> unheard = new ArrayList<>();
        for (int i = 1; i < STORY.size(); i++) {
            List<ServiceEvent> planted = new ArrayList<>(STORY);
            planted.set(i, STORY.get(i - 1));
            planted.set(i - 1, STORY.get(i));
            if (EventJudge.complaints(planted).isEmpty()) {
                unheard.add(i);
            }
        }

        // what ends while a script runs is told before the end of that
        assertThat(unheard.stream().map(STORY::get).map(Object::getClass).map(Class::getSimpleName))
                .containsExactly("Ended");
    }

    @Test
    void judge_reports_an_event_that_was_told_twice() {
        List<Integer> unheard = new ArrayList<>();
        for (int i = 0; i < STORY.size(); i++) {
            List<ServiceEvent> planted = new ArrayList<>(STORY);
            planted.add(i, STORY.get(i));
            if (EventJudge.complaints(planted).isEmpty()) {
                unheard.add(i);
            }
        }

        // a state may be the same again
        assertThat(unheard.stream().map(STORY::get).map(Object::getClass).map(Class::getSimpleName))
                .containsOnly("StateChanged");
    }

    // ---- a place in a tree

    @Test
    void who_follows_has_what_a_snapshot_says_after_each_event_of_a_story() {
        ServiceSnapshot seen = ServiceSnapshot.beginning(WEB);
        Node followed = ServiceNodes.of(seen);
        List<ServiceEvent> differ = new ArrayList<>();
        for (ServiceEvent event : STORY) {
            seen = seen.after(event);
            followed = ServiceNodeChanges.after(followed, event);
            if (!followed.equals(ServiceNodes.of(seen))) {
                differ.add(event);
            }
        }

        assertThat(differ).isEmpty();
    }
}
