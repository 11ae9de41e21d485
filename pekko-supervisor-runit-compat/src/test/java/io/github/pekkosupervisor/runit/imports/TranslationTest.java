package io.github.pekkosupervisor.runit.imports;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Small files in the form of real ones, each with all that is to be written of it. */
class TranslationTest {

    static final Path FILES = Path.of("src/test/resources/imports");
    private static final Path HOME = Path.of("/srv/shop");

    static List<String> names() {
        return List.of(
                "rails.Procfile",
                "python.Procfile",
                "node.Procfile",
                "django.supervisord.conf",
                "image.supervisord.ini",
                "groups.supervisord.conf",
                "shop.compose.yaml",
                "queue.compose.yaml",
                "plain.compose.yml");
    }

    static Translation translated(String name) throws IOException, ForeignFileException {
        return ForeignFormat.ofFile(Path.of(name))
                .orElseThrow()
                .translate(new ForeignFile(name, HOME, Files.readString(FILES.resolve(name))));
    }

    @ParameterizedTest
    @MethodSource("names")
    void is_written_as_expected(String name) throws Exception {
        Path expected = FILES.resolve(name + ".expected");
        String text = translated(name).text();
        if (Boolean.getBoolean("imports.write")) {
            Files.writeString(expected, text);
        }

        assertThat(text).isEqualTo(Files.readString(expected));
    }

    @ParameterizedTest
    @MethodSource("names")
    void whatever_is_told_stands_in_the_text_as_well(String name) throws Exception {
        Translation translation = translated(name);

        List<String> comments = translation
                .text()
                .lines()
                .map(line -> line.replaceFirst("^[ #]+", ""))
                .filter(line -> line.startsWith(name + ":"))
                .toList();
        assertThat(comments).containsExactlyInAnyOrderElementsOf(translation.told());
    }
}
