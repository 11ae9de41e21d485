package io.github.pekkosupervisor.posix;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.StandardCopyOption.COPY_ATTRIBUTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ProcessIdentityTest {

    private static final int OWN_PID = Math.toIntExact(ProcessHandle.current().pid());
    private static final String BOOT = "01234567-89ab-cdef-0123-456789abcdef";

    static Stream<ProcessIdentity> identities() {
        return Stream.of(
                new ProcessIdentity(1, 0, BOOT),
                new ProcessIdentity(12345, 678901234, BOOT),
                new ProcessIdentity(4194304, Long.MAX_VALUE, BOOT),
                new ProcessIdentity(7, 8, ""));
    }

    @ParameterizedTest
    @MethodSource("identities")
    void what_was_written_is_read_back(ProcessIdentity identity) {
        assertThat(ProcessIdentity.parse(identity.toLine())).contains(identity);
    }

    @ParameterizedTest
    @MethodSource("identities")
    void all_lines_have_one_length(ProcessIdentity identity) {
        assertThat(identity.toLine()).hasSize(72).endsWith((byte) '\n');
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "123\n", "123 45", "123 45 ", "x 45 boot\n", "123 y boot\n", "1 2 3 4\n"})
    void anything_else_is_no_identity(String line) {
        assertThat(ProcessIdentity.parse(line.getBytes(US_ASCII))).isEmpty();
    }

    @Test
    void this_jvm_exists() {
        ProcessIdentity self = ProcessIdentity.ofRunning(OWN_PID).orElseThrow();

        assertThat(self.pid()).isEqualTo(OWN_PID);
        assertThat(self.exists()).isTrue();
    }

    @Test
    void another_start_time_or_boot_is_another_process() {
        ProcessIdentity self = ProcessIdentity.ofRunning(OWN_PID).orElseThrow();

        assertThat(new ProcessIdentity(OWN_PID, self.startTicks() + 1, self.bootId()).exists())
                .isFalse();
        assertThat(new ProcessIdentity(OWN_PID, self.startTicks(), BOOT).exists())
                .isFalse();
    }

    @Test
    void who_is_there_can_be_told_or_not() throws Exception {
        ProcessIdentity self = ProcessIdentity.ofRunning(OWN_PID).orElseThrow();

        assertThat(self.isThere()).isTrue();
        assertThat(new ProcessIdentity(OWN_PID, self.startTicks() + 1, self.bootId()).isThere())
                .isFalse();
        assertThat(new ProcessIdentity(Integer.MAX_VALUE, 1, self.bootId()).isThere())
                .isFalse();
        try (var refused = RefusedCalls.next("openat", "EIO")) {
            assertThatExceptionOfType(PosixException.class)
                    .isThrownBy(self::isThere)
                    .withMessageContaining("EIO");
            assertThat(refused.left()).isZero();
        }
    }

    @Test
    void a_number_that_nobody_has_is_no_process() {
        assertThat(ProcessIdentity.ofRunning(Integer.MAX_VALUE)).isEmpty();
    }

    @Test
    void a_program_name_with_blanks_and_parentheses_does_not_confuse(@TempDir Path scratch) throws IOException {
        Path program = Files.copy(Path.of("/bin/cat"), scratch.resolve("a) S 1 (b"), COPY_ATTRIBUTES);
        Process process = new ProcessBuilder(program.toString()).start();
        try {
            int pid = Math.toIntExact(process.pid());

            long ticks = ProcessIdentity.ofRunning(pid).orElseThrow().startTicks();

            assertThat(ticks)
                    .isGreaterThanOrEqualTo(
                            ProcessIdentity.ofRunning(OWN_PID).orElseThrow().startTicks());
        } finally {
            process.destroyForcibly();
        }
    }
}
