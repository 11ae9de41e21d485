package io.github.pekkosupervisor.runit.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.runit.conformance.BuiltDist;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The jars of the programs have others' classes in them, and so their licences. */
@Tag("dist")
class LicencesTest {

    private static final Path COPYRIGHT = Path.of("deb/src/copyright");

    @TempDir
    private Path temp;

    @Test
    void launcher_has_the_licence_of_each_library_in_it() throws Exception {
        assertThat(Licences.missing(jar("pekko-supervisor.jar"), libraries(), Files.readString(COPYRIGHT)))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"pekko-supervisor.jar", "tools.jar"})
    void jar_has_our_licence_and_says_whose_its_files_are(String name) throws Exception {
        try (JarFile jar = new JarFile(jar(name).toFile())) {
            assertThat(text(jar, "META-INF/LICENSE")).isEqualTo(Files.readString(Path.of("../LICENSE")));
            assertThat(text(jar, "META-INF/licenses/COPYRIGHT")).isEqualTo(Files.readString(COPYRIGHT));
        }
    }

    @Test
    void planted_library_is_reported_whose_licence_the_launcher_lacks() throws Exception {
        Path library = temp.resolve("shelf-1.0.jar");
        try (OutputStream file = Files.newOutputStream(library);
                ZipOutputStream zip = new ZipOutputStream(file)) {
            for (String entry : List.of("scala/Option.class", "META-INF/NOTICE.txt")) {
                zip.putNextEntry(new ZipEntry(entry));
            }
        }
        List<Path> libraries = new ArrayList<>(libraries());
        libraries.add(library);

        assertThat(Licences.missing(jar("pekko-supervisor.jar"), libraries, Files.readString(COPYRIGHT)))
                .containsExactly("META-INF/licenses/shelf/NOTICE.txt is not that of shelf-1.0.jar");
    }

    @Test
    void planted_gap_in_what_is_said_of_the_files_is_reported() throws Exception {
        String copyright = Files.readString(COPYRIGHT).replace("Files: org/jspecify/*", "Files: org/others/*");

        assertThat(Licences.missing(jar("pekko-supervisor.jar"), libraries(), copyright))
                .containsExactly("copyright does not say whose org/jspecify/annotations/ is");
    }

    private static Path jar(String name) {
        return BuiltDist.bin().resolveSibling("lib").resolve(name);
    }

    /** Those of others: ours is the licence of the jar itself. */
    private static List<Path> libraries() {
        return Pattern.compile(":")
                .splitAsStream(System.getProperty("java.class.path"))
                .filter(entry -> entry.endsWith(".jar"))
                .map(Path::of)
                .filter(jar -> !jar.getFileName().toString().startsWith("pekko-supervisor-"))
                .toList();
    }

    private static String text(JarFile jar, String name) throws IOException {
        assertThat(jar.getEntry(name)).as(name).isNotNull();
        return new String(jar.getInputStream(jar.getEntry(name)).readAllBytes(), StandardCharsets.UTF_8);
    }
}
