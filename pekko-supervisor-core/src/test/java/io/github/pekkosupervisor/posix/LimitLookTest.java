package io.github.pekkosupervisor.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which limit is over. */
final class LimitLookTest {

    static Stream<Arguments> groups() {
        return Stream.of(
                Arguments.of("0::/system.slice/app.service\n", "/system.slice/app.service"),
                Arguments.of("0::/\n", "/"),
                Arguments.of("9:memory:/a\n8:pids:/b\n0::/c\n", "/b"),
                Arguments.of("0::/c\n8:cpu,pids:/b\n9:memory:/a\n", "/b"),
                Arguments.of("9:rapids:/a\n", "/"),
                Arguments.of("0::/..\n", "/.."),
                Arguments.of("0::below\n", "/"),
                Arguments.of("", "/"));
    }

    @ParameterizedTest
    @MethodSource("groups")
    void the_group_that_counts_processes(String file, String group) {
        assertThat(LimitLook.groupOf(file)).isEqualTo(group);
    }

    @ParameterizedTest
    @CsvSource({
        "399, 1000, 32768, ''",
        "998, 1000, 32768, ''",
        "999, 1000, 32768, kernel.threads-max",
        "32466, 64000, 32768, ''",
        "32467, 64000, 32768, kernel.pid_max",
        "399, -1, -1, ''"
    })
    void threads_of_the_machine(long threads, long most, long numbers, String setting) {
        Optional<LimitSight> seen = LimitLook.ofAll("4.48 2.25 2.00 14/" + threads + " 10951\n", most, numbers);

        assertThat(seen.map(sight -> ((LimitSight.OfAll) sight).setting()).orElse(""))
                .isEqualTo(setting);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0.1 0.2", "1 2 3 x/y 5"})
    void what_is_no_load_says_nothing(String file) {
        assertThat(LimitLook.ofAll(file, 0, 0)).isEmpty();
    }

    static Stream<Arguments> users() {
        String limits = """
                Limit                     Soft Limit           Hard Limit           Units
                Max stack size            8388608              unlimited            bytes
                Max processes             4711                 4711                 processes
                """;
        return Stream.of(
                Arguments.of(1000, limits, new LimitSight.OfUser(1000, 4711)),
                Arguments.of(0, limits, new LimitSight.Unseen()),
                Arguments.of(1000, limits.replace("4711  ", "unlimited  "), new LimitSight.Unseen()),
                Arguments.of(1000, "", new LimitSight.Unseen()));
    }

    @ParameterizedTest
    @MethodSource("users")
    void processes_of_a_user(int user, String limits, LimitSight seen) {
        assertThat(LimitLook.ofUser(user, limits)).isEqualTo(seen);
    }

    @Test
    void open_files_are_those_of_this_jvm() throws Exception {
        OpenFilesLimit now = OpenFilesLimit.current();

        assertThat(LimitLook.of("EMFILE")).contains(new LimitSight.OpenFiles(now.soft(), now.hard()));
    }

    @Test
    void what_stands_for_no_limit_is_none() {
        assertThat(LimitLook.of("ENOENT")).isEmpty();
    }

    /** There may be no descriptor for it, or no such file. */
    @ParameterizedTest
    @ValueSource(strings = {"ENFILE", "EAGAIN", "ENOMEM"})
    void what_cannot_be_looked_at_is_not_known(String errno) {
        try (var refused = RefusedCalls.all("openat", "EMFILE")) {
            assertThat(LimitLook.of(errno))
                    .contains(
                            switch (errno) {
                                case "ENFILE" -> new LimitSight.OpenFilesOfAll(-1);
                                case "EAGAIN" -> new LimitSight.Unseen();
                                default -> new LimitSight.Memory(false);
                            });
            assertThat(refused.left()).isPositive();
        }
    }
}
