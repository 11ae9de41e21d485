package io.github.pekkosupervisor.examples.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.protocol.TreeSnapshot;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.InvalidSpecException;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.springboot.ApplicationTree;
import io.github.pekkosupervisor.springboot.TreeCustomizer;
import io.github.pekkosupervisor.springboot.TreeEndedEvent;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.MBeanOperationInfo;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;

/** What the page on Spring Boot shows. */
class SpringTest {

    private static final String LOGGING = "org.springframework.boot.logging.LoggingSystem";

    private static final CopyOnWriteArrayList<String> NOTED = new CopyOnWriteArrayList<>();

    @TempDir
    private Path place;

    /** Spring Boot would set up the log of this JVM anew. */
    @BeforeAll
    static void leave_the_log() {
        System.setProperty(LOGGING, "none");
    }

    @AfterAll
    static void let_it() {
        System.clearProperty(LOGGING);
    }

    private ConfigurableApplicationContext run(Class<?> application, String yml, String... more) throws IOException {
        Path file = Files.writeString(place.resolve("application.yml"), yml);
        SpringApplication spring = new SpringApplication(application);
        spring.setRegisterShutdownHook(false);
        List<String> arguments =
                new ArrayList<>(List.of("--spring.config.location=file:" + file, "--spring.main.banner-mode=off"));
        arguments.addAll(List.of(more));
        return spring.run(arguments.toArray(String[]::new));
    }

    static final class Orders {
        void open() {
            NOTED.add("open");
        }

        void close() {
            NOTED.add("close");
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Shop {
        @Bean
        Orders orders() {
            return new Orders();
        }

        // guide: bean
        @Bean
        SupervisorSpec supervision(Orders orders) {
            return SupervisorSpec.restForOne()
                    .withIntensity(3, Duration.ofSeconds(10))
                    .withChild(ChildSpec.process("cache", "sleep", "1d"))
                    .withChild(ChildSpec.service("orders", () -> open(orders), Orders::close));
        }
        // guide: end

        private static Orders open(Orders orders) {
            orders.open();
            return orders;
        }

        // guide: customizer
        @Bean
        TreeCustomizer page() {
            return options -> options.withListener(event -> audit(event.toString()));
        }
        // guide: end

        private static void audit(String line) {
            assertThat(line).isNotEmpty();
        }

        // guide: ended
        @EventListener
        void ended(TreeEndedEvent event) {
            alarm("the tree has ended: " + event.end());
        }
        // guide: end

        private static void alarm(String line) {
            NOTED.add(line);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class WithChild {
        // guide: child
        @Bean
        ChildSpec orders() {
            return ChildSpec.closeable("orders", OrderService::new);
        }
        // guide: end
    }

    static final class OrderService implements AutoCloseable {
        @Override
        public void close() {
            NOTED.add("closed");
        }
    }

    // guide: access
    private static final String ACCESS = """
            management:
              endpoints.web.exposure.include: health, supervisor
              endpoint.supervisor.access: unrestricted
            """;
    // guide: end

    // guide: yml
    private static final String YML = """
            pekko-supervisor:
              tree:
                strategy: rest-for-one
                intensity: 3
                period: 10s
                children:
                - id: cache
                  process:
                    command: [sleep, "${cache.seconds:100000}"]
                    environment:
                      MODE: production
                  restart-delay: { min: 100ms, max: 30s }
                - id: orders
                  from-code: orders      # a bean of the type ChildSpec, by its name
                  shutdown: 30s
            """;
    // guide: end

    // guide: use
    /** Asks for the tree when the application runs. */
    record Caches(ApplicationTree application) {
        TreeSnapshot look() {
            SupervisionTree tree = application.tree();
            return tree.snapshot().toCompletableFuture().join();
        }
    }
    // guide: end

    @Test
    void a_bean_is_a_tree() throws IOException {
        NOTED.clear();
        try (ConfigurableApplicationContext context = run(Shop.class, "")) {
            TreeSnapshot seen = new Caches(context.getBean(ApplicationTree.class)).look();

            assertThat(seen.find("/cache")).isPresent();
            assertThat(NOTED).containsExactly("open");
        }
        assertThat(NOTED).containsExactly("open", "close");
    }

    @Test
    void a_file_is_a_tree() throws IOException {
        NOTED.clear();
        try (ConfigurableApplicationContext context = run(WithChild.class, YML)) {
            TreeSnapshot seen = new Caches(context.getBean(ApplicationTree.class)).look();

            assertThat(seen.find("/cache")).isPresent();
            assertThat(seen.find("/orders")).isPresent();
        }
        assertThat(NOTED).containsExactly("closed");
    }

    // guide: mistake
    private static final String MISTAKE = """
            pekko-supervisor.tree.children[0].process.command (class path resource [application.yml] - 9:18): "command" must be \
            a list of program and arguments, was "sleep"; for a line of shell use [sh, -c, "exec ..."]
            """;
    // guide: end

    // guide: dependency
    private static final String DEPENDENCY = """
            <dependency>
              <groupId>io.github.pekkosupervisor</groupId>
              <artifactId>pekko-supervisor-spring-boot</artifactId>
              <version>0.1.0-SNAPSHOT</version>
            </dependency>
            """;
    // guide: end

    @Test
    void the_dependency_is_a_module_of_this_project() throws IOException {
        String module = Files.readString(Path.of("../pekko-supervisor-core/spring-boot/pom.xml"));
        String parent = Files.readString(Path.of("../pom.xml"));

        assertThat(DEPENDENCY.lines().filter(line -> line.contains("artifactId")))
                .allMatch(line -> module.contains(line.strip()));
        assertThat(parent).contains("<revision>0.1.0-SNAPSHOT</revision>");
        assertThat(DEPENDENCY).contains("<version>0.1.0-SNAPSHOT</version>");
    }

    @Test
    void commands_need_access() throws IOException {
        String exposed = ACCESS.replace("web.exposure", "jmx.exposure");
        try (ConfigurableApplicationContext context = run(Shop.class, exposed, "--spring.jmx.enabled=true")) {
            assertThat(context.isActive()).isTrue();
            assertThat(operations()).contains("command", "stop");
        }
        try (ConfigurableApplicationContext context =
                run(Shop.class, exposed.replaceAll("(?m)^.*access.*$", ""), "--spring.jmx.enabled=true")) {
            assertThat(context.isActive()).isTrue();
            assertThat(operations()).contains("tree", "place").doesNotContain("command", "stop");
        }
    }

    private static List<String> operations() {
        try {
            return Stream.of(ManagementFactory.getPlatformMBeanServer()
                            .getMBeanInfo(new ObjectName("org.springframework.boot:type=Endpoint,name=Supervisor"))
                            .getOperations())
                    .map(MBeanOperationInfo::getName)
                    .toList();
        } catch (JMException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void a_mistake_is_told_with_its_line() {
        String wrong = YML.replace("[sleep, \"${cache.seconds:100000}\"]", "sleep");

        assertThatThrownBy(() -> run(WithChild.class, wrong))
                .rootCause()
                .isInstanceOfSatisfying(
                        InvalidSpecException.class,
                        failure -> assertThat(failure.problems().get(0).message())
                                .matches(MISTAKE.strip()
                                        .replaceAll("[\\[\\](){}.]", "\\\\$0")
                                        .replace(
                                                "class path resource \\[application\\.yml\\]",
                                                ".*application\\.yml.*")));
    }
}
