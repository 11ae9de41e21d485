package io.github.pekkosupervisor.posix;

import static io.github.pekkosupervisor.testing.Programs.sh;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.PosixSettings.Backend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** A JVM launched with unusual signals and an environment that is not text, as its processes see it. */
@TestInstance(Lifecycle.PER_CLASS)
final class LaunchTest {

    private final Path place;
    private final Posix posix;
    private final ChildProcess jvm;

    LaunchTest(@TempDir Path place) throws PosixException {
        this.place = place;
        // the JDK would pass on the signals that this JVM blocks
        this.posix = Posix.open(new PosixSettings(Backend.NATIVE, OptionalLong.empty(), false));
        this.jvm = posix.spawn(SpawnRequest.of(sh(
                "exec > \"$4/jvm\" 2>&1; ODD=\"$(printf '\\377\\376=\\n.')\"; export ODD;"
                        + " exec env --ignore-signal=CHLD,TERM,USR1 \"$1\" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp \"$2\" \"$3\" \"$4\"",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                System.getProperty("java.class.path"),
                LaunchedJvm.class.getName(),
                place.toString())));
    }

    @AfterAll
    void end_it() throws PosixException {
        jvm.signal(Signal.KILL);
        jvm.exit().toCompletableFuture().join();
        posix.close();
    }

    @BeforeAll
    void let_it_run() {
        assertThat(jvm.exit()).succeedsWithin(Duration.ofSeconds(40));
    }

    @Test
    void exit_codes_are_known_although_the_jvm_was_launched_with_chld_ignored() throws IOException {
        assertThat(jvm.exit()).as(Files.readString(place.resolve("jvm"))).isCompletedWithValue(ExitStatus.ofCode(5));
    }

    @Test
    void environment_bytes_that_are_not_text_reach_the_process() throws IOException {
        String environment = Files.readString(place.resolve("environment"), ISO_8859_1);

        assertThat(environment.split("\0", -1)).contains("ODD=\u00ff\u00fe=\n.");
    }

    @Test
    void ignored_signals_stay_ignored_but_term_and_chld() throws IOException {
        long ignored = mask("SigIgn");

        assertThat(List.of(has(ignored, Signal.USR1), has(ignored, Signal.TERM), has(ignored, Signal.CHLD)))
                .containsExactly(true, false, false);
    }

    @Test
    void no_signal_is_blocked() throws IOException {
        assertThat(mask("SigBlk")).isZero();
    }

    private long mask(String key) throws IOException {
        return Files.readString(place.resolve("status"), ISO_8859_1)
                .lines()
                .filter(line -> line.startsWith(key + ":"))
                .mapToLong(line ->
                        Long.parseUnsignedLong(line.substring(key.length() + 1).trim(), 16))
                .findFirst()
                .orElseThrow();
    }

    private static boolean has(long mask, Signal signal) {
        return (mask >> (signal.number() - 1) & 1) == 1;
    }
}
