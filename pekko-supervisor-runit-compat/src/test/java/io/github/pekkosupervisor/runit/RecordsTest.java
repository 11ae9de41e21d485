package io.github.pekkosupervisor.runit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.OwnProcess;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.process.ProcessEvent;
import io.github.pekkosupervisor.runit.rule.Role;
import io.github.pekkosupervisor.runit.rule.RunsvEvent;
import io.github.pekkosupervisor.runit.rule.RunsvRule;
import io.github.pekkosupervisor.runit.rule.RunsvState;
import io.github.pekkosupervisor.runit.supervise.Reporter;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import io.github.pekkosupervisor.runit.supervise.UnitRecord;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Intent;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Program;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordsTest {

    private static final ProcessIdentity WHO = new ProcessIdentity(4711, 815, "boot");

    @TempDir
    private Path temp;

    /** Else a launcher after this one would signal a group that is not there, and look for a session that is not. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void what_is_left_behind_of_sessions_and_groups_is_what_a_process_has_got(boolean wanted) throws Exception {
        Reporter reporter = new Reporter("runsv", OsString.of("web"), line -> {
            throw new AssertionError(line.toString());
        });
        RunsvSettings settings = new RunsvSettings(wanted, line -> {}, Clock.systemUTC(), told -> {});
        try (ServiceDirectory directory = new ServiceDirectory(OsString.of("web"), OsString.of(temp.toString()))) {
            directory.open(reporter);
            Handover handover = new Handover(directory, ServiceSnapshot.beginning("web"));
            ProcessRecord process = handover.process(Role.SERVICE);
            Records records = new Records(handover, settings, who -> Optional.empty(), who -> false);

            records.intend(Role.SERVICE, process, Program.RUN);
            process.note(new ProcessEvent.Started(
                    WHO, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()));

            assertThat(process.intent().map(Intent::session)).contains(wanted ? 0 : OwnProcess.session());
            assertThat(records.of(Role.SERVICE, RunsvState.NOTHING).process().map(UnitRecord.Known::leadsGroup))
                    .contains(wanted);
        }
    }

    private interface Use {
        void of(Handover handover, Records records) throws Exception;
    }

    private void use(Use use) throws Exception {
        RunsvSettings settings = new RunsvSettings(false, line -> {}, Clock.systemUTC(), told -> {});
        try (ServiceDirectory directory = new ServiceDirectory(OsString.of("web"), OsString.of(temp.toString()))) {
            directory.open(new Reporter("runsv", OsString.of("web"), line -> {}));
            Handover handover = new Handover(directory, ServiceSnapshot.beginning("web"));
            use.of(handover, new Records(handover, settings, who -> Optional.empty(), who -> false));
        }
    }

    private static RunsvState keep(Handover handover, RunsvState state, RunsvEvent event) {
        RunsvRule.Decision decided = RunsvRule.decide(state, event, Instant.EPOCH);
        handover.keep(event, decided, List.of());
        return decided.state();
    }

    /** Until it is started again: its end is nobody's who ends by it. */
    @ParameterizedTest
    @CsvSource({"t, true, true", "t, false, false", "h, true, false"})
    void that_control_t_has_seen_to_an_end_is_known_until_the_next_start(char letter, boolean vetoed, boolean asked)
            throws Exception {
        use((handover, records) -> {
            RunsvState runs = RunsvState.beginning(
                    RunsvState.Unit.of(new ServiceStatus(Instant.EPOCH, 7, false, false, Want.UP, State.RUN)),
                    Optional.empty());
            RunsvState state = keep(handover, runs, RunsvEvent.Begin.INSTANCE);
            state = keep(handover, state, new RunsvEvent.CommandRead(Role.SERVICE, letter));
            state = keep(handover, state, new RunsvEvent.ScriptEnded(letter, vetoed));

            assertThat(records.asked(Role.SERVICE).byScript()).isEqualTo(asked);
            assertThat(records.of(Role.SERVICE, state).asked().byScript()).isEqualTo(asked);

            state = keep(handover, state, new RunsvEvent.ProcessEnded(Role.SERVICE, ExitStatus.ofCode(0), false));
            state = keep(handover, state, new RunsvEvent.ThrottleElapsed(Role.SERVICE));
            keep(handover, state, new RunsvEvent.ScriptEnded('u', false));
            assertThat(records.asked(Role.SERVICE)).isEqualTo(UnitRecord.Asked.NOT);
        });
    }

    /** Else it would stay down where it need not be held back any more. */
    @ParameterizedTest
    @CsvSource({"'', UP", "d, DOWN", "u, UP", "o, DOWN", "h, UP"})
    void of_one_that_is_held_back_it_is_left_behind_what_was_wanted_before(String letters, Want wanted)
            throws Exception {
        Files.writeString(temp.resolve("service.conf"), "oneshot = true\nfoo = 1\n");
        use((handover, records) -> {
            RunsvState state = keep(handover, handover.beginning(Instant.EPOCH), RunsvEvent.Begin.INSTANCE);
            assertThat(state.service().status().want()).isEqualTo(Want.DOWN);

            for (int i = 0; i < letters.length(); i++) {
                state = keep(handover, state, new RunsvEvent.CommandRead(Role.SERVICE, letters.charAt(i)));
            }

            assertThat(records.of(Role.SERVICE, state).status().want()).isEqualTo(wanted);
        });
    }
}
