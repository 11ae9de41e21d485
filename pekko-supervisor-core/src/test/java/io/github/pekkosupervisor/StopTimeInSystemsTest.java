package io.github.pekkosupervisor;

import static io.github.pekkosupervisor.testing.Specs.spec;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.Shutdown;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Whether an actor system waits long enough for the stop of a tree. */
final class StopTimeInSystemsTest {

    private static final String PHASE = "before-actor-system-terminate";

    private static ChildSpec child(String id, int seconds) {
        return ChildSpec.actor(id, Behaviors.empty()).withShutdown(Shutdown.timeout(Duration.ofSeconds(seconds)));
    }

    private static ChildSpec endless(String id) {
        return child(id, 1).withShutdown(Shutdown.infinity());
    }

    private static List<String> warnings(Config config, SupervisorSpec spec) {
        ActorSystem<Void> host =
                ActorSystem.create(Behaviors.empty(), "host", config.withFallback(ConfigFactory.load()));
        try {
            return warnings(SupervisionTree.Options.defaults().withSystem(host), spec);
        } finally {
            host.terminate();
            host.getWhenTerminated()
                    .toCompletableFuture()
                    .orTimeout(20, TimeUnit.SECONDS)
                    .join();
        }
    }

    private static List<String> warnings(SupervisionTree.Options options, SupervisorSpec spec) {
        Logger logger = (Logger) LoggerFactory.getLogger(Supervisor.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.list = new CopyOnWriteArrayList<>();
        lines.start();
        logger.addAppender(lines);
        try {
            SupervisionTree.start(spec, options.withLogging(false)).close();
        } finally {
            logger.detachAppender(lines);
        }
        return lines.list.stream()
                .filter(line -> line.getLevel() == Level.WARN)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    @Test
    void an_application_keeps_its_own_phase_and_is_warned_where_that_is_too_short() {
        List<String> warnings = warnings(ConfigFactory.empty(), spec(child("a", 20), child("b", 5)));

        assertThat(warnings).hasSize(1);
        assertThat(warnings.get(0))
                .contains(
                        "[25 s]",
                        "[5 s]",
                        "[host]",
                        "set pekko.coordinated-shutdown.phases." + PHASE + ".timeout to 25s or more");
    }

    @Test
    void a_phase_that_cannot_be_long_enough_is_said_too() {
        assertThat(warnings(ConfigFactory.empty(), spec(endless("a"))))
                .singleElement()
                .asString()
                .contains("infinite shutdown", "[5 s]", PHASE);
    }

    @Test
    void nothing_is_said_where_the_phase_is_long_enough() {
        Config longer = ConfigFactory.parseString("pekko.coordinated-shutdown.phases." + PHASE + ".timeout = 25s");

        assertThat(warnings(longer, spec(child("a", 20), child("b", 5)))).isEmpty();
        assertThat(warnings(ConfigFactory.empty(), spec(child("a", 5)))).isEmpty();
    }

    @Test
    void a_tree_in_a_system_of_its_own_is_not_warned_of_its_many_children() {
        List<ChildSpec> many = Stream.iterate(0, i -> i + 1)
                .limit(721)
                .map(i -> child("a" + i, 5))
                .toList();

        assertThat(warnings(
                        SupervisionTree.Options.defaults(),
                        SupervisorSpec.oneForOne().withChildren(many)))
                .isEmpty();
    }

    @Test
    void a_system_of_its_own_waits_as_long_as_the_tree_needs() {
        try (SupervisionTree tree = SupervisionTree.start(
                spec(child("a", 600)), SupervisionTree.Options.defaults().withLogging(false))) {
            assertThat(CoordinatedShutdown.get(tree.system()).timeout(PHASE).toSeconds())
                    .isEqualTo(3600);
        }
    }
}
