package io.github.pekkosupervisor.runit.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.OsString;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** When all are looked at together, and when what that has shown counts. */
final class DownSurveyTest {

    private static final Object HERE = new Object();

    private final List<String> looked = new ArrayList<>();
    private boolean isListed = true;
    private long now;
    private final DownSurvey survey =
            new DownSurvey(new DownLooks(Runnable::run, Duration.ofSeconds(30), () -> {}, failure -> {}), () -> now);

    private boolean isDown(String name) {
        return isDown(HERE, name);
    }

    private boolean isDown(Object in, String name) {
        return survey.look(
                        in,
                        () -> OsString.of(name),
                        () -> {
                            looked.add("all");
                            return isListed ? Optional.of(Set.of(OsString.of("down"))) : Optional.empty();
                        },
                        () -> {
                            looked.add(name);
                            return name.equals("down");
                        })
                .join();
    }

    private void after(int millis) {
        now += Duration.ofMillis(millis).toNanos();
    }

    @Test
    void who_asks_now_and_then_is_told_of_one() {
        assertThat(isDown("a")).isFalse();
        after(5);
        assertThat(isDown("down")).isTrue();
        after(5);
        assertThat(isDown("b")).isFalse();

        assertThat(looked).containsExactly("a", "down", "b");
    }

    @Test
    void who_asks_for_many_is_told_of_all_for_a_while() {
        isDown("a");
        after(4);
        for (int i = 0; i < 10; i++) {
            assertThat(isDown("b" + i)).isFalse();
            after(4);
        }
        assertThat(looked).containsExactly("a", "all");

        after(14);
        assertThat(isDown("c")).isFalse();
        assertThat(looked).containsExactly("a", "all", "c");
        assertThat(isDown("d")).isFalse();
        assertThat(looked).containsExactly("a", "all", "c", "all");
    }

    @Test
    void one_that_is_down_by_that_is_looked_at_itself() {
        isDown("a");
        assertThat(isDown("down")).isTrue();
        assertThat(isDown("down")).isTrue();

        assertThat(looked).containsExactly("a", "all", "down", "down");
    }

    @Test
    void where_they_cannot_be_listed_each_is_looked_at_itself() {
        isListed = false;
        isDown("a");
        assertThat(isDown("b")).isFalse();
        assertThat(isDown("down")).isTrue();

        assertThat(looked).containsExactly("a", "all", "b", "all", "down");
    }

    @Test
    void nothing_of_it_counts_in_another_directory() {
        isDown("a");
        isDown("b");
        isDown(new Object(), "c");

        assertThat(looked).containsExactly("a", "all", "all");
    }
}
