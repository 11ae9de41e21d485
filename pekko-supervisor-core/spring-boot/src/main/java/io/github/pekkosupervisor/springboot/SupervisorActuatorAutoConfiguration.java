package io.github.pekkosupervisor.springboot;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.health.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** The tree in Actuator, where that is there: as the health of {@code supervisor}, and as the endpoint of that name. */
@AutoConfiguration(after = SupervisorAutoConfiguration.class)
@ConditionalOnClass({HealthIndicator.class, Endpoint.class, ConditionalOnAvailableEndpoint.class})
@ConditionalOnBean(ApplicationTree.class)
class SupervisorActuatorAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean(name = "supervisorHealthIndicator")
    @ConditionalOnEnabledHealthIndicator("supervisor")
    HealthIndicator supervisorHealthIndicator(ApplicationTree tree) {
        return new SupervisorHealthIndicator(tree);
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnAvailableEndpoint
    SupervisorEndpoint supervisorEndpoint(ApplicationTree tree) {
        return new SupervisorEndpoint(tree);
    }
}
