package io.github.pekkosupervisor.springboot;

import io.github.pekkosupervisor.micrometer.TreeMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Meters of the tree, where {@code pekko-supervisor-micrometer} is there and the application has a registry. */
@AutoConfiguration(
        after = SupervisorAutoConfiguration.class,
        afterName = "org.springframework.boot.actuate.autoconfigure.metrics.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass({TreeMetrics.class, MeterRegistry.class})
@ConditionalOnBean(ApplicationTree.class)
class SupervisorMetricsAutoConfiguration {

    /** Unless the application binds them itself. */
    @Bean
    @ConditionalOnBean(MeterRegistry.class)
    @ConditionalOnMissingBean(TreeMetrics.class)
    SupervisorMeters supervisorMeters(ApplicationTree tree, MeterRegistry registry) {
        return new SupervisorMeters(tree, registry);
    }

    /** How long stops take is told so. */
    @Bean
    @ConditionalOnBean(MeterRegistry.class)
    TreeCustomizer supervisorTransitions() {
        return options -> options.withTransitions(true);
    }
}
