package io.github.pekkosupervisor.runit.adoption;

import static io.github.pekkosupervisor.runit.adoption.Estate.patiently;
import static io.github.pekkosupervisor.runit.adoption.Estate.status;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.runit.supervise.StateFiles;
import io.github.pekkosupervisor.runit.supervise.UnitRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A launcher is killed with KILL whose services are looked at whether they work; the next one goes on with that. */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class AdoptionOfLivenessTest extends InEstate {

    private static final String LIVE = "live { command = [test, -e, well], every = 200ms, failures = 2, then = ";

    private int other(Path web, int pid) {
        return patiently().ignoreExceptions().until(() -> status(web).pid(), now -> now != pid && now != 0);
    }

    @Test
    void one_that_hangs_while_nobody_is_there_is_restarted_by_the_next_launcher() throws Exception {
        Path web = estate.sleeper("web");
        Files.createFile(web.resolve("well"));
        conf(web, LIVE + "restart }");
        estate.start();
        estate.awaitUp(web);
        int pid = status(web).pid();

        estate.killLauncher();
        Files.delete(web.resolve("well"));
        estate.start();
        estate.awaitUp(web);
        other(web, pid);
        Files.createFile(web.resolve("well"));

        patiently().untilAsserted(() -> assertThat(estate.complaints()).contains("run is hung: 2 tries of 2 s"));
        assertThat(Copies.problems(estate.all())).isEmpty();
    }

    /** Which {@code sv status} says of it too. */
    @Test
    void one_that_is_paused_is_not_hung_for_the_next_launcher_until_it_goes_on() throws Exception {
        Path web = estate.sleeper("web");
        Path clock = estate.sleeper("clock");
        Files.createFile(web.resolve("well"));
        conf(web, LIVE + "restart }");
        conf(clock, "live { command = [sh, -c, \"echo >>looks\"], every = 200ms, timeout = 60s }");
        estate.start();
        estate.awaitUp(web, clock);
        int pid = status(web).pid();
        Estate.sv("pause", web);
        patiently().until(() -> status(web).paused());

        estate.killLauncher();
        Files.delete(web.resolve("well"));
        estate.start();
        estate.awaitUp(web, clock);
        int before = Estate.lines(clock.resolve("looks")).size();
        // as often as it would take three times
        patiently().until(() -> Estate.lines(clock.resolve("looks")).size() > before + 6);

        assertThat(status(web).pid()).isEqualTo(pid);
        assertThat(estate.complaints()).doesNotContain("hung");
        Estate.sv("cont", web);
        other(web, pid);
        Files.createFile(web.resolve("well"));
        patiently().untilAsserted(() -> assertThat(estate.complaints()).contains("run is hung: 2 tries of 2 s"));
    }

    /** It has no other use for its socket, which the next launcher opens again. */
    @Test
    void the_watchdog_of_the_next_launcher_hears_it() throws Exception {
        Path web = estate.service(
                "web",
                "while [ -e well ]; do systemd-notify WATCHDOG=1 && echo >>heard; sleep 0.1; done; exec sleep 100000");
        Files.createFile(web.resolve("well"));
        conf(web, "live { watchdog = true, timeout = 5s }");
        estate.start();
        estate.awaitUp(web);
        int pid = status(web).pid();

        estate.lose();
        estate.awaitUp(web);
        int before = Estate.lines(web.resolve("heard")).size();
        // for longer than it may be silent
        patiently().until(() -> Estate.lines(web.resolve("heard")).size() > before + 60);
        assertThat(status(web).pid()).isEqualTo(pid);
        assertThat(estate.complaints()).doesNotContain("hung");
        Files.delete(web.resolve("well"));

        other(web, pid);
        patiently().untilAsserted(() -> assertThat(estate.complaints()).contains("run is hung: silent for 5 s"));
    }

    /** It is deaf to what asks it to end: KILL follows, by whichever launcher. */
    @ParameterizedTest
    @ValueSource(strings = {"", "stop = [\"TERM 100ms\", INT], process-group = whole"})
    void the_stop_of_one_that_hung_is_begun_anew_by_the_next_launcher(String stop) throws Exception {
        Path web = estate.service("web", "[ -e deaf ] || trap '' TERM INT; : >deaf; exec sleep 100000");
        conf(web, LIVE + "restart }\n" + stop);
        estate.start();
        patiently().until(() -> Files.exists(web.resolve("deaf")));
        estate.awaitUp(web);
        int pid = status(web).pid();
        patiently().until(() -> status(web).pid() == pid && status(web).gotTerm());

        estate.killLauncher();
        estate.start();

        other(web, pid);
        assertThat(Copies.problems(estate.all())).isEmpty();
    }

    /** Which its record says. */
    @Test
    void that_the_last_end_was_of_one_that_hung_is_known_to_the_next_launcher() throws Exception {
        Path web = estate.sleeper("web");
        Files.createFile(web.resolve("well"));
        conf(web, LIVE + "restart }");
        estate.start();
        estate.awaitUp(web);
        int pid = status(web).pid();
        Files.delete(web.resolve("well"));
        other(web, pid);
        Files.createFile(web.resolve("well"));
        patiently().until(() -> lastEndWasHung(web));

        estate.lose();
        estate.awaitUp(web);

        assertThat(lastEndWasHung(web)).isTrue();
    }

    private static boolean lastEndWasHung(Path service) throws IOException {
        return StateFiles.read(service.resolve("supervise/.state"))
                .flatMap(record -> record.past().lastEnd())
                .filter(UnitRecord.End::hung)
                .isPresent();
    }

    /** What the service directory says now counts, not what it said to the launcher that is gone. */
    @Test
    void the_present_file_counts() throws Exception {
        Path web = estate.sleeper("web");
        conf(web, LIVE + "report }");
        estate.start();
        estate.awaitUp(web);
        patiently().untilAsserted(() -> assertThat(estate.complaints()).contains("it is left as it is"));
        int pid = status(web).pid();

        estate.killLauncher();
        conf(web, LIVE + "restart }");
        estate.start();
        other(web, pid);
        Files.createFile(web.resolve("well"));

        estate.awaitUp(web);
        assertThat(Copies.problems(estate.all())).isEmpty();
    }
}
