package io.github.pekkosupervisor.runit.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Intent;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Known;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Past;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Pending;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Program;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Script;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Supervisor;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a record says of when it was written. */
class UnitRecordTest {

    private static ProcessIdentity startedIn(long tick) {
        return new ProcessIdentity(7, tick, "");
    }

    private static Optional<Known> known(long tick) {
        return tick < 0 ? Optional.empty() : Optional.of(new Known(startedIn(tick), 0, false));
    }

    private static Optional<Intent> intent(long tick, Program program) {
        return tick < 0 ? Optional.empty() : Optional.of(new Intent(program, tick, 1, 1));
    }

    /** The ticks of each, -1 where there is none; the first one of here is 100. */
    @ParameterizedTest
    @CsvSource(textBlock = """
            100, -1,  -1,  -1,  -1,  false
             99, -1,  -1,  -1,  -1,  true
              0, -1,  -1,  -1,  -1,  false
            100, 100, -1,  -1,  -1,  false
            100, 99,  -1,  -1,  -1,  true
            100, 0,   -1,  -1,  -1,  false
            100, -1,  100, -1,  -1,  false
            100, -1,  99,  -1,  -1,  true
            100, -1,  -1,  100, -1,  false
            100, -1,  -1,  99,  -1,  true
            100, -1,  -1,  -1,  100, false
            100, -1,  -1,  -1,  99,  true
              0, -1,  99,  -1,  -1,  true
            """)
    void what_is_older_than_process_one_makes_it_one_from_before(
            long supervisor, long process, long start, long script, long scriptStart, boolean isFromBefore) {
        Optional<Script> due = script < 0 && scriptStart < 0
                ? Optional.empty()
                : Optional.of(new Script('t', known(script), intent(scriptStart, Program.SCRIPT)));
        UnitRecord record = new UnitRecord(
                new Supervisor(startedIn(supervisor), Instant.EPOCH),
                new ServiceStatus(Instant.EPOCH, 0, false, false, Want.UP, State.DOWN),
                Pending.NOTHING,
                known(process),
                intent(start, Program.RUN),
                due,
                Past.NOTHING,
                Optional.empty());

        assertThat(record.isFromBefore(100)).isEqualTo(isFromBefore);
        assertThat(record.isFromBefore(0)).isFalse();
    }
}
