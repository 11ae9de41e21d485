package io.github.pekkosupervisor.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.Liveness;
import io.github.pekkosupervisor.process.NotifyAccess;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.ProcessSpec.OneshotAgain;
import io.github.pekkosupervisor.process.ProcessSpec.ProcessGroup;
import io.github.pekkosupervisor.process.ProcessSpec.WhenSupervisorDies;
import io.github.pekkosupervisor.process.Readiness;
import io.github.pekkosupervisor.process.Stdio;
import io.github.pekkosupervisor.process.StopSequence;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.RestartDelay;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.Shutdown;
import io.github.pekkosupervisor.spec.SpecCheck;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec.AutoShutdown;
import io.github.pekkosupervisor.spec.SupervisorSpec.Strategy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.assertj.core.api.recursive.comparison.RecursiveComparisonConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.event.Level;

/** Java, written as HOCON, and read, is the same. */
final class RandomTreesTest {

    private static final int TREES = 150;

    /** What comes from a file was checked; what a supervisor was made by cannot be compared. */
    private static final RecursiveComparisonConfiguration SAME = RecursiveComparisonConfiguration.builder()
            .withIgnoredFieldsMatchingRegexes(".*\\.init", "init", ".*checked", ".*\\.spent", "right", ".*\\.right")
            .withEqualsForType((a, b) -> a.pattern().equals(b.pattern()), Pattern.class)
            .build();

    private final Random random = new Random();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void a_tree_that_is_written_and_read_is_the_same(long seed) {
        random.setSeed(seed);
        for (int i = 0; i < TREES; i++) {
            SupervisorSpec spec = supervisor(2);
            SpecCheck.check(spec);
            String text = SpecText.of(spec);

            SupervisorSpec read = ConfiguredTree.read(ConfigFactory.parseString(text));

            assertThat(read).as(text).usingRecursiveComparison(SAME).isEqualTo(spec);
            assertThat(SpecText.of(read)).isEqualTo(text);
        }
    }

    @Test
    void a_planted_difference_is_noticed() {
        SupervisorSpec spec = supervisor(0).withChildren(List.of(ChildSpec.process("a", ProcessSpec.of("x"))));
        SupervisorSpec other = spec.withChildren(
                List.of(ChildSpec.process("a", ProcessSpec.of("x").withIgnoreExitCodes(3))));

        assertThat(other).usingRecursiveComparison(SAME).isNotEqualTo(spec);
    }

    private <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private boolean sometimes() {
        return random.nextInt(3) == 0;
    }

    private Duration time() {
        return Duration.ofMillis(1L + random.nextInt(sometimes() ? 10 : 1_000_000));
    }

    private String text() {
        return one(List.of("a", "x y", "\u00e4\"'", "1", "true", "null", "$", "{", "#", "/a/b", "10s", "\ud83d\ude00"));
    }

    private SupervisorSpec supervisor(int levels) {
        Strategy strategy =
                one(List.of(Strategy.ONE_FOR_ONE, Strategy.ONE_FOR_ALL, Strategy.REST_FOR_ONE, Strategy.DYNAMIC));
        SupervisorSpec spec = SupervisorSpec.of(strategy)
                .withIntensity(random.nextInt(5), Duration.ofDays(1).plus(time()));
        if (strategy == Strategy.DYNAMIC) {
            return sometimes() ? spec.withMaxChildren(1 + random.nextInt(9)) : spec;
        }
        boolean unlimited = sometimes();
        AutoShutdown autoShutdown = one(List.of(AutoShutdown.values()));
        List<ChildSpec> children = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            ChildSpec child = levels > 0 && sometimes()
                    ? ChildSpec.supervisor(text() + i, supervisor(levels - 1))
                    : ChildSpec.process(text() + i, process());
            children.add(child(child, unlimited, autoShutdown != AutoShutdown.NEVER));
        }
        spec = spec.withAutoShutdown(autoShutdown).withChildren(children);
        return unlimited ? spec.withUnlimitedRestarts() : spec;
    }

    private ChildSpec child(ChildSpec plain, boolean mustWait, boolean maySignify) {
        boolean isOneshot = plain.kind().oneshot().isPresent();
        List<RestartType> types =
                isOneshot ? List.of(RestartType.PERMANENT, RestartType.TRANSIENT) : List.of(RestartType.values());
        ChildSpec child = plain.withRestart(one(types))
                .withOnAbandon(one(List.of(ChildSpec.OnAbandon.values())))
                .withKillGrace(time())
                .withShutdown(one(List.of(Shutdown.brutalKill(), Shutdown.infinity(), Shutdown.timeout(time()))));
        child = sometimes() ? child.withoutStartTimeout() : child.withStartTimeout(time());
        if (mustWait || sometimes()) {
            Duration min = time();
            child = child.withRestartDelay(new RestartDelay(
                    min, min.plus(time()), 1 + random.nextInt(30) / 8.0, random.nextInt(9) / 8.0, time()));
        }
        boolean significant = maySignify && !isOneshot && child.restart() != RestartType.PERMANENT && sometimes();
        return child.withSignificant(significant);
    }

    private ProcessSpec process() {
        ProcessSpec spec = ProcessSpec.of("/bin/" + text(), text(), text())
                .withStdin(one(List.of(Stdio.inherited(), Stdio.discard(), Stdio.file(Path.of(text())))))
                .withStdout(output())
                .withStderr(Stdio.logged(text(), one(List.of(Level.values()))))
                .withStartTimeout(time())
                .withStop(stop())
                .withProcessGroup(one(List.of(ProcessGroup.values())))
                .withWhenSupervisorDies(one(List.of(WhenSupervisorDies.values())))
                .withNormalExitCodes(random.nextInt(256), random.nextInt(256))
                .withNormalExitSignals(Signal.HUP, one(List.of(Signal.USR1, Signal.RTMIN_PLUS_3)));
        spec = sometimes() ? spec.withName(text()) : spec;
        spec = sometimes() ? spec.withDirectory(Path.of("/" + text())) : spec;
        spec = sometimes() ? spec.withEnvironment("A." + text().replace("=", ""), text()) : spec;
        spec = sometimes() ? spec.withoutEnvironment("B") : spec;
        if (sometimes()) {
            return spec.withOneshot(one(List.of(OneshotAgain.values())));
        }
        spec = sometimes() ? spec.withLive(live()) : spec;
        return sometimes() ? spec : spec.withReady(ready()).withIgnoreExitCodes(random.nextInt(256));
    }

    private Stdio output() {
        return one(List.of(
                Stdio.inherited(),
                Stdio.discard(),
                Stdio.logged(),
                Stdio.prefixed(),
                Stdio.file(Path.of(text())),
                Stdio.logged(text(), one(List.of(Level.values())))));
    }

    private Readiness ready() {
        return one(List.of(
                Readiness.line("[a-z]+" + Pattern.quote(text())),
                Readiness.tcp(1 + random.nextInt(65_535)),
                Readiness.tcp("db.internal", 5432),
                Readiness.unixSocket(Path.of("/run/" + text())),
                new Readiness.Command(ProcessSpec.of("test", text()).command(), time()),
                Readiness.notification(3 + random.nextInt(253)),
                Readiness.http("http://127.0.0.1:" + (1 + random.nextInt(65_535)) + "/health?a=b"),
                Readiness.http("http://[::1]/").withStatus(200, 204).withBody("[a-z]+" + Pattern.quote(text())),
                Readiness.sdNotify(one(List.of(NotifyAccess.values())))));
    }

    private Liveness live() {
        return Liveness.by(one(List.of(
                        Readiness.tcp(1 + random.nextInt(65_535)),
                        Readiness.tcp("db.internal", 5432),
                        Readiness.unixSocket(Path.of("/run/" + text())),
                        Readiness.command("test", text()),
                        Readiness.http("http://127.0.0.1:8080/health")
                                .withStatus(200)
                                .withBody(Pattern.quote(text())))))
                .withEvery(time())
                .withTimeout(time())
                .withFailures(1 + random.nextInt(5))
                .withGrace(one(List.of(Duration.ZERO, time())))
                .withThen(one(List.of(Liveness.Then.values())));
    }

    private StopSequence stop() {
        StopSequence stop = StopSequence.of(one(List.of(Signal.TERM, Signal.INT, Signal.HUP)));
        while (sometimes()) {
            stop = stop.then(time(), one(List.of(Signal.QUIT, Signal.KILL, Signal.RTMIN_PLUS_3)));
        }
        return stop;
    }
}
