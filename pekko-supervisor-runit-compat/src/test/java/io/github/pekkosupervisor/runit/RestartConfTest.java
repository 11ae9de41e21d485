package io.github.pekkosupervisor.runit;

import static io.github.pekkosupervisor.runit.Tree.patiently;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.runit.Tree.Service;
import io.github.pekkosupervisor.runit.rule.RestartPolicy;
import io.github.pekkosupervisor.runit.rule.RestartPolicy.GiveUp;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.spec.RestartDelay;
import io.github.pekkosupervisor.spec.RestartType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code service.conf} says of restarts, and what comes of it with real processes. */
@Execution(ExecutionMode.CONCURRENT)
class RestartConfTest extends InTree {

    private static RestartConf parsed(String text) throws ServiceConf.MistakenException {
        return ServiceConf.parse(text.getBytes(StandardCharsets.UTF_8)).restarts();
    }

    private Service service(String run, String conf) throws IOException {
        Service web = tree.service("web").script("run", run);
        Files.writeString(web.path().resolve("service.conf"), conf + "\n");
        return web;
    }

    private static String shortcomings(Service web) {
        return String.join("\n", web.lines("supervise/.shortcomings"));
    }

    private static void awaitDown(Service web) {
        patiently()
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(
                                web.status().state() + " " + web.status().want())
                        .isEqualTo("DOWN DOWN"));
    }

    @Test
    void all_keys_are_read() throws Exception {
        assertThat(parsed("""
                        restart = transient, normal-exit-codes = [0, 5], normal-exit-signals = [USR1]
                        ignore-exit-codes = [77], ready { tcp = 1 }
                        restart-delay { min = 200ms, max = 10s, factor = 3, jitter = 0, reset-after = 1m }
                        give-up { after = 5, within = 1m, then = cool-down, cool-down = 5m }
                        """).policy())
                .contains(new RestartPolicy(
                        RestartType.TRANSIENT,
                        Set.of(0, 5),
                        Set.of(Signal.USR1),
                        Set.of(77),
                        Optional.of(new RestartDelay(
                                Duration.ofMillis(200), Duration.ofSeconds(10), 3, 0, Duration.ofMinutes(1))),
                        Optional.of(new GiveUp(5, Duration.ofMinutes(1), Optional.of(Duration.ofMinutes(5))))));
    }

    @Test
    void the_widest_values_are_taken() throws Exception {
        assertThat(parsed("give-up { after = 1000, within = 1m, then = cool-down, cool-down = 100d }")
                        .policy()
                        .orElseThrow()
                        .giveUp())
                .contains(new GiveUp(1000, Duration.ofMinutes(1), Optional.of(Duration.ofDays(100))));
        assertThat(parsed("give-up { after = 1, within = 1m }").policy()).isPresent();
    }

    @Test
    void one_without_them_is_as_with_runit() throws Exception {
        assertThat(parsed("umask = 077")).isSameAs(RestartConf.RUNIT);
    }

    @ParameterizedTest
    @CsvSource({"permanent, ''", "transient, 0", "temporary, 0"})
    void which_codes_are_normal_depends_on_the_type_unless_it_is_said(String type, String codes) throws Exception {
        RestartPolicy policy = parsed("restart = " + type).policy().orElseThrow();

        assertThat(policy.normalCodes()).isEqualTo(codes.isEmpty() ? Set.of() : Set.of(Integer.valueOf(codes)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "restart = always | 1: \"restart\" must be one of permanent, transient, temporary, was \"always\"",
                "restart = transient, oneshot = true | 1: \"restart\" is for what goes on, and not for a oneshot",
                "normal-exit-codes = [300] | 1: \"normal-exit-codes\" must be exit codes from 0 to 255, was 300",
                "normal-exit-signals = [KILL] | 1: \"normal-exit-signals\" must not have KILL",
                "ignore-exit-codes = [7] | 1: \"ignore-exit-codes\" needs a \"ready\", since they count before that",
                "restart-delay { max = 5s } | 1: \"restart-delay\" needs \"min\", the first wait, such as 200ms",
                "restart-delay { min = 5s, max = 1s } | 1: \"restart-delay\": max must be at least min, 5s, was 1s",
                "restart-delay { min = 1s, jitter = 2 } | 1: \"restart-delay\": jitter must be from 0 to 1, was 2.0",
                "restart-delay = 5s | 1: \"restart-delay\" must be a block, as in restart-delay { min = 200ms, max = 10s }",
                "give-up { within = 1m } | 1: \"give-up\" needs \"after\", as in give-up { after = 5, within = 1m }",
                "give-up { after = 5 } | 1: \"give-up\" needs \"within\"",
                "give-up { after = 0, within = 1m } | 1: \"give-up.after\" must be 1 to 1000, was 0",
                "give-up { after = 1001, within = 1m } | 1: \"give-up.after\" must be 1 to 1000, was 1001",
                "give-up { after = 5, within = 1m, then = cool-down, cool-down = 101d } | 1: \"give-up.cool-down\" must be at most 100",
                "give-up { after = 5, within = 1m, then = cool-down } | 1: \"give-up\" needs \"cool-down\", how long it",
                "give-up { after = 5, within = 1m, cool-down = 5m } | 1: \"give-up.cool-down\" is for then = cool-down",
                "give-up = infinite | 1: \"give-up\" must be a block, as in give-up { after = 5, within = 1m }, was",
                "give_up { after = 5 } | 1: key \"give_up\" is not known here; did you mean \"give-up\"?",
                "StartLimitBurst = 5 | 1: key \"StartLimitBurst\" is not known here; here that is \"give-up.after\" in give-up",
            })
    void a_mistake_is_told_with_its_line(String text, String message) {
        assertThatExceptionOfType(ServiceConf.MistakenException.class)
                .isThrownBy(() -> parsed(text))
                .withMessageContaining("service.conf: " + message);
    }

    @Test
    void a_transient_one_is_down_after_a_good_end_and_up_starts_it() throws Exception {
        Service web = service("echo x >>ran; exit 0", "restart = transient");
        tree.start();

        awaitDown(web);
        assertThat(web.lines("ran")).hasSize(1);
        web.control("u");

        patiently().untilAsserted(() -> assertThat(web.lines("ran")).hasSize(2));
        awaitDown(web);
    }

    @Test
    void one_that_gives_up_is_down_says_so_and_goes_on_when_somebody_wants_it_up() throws Exception {
        Service web = service(
                "echo x >>ran; test -e good && exec sleep 100000; exit 3",
                "restart-delay { min = 10ms }\ngive-up { after = 3, within = 1h }");
        tree.start();

        awaitDown(web);
        assertThat(web.lines("ran")).hasSize(3);
        tree.awaitMessage(
                "web: fatal: run has failed 3 times within 1 h: it is left down; see why, and start it by sv up");
        patiently().untilAsserted(() -> assertThat(shortcomings(web)).startsWith("gave up\trun has failed 3 times"));

        web.file("good");
        web.control("u");

        web.awaitRun();
        patiently().untilAsserted(() -> assertThat(shortcomings(web)).isEmpty());
        assertThat(tree.messages())
                .filteredOn(message -> message.contains("has failed 3 times"))
                .hasSize(1);
    }

    @Test
    void one_that_cools_down_is_tried_again() throws Exception {
        Service web = service(
                "echo x >>ran; exit 3",
                "restart-delay { min = 10ms }\n"
                        + "give-up { after = 2, within = 1h, then = cool-down, cool-down = 300ms }");
        tree.start();

        patiently().untilAsserted(() -> assertThat(web.lines("ran")).hasSizeGreaterThanOrEqualTo(4));
        assertThat(web.status().want()).isEqualTo(ServiceStatus.Want.UP);
        tree.awaitMessage("it is tried again after 300 ms");
    }
}
