package io.github.pekkosupervisor.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** What editors complete is what is read: the file is written by hand. */
class MetadataTest {

    private static final String TREE = "pekko-supervisor.tree.";

    private static Map<String, JsonNode> properties() throws IOException {
        Map<String, JsonNode> properties = new TreeMap<>();
        try (InputStream in = MetadataTest.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            for (JsonNode property : new ObjectMapper().readTree(in).get("properties")) {
                properties.put(property.get("name").asText(), property);
            }
        }
        return properties;
    }

    private static String dashed(String name) {
        return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    private static Stream<RecordComponent> components() {
        return Arrays.stream(SupervisorProperties.class.getRecordComponents());
    }

    @Test
    void each_property_that_is_read_is_there_and_no_other() throws IOException {
        assertThat(properties().keySet().stream().filter(name -> !name.startsWith(TREE)))
                .containsExactlyInAnyOrderElementsOf(components()
                        .map(one -> "pekko-supervisor." + dashed(one.getName()))
                        .toList());
    }

    @Test
    void defaults_are_those_that_hold() throws Exception {
        SupervisorProperties defaults = new Binder(new MapConfigurationPropertySource())
                .bindOrCreate("pekko-supervisor", Bindable.of(SupervisorProperties.class));
        Map<String, JsonNode> properties = properties();

        List<String> wrong = new ArrayList<>();
        for (RecordComponent component : components().toList()) {
            String name = "pekko-supervisor." + dashed(component.getName());
            JsonNode said = Objects.requireNonNull(properties.get(name)).get("defaultValue");
            Object holds = component.getAccessor().invoke(defaults);
            boolean isSame = said == null
                    ? holds == null || holds.equals(List.of())
                    : said.asText().equalsIgnoreCase(String.valueOf(holds));
            if (!isSame) {
                wrong.add(component.getName() + ": " + said + ", but " + holds);
            }
        }

        assertThat(wrong).isEmpty();
    }

    @Test
    void keys_of_a_tree_are_those_of_a_file_with_their_defaults() throws IOException {
        Map<String, Object> reference = new TreeMap<>(ConfigFactory.defaultReference()
                .getConfig("pekko-supervisor.tree-reference.supervisor")
                .root()
                .unwrapped());
        Map<String, JsonNode> properties = properties();

        assertThat(reference).containsKey("strategy");
        reference.forEach((key, value) -> {
            JsonNode property = properties.get(TREE + key);
            assertThat(property).as(key).isNotNull();
            if (!(value instanceof List)) {
                assertThat(property.get("defaultValue").asText()).as(key).isEqualTo(String.valueOf(value));
            }
        });
        assertThat(properties.keySet().stream()
                        .filter(name -> name.startsWith(TREE))
                        .map(name -> name.substring(TREE.length())))
                .as("beside those that have a default")
                .allMatch(key -> reference.containsKey(key) || key.equals("max-children"));
    }
}
