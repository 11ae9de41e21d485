package io.github.pekkosupervisor.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OtherProcessTest {

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void end() throws InterruptedException {
        for (Process process : started) {
            process.destroyForcibly().waitFor();
        }
    }

    /** A shell that has done this. */
    private OtherProcess shell(String script) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", script + "; echo done; read -r line");
        builder.environment().put("PLANTED", "a value");
        Process process = builder.start();
        started.add(process);
        assertThat(process.inputReader().readLine()).isEqualTo("done");
        return new OtherProcess(
                ProcessIdentity.ofRunning(Math.toIntExact(process.pid())).orElseThrow());
    }

    @Test
    void one_that_has_changed_nothing_may_what_we_may() throws Exception {
        assertThat(shell(":").mayWhatWeMay()).isTrue();
        assertThat(shell("ulimit -S -n 100").mayWhatWeMay()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"umask 077", "ulimit -f 12345"})
    void one_that_has_changed_something_may_not(String change) throws Exception {
        assertThat(shell(change).mayWhatWeMay()).isFalse();
    }

    @Test
    void signals_that_it_catches_are_known() throws Exception {
        OtherProcess process = shell("trap : HUP USR1; trap '' ALRM");

        assertThat(process.catches(Signal.HUP, Signal.USR1)).isTrue();
        assertThat(process.catches(Signal.HUP, Signal.ALRM)).isFalse();
        assertThat(process.catches(Signal.USR2)).isFalse();
    }

    @Test
    void its_environment_is_seen_entry_by_entry() throws Exception {
        assertThat(shell(":").environmentEntries()).contains(OsString.of("PLANTED=a value"));
    }

    @Test
    void of_one_that_has_ended_nothing_is_said() throws Exception {
        OtherProcess process = shell(":");
        end();

        assertThatThrownBy(process::mayWhatWeMay).isInstanceOf(PosixException.class);
        assertThatThrownBy(() -> process.catches(Signal.HUP)).isInstanceOf(PosixException.class);
        assertThatThrownBy(process::environmentEntries).isInstanceOf(PosixException.class);
    }
}
