package io.github.pekkosupervisor.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessCostTest {

    @Test
    void ticks_are_found_after_a_name_with_blanks_and_parentheses() {
        String stat = "7 (a ) b) S 1 7 7 0 -1 4194304 90 0 0 0 25 17 0 0 20 0 1 0 5 6 7";

        assertThat(ProcessCost.ticks(List.of(stat))).isEqualTo(42);
    }

    @Test
    void an_ended_process_has_no_ticks() {
        assertThat(ProcessCost.ticks(List.of())).isZero();
    }

    @Test
    void only_what_other_jvms_share_of_the_jdks_own_files_is_added() {
        List<String> smaps = List.of(
                "7f00-7f10 r-xp 00000000 08:01 1 /jdk/lib/server/libjvm.so",
                "Rss:                1000 kB",
                "Pss:                 400 kB",
                "7f20-7f30 r-xp 00000000 08:01 2 /lib/libc.so.6",
                "Rss:                 900 kB",
                "Pss:                   9 kB",
                "7f40-7f50 rw-p 00000000 08:01 3 /jdk/lib/server/classes.jsa",
                "Rss:                  50 kB",
                "Pss:                  30 kB");

        assertThat(ProcessCost.sharedByJvms(smaps)).isEqualTo(620);
    }
}
