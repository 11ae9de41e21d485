package io.github.pekkosupervisor.springboot;

import static io.github.pekkosupervisor.springboot.Places.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.MAP;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.RestartDelay;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.autoconfigure.availability.AvailabilityHealthContributorAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.jmx.JmxEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.health.HealthContributorAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.health.HealthEndpointAutoConfiguration;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.health.HealthComponent;
import org.springframework.boot.actuate.health.HealthEndpoint;
import org.springframework.boot.actuate.health.Status;
import org.springframework.boot.actuate.health.SystemHealth;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.autoconfigure.jmx.JmxAutoConfiguration;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

/** What Actuator shows of a tree, and Micrometer; and that neither is needed. */
class ActuatorTest {

    private static final RestartDelay NEVER_BY_ITSELF = RestartDelay.fixed(Duration.ofDays(1));

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    ApplicationAvailabilityAutoConfiguration.class,
                    JmxAutoConfiguration.class,
                    EndpointAutoConfiguration.class,
                    JmxEndpointAutoConfiguration.class,
                    HealthContributorAutoConfiguration.class,
                    HealthEndpointAutoConfiguration.class,
                    AvailabilityHealthContributorAutoConfiguration.class,
                    SupervisorAutoConfiguration.class,
                    SupervisorActuatorAutoConfiguration.class,
                    SupervisorMetricsAutoConfiguration.class))
            .withPropertyValues(
                    "spring.jmx.enabled=true",
                    "management.endpoints.jmx.exposure.include=*",
                    "management.health.readinessstate.enabled=true",
                    "management.health.livenessstate.enabled=true",
                    "management.endpoint.health.group.readiness.include=readinessState",
                    "management.endpoint.health.group.liveness.include=livenessState",
                    "management.endpoint.health.show-details=always")
            .withBean(SupervisorSpec.class, ActuatorTest::tree);

    @AfterEach
    void nothing_is_left() {
        Places.awaitNoChildren();
    }

    private static SupervisorSpec tree() {
        return SupervisorSpec.oneForOne()
                .withIntensity(1, Duration.ofDays(30))
                .withChild(ChildSpec.process("db", "sleep", "1000").withRestartDelay(NEVER_BY_ITSELF))
                .withChild(ChildSpec.process("fragile", "sleep", "1000"))
                .withChild(ChildSpec.supervisor(
                        "jobs", SupervisorSpec.oneForOne().withChild(ChildSpec.process("mail/er", "sleep", "1000"))));
    }

    private static JsonNode json(@Nullable String text) throws IOException {
        return new ObjectMapper().readTree(Objects.requireNonNull(text));
    }

    // ---- health

    private static HealthComponent health(ApplicationContext context, String... path) {
        return context.getBean(HealthEndpoint.class).healthForPath(path);
    }

    private static Status status(ApplicationContext context, String... path) {
        return health(context, path).getStatus();
    }

    @Test
    void health_follows_the_tree() {
        application.run(context -> {
            ApplicationTree tree = context.getBean(ApplicationTree.class);
            AvailabilityChangeEvent.publish(context, LivenessState.CORRECT);
            AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
            assertThat(((SystemHealth) context.getBean(HealthEndpoint.class).health()).getComponents())
                    .containsKey("supervisor");
            assertThat(status(context, "supervisor")).isEqualTo(Status.UP);
            assertThat(status(context, "readiness")).isEqualTo(Status.UP);

            Places.kill(Places.pid(tree, "/db"));
            await().atMost(PATIENCE).until(() -> status(context, "supervisor").equals(Status.OUT_OF_SERVICE));

            assertThat(health(context, "supervisor"))
                    .extracting("details.notReady")
                    .asInstanceOf(MAP)
                    .hasEntrySatisfying("/db", why -> assertThat(why).asString().startsWith("restarting"));
            await().atMost(PATIENCE).until(() -> status(context, "readiness").equals(Status.OUT_OF_SERVICE));
            assertThat(status(context, "liveness")).isEqualTo(Status.UP);

            tree.tree().root().startNow("db").toCompletableFuture().join();
            await().atMost(PATIENCE).until(() -> status(context, "supervisor").equals(Status.UP));
            await().atMost(PATIENCE).until(() -> status(context, "readiness").equals(Status.UP));

            // one more than it allows
            Places.kill(Places.pid(tree, "/fragile"));
            await().atMost(PATIENCE).until(() -> status(context, "liveness").equals(Status.DOWN));
            assertThat(status(context, "supervisor")).isEqualTo(Status.DOWN);
            assertThat(health(context, "supervisor"))
                    .extracting("details.end")
                    .asString()
                    .startsWith("gave up: supervisor / allows 1 restart");
        });
    }

    @Test
    void health_of_a_tree_that_was_stopped_is_out_of_service() {
        application.run(context -> {
            context.getSourceApplicationContext().stop();

            assertThat(status(context, "supervisor")).isEqualTo(Status.OUT_OF_SERVICE);
        });
    }

    @Test
    void health_names_no_more_places_than_can_be_read() {
        List<ChildSpec> many = IntStream.range(0, SupervisorHealthIndicator.MOST_NAMED + 5)
                .mapToObj(i -> ChildSpec.process("c" + i, "sleep", "1000").withRestartDelay(NEVER_BY_ITSELF))
                .toList();
        application
                .withAllowBeanDefinitionOverriding(true)
                .withBean(
                        "tree",
                        SupervisorSpec.class,
                        () -> SupervisorSpec.oneForOne().withUnlimitedRestarts().withChildren(many),
                        definition -> definition.setPrimary(true))
                .run(context -> {
                    ApplicationTree tree = context.getBean(ApplicationTree.class);
                    many.forEach(child -> Places.kill(Places.pid(tree, "/" + child.id())));
                    await().atMost(PATIENCE)
                            .until(() -> tree.tree()
                                            .health()
                                            .toCompletableFuture()
                                            .join()
                                            .notReady()
                                            .size()
                                    == many.size());

                    HealthComponent health = health(context, "supervisor");

                    assertThat(health)
                            .extracting("details.notReady")
                            .asInstanceOf(MAP)
                            .hasSize(SupervisorHealthIndicator.MOST_NAMED);
                    assertThat(health).extracting("details.notNamed").isEqualTo(5);
                });
    }

    @Test
    void health_can_be_switched_off() {
        application
                .withPropertyValues("management.health.supervisor.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(SupervisorHealthIndicator.class));
    }

    // ---- endpoint

    @Nested
    class OfTheEndpoint {

        private final ApplicationContextRunner commanded =
                application.withPropertyValues("management.endpoint.supervisor.access=UNRESTRICTED");

        private SupervisorEndpoint endpoint(ApplicationContext context) {
            return context.getBean(SupervisorEndpoint.class);
        }

        @Test
        void the_tree_and_a_place_are_json() {
            application.run(context -> {
                JsonNode tree = json(endpoint(context).tree()).get("top");
                assertThat(tree.get("path").asText()).isEqualTo("/");
                assertThat(tree.get("children").findValuesAsText("path")).contains("/db", "/jobs", "/jobs/mail~1er");

                JsonNode place = json(endpoint(context).place("jobs", "mail~1er"));
                assertThat(place.get("state").asText()).isEqualToIgnoringCase("running");
                assertThat(endpoint(context).place("nobody")).isNull();
            });
        }

        @Test
        void a_child_is_restarted_stopped_and_started() {
            application.run(context -> {
                ApplicationTree tree = context.getBean(ApplicationTree.class);
                long first = Places.pid(tree, "/db");

                assertThat(endpoint(context).command(new String[] {"db"}, Command.RESTART))
                        .satisfies(answer -> says(answer, 200, "/db", "restarted"));
                assertThat(Places.pid(tree, "/db")).isNotEqualTo(first);

                assertThat(endpoint(context).stop("jobs", "mail~1er"))
                        .satisfies(answer -> says(answer, 200, "/jobs/mail~1er", "stopped"));
                assertThat(Places.place(tree, "/jobs/mail~1er").process()).isEmpty();

                assertThat(endpoint(context).command(new String[] {"jobs", "mail~1er"}, Command.START))
                        .satisfies(answer -> says(answer, 200, "/jobs/mail~1er", "started"));
                assertThat(Places.isAlive(Places.pid(tree, "/jobs/mail~1er"))).isTrue();
            });
        }

        @Test
        void a_child_that_waits_for_its_restart_is_started_now() {
            application.run(context -> {
                ApplicationTree tree = context.getBean(ApplicationTree.class);
                Places.kill(Places.pid(tree, "/db"));
                await().atMost(PATIENCE)
                        .until(() -> Places.place(tree, "/db").nextRestart().isPresent());

                assertThat(endpoint(context).command(new String[] {"db"}, Command.START))
                        .satisfies(answer -> says(answer, 200, "/db", "started"));
            });
        }

        @Test
        void what_cannot_be_is_said() {
            application.run(context -> {
                assertThat(endpoint(context).stop("nobody"))
                        .satisfies(answer -> says(answer, 404, "/nobody", "there is no such place"));
                assertThat(endpoint(context).stop("db", "below"))
                        .satisfies(answer -> says(answer, 404, "/db/below", "there is no such place"));
                assertThat(endpoint(context).stop())
                        .satisfies(answer -> says(answer, 409, "/", "the top starts and stops with the application"));
                assertThat(endpoint(context).command(new String[] {"db"}, Command.START))
                        .satisfies(answer -> says(answer, 409, "/db", "it runs already"));
            });
        }

        @Test
        void of_a_dynamic_supervisor_the_one_child_that_is_meant_is_stopped() {
            application
                    .withAllowBeanDefinitionOverriding(true)
                    .withBean(
                            "tree",
                            SupervisorSpec.class,
                            SupervisorSpec::dynamic,
                            definition -> definition.setPrimary(true))
                    .run(context -> {
                        ApplicationTree tree = context.getBean(ApplicationTree.class);
                        for (String id : List.of("one", "twin", "twin")) {
                            tree.tree()
                                    .root()
                                    .startChild(ChildSpec.process(id, "sleep", "1000"))
                                    .toCompletableFuture()
                                    .join();
                        }

                        assertThat(endpoint(context).command(new String[] {"one"}, Command.RESTART))
                                .satisfies(answer -> says(answer, 200, "/one", "restarted"));
                        assertThat(endpoint(context).stop("one"))
                                .satisfies(answer -> says(answer, 200, "/one", "stopped"));
                        assertThat(endpoint(context).stop("twin"))
                                .satisfies(answer -> says(
                                        answer, 409, "/twin", "2 children have this id, so none of them is meant"));
                        assertThat(Places.ids(tree)).containsExactly("/twin", "/twin");
                    });
        }

        private static void says(
                WebEndpointResponse<Map<String, String>> answer, int status, String path, String outcome) {
            assertThat(answer.getBody()).isEqualTo(Map.of("path", path, "outcome", outcome));
            assertThat(answer.getStatus()).isEqualTo(status);
        }

        // ---- as it is seen from outside, by JMX

        private static ObjectName name() throws Exception {
            return new ObjectName("org.springframework.boot:type=Endpoint,name=Supervisor");
        }

        private static Collection<String> operations() throws Exception {
            MBeanServer server = ManagementFactory.getPlatformMBeanServer();
            return Arrays.stream(server.getMBeanInfo(name()).getOperations())
                    .map(MBeanOperationInfo::getName)
                    .sorted()
                    .toList();
        }

        @Test
        void it_is_there_to_be_read_alone_if_nothing_else_is_said() {
            application.run(context -> {
                assertThat(operations()).containsExactly("place", "tree");
                Object tree =
                        ManagementFactory.getPlatformMBeanServer().invoke(name(), "tree", new Object[0], new String[0]);
                assertThat(json((String) tree).get("top").get("path").asText()).isEqualTo("/");
            });
        }

        @Test
        void commands_are_there_where_access_is_not_restricted() {
            commanded.run(context -> assertThat(operations()).containsExactly("command", "place", "stop", "tree"));
        }

        @Test
        void it_is_not_there_if_it_is_not_exposed() {
            application
                    .withPropertyValues("management.endpoints.jmx.exposure.include=health")
                    .run(context -> assertThat(context).doesNotHaveBean(SupervisorEndpoint.class));
        }
    }

    // ---- meters

    @Test
    void meters_are_there_as_long_as_the_tree() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        application.withBean(MeterRegistry.class, () -> registry).run(context -> {
            await().atMost(PATIENCE)
                    .until(() -> registry.find("pekko.supervisor.up")
                                    .tag("path", "/db")
                                    .gauge()
                            != null);

            context.getSourceApplicationContext().stop();

            assertThat(registry.getMeters()).isEmpty();
        });
    }

    @Test
    void meters_are_of_the_tree_that_the_application_has_started_again() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        application.withBean(MeterRegistry.class, () -> registry).run(context -> {
            ApplicationTree tree = context.getBean(ApplicationTree.class);
            tree.stop();
            await().atMost(PATIENCE).until(() -> up(registry, "/") == 0);

            tree.start();

            await().atMost(PATIENCE).until(() -> up(registry, "/") == 1 && up(registry, "/db") == 1);
            context.getSourceApplicationContext().stop();
            assertThat(registry.getMeters()).isEmpty();

            context.getSourceApplicationContext().start();

            await().atMost(PATIENCE).until(() -> up(registry, "/db") == 1);
        });
    }

    private static double up(MeterRegistry registry, String path) {
        Gauge gauge = registry.find("pekko.supervisor.up").tag("path", path).gauge();
        return gauge == null ? -1 : gauge.value();
    }

    // ---- without

    @Test
    void none_of_that_is_needed() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        ApplicationAvailabilityAutoConfiguration.class,
                        SupervisorAutoConfiguration.class,
                        SupervisorActuatorAutoConfiguration.class,
                        SupervisorMetricsAutoConfiguration.class))
                .withBean(SupervisorSpec.class, ActuatorTest::tree)
                .withClassLoader(new FilteredClassLoader(
                        "org.springframework.boot.actuate", "io.micrometer", "io.github.pekkosupervisor.micrometer"))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(ApplicationTree.class)
                        .doesNotHaveBean("supervisorHealthIndicator")
                        .doesNotHaveBean("supervisorMeters"));
    }
}
