package io.github.pekkosupervisor.examples.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.SupervisionTree.StartFailedException;
import io.github.pekkosupervisor.examples.MarkedProcesses;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.InvalidSpecException;
import io.github.pekkosupervisor.spec.Shutdown;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program of the first page, run as its reader runs it. */
class FirstTreeTest {

    // guide: logback
    static final String LOGBACK = """
            <configuration>
              <appender name="OUT" class="ch.qos.logback.core.ConsoleAppender">
                <encoder><pattern>%-5level %msg%n</pattern></encoder>
              </appender>
              <logger name="org.apache.pekko" level="WARN"/>
              <root level="INFO"><appender-ref ref="OUT"/></root>
            </configuration>
            """;
    // guide: end

    // guide: begun
    private static final String BEGUN = """
            INFO  supervisor [/] started [sidecar#1], pid 14281
            INFO  supervisor [/] started [web#2]
            INFO  supervisor [/] is up
            /  supervisor  running  since 2026-11-30T05:25:10.176Z  rest for one  0 of 1 restarts in 5 s
              sidecar#1  process  running  pid 14281  since 2026-11-30T05:25:10.176Z
              web#2  Java service  running  since 2026-11-30T05:25:10.356Z
            """;
    // guide: end

    // guide: killed
    private static final String KILLED = """
            ERROR supervisor [/] child_terminated: [sidecar#1] with [killed], pid 14281, ran 618 ms; restart 1 of 1 in 5 s, at once
            INFO  supervisor [/] stopped [web#2]: [shutdown], ran 461 ms, because of [sidecar#1]
            INFO  supervisor [/] started [sidecar#3], pid 14291
            INFO  supervisor [/] started [web#4]
            """;
    // guide: end

    // guide: over
    private static final String OVER = """
            INFO  supervisor [/] stopped [web#4]: [shutdown], ran 1.4 s, since its supervisor is stopped
            INFO  supervisor [/] stopped [sidecar#3]: [shutdown], pid 14291, ran 1.4 s, since its supervisor is stopped
            INFO  supervisor [/] ends with [closed]
            """;
    // guide: end

    @Test
    void starts_restarts_and_leaves_nothing_behind(@TempDir Path place) throws Exception {
        try (Running program = new Running(FirstTree.class, place, LOGBACK)) {
            assertThat(program.says(BEGUN)).as(program.output()).isTrue();

            MarkedProcesses.kill(Long.parseLong(program.last(Pattern.compile("sidecar#\\d+\\], pid (\\d+)"))));
            assertThat(program.says(BEGUN + KILLED)).as(program.output()).isTrue();

            assertThat(program.exitCode()).isEqualTo(143);
            assertThat(program.says(BEGUN + KILLED + OVER)).as(program.output()).isTrue();
            assertThat(program.nobodyIsLeft()).isTrue();
        }
    }

    @Test
    void a_kill_of_the_jvm_leaves_nothing_behind(@TempDir Path place) throws Exception {
        try (Running program = new Running(FirstTree.class, place, LOGBACK)) {
            assertThat(program.says(BEGUN)).as(program.output()).isTrue();

            MarkedProcesses.kill(program.pid());

            assertThat(program.nobodyIsLeft()).isTrue();
        }
    }

    // guide: cannot
    private static final String CANNOT = """
            the tree could not be started: [/sidecar] spawn /opt/app/sidecar: the program /opt/app/sidecar is not there; \
            install it or correct its path (ENOENT)
            """;
    // guide: end

    // guide: mistakes
    private static final String MISTAKES = """
            3 mistakes:
            \t/: the intensity must not be negative, was -1; use 0 to allow no restart at all [invalid_intensity]
            \t/cache: child "cache": shutdown timeout must be positive, was 0 s; use Shutdown.brutalKill() to kill at once \
            [invalid_shutdown]
            \t/cache: child "cache" comes twice; ids are unique in a supervisor [duplicate_child_name]
            """;
    // guide: end

    @Test
    void what_cannot_be_started_says_why() {
        SupervisorSpec spec =
                SupervisorSpec.oneForOne().withChild(ChildSpec.process("sidecar", "/opt/app/sidecar", "--fast"));

        assertThatThrownBy(() -> SupervisionTree.start(spec))
                .isInstanceOf(StartFailedException.class)
                .hasMessage(CANNOT.strip());
    }

    @Test
    void all_mistakes_are_told_at_once() {
        // guide: mistaken
        SupervisorSpec spec = SupervisorSpec.oneForOne()
                .withIntensity(-1, Duration.ofSeconds(5))
                .withChild(ChildSpec.process("cache", "sleep", "1d").withShutdown(Shutdown.timeout(Duration.ZERO)))
                .withChild(ChildSpec.process("cache", "sleep", "1d"));
        // guide: end

        assertThatThrownBy(() -> SupervisionTree.start(spec))
                .isInstanceOf(InvalidSpecException.class)
                .hasMessage(MISTAKES.strip());
    }
}
