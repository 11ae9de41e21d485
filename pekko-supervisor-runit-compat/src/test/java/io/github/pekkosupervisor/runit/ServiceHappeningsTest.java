package io.github.pekkosupervisor.runit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.micrometer.TreeMetrics;
import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.protocol.Happening;
import io.github.pekkosupervisor.protocol.Happening.Exit;
import io.github.pekkosupervisor.protocol.Happenings;
import io.github.pekkosupervisor.runit.ServiceEvent.Program;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is counted of service directories. */
final class ServiceHappeningsTest {

    private static final String WEB = "/services/web";
    private static final Instant NOW = Instant.EPOCH;
    private static final Duration RAN = Duration.ofSeconds(3);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static Optional<Happening> ended(Program program, ExitStatus status, boolean asked, Optional<String> hung) {
        return Happenings.of(new ServiceEvent.Ended(WEB, program, 7, status, RAN, NOW, asked, hung));
    }

    private static Optional<Happening> ended(ExitStatus status) {
        return ended(Program.RUN, status, false, Optional.empty());
    }

    private static Optional<Happening> told(Exit exit, String cause) {
        return Optional.of(new Happening.Ended(WEB, exit, cause, RAN));
    }

    @Test
    void an_end_of_run_is_one_in_few_words() {
        assertThat(ended(ExitStatus.ofCode(0))).isEqualTo(told(new Exit("exit", "0", "none"), "exit"));
        assertThat(ended(ExitStatus.ofSignal(9))).isEqualTo(told(new Exit("killed", "none", "KILL"), "killed"));
        assertThat(ended(ExitStatus.ofSignal(11))).isEqualTo(told(new Exit("signal", "none", "SEGV"), "signal"));
        assertThat(ended(ExitStatus.UNKNOWN)).isEqualTo(told(new Exit("unknown", "none", "none"), "unknown"));
    }

    @Test
    void one_that_was_asked_for_is_no_cause_and_one_that_hung_has_that_for_a_reason() {
        assertThat(ended(Program.RUN, ExitStatus.ofSignal(15), true, Optional.empty()))
                .isEqualTo(told(new Exit("signal", "none", "TERM"), "none"));
        assertThat(ended(Program.RUN, ExitStatus.ofSignal(15), false, Optional.of("no answer")))
                .isEqualTo(told(new Exit("hung", "none", "TERM"), "hung"));
    }

    @Test
    void finish_and_the_logger_are_not_counted() {
        assertThat(ended(Program.FINISH, ExitStatus.ofCode(0), false, Optional.empty()))
                .isEmpty();
        assertThat(ended(Program.LOG, ExitStatus.ofCode(0), false, Optional.empty()))
                .isEmpty();
        assertThat(Happenings.of(new ServiceEvent.Started(WEB, Program.FINISH, 7, NOW)))
                .isEmpty();
        assertThat(Happenings.of(new ServiceEvent.Started(WEB, Program.RUN, 7, NOW)))
                .contains(new Happening.Started(WEB, NOW, true));
    }

    @Test
    void a_crash_of_a_service_directory_is_a_restart_in_its_meters(@TempDir Path services) throws Exception {
        Path web = Files.createDirectory(services.resolve("web"));
        Path run = Files.writeString(web.resolve("run"), "#!/bin/sh\nexec sleep 86390\n");
        assertThat(run.toFile().setExecutable(true)).isTrue();
        MeterRegistry registry = new SimpleMeterRegistry();
        SupervisorSpec spec = SupervisorSpec.oneForOne().withChild(ServiceDirectories.scanned("services", services));
        try (SupervisionTree tree = SupervisionTree.start(spec);
                TreeMetrics metrics = new TreeMetrics(tree)) {
            metrics.bindTo(registry);
            await().atMost(PATIENCE).until(() -> {
                Gauge up = registry.find("pekko.supervisor.up").tag("path", WEB).gauge();
                return up != null && up.value() == 1;
            });

            long pid = Long.parseLong(
                    Files.readString(web.resolve("supervise/pid")).strip());
            ProcessHandle.of(pid).orElseThrow().destroyForcibly();

            await().atMost(PATIENCE).until(() -> count(registry, "restarts", "reason", "killed") == 1);
            assertThat(count(registry, "exits", "signal", "KILL")).isEqualTo(1);
        }
    }

    /** It and its supervisor tell of the same start, and of the same end. */
    @Test
    void of_one_that_is_a_child_of_a_supervisor_each_start_and_each_end_is_counted_once(@TempDir Path temp)
            throws Exception {
        Path web = Files.createDirectory(temp.resolve("web"));
        Path run = Files.writeString(web.resolve("run"), "#!/bin/sh\nexec sleep 86390\n");
        assertThat(run.toFile().setExecutable(true)).isTrue();
        MeterRegistry registry = new SimpleMeterRegistry();
        SupervisorSpec spec = SupervisorSpec.oneForOne()
                .withIntensity(9, Duration.ofHours(1))
                .withChild(ServiceDirectories.one("web", web));
        try (SupervisionTree tree = SupervisionTree.start(spec);
                TreeMetrics metrics = new TreeMetrics(tree)) {
            metrics.bindTo(registry);
            for (int i = 1; i <= 2; i++) {
                int deaths = i;
                await().atMost(PATIENCE).until(() -> {
                    Gauge up = registry.find("pekko.supervisor.up")
                            .tag("path", "/web")
                            .gauge();
                    return up != null && up.value() == 1 && sum(registry, "starts") == deaths - 1;
                });
                long pid = Long.parseLong(
                        Files.readString(web.resolve("supervise/pid")).strip());
                ProcessHandle.of(pid).orElseThrow().destroyForcibly();
                await().atMost(PATIENCE).until(() -> sum(registry, "starts") >= deaths);
            }
            // whatever is told of the first death comes before anything of the second
            assertThat(sum(registry, "starts")).isEqualTo(2);
            assertThat(sum(registry, "exits")).isEqualTo(2);
            assertThat(sum(registry, "restarts")).isEqualTo(2);
        }
    }

    private static double sum(MeterRegistry registry, String name) {
        return registry.find("pekko.supervisor." + name).tag("path", "/web").counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    private static double count(MeterRegistry registry, String name, String key, String value) {
        return registry.find("pekko.supervisor." + name).tags(Tags.of("path", WEB, key, value)).counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }
}
