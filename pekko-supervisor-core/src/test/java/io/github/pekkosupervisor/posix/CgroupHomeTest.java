package io.github.pekkosupervisor.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Who is in the way of control groups. */
final class CgroupHomeTest {

    @Test
    void who_has_ended_since_he_was_seen_is_no_stranger() throws Exception {
        Process gone = new ProcessBuilder("true").start();
        gone.waitFor();

        assertThat(CgroupHome.strangers(List.of(Math.toIntExact(gone.pid()), OwnProcess.pid())))
                .isEmpty();
        assertThat(CgroupHome.strangers(List.of(1)))
                .extracting(GroupMember::pid)
                .containsExactly(1);
    }
}
