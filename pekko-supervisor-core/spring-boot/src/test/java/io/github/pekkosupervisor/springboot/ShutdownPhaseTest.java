package io.github.pekkosupervisor.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.Shutdown;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Who would be stopped for longer than Spring waits is told so when it starts, and what to set. */
class ShutdownPhaseTest {

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(ShutdownPhase.class);

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    ApplicationAvailabilityAutoConfiguration.class, SupervisorAutoConfiguration.class));
    private final ApplicationContextRunner ofSpringBoot =
            application.withConfiguration(AutoConfigurations.of(LifecycleAutoConfiguration.class));

    @BeforeEach
    void listen() {
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void listen_no_more() {
        logger.detachAppender(log);
    }

    private static SupervisorSpec tree(Shutdown... shutdowns) {
        SupervisorSpec tree = SupervisorSpec.oneForOne();
        for (int i = 0; i < shutdowns.length; i++) {
            tree = tree.withChild(ChildSpec.closeable("c" + i, () -> () -> {}).withShutdown(shutdowns[i]));
        }
        return tree;
    }

    private static Shutdown seconds(long number) {
        return Shutdown.timeout(Duration.ofSeconds(number));
    }

    private List<String> warned(ApplicationContextRunner one, SupervisorSpec tree, String... properties) {
        one.withBean(SupervisorSpec.class, () -> tree)
                .withPropertyValues(properties)
                .run(context -> assertThat(context).hasNotFailed());
        return log.list.stream()
                .filter(event -> event.getLevel() == Level.WARN)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    @Test
    void a_tree_that_may_take_longer_than_the_default_is_told_with_both_times() {
        assertThat(warned(ofSpringBoot, tree(seconds(20), seconds(11))))
                .containsExactly(
                        "the tree may take [31s] to stop, but Spring waits for it no longer than [30s], and then"
                                + " closes beans that its children may still use; set"
                                + " spring.lifecycle.timeout-per-shutdown-phase to 31s or more");
    }

    @Test
    void one_without_a_limit_is_told_too() {
        assertThat(warned(ofSpringBoot, tree(seconds(1), Shutdown.infinity())))
                .singleElement()
                .asString()
                .startsWith("the tree may take [as long as a child with an infinite shutdown likes] to stop")
                .endsWith("set spring.lifecycle.timeout-per-shutdown-phase to what you are ready to wait");
    }

    /** What is proposed is enough. */
    @ParameterizedTest
    @CsvSource({"30s, 0", "31s, 0", "30999ms, 1", "PT1M, 0", "0s, 1"})
    void what_was_set_counts(String limit, int warnings) {
        long taken = limit.equals("30s") ? 30 : 31;

        assertThat(warned(ofSpringBoot, tree(seconds(taken)), "spring.lifecycle.timeout-per-shutdown-phase=" + limit))
                .hasSize(warnings);
    }

    @Test
    void nothing_is_said_where_spring_boot_does_not_set_the_time() {
        assertThat(warned(application, tree(seconds(100)))).isEmpty();
    }
}
