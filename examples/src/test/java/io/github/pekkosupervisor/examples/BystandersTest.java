package io.github.pekkosupervisor.examples;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BystandersTest {

    @Test
    void busy_is_all_time_that_was_neither_idle_nor_waiting_for_a_disk() {
        long[] before = {100, 0, 50, 1000, 10, 0, 0, 0};
        long[] after = {120, 0, 60, 1060, 20, 0, 0, 0};

        assertThat(Bystanders.busyPercent(before, after)).isEqualTo(30);
    }
}
