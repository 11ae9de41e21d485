package io.github.pekkosupervisor.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.process.ProcessNotice.Phase;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NotifyMessageTest {

    private static NotifyMessage parse(String text) {
        return NotifyMessage.parse(text.translateEscapes().getBytes(UTF_8));
    }

    @ParameterizedTest
    @CsvSource({
        "READY=1,                       true,  false, false",
        "READY=1\\n,                    true,  false, false",
        "STATUS=x\\nREADY=1,            true,  false, false",
        "READY=0,                       false, false, false",
        "READY=11,                      false, false, false",
        "XREADY=1,                      false, false, false",
        "STATUS=READY=1,                false, false, false",
        "' READY=1',                    false, false, false",
        "READY,                         false, false, false",
        "RELOADING=1\\nMONOTONIC_USEC=7, false, true, false",
        "STOPPING=1,                    false, false, true",
        "'',                            false, false, false",
    })
    void what_it_says_of_its_phase(String text, boolean ready, boolean reloading, boolean stopping) {
        NotifyMessage message = parse(text);

        assertThat(message.ready()).isEqualTo(ready);
        assertThat(message.reloading()).isEqualTo(reloading);
        assertThat(message.stopping()).isEqualTo(stopping);
    }

    @Test
    void status_is_one_line_that_does_nothing_and_is_not_long() {
        assertThat(parse("STATUS=50% done\nREADY=1").status()).contains("50% done");
        assertThat(parse("STATUS=").status()).contains("");
        assertThat(parse("READY=1").status()).isEmpty();
        assertThat(NotifyMessage.parse("STATUS=a\u001b[2Jb\rc\u202ed".getBytes(UTF_8))
                        .status())
                .contains("a\\x1b[2Jb\\rc\\u{202e}d");
        assertThat(NotifyMessage.parse(("STATUS=" + "x".repeat(4000)).getBytes(UTF_8))
                        .status()
                        .orElseThrow())
                .hasSize(203)
                .endsWith("x...");
        assertThat(NotifyMessage.parse(new byte[] {'S', 'T', 'A', 'T', 'U', 'S', '=', (byte) 0xff, 'a'})
                        .status()
                        .orElseThrow())
                .endsWith("a")
                .hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({
        "MAINPID=42,    42",
        "MAINPID=0,     -1",
        "MAINPID=-3,    -1",
        "MAINPID=9999999999, -1",
        "MAINPID=99999999999999999999999, -1",
        "MAINPID=,      -1",
        "MAINPID=4x,    -1",
        "MAINPID=1,     1",
        "MAINPID=2147483647, 2147483647",
        "MAINPID=2147483648, -1",
    })
    void a_main_process_is_a_number_above_zero(String text, int pid) {
        assertThat(parse(text).mainPid().orElse(-1)).isEqualTo(pid);
    }

    @Test
    void errors_are_noted() {
        NotifyMessage message = parse("ERRNO=2\nBUSERROR=org.freedesktop.DBus.Error.TimedOut");

        assertThat(message.errno()).hasValue(2);
        assertThat(message.busError()).contains("org.freedesktop.DBus.Error.TimedOut");
        assertThat(parse("ERRNO=0").errno()).hasValue(0);
    }

    @Test
    void the_watchdog_is_kept_triggered_and_set() {
        assertThat(parse("WATCHDOG=1").watchdogKept()).isTrue();
        assertThat(parse("WATCHDOG=1").watchdogTriggered()).isFalse();
        assertThat(parse("WATCHDOG=trigger").watchdogTriggered()).isTrue();
        assertThat(parse("WATCHDOG=trigger").watchdogKept()).isFalse();
        assertThat(parse("READY=1").watchdogKept()).isFalse();
        assertThat(parse("WATCHDOG_USEC=20000000").watchdogTimeout()).contains(Duration.ofSeconds(20));
        assertThat(parse("WATCHDOG_USEC=0").watchdogTimeout()).isEmpty();
        assertThat(parse("WATCHDOG_USEC=999999999999999999").watchdogTimeout()).isPresent();
    }

    @ParameterizedTest
    @CsvSource({
        "STARTING,  READY=1,                READY",
        "STARTING,  STATUS=x,               STARTING",
        "STARTING,  RELOADING=1,            STARTING",
        "READY,     RELOADING=1,            RELOADING",
        "READY,     STATUS=x,               READY",
        "RELOADING, STATUS=x,               RELOADING",
        "RELOADING, READY=1,                READY",
        "RELOADING, STOPPING=1,             STOPPING",
        "STARTING,  STOPPING=1,             STOPPING",
        "READY,     RELOADING=1\\nREADY=1,  RELOADING",
        "READY,     STOPPING=1\\nREADY=1,   STOPPING",
    })
    void what_it_is_after_a_message(Phase before, String text, Phase after) {
        ProcessNotice.Phase reached = new ProcessNotice(
                        before, "", ProcessNotice.NOTHING.mainPid(), ProcessNotice.NOTHING.errno(), "")
                .after(parse(text))
                .phase();

        assertThat(reached).isEqualTo(after);
    }

    @Test
    void what_was_said_stays_until_it_is_said_otherwise() {
        ProcessNotice notice = ProcessNotice.NOTHING
                .after(parse("STATUS=loading\nMAINPID=7\nERRNO=3\nBUSERROR=a.b"))
                .after(parse("READY=1"));

        assertThat(notice.status()).isEqualTo("loading");
        assertThat(notice.mainPid()).hasValue(7);
        assertThat(notice.errno()).hasValue(3);
        assertThat(notice.busError()).isEqualTo("a.b");
        assertThat(notice.after(parse("STATUS=\nMAINPID=8\nERRNO=4\nBUSERROR=")).details())
                .containsOnly(Map.entry("says", "ready"), Map.entry("main-pid", "8"), Map.entry("errno", "4"));
        assertThat(notice.details().keySet()).isEqualTo(ProcessNotice.DETAILS);
        assertThat(notice.description()).isEqualTo("ready; loading; main process 7; error number 3; a.b");
        assertThat(ProcessNotice.NOTHING.description()).isEmpty();
    }
}
