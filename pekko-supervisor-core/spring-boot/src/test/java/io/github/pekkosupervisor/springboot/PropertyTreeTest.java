package io.github.pekkosupervisor.springboot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.github.pekkosupervisor.config.ConfiguredTree;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.InvalidSpecException;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertiesPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** Properties become what a file would have said. */
class PropertyTreeTest {

    private static final String PREFIX = "pekko-supervisor.tree";

    private static Config read(Environment environment) {
        return PropertyTree.read(environment, PREFIX);
    }

    private static Config yaml(String text) {
        return read(Yaml.environment(text));
    }

    private static List<String> mistakes(Environment environment) {
        return catchThrowableOfType(InvalidSpecException.class, () -> ConfiguredTree.read(read(environment)))
                .problems()
                .stream()
                .map(InvalidSpecException.Problem::message)
                .toList();
    }

    private static void isSameAs(String hocon, Config config) {
        assertThat(config.root().unwrapped())
                .isEqualTo(ConfigFactory.parseString(hocon).root().unwrapped());
    }

    @Test
    void a_tree_in_yaml_is_the_same_as_in_a_file() {
        isSameAs("""
                strategy = rest-for-one
                intensity = 3
                period = 10s
                children = [
                  { id = cache
                    process {
                      command = [redis-server, --port, "6379"]
                      environment { PORT = 6379, my_Var = x, "a.b" = y }
                      ready { tcp = 6379 }
                      oneshot = true
                    }
                    restart-delay { min = 100ms, factor = 1.5 } }
                  { id = jobs, supervisor { children = [ { id = mailer, process { command = [sleep, 1000] } } ] } }
                ]
                """, yaml("""
                pekko-supervisor:
                  tree:
                    strategy: rest-for-one
                    intensity: 3
                    period: 10s
                    children:
                    - id: cache
                      process:
                        command: [redis-server, --port, "6379"]
                        environment:
                          PORT: 6379
                          my_Var: x
                          "[a.b]": y
                        ready.tcp: 6379
                        oneshot: true
                      restart-delay:
                        min: 100ms
                        factor: 1.5
                    - id: jobs
                      supervisor:
                        children:
                        - id: mailer
                          process.command: [sleep, 1000]
                """));
    }

    @Test
    void properties_say_the_same_with_indexes() {
        Properties properties = new Properties();
        properties.put(PREFIX + ".intensity", "3");
        properties.put(PREFIX + ".children[0].id", "a");
        properties.put(PREFIX + ".children[0].significant", "true");
        properties.put(PREFIX + ".children[0].restart", "transient");
        properties.put(PREFIX + ".children[0].process.command[0]", "sleep");
        properties.put(PREFIX + ".children[0].process.command[1]", "10");
        properties.put(PREFIX + ".auto-shutdown", "any-significant");
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new PropertiesPropertySource("file", properties));

        SupervisorSpec spec = ConfiguredTree.read(read(environment));

        assertThat(spec.intensity()).isEqualTo(3);
        assertThat(spec.children()).extracting(ChildSpec::id).containsExactly("a");
        assertThat(spec.children().get(0).significant()).isTrue();
    }

    @Test
    void eleven_elements_stay_in_their_order() {
        Properties properties = new Properties();
        for (int i = 10; i >= 0; i--) {
            properties.put(PREFIX + ".children[" + i + "]", "c" + i);
        }
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new PropertiesPropertySource("file", properties));

        assertThat(read(environment).getStringList("children"))
                .containsExactly("c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9", "c10");
    }

    @ParameterizedTest
    @ValueSource(strings = {"99999999999", "4294967296", "1"})
    void an_index_to_which_nothing_leads_is_told(String index) {
        Properties properties = new Properties();
        properties.put(PREFIX + ".children[" + index + "].id", "x");
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new PropertiesPropertySource("file", properties));

        assertThat(mistakes(environment)).singleElement().asString().contains("is in a list that has no [0]");
    }

    @Test
    void keys_may_be_written_as_anywhere_in_spring() {
        isSameAs("max-children = 3, auto-shutdown = never, restart-delay { reset-after = 1m }", yaml("""
                pekkoSupervisor:
                  tree:
                    maxChildren: 3
                    auto_shutdown: never
                    RESTART_DELAY:
                      resetAfter: 1m
                """));
    }

    @Test
    void a_list_without_children_is_one() {
        isSameAs(
                "strategy = dynamic, children = []",
                yaml("pekko-supervisor: { tree: { strategy: dynamic, children: [] } }"));
    }

    @Nested
    class Precedence {

        @Test
        void of_a_block_single_values_are_replaced() {
            ConfigurableEnvironment environment =
                    Yaml.environment("pekko-supervisor: { tree: { restart-delay: { min: 1s } } }");
            Yaml.add(environment, "pekko-supervisor: { tree: { restartDelay: { min: 2s, max: 3s }, period: 4s } }");

            isSameAs("restart-delay { min = 1s, max = 3s }, period = 4s", read(environment));
        }

        @Test
        void a_list_is_replaced_as_a_whole() {
            ConfigurableEnvironment environment =
                    Yaml.environment("pekko-supervisor: { tree: { children: [ { id: a, x: 1 } ] } }");
            Yaml.add(environment, "pekko-supervisor: { tree: { children: [ { id: b, y: 1 }, { id: c } ] } }");

            isSameAs("children = [ { id = a, x = 1 } ]", read(environment));
        }

        @Test
        void variables_of_the_environment_count_without_hyphens_and_with_underscores() {
            ConfigurableEnvironment environment = Yaml.environment(
                    "pekko-supervisor: { tree: { intensity: 1, auto-shutdown: never, strategy: one-for-one } }");
            environment
                    .getPropertySources()
                    .addFirst(new SystemEnvironmentPropertySource(
                            StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                            Map.of(
                                    "PEKKO_SUPERVISOR_TREE_INTENSITY", "7",
                                    "PEKKOSUPERVISOR_TREE_AUTOSHUTDOWN", "any-significant",
                                    "PEKKOSUPERVISOR_TREE_PERIOD", "9s")));

            isSameAs(
                    "intensity = \"7\", auto-shutdown = any-significant, strategy = one-for-one, period = 9s",
                    read(environment));
        }
    }

    @Nested
    class Placeholders {

        @Test
        void are_resolved() {
            isSameAs("children = [ { process { command = [serve, \"8080\", a-x-b, deflt] } } ]", yaml("""
                    port: 8080
                    name: x
                    pekko-supervisor.tree.children:
                    - process.command: [serve, "${port}", "a-${name}-b", "${nobody:deflt}"]
                    """));
        }

        @Test
        void that_are_unknown_are_refused_with_what_to_do() {
            assertThat(mistakes(Yaml.environment("""
                            pekko-supervisor:
                              tree:
                                children:
                                - id: a
                                  process.command: [sh, -c, "exec serve ${PORT}"]
                            """)))
                    .containsExactly("pekko-supervisor.tree.children[0].process.command[2] (Byte array resource"
                            + " [application0.yml] - 5:33): has ${PORT}, which nobody has set; set"
                            + " it, give it a default as in ${PORT:value}, or write \\${PORT} if this is to be left to a"
                            + " shell");
        }

        @Test
        void that_are_escaped_are_left_to_the_shell() {
            isSameAs(
                    "command = [\"serve ${PORT} $$\"]",
                    yaml("pekko-supervisor: { tree: { command: ['serve \\${PORT} $$'] } }"));
        }
    }

    @Nested
    class Mistakes {

        @Test
        void of_the_tree_name_property_file_and_line() {
            assertThat(mistakes(Yaml.environment("""
                            pekko-supervisor:
                              tree:
                                strategie: one-for-all
                                children:
                                - id: cache
                                  process:
                                    command: redis-server
                                  shutdown: 5
                                - process.command: [sleep, 1d]
                            """)))
                    .satisfiesExactlyInAnyOrder(
                            one -> assertThat(one)
                                    .startsWith("pekko-supervisor.tree.children[0].process.command (")
                                    .contains("application0.yml] - 7:18): \"command\" must be a list"),
                            one -> assertThat(one)
                                    .startsWith("pekko-supervisor.tree.children[0].shutdown (")
                                    .contains("] - 8:17): \"shutdown\" must be", "was 5"),
                            one -> assertThat(one)
                                    .startsWith("pekko-supervisor.tree.children[1] (")
                                    .contains("] - 9:", "the child has no \"id\""),
                            one -> assertThat(one)
                                    .startsWith("pekko-supervisor.tree.strategie (")
                                    .contains("] - 3:16): ", "did you mean \"strategy\"?"));
        }

        @Test
        void a_gap_in_a_list_is_one() {
            StandardEnvironment environment = new StandardEnvironment();
            environment
                    .getPropertySources()
                    .addFirst(new MapPropertySource(
                            "file", Map.of(PREFIX + ".children[0].id", "a", PREFIX + ".children[2].id", "c")));

            assertThat(mistakes(environment))
                    .singleElement()
                    .asString()
                    .contains("children[", "is in a list that has no [1]");
        }

        @Test
        void a_value_that_is_also_a_block_is_one() {
            StandardEnvironment environment = new StandardEnvironment();
            environment
                    .getPropertySources()
                    .addFirst(new MapPropertySource(
                            "file", Map.of(PREFIX + ".process", "x", PREFIX + ".process.command", "y")));

            assertThat(mistakes(environment))
                    .singleElement()
                    .asString()
                    .contains("is a single value, and there is pekko-supervisor.tree.process.command too");
        }

        @Test
        void a_key_in_a_list_is_one() {
            Map<String, Object> properties = new LinkedHashMap<>();
            properties.put(PREFIX + ".children[0].id", "a");
            properties.put(PREFIX + ".children.id", "b");
            StandardEnvironment environment = new StandardEnvironment();
            environment.getPropertySources().addFirst(new MapPropertySource("file", properties));

            assertThat(mistakes(environment))
                    .singleElement()
                    .asString()
                    .startsWith("pekko-supervisor.tree.children.id")
                    .endsWith(": is a key in what is a list; leave one of them out");
        }

        @Test
        void a_tree_that_is_no_block_is_one() {
            assertThat(mistakes(Yaml.environment("pekko-supervisor.tree: one-for-one")))
                    .singleElement()
                    .asString()
                    .isEqualTo("pekko-supervisor.tree: must be a block of keys, as a tree in a file is");
        }
    }

    @Test
    void it_is_there_or_is_not() {
        assertThat(PropertyTree.isThere(Yaml.environment("pekko-supervisor.tree.strategy: dynamic"), PREFIX))
                .isTrue();
        assertThat(PropertyTree.isThere(Yaml.environment("pekko-supervisor.phase: 3"), PREFIX))
                .isFalse();
    }
}
