package io.github.pekkosupervisor.rule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RestartIntensityTest {

    @Test
    void so_many_are_allowed_within_a_period_and_one_more_is_not() {
        RestartIntensity intensity = new RestartIntensity(2, 100);

        assertThat(intensity.allows(0)).isTrue();
        assertThat(intensity.allows(50)).isTrue();
        assertThat(intensity.allows(99)).isFalse();
    }

    @Test
    void the_boundary_belongs_to_the_window() {
        assertThat(afterOneAt0(100)).isFalse();
        assertThat(afterOneAt0(101)).isTrue();
    }

    private static boolean afterOneAt0(long now) {
        RestartIntensity intensity = new RestartIntensity(1, 100);
        assertThat(intensity.allows(0)).isTrue();
        return intensity.allows(now);
    }

    @Test
    void zero_allows_none() {
        assertThat(new RestartIntensity(0, 100).allows(0)).isFalse();
    }

    @Test
    void the_history_stays_when_the_limits_change() {
        RestartIntensity intensity = new RestartIntensity(10, 100);
        assertThat(intensity.allows(0)).isTrue();
        assertThat(intensity.allows(1)).isTrue();

        intensity.reconfigure(2, 100);

        assertThat(intensity.allows(2)).isFalse();
        assertThat(intensity.recent(2)).isEqualTo(2);
    }

    @Test
    void what_is_older_than_the_period_is_forgotten() {
        RestartIntensity intensity = new RestartIntensity(2, 100);
        assertThat(intensity.allows(0)).isTrue();
        assertThat(intensity.recent(100)).isEqualTo(1);
        assertThat(intensity.recent(101)).isZero();
        assertThat(intensity.allows(300)).isTrue();
        assertThat(intensity.recent(300)).isEqualTo(1);
        assertThat(intensity.allows(300)).isTrue();
        assertThat(intensity.allows(300)).isFalse();
    }

    @Test
    void without_a_limit_the_period_still_counts() {
        RestartIntensity intensity = new RestartIntensity(0, 100);
        intensity.unlimited(10);
        assertThat(intensity.allows(0)).isTrue();
        assertThat(intensity.allows(11)).isTrue();
        assertThat(intensity.recent(11)).isEqualTo(1);
        intensity.reconfigure(1, 100);
        assertThat(intensity.allows(12)).isFalse();
    }

    @Test
    void who_asks_how_many_there_were_changes_nothing() {
        RestartIntensity intensity = new RestartIntensity(1, 100);
        assertThat(intensity.allows(0)).isTrue();
        assertThat(intensity.recent(150)).isZero();

        intensity.reconfigure(1, 200);

        assertThat(intensity.recent(150)).isEqualTo(1);
        assertThat(intensity.allows(150)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void it_decides_as_a_list_of_all_times_does(long seed) {
        Random random = new Random(seed);
        int most = random.nextInt(40);
        RestartIntensity intensity = new RestartIntensity(most, 1000);
        List<Long> allowed = new ArrayList<>();
        long now = 0;
        for (int i = 0; i < 5_000; i++) {
            now += random.nextInt(60);
            long start = now - 1000;
            boolean expected = allowed.stream().filter(time -> time >= start).count() + 1 <= most;

            assertThat(intensity.allows(now)).isEqualTo(expected);

            if (expected) {
                allowed.add(now);
            }
            assertThat(intensity.recent(now)).isEqualTo((int)
                    allowed.stream().filter(time -> time >= start).count());
        }
    }
}
