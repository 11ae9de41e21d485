package io.github.pekkosupervisor.runit.tools;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.runit.look.ScanReport;
import io.github.pekkosupervisor.runit.look.ServiceReport;
import io.github.pekkosupervisor.runit.look.TreePlace;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.Shortcomings.Shortcoming;
import io.github.pekkosupervisor.runit.supervise.StatusBytes;
import io.github.pekkosupervisor.runit.supervise.Tai64n;
import io.github.pekkosupervisor.runit.supervise.UnitRecord;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OverviewTest {

    private static final long NOW = 0x4000000000000000L + 1_000_000_000L;

    @ParameterizedTest
    @CsvSource({
        "0, 0s",
        "59, 59s",
        "60, 1m 0s",
        "3599, 59m 59s",
        "3600, 1h 0m",
        "86399, 23h 59m",
        "86400, 1d 0h",
        "1000000, 11d 13h",
        "-5, 0s",
    })
    void age_is_told_in_the_two_largest_units(long seconds, String expected) {
        assertThat(report("web", status(seconds, 1, 'u', 1)).age(NOW)).isEqualTo(expected);
    }

    @Test
    void json_has_an_object_for_each_service() {
        ServiceReport log = new ServiceReport(OsString.of("log"), null, "not supervised", false, null, null);
        ServiceReport web = new ServiceReport(OsString.of("w\"eb\n"), status(5, 7, 'u', 1), "", true, null, log);

        String json = OverviewJson.of(List.of(new ScanReport(OsString.of("/s"), List.of(web))), NOW)
                .toString();

        assertThat(json)
                .isEqualTo("[{\"directory\":\"/s\",\"name\":\"w\\\"eb\\u000a\",\"supervised\":true,\"state\":\"run\","
                        + "\"pid\":7,\"seconds\":5,\"want\":\"up\",\"paused\":false,\"gotTerm\":false,"
                        + "\"restarts\":null,\"lastExit\":null,\"adopted\":null,\"supervisedSeconds\":null,"
                        + "\"normallyUp\":false,\"log\":{\"name\":\"log\",\"supervised\":false,"
                        + "\"trouble\":\"not supervised\",\"normallyUp\":true}}]\n");
    }

    @Test
    void json_holds_every_byte_of_a_name() {
        byte[] name = {'a', (byte) 0xff, (byte) 0xe4, (byte) 0xbd, (byte) 0xa0, 0x1b, '"', '\\', (byte) 0xe4};

        ServiceReport web = new ServiceReport(OsString.of(name), status(5, 7, 'u', 1), "", false, null, null);

        String json = OverviewJson.of(List.of(new ScanReport(OsString.of("/s"), List.of(web))), NOW)
                .toString();

        assertThat(json).contains("\"name\":\"a\\udcff\u4f60\\u001b\\\"\\\\\\udce4\"");
    }

    @Test
    void table_has_a_line_for_each_service_whatever_its_name() {
        String text = new Overview(Overview.Form.TABLE, Clock.systemUTC())
                .text(oddNames())
                .toString();

        List<String> lines = text.lines().toList();
        assertThat(lines).hasSize(4);
        assertThat(lines.get(0)).startsWith("SERVICE" + " ".repeat(10) + "STATE");
        assertThat(lines.get(1)).startsWith("a\\n\\x1b[2Jb\\xff  run  ");
        assertThat(lines.get(2)).startsWith("web" + " ".repeat(14) + "run  ");
        // two columns each
        assertThat(lines.get(3)).startsWith("\u4f60\u597d" + " ".repeat(13) + "run  ");
    }

    @Test
    void tree_has_a_line_for_each_service_whatever_its_name() {
        String text = new Overview(Overview.Form.TREE, Clock.systemUTC())
                .text(oddNames())
                .toString();

        List<String> lines = text.lines().toList();
        assertThat(lines).hasSize(4);
        assertThat(lines.get(0)).isEqualTo("/s\\t");
        assertThat(lines.get(1)).startsWith("├─ a\\n\\x1b[2Jb\\xff run 7, ");
    }

    private static List<ScanReport> oddNames() {
        byte[] odd = {'a', '\n', 0x1b, '[', '2', 'J', 'b', (byte) 0xff};
        return List.of(new ScanReport(
                OsString.of("/s\t"),
                List.of(
                        new ServiceReport(OsString.of(odd), status(5, 7, 'u', 1), "", false, null, null),
                        report("web", status(5, 7, 'u', 1)),
                        report("\u4f60\u597d", status(5, 7, 'u', 1)))));
    }

    @ParameterizedTest
    @CsvSource({
        "0, exit 0, '{\"code\":0}'",
        "256, exit 1, '{\"code\":1}'",
        "28416, exit 111, '{\"code\":111}'",
        "9, signal KILL, '{\"signal\":\"KILL\",\"core\":false}'",
        "139, 'signal SEGV, core dumped', '{\"signal\":\"SEGV\",\"core\":true}'",
        "34, signal RTMIN, '{\"signal\":\"RTMIN\",\"core\":false}'",
        Integer.MIN_VALUE + ", exit code unknown, '{\"code\":null}'",
    })
    void last_exit_is_told_in_words_and_in_json(int waitStatus, String words, String json) {
        ServiceReport report = report(history(3, new ExitStatus(waitStatus)));

        assertThat(report.restarts()).isEqualTo("3");
        assertThat(report.lastExit()).isEqualTo(words);
        assertThat(json(report)).contains(",\"restarts\":3,\"lastExit\":" + json + ",");
    }

    @Test
    void no_exit_yet_is_told_apart_from_no_history() {
        ServiceReport fresh = report(history(0));
        ServiceReport unknown = report("web", status(5, 7, 'u', 1));

        assertThat(List.of(fresh.restarts(), fresh.lastExit())).containsExactly("0", "-");
        assertThat(List.of(unknown.restarts(), unknown.lastExit())).containsExactly("-", "-");
        assertThat(json(fresh)).contains(",\"restarts\":0,\"lastExit\":null,");
        assertThat(json(unknown)).contains(",\"restarts\":null,\"lastExit\":null,");
    }

    @Test
    void what_a_former_supervisor_has_started_is_told_with_the_age_of_the_present_one() {
        ServiceReport own = report(record(100, UnitRecord.Past.NOTHING));
        ServiceReport adopted = report(record(99, UnitRecord.Past.NOTHING));
        ServiceReport unknown = report("web", status(5, 7, 'u', 1));

        assertThat(own.adoption(NOW)).isEmpty();
        assertThat(adopted.adoption(NOW)).isEqualTo("adopted 1m 0s ago");
        assertThat(unknown.adoption(NOW)).isEmpty();
        assertThat(json(own)).contains(",\"adopted\":false,\"supervisedSeconds\":60,");
        assertThat(json(adopted)).contains(",\"adopted\":true,\"supervisedSeconds\":60,");
        assertThat(json(unknown)).contains(",\"adopted\":null,\"supervisedSeconds\":null,");
    }

    @Test
    void service_is_as_wanted_when_it_runs_and_should_or_neither() {
        assertThat(report("a", status(5, 7, 'u', 1)).isAsWanted()).isTrue();
        assertThat(report("a", status(5, 0, 'd', 0)).isAsWanted()).isTrue();
        assertThat(report("a", status(5, 0, 'u', 0)).isAsWanted()).isFalse();
        assertThat(report("a", status(5, 7, 'd', 1)).isAsWanted()).isFalse();
        assertThat(new ServiceReport(OsString.of("a"), null, "not supervised", false, null, null).isAsWanted())
                .isFalse();
    }

    @Test
    void one_that_is_hung_is_not_as_wanted_and_says_so() {
        ServiceReport hung = report(record(500, UnitRecord.Past.NOTHING).asHung());

        assertThat(hung.notes()).isEqualTo("hung");
        assertThat(hung.isAsWanted()).isFalse();
        assertThat(json(hung)).contains(",\"ready\":false,\"hung\":true,");
    }

    @Test
    void one_that_is_not_ready_yet_is_not_as_wanted_either() {
        ServiceReport awaited = report(saying(false, Optional.of(UnitRecord.Says.STARTING)));
        ServiceReport ready = report(saying(true, Optional.of(UnitRecord.Says.READY)));

        assertThat(List.of(awaited.notes(), ready.notes())).containsExactly("not ready", "");
        assertThat(List.of(awaited.isAsWanted(), ready.isAsWanted())).containsExactly(false, true);
        assertThat(json(awaited)).contains(",\"ready\":false,").doesNotContain("hung", "phase");
        assertThat(json(ready)).contains(",\"ready\":true,").doesNotContain("hung", "phase");
    }

    @ParameterizedTest
    @CsvSource({"RELOADING, reloading", "STOPPING, stopping"})
    void what_it_says_of_itself_is_told(UnitRecord.Says says, String note) {
        ServiceReport report = report(saying(true, Optional.of(says)));

        assertThat(report.notes()).isEqualTo(note);
        assertThat(report.isAsWanted()).isTrue();
        assertThat(json(report)).contains(",\"ready\":true,\"phase\":\"" + note + "\",");
    }

    @Test
    void a_oneshot_that_is_done_is_told_apart_from_one_that_was_put_down() {
        UnitRecord record = record(500, UnitRecord.Past.NOTHING);
        StatusBytes down = status(5, 0, 'd', 0);
        ServiceReport done = new ServiceReport(OsString.of("web"), down, "", false, record.asDone(), null);
        ServiceReport put = new ServiceReport(OsString.of("web"), down, "", false, record, null);

        assertThat(List.of(done.notes(), put.notes())).containsExactly("normally up, done", "normally up");
        assertThat(List.of(done.isAsWanted(), put.isAsWanted())).containsExactly(true, true);
        assertThat(json(done)).contains(",\"done\":true,");
        assertThat(json(put)).doesNotContain("done");
    }

    @Test
    void that_the_last_run_was_hung_is_told() {
        UnitRecord.End end = new UnitRecord.End(new ExitStatus(15), Duration.ZERO, Instant.EPOCH, true);
        ServiceReport report = report(record(500, new UnitRecord.Past(1, Optional.empty(), Optional.of(end))));

        assertThat(report.lastExit()).isEqualTo("signal TERM, hung");
        assertThat(json(report)).contains("\"lastExit\":{\"signal\":\"TERM\",\"core\":false,\"hung\":true},");
    }

    @Test
    void what_is_wrong_with_it_is_told_each_once_and_it_is_not_as_wanted() {
        ServiceReport report = new ServiceReport(
                OsString.of("web"),
                status(5, 7, 'u', 1),
                "",
                false,
                record(500, UnitRecord.Past.NOTHING),
                null,
                TreePlace.of(OsString.of("web")),
                List.of(new Shortcoming("a", "one"), new Shortcoming("a", "two"), new Shortcoming("b", "three")));

        assertThat(report.notes()).isEqualTo("a, b");
        assertThat(report.isAsWanted()).isFalse();
        assertThat(json(report))
                .contains("\"shortcomings\":[{\"what\":\"a\",\"why\":\"one\"},{\"what\":\"a\",\"why\":\"two\"},"
                        + "{\"what\":\"b\",\"why\":\"three\"}]");
    }

    private static UnitRecord saying(boolean isReady, Optional<UnitRecord.Says> says) {
        UnitRecord record = record(500, UnitRecord.Past.NOTHING);
        UnitRecord.Said said = new UnitRecord.Said(says, Optional.empty(), Optional.empty());
        return new UnitRecord(
                record.supervisor(),
                record.status(),
                record.pending(),
                record.process(),
                record.start(),
                record.script(),
                record.past(),
                record.pipe(),
                Optional.of(new UnitRecord.Sign(isReady, 1, said)),
                record.ties());
    }

    private static String json(ServiceReport report) {
        return OverviewJson.of(List.of(new ScanReport(OsString.of("/s"), List.of(report))), NOW)
                .toString();
    }

    private static ServiceReport report(String name, StatusBytes status) {
        return new ServiceReport(OsString.of(name), status, "", false, null, null);
    }

    private static ServiceReport report(UnitRecord record) {
        return new ServiceReport(OsString.of("web"), status(5, 7, 'u', 1), "", false, record, null);
    }

    private static UnitRecord history(int restarts, ExitStatus... end) {
        return record(
                500,
                new UnitRecord.Past(
                        restarts,
                        Optional.empty(),
                        Arrays.stream(end)
                                .findFirst()
                                .map(status -> new UnitRecord.End(status, Duration.ZERO, Instant.EPOCH))));
    }

    /** Of a supervisor that has been at work for a minute and began in tick 100. */
    private static UnitRecord record(long startTicks, UnitRecord.Past past) {
        Instant since = Instant.ofEpochSecond(Tai64n.epochSecond(NOW) - 60);
        return new UnitRecord(
                new UnitRecord.Supervisor(new ProcessIdentity(1, 100, "boot"), since),
                new ServiceStatus(since, 7, false, false, ServiceStatus.Want.UP, ServiceStatus.State.RUN),
                UnitRecord.Pending.NOTHING,
                Optional.of(new UnitRecord.Known(new ProcessIdentity(7, startTicks, "boot"), 0, false)),
                Optional.empty(),
                Optional.empty(),
                past,
                Optional.empty());
    }

    private static StatusBytes status(long age, int pid, char want, int state) {
        byte[] bytes = new byte[StatusBytes.LENGTH];
        for (int i = 0; i < 8; i++) {
            bytes[i] = (byte) ((NOW - age) >>> (56 - 8 * i));
        }
        bytes[12] = (byte) pid;
        bytes[17] = (byte) want;
        bytes[19] = (byte) state;
        StatusBytes status = new StatusBytes();
        status.read(bytes);
        return status;
    }
}
