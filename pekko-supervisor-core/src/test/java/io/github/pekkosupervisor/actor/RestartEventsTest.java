package io.github.pekkosupervisor.actor;

import static io.github.pekkosupervisor.testing.Specs.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.Supervisor;
import io.github.pekkosupervisor.spec.ChildContext;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.RestartDelay;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** One event for every restart that was decided, whether it waits or not. */
final class RestartEventsTest {

    private static final ActorTestKit KIT = ActorTestKit.create();
    private static final Duration HOUR = Duration.ofHours(1);

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    /** The end of each says which restart of how many follows and when; at debug there is a line of its own. */
    @Test
    void the_log_has_one_line_for_each() {
        Logger logger = (Logger) LoggerFactory.getLogger(Supervisor.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.list = new CopyOnWriteArrayList<>();
        ChildSpec atOnce = ChildSpec.runnable("a", failingTwice());
        ChildSpec waits =
                ChildSpec.runnable("b", failingTwice()).withRestartDelay(RestartDelay.fixed(Duration.ofMillis(5)));
        SupervisorSpec spec = SupervisorSpec.oneForOne().withIntensity(4, HOUR).withChildren(List.of(atOnce, waits));
        try {
            logger.setLevel(Level.TRACE);
            logger.setAdditive(false);
            lines.start();
            logger.addAppender(lines);
            try (SupervisionTree tree = SupervisionTree.start(spec)) {
                await().untilAsserted(() -> assertThat(restartLines(lines))
                        .containsExactlyInAnyOrder(
                                "ERROR child_terminated: [a] at once",
                                "DEBUG restarts [a] at once",
                                "ERROR child_terminated: [a] at once",
                                "DEBUG restarts [a] at once",
                                "ERROR child_terminated: [b] next in 5 ms",
                                "DEBUG restarts [b] next in 5 ms",
                                "DEBUG has waited, and restarts [b]",
                                "ERROR child_terminated: [b] next in 5 ms",
                                "DEBUG restarts [b] next in 5 ms",
                                "DEBUG has waited, and restarts [b]"));
                assertThat(tree.whenEnded().toCompletableFuture()).isNotDone();
            }
        } finally {
            logger.detachAppender(lines);
            logger.setLevel(null);
            logger.setAdditive(true);
        }
    }

    private static ChildSpec.Action<ChildContext> failingTwice() {
        AtomicInteger starts = new AtomicInteger();
        return child -> {
            if (starts.incrementAndGet() <= 2) {
                throw new IllegalStateException("boom");
            }
            Bed.pass(HOUR);
        };
    }

    private static List<String> restartLines(ListAppender<ILoggingEvent> lines) {
        return List.copyOf(lines.list).stream()
                .filter(line -> line.getFormattedMessage().contains("restart"))
                .map(line -> line.getLevel()
                        + line.getFormattedMessage()
                                .replaceAll(
                                        "^supervisor .{3}|#[0-9]+| with .crash.*, ran [0-9.]+ m?s|"
                                                + "; restart [1-4] of 4 in 1 h,",
                                        ""))
                .toList();
    }
}
