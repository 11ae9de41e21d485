package io.github.pekkosupervisor.runit.export;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.runit.export.Shown.Above;
import io.github.pekkosupervisor.runit.export.ShownChild.Phase;
import io.github.pekkosupervisor.runit.supervise.StatusBytes;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is shown of a child: the table of the specification, and of {@code docs/export.md}. */
final class ShownTest {

    private static final int JVM = 4711;
    private static final Instant SINCE = Instant.parse("2026-11-29T06:00:00Z");

    private static ShownChild child(String how) {
        Phase phase = switch (how.split(" ", -1)[0]) {
            case "starts" -> Phase.STARTING;
            case "runs" -> Phase.RUNNING;
            case "stops" -> Phase.STOPPING;
            case "restarts" -> Phase.RESTARTING;
            case "waits" -> Phase.WAITING;
            default -> Phase.DOWN;
        };
        return new ShownChild(
                phase,
                SINCE,
                how.contains("process") ? 99 : 0,
                how.contains("once"),
                how.contains("paused"),
                how.contains("hung"),
                false,
                how.contains("again"),
                how.contains("exits"),
                how.contains("closed"),
                how.contains("held"),
                false,
                null,
                false,
                "",
                Set.of());
    }

    /** Bytes 19, 12 to 15, 17 and 18 of the status. */
    @ParameterizedTest
    @CsvSource({
        // how,                     above,  state, pid,  want, TERM, stat,                       pid file, ready, open
        "starts,                    UP,     1,     4711, u,    0,    'run',                      '',       false, true",
        "runs,                      UP,     1,     4711, u,    0,    'run',                      '',       true,  true",
        "runs once,                 UP,     1,     4711, d,    0,    'run, want down',           '',       true,  true",
        "stops again,               UP,     1,     4711, u,    1,    'run, got TERM',            '',       false, true",
        "stops,                     UP,     1,     4711, d,    1,    'run, got TERM, want down', '',       false, true",
        "stops exits,               UP,     1,     4711, d,    1,    'run, got TERM, want exit', '',       false, true",
        "restarts,                  UP,     0,     0,    u,    0,    'down',                     '',       false, true",
        "waits,                     UP,     0,     0,    u,    0,    'down',                     '',       false, true",
        "down,                      UP,     0,     0,    d,    0,    'down',                     '',       false, true",
        "runs process paused,       UP,     1,     99,   u,    0,    'run, paused',              '99',     true,  true",
        "runs process hung,         UP,     1,     99,   u,    0,    'run',                      '99',     false, true",
        "runs process,              UP,     1,     99,   u,    0,    'run',                      '99',     true,  true",
        "starts process,            UP,     1,     99,   u,    0,    'run',                      '99',     false, true",
        "stops process,             UP,     1,     99,   d,    1,    'run, got TERM, want down', '99',     false, true",
        "down closed,               UP,     0,     0,    d,    0,    'down',                     '',       false, false",
        "down,                      COMING, 0,     0,    u,    0,    'down',                     '',       false, true",
        "down held,                 COMING, 0,     0,    d,    0,    'down',                     '',       false, true",
        "restarts,                  COMING, 0,     0,    u,    0,    'down',                     '',       false, true",
        "down,                      GONE,   0,     0,    d,    0,    'down',                     '',       false, false",
        "restarts,                  GONE,   0,     0,    d,    0,    'down',                     '',       false, false"
    })
    void as_the_table_says(
            String how,
            Above above,
            int state,
            int pid,
            char want,
            int gotTerm,
            String stat,
            String pidFile,
            boolean isReady,
            boolean isOpen) {
        Shown shown = Shown.of(child(how), above, JVM);

        StatusBytes status = new StatusBytes();
        status.read(StatusBytes.of(shown.status()));
        assertThat(StatusBytes.of(shown.status())[19]).isEqualTo((byte) state);
        assertThat(status.pid()).isEqualTo(pid);
        assertThat(status.want()).isEqualTo(want);
        assertThat(StatusBytes.of(shown.status())[18]).isEqualTo((byte) gotTerm);
        assertThat(status.isPaused()).isEqualTo(how.contains("paused"));
        assertThat(new String(StatusBytes.statOf(shown.status()), US_ASCII)).isEqualTo(stat + "\n");
        assertThat(new String(StatusBytes.pidOf(shown.pid()), US_ASCII).strip()).isEqualTo(pidFile);
        assertThat(shown.isReady()).isEqualTo(isReady);
        assertThat(shown.isOpen()).isEqualTo(isOpen);
        assertThat(shown.status().stamp()).isEqualTo(SINCE);
    }
}
