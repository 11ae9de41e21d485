package io.github.pekkosupervisor.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** An application for which nothing is supervised is told so. */
class NoTreeTest {

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(SupervisorAutoConfiguration.class);

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    ApplicationAvailabilityAutoConfiguration.class, SupervisorAutoConfiguration.class));

    @BeforeEach
    void listen() {
        log.start();
        logger.setLevel(Level.INFO);
        logger.addAppender(log);
    }

    @AfterEach
    void listen_no_more() {
        logger.detachAppender(log);
        logger.setLevel(null);
    }

    private List<String> told() {
        return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    private ApplicationContextRunner yaml(String text) {
        return application.withInitializer(context -> Yaml.add(context.getEnvironment(), text));
    }

    @Test
    void an_empty_block_is_no_tree_and_it_is_said_what_would_be_one() {
        yaml("pekko-supervisor:\n  tree: {}\n").run(context -> {
            assertThat(context).hasNotFailed().doesNotHaveBean(ApplicationTree.class);
            assertThat(told())
                    .singleElement()
                    .asString()
                    .startsWith("there is no tree to supervise: ")
                    .contains("no property is below pekko-supervisor.tree; an empty block there, { }, is none: say"
                            + " children: [] in it")
                    .endsWith("or pekko-supervisor.enabled: false if there is to be none");
        });
    }

    @Test
    void what_is_said_there_is_an_empty_tree() {
        yaml("pekko-supervisor:\n  tree:\n    children: []\n").run(context -> {
            assertThat(context.getBean(ApplicationTree.class).isRunning()).isTrue();
            assertThat(told()).isEmpty();
        });
    }

    @Test
    void who_wants_none_is_told_nothing() {
        yaml("pekko-supervisor:\n  enabled: false\n").run(context -> {
            assertThat(context).hasNotFailed().doesNotHaveBean(ApplicationTree.class);
            assertThat(told()).isEmpty();
        });
    }
}
