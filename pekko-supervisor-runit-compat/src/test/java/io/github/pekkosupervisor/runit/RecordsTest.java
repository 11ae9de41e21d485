package io.github.pekkosupervisor.runit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.OwnProcess;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.process.ProcessEvent;
import io.github.pekkosupervisor.runit.rule.Role;
import io.github.pekkosupervisor.runit.rule.RunsvState;
import io.github.pekkosupervisor.runit.supervise.Reporter;
import io.github.pekkosupervisor.runit.supervise.UnitRecord;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Intent;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Program;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordsTest {

    private static final ProcessIdentity WHO = new ProcessIdentity(4711, 815, "boot");

    @TempDir
    private Path temp;

    /** Else a launcher after this one would signal a group that is not there, and look for a session that is not. */
    @ParameterizedTest
    @CsvSource({"true, true, true", "true, false, false", "false, true, false"})
    void what_is_left_behind_of_sessions_and_groups_is_what_a_process_has_got(
            boolean wanted, boolean possible, boolean got) throws Exception {
        Reporter reporter = new Reporter("runsv", OsString.of("web"), line -> {
            throw new AssertionError(line.toString());
        });
        RunsvSettings settings = new RunsvSettings(wanted, line -> {}, Clock.systemUTC(), told -> {});
        try (ServiceDirectory directory = new ServiceDirectory(OsString.of("web"), OsString.of(temp.toString()))) {
            directory.open(reporter);
            Handover handover = new Handover(directory, ServiceSnapshot.beginning("web"));
            ProcessRecord process = handover.process(Role.SERVICE);
            Records records = new Records(handover, settings, possible, who -> Optional.empty(), who -> false);

            records.intend(Role.SERVICE, process, Program.RUN);
            process.note(new ProcessEvent.Started(
                    WHO, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()));

            assertThat(process.intent().map(Intent::session)).contains(got ? 0 : OwnProcess.session());
            assertThat(records.of(Role.SERVICE, RunsvState.NOTHING).process().map(UnitRecord.Known::leadsGroup))
                    .contains(got);
        }
    }
}
