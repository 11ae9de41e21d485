package io.github.pekkosupervisor.springboot;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.convert.DurationStyle;

/**
 * How long Spring waits for what it stops in one phase of the lifecycle.
 *
 * @param limit empty if that is not said as Spring Boot has it, so that nothing is known of it
 */
record ShutdownPhase(Optional<Duration> limit) {

    private static final Logger LOG = LoggerFactory.getLogger(ShutdownPhase.class);

    /** Of Spring Boot. */
    static final String PROPERTY = "spring.lifecycle.timeout-per-shutdown-phase";

    /** Says so if Spring would go on before the tree is stopped. */
    void compareWith(SupervisorSpec spec) {
        limit.ifPresent(limit -> warn(SupervisionTree.stopTime(spec), limit));
    }

    private static void warn(Optional<Duration> tree, Duration limit) {
        if (tree.isEmpty() || tree.get().compareTo(limit) > 0) {
            LOG.warn(
                    "the tree may take [{}] to stop, but Spring waits for it no longer than [{}], and then closes beans that"
                            + " its children may still use; set {} to {}",
                    tree.map(ShutdownPhase::text).orElse("as long as a child with an infinite shutdown likes"),
                    text(limit),
                    PROPERTY,
                    tree.map(time -> text(time) + " or more").orElse("what you are ready to wait"));
        }
    }

    /** As it would be written among the properties. */
    private static String text(Duration time) {
        return DurationStyle.SIMPLE.print(time, time.toMillisPart() == 0 ? ChronoUnit.SECONDS : ChronoUnit.MILLIS);
    }
}
