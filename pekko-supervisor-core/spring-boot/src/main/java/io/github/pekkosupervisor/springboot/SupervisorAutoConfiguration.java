package io.github.pekkosupervisor.springboot;

import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.NoneNestedConditions;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.autoconfigure.context.LifecycleProperties;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * The tree of an application that has a {@link SupervisorSpec} as a bean, or {@code pekko-supervisor.tree} among its
 * properties; nothing for any other, or where {@code pekko-supervisor.enabled} is {@code false}.
 */
@AutoConfiguration(after = ApplicationAvailabilityAutoConfiguration.class)
@ConditionalOnProperty(prefix = SupervisorProperties.PREFIX, name = "enabled", matchIfMissing = true)
@EnableConfigurationProperties(SupervisorProperties.class)
public final class SupervisorAutoConfiguration {

    private static final Logger LOG = LoggerFactory.getLogger(SupervisorAutoConfiguration.class);

    /** Made by Spring. */
    public SupervisorAutoConfiguration() {}

    /** Whether there is one. */
    static final class OnTree extends AnyNestedCondition {

        OnTree() {
            super(ConfigurationPhase.REGISTER_BEAN);
        }

        @ConditionalOnBean(SupervisorSpec.class)
        static final class AsBean {}

        @Conditional(InProperties.class)
        static final class AsProperties {}
    }

    /** Whether it is among the properties. */
    static final class InProperties extends SpringBootCondition {
        @Override
        public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
            boolean isThere = PropertyTree.isThere(context.getEnvironment(), SupervisorProperties.TREE);
            return new ConditionOutcome(isThere, SupervisorProperties.TREE + (isThere ? " is there" : " is not there"));
        }
    }

    /** Whether there is none. */
    static final class OnNoTree extends NoneNestedConditions {

        OnNoTree() {
            super(ConfigurationPhase.REGISTER_BEAN);
        }

        @ConditionalOnBean(SupervisorSpec.class)
        static final class AsBean {}

        @Conditional(InProperties.class)
        static final class AsProperties {}
    }

    /** An empty block of YAML is no property, so that nobody could tell it from none. */
    @Bean
    @Conditional(OnNoTree.class)
    SmartInitializingSingleton supervisorWithoutTree() {
        return () -> LOG.info(
                "there is no tree to supervise: no SupervisorSpec is a bean, and no property is below {}; an empty block"
                        + " there, {}, is none: say children: [] in it for a tree that is empty at first, or {}.enabled:"
                        + " false if there is to be none",
                SupervisorProperties.TREE,
                "{ }",
                SupervisorProperties.PREFIX);
    }

    @Bean
    @Conditional(OnTree.class)
    TreeAvailability supervisorAvailability(ApplicationContext context, ApplicationAvailability availability) {
        return new TreeAvailability(context, availability);
    }

    @Bean
    @Conditional(OnTree.class)
    @ConditionalOnMissingBean
    TreeConsequences.Exit supervisorExit() {
        return TreeConsequences.ofTheJvm();
    }

    @Bean
    @Conditional(OnTree.class)
    ApplicationTree applicationTree(
            ListableBeanFactory beans,
            ApplicationContext context,
            SupervisorProperties properties,
            ObjectProvider<TreeCustomizer> customizers,
            TreeAvailability availability,
            TreeConsequences.Exit exit,
            ObjectProvider<LifecycleProperties> lifecycle) {
        TreeChoice choice = new TreeChoice(beans, context.getEnvironment(), properties);
        choice.refuseExportWithoutCompat();
        return new ApplicationTree(
                choice.spec(),
                choice.options(customizers.orderedStream()),
                properties,
                availability,
                new TreeConsequences(context, properties, availability, exit),
                new ShutdownPhase(Optional.ofNullable(lifecycle.getIfAvailable())
                        .map(LifecycleProperties::getTimeoutPerShutdownPhase)));
    }
}
