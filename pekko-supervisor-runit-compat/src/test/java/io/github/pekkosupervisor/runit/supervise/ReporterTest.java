package io.github.pekkosupervisor.runit.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ReporterTest {

    private static final OsString ODD = OsString.of("odd\nname");

    private final List<String> said = new ArrayList<>();
    private final Reporter reporter = new Reporter("runsv", ODD, line -> said.add(line.toString()));

    @Test
    void words_of_our_own_are_one_line_whatever_names_are_in_them() {
        reporter.warnOfOurs("log: refused: ma\nin\u001b[31m\u202e");
        reporter.warnOfOurs("unable to read ma\nin", new PosixException("openat", "main", "EACCES", "refused"));

        assertThat(said)
                .containsExactly(
                        "runsv odd\\nname: warning: log: refused: ma\\nin\\x1b[31m\\u{202e}\n",
                        "runsv odd\\nname: warning: unable to read ma\\nin: access denied\n");
    }

    @Test
    void words_that_runit_has_are_as_they_are() {
        reporter.warn("unable to stat() ./log: ");

        assertThat(said).containsExactly("runsv odd\nname: warning: unable to stat() ./log: \n");
    }
}
