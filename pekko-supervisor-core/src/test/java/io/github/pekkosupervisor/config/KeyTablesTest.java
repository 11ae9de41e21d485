package io.github.pekkosupervisor.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The pages for readers say what the reader does. With {@code -Dkeys.write=true} they are written anew from the
 * declarations.
 */
final class KeyTablesTest {

    private static final Path PAGE = Path.of("../docs/keys.md");
    private static final Path REFERENCE = Path.of("src/main/resources/reference.conf");
    private static final String MADE =
            "  # ---- from here to the end: made by KeyTablesTest from the declarations in config\n\n";

    private static final Map<Place, String> SHOWN_AT = Map.ofEntries(
            Map.entry(Place.SUPERVISOR, "tree-reference.supervisor"),
            Map.entry(Place.CHILD, "tree-reference.child"),
            Map.entry(Place.RESTART_DELAY, "tree-reference.restart-delay"),
            Map.entry(Place.PROCESS, "tree-reference.process"),
            Map.entry(Place.READY, "tree-reference.ready"),
            Map.entry(Place.SERVICE_READY, "service-conf-reference.ready"),
            Map.entry(Place.LIVE, "tree-reference.live"),
            Map.entry(Place.SERVICE_LIVE, "service-conf-reference.live"),
            Map.entry(Place.LOG, "service-conf-reference.log"),
            Map.entry(Place.ACCESS, "service-conf-reference.access"),
            Map.entry(Place.EXPORT, "export-reference"),
            Map.entry(Place.PAGE, "page-reference"),
            Map.entry(Place.RUN, "run-reference"));

    private static boolean isToBeWritten() {
        return Boolean.getBoolean("keys.write");
    }

    @Test
    void the_page_is_made_from_the_declarations() throws IOException {
        String page = new KeyTables(Vocabulary.keys()).page();
        if (isToBeWritten()) {
            Files.writeString(PAGE, page);
        }

        assertThat(Files.readString(PAGE)).isEqualTo(page);
    }

    @Test
    void the_reference_is_made_from_the_declarations() throws IOException {
        String before = Files.readString(REFERENCE);
        int from = before.indexOf(MADE);
        assertThat(from).as("where the keys begin").isPositive();
        String made = before.substring(0, from) + MADE + new KeyTables(Vocabulary.keys()).reference();
        if (isToBeWritten()) {
            Files.writeString(REFERENCE, made);
        }

        assertThat(Files.readString(REFERENCE)).isEqualTo(made);
    }

    @Test
    void a_key_that_is_declared_is_on_the_page_and_in_the_reference() {
        List<Key> planted = new ArrayList<>(Vocabulary.keys());
        planted.add(Key.of("planted", "A meaning.").values("a | b").in(Place.PROCESS, "7"));
        KeyTables tables = new KeyTables(planted);

        assertThat(tables.page())
                .contains("| `planted` | A meaning. | a \\| b | `7` | – | process { } | 0.1 | – |")
                .isNotEqualTo(new KeyTables(Vocabulary.keys()).page());
        assertThat(tables.reference()).contains("      # A meaning. Values: a | b.\n      planted = 7\n");
    }

    /** Parsed, so that neither comments nor braces can hide one. */
    @ParameterizedTest
    @EnumSource(
            value = Place.class,
            names = {
                "SUPERVISOR",
                "CHILD",
                "RESTART_DELAY",
                "PROCESS",
                "READY",
                "SERVICE_READY",
                "LIVE",
                "SERVICE_LIVE",
                "LOG",
                "ACCESS",
                "EXPORT",
                "PAGE",
                "RUN"
            })
    void the_reference_has_the_same_keys_and_defaults(Place place) {
        Config all = ConfigFactory.parseFile(REFERENCE.toFile()).getConfig("pekko-supervisor");
        ConfigObject shown = all.getConfig(SHOWN_AT.get(place)).root();
        List<String> withValue = Vocabulary.keys().stream()
                .filter(key -> key.use(place).map(use -> !use.value().isEmpty()).orElse(false))
                .map(Key::name)
                .toList();

        assertThat(shown.keySet()).containsExactlyInAnyOrderElementsOf(withValue);
        shown.forEach((name, value) -> assertThat(value).isEqualTo(declared(place, name)));
    }

    private static ConfigValue declared(Place place, String name) {
        String value = Vocabulary.find(place, name)
                .orElseThrow()
                .use(place)
                .orElseThrow()
                .value();
        return ConfigFactory.parseString("v = " + value).getValue("v");
    }

    @Test
    void each_example_can_be_written() {
        assertThat(Vocabulary.keys()).allSatisfy(key -> {
            boolean hasDefault =
                    key.uses().values().stream().anyMatch(use -> !use.value().isEmpty());
            assertThat(hasDefault || !key.example().isEmpty())
                    .as(key.name() + " has a default or an example")
                    .isTrue();
            if (!key.example().isEmpty()) {
                assertThat(ConfigFactory.parseString(key.line()).root().keySet())
                        .containsExactly(key.name());
            }
            assertThat(key.meaning()).endsWith(".");
            assertThat(key.values()).isNotEmpty();
            assertThat(key.tooLow().isEmpty()).isEqualTo(key.tooHigh().isEmpty());
        });
    }
}
