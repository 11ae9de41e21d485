package io.github.pekkosupervisor.runit.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MarkedProcessesTest {

    private final MarkedProcesses processes = new MarkedProcesses();

    @AfterEach
    void leave_nothing_behind() {
        processes.kill();
    }

    @Test
    void process_is_found_by_its_environment() throws IOException {
        Process marked = start(processes);

        assertThat(processes.alive()).extracting(ProcessHandle::pid).containsExactly(marked.pid());
        assertThat(processes.describe()).contains("sleep 1000");
    }

    @Test
    void process_of_another_test_is_left_alone() throws IOException {
        Process marked = start(processes);

        new MarkedProcesses().kill();

        assertThat(marked.isAlive()).isTrue();
    }

    @Test
    void orphan_in_another_session_is_killed() throws IOException, InterruptedException {
        Process parent = start(processes, "sh", "-c", "setsid sleep 1000 &");
        parent.waitFor();

        processes.kill();

        assertThat(processes.alive()).isEmpty();
    }

    private static Process start(MarkedProcesses processes) throws IOException {
        return start(processes, "sleep", "1000");
    }

    private static Process start(MarkedProcesses processes, String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put(MarkedProcesses.VARIABLE, processes.value());
        return builder.start();
    }
}
