package io.github.pekkosupervisor.examples.release;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code mvn -P release verify} has staged, right before this is run by the same command. */
@Tag("release")
class StagedRepositoryTest {

    private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
    private static final Path STAGED = PROJECT.resolve("target/staging");
    private static final String CORE = "pekko-supervisor-core";
    private static final String COMPAT = "pekko-supervisor-runit-compat";
    private static final String JUNIT = "pekko-supervisor-junit";
    private static final String MICROMETER = "pekko-supervisor-micrometer";
    private static final String SPRING_BOOT = "pekko-supervisor-spring-boot";
    private static final Pattern PROMISED = Pattern.compile("PROMISED =\\s+(?:\\{|List\\.of\\()([^})]*)");
    private static final Pattern NAME = Pattern.compile("\"([\\w.]+)\"");

    /** What somebody does to a file of the artifact's version. */
    private interface Damage {
        void to(Path file) throws IOException;
    }

    @TempDir
    private Path temp;

    @BeforeEach
    void is_staged() {
        assertThat(STAGED).as("mvn -P release verify makes it").isDirectory();
    }

    @Test
    void is_all_that_a_repository_wants() throws IOException {
        assertThat(problems(STAGED)).isEmpty();
    }

    static Stream<Arguments> damages() {
        return Stream.of(
                damage(CORE, ".jar.sha1", Files::delete, "has no pekko-supervisor-core-V.jar.sha1"),
                damage(CORE, "-sources.jar", Files::delete, "has no pekko-supervisor-core-V-sources.jar"),
                damage(CORE, "-javadoc.jar", Files::delete, "has no pekko-supervisor-core-V-javadoc.jar"),
                damage(CORE, "-cyclonedx.json", Files::delete, "has no pekko-supervisor-core-V-cyclonedx.json"),
                damage(COMPAT, ".pom", Files::delete, "has no pekko-supervisor-runit-compat-V.pom"),
                damage(
                        COMPAT,
                        ".jar",
                        file -> Files.writeString(file.resolveSibling("x.asc"), ""),
                        "others are signed, not"),
                damage(
                        CORE,
                        ".pom",
                        file -> replace(file, "Supervision", "Inspection"),
                        ".pom.md5 is not that of the file"),
                damage(CORE, ".pom", file -> replace(file, "1.7.0", "1.8.0-SNAPSHOT"), "of no fixed version"),
                damage(CORE, ".pom", file -> replace(file, "<version>1.7.0</version>", ""), "of no fixed version"),
                damage(
                        CORE,
                        ".pom",
                        file -> replace(
                                file,
                                "(?<=jnr-posix</artifactId>\\s{1,20}<version>[^<]{1,20}</version>\\s{1,20}<scope>)compile",
                                "test"),
                        "depends on jnr-posix in scope test"),
                damage(CORE, ".pom", file -> replace(file, "<scm .*</scm>", ""), "its pom has no scm/connection"),
                damage(
                        CORE,
                        ".pom",
                        file -> replace(file, "<developers>.*</developers>", ""),
                        "no developers/developer/name"),
                damage(CORE, ".pom", file -> replace(file, "<name>", "<parent/><name>"), "its pom has parent"),
                damage(
                        CORE,
                        ".pom",
                        file -> replace(file, "<description>", "<description>${"),
                        "something to be replaced"),
                damage(
                        CORE,
                        "-cyclonedx.json",
                        file -> replace(file, "maven/com.typesafe", ""),
                        "its bill of materials lacks"),
                damage(
                        "pekko-supervisor-bom",
                        ".pom",
                        file -> replace(file, "pekko-supervisor-core", "core"),
                        "manages ["),
                damage(CORE, ".jar", file -> without(file, "reference.conf"), "has no reference.conf"),
                damage(COMPAT, ".jar", file -> without(file, "META-INF/LICENSE"), "has no META-INF/LICENSE"),
                damage(COMPAT, "-javadoc.jar", file -> without(file, "META-INF/LICENSE"), "has no META-INF/LICENSE"),
                damage(
                        COMPAT,
                        "-javadoc.jar",
                        file -> with(
                                file, "index.html", "<a href=\"../../pekko-supervisor-core/1/index.html\">core</a>"),
                        "has a link to nothing: pekko-supervisor-core/1/index.html"),
                damage(
                        COMPAT,
                        "-javadoc.jar",
                        file -> replaceInPages(file, "pekko-supervisor-core/", "elsewhere/"),
                        "its Javadoc has no link to that of pekko-supervisor-core"),
                damage(CORE, ".jar", file -> without(file, "META-INF/MANIFEST.MF"), "has no module name"),
                damage(
                        CORE,
                        "-sources.jar",
                        file -> without(file, "io/github/pekkosupervisor/Supervisor.java"),
                        "has no source io/github/pekkosupervisor/Supervisor.java"),
                damage(
                        CORE,
                        "-javadoc.jar",
                        file -> without(file, "io/github/pekkosupervisor/Supervisor.html"),
                        "has Javadoc for ["));
    }

    @ParameterizedTest(name = "{0}{1}: {3}")
    @MethodSource("damages")
    void planted_damage_is_reported(String id, String kind, Damage damage, String report) throws IOException {
        copy(STAGED, temp);
        Path directory = temp.resolve("io/github/pekkosupervisor").resolve(id);
        String version;
        try (Stream<Path> entries = Files.list(directory)) {
            version = entries.filter(Files::isDirectory)
                    .findFirst()
                    .orElseThrow()
                    .getFileName()
                    .toString();
        }

        damage.to(directory.resolve(version).resolve(id + "-" + version + kind));

        assertThat(problems(temp))
                .anySatisfy(problem ->
                        assertThat(problem).startsWith(id + ": ").contains(report.replace("-V", "-" + version)));
    }

    private static Arguments damage(String id, String kind, Damage damage, String report) {
        return Arguments.of(id, kind, damage, report);
    }

    private static List<String> problems(Path repository) throws IOException {
        return StagedRepository.problems(
                repository,
                PROJECT.resolve("LICENSE"),
                Map.of(
                        CORE, promised(CORE, "io/github/pekkosupervisor"),
                        COMPAT, promised(COMPAT, "io/github/pekkosupervisor/runit"),
                        JUNIT, promised(CORE + "/junit", "io/github/pekkosupervisor/junit"),
                        MICROMETER, promised(CORE + "/micrometer", "io/github/pekkosupervisor/micrometer"),
                        SPRING_BOOT, promised(CORE + "/spring-boot", "io/github/pekkosupervisor/springboot")));
    }

    private static Set<String> promised(String module, String place) throws IOException {
        Matcher list = PROMISED.matcher(Files.readString(
                PROJECT.resolve(module).resolve("src/test/java").resolve(place).resolve("ArchitectureTest.java")));
        assertThat(list.find()).isTrue();
        Set<String> names = new TreeSet<>();
        Matcher name = NAME.matcher(list.group(1));
        while (name.find()) {
            names.add(place.replace('/', '.') + "." + name.group(1));
        }
        assertThat(names).isNotEmpty();
        return names;
    }

    private static void replace(Path file, String pattern, String with) throws IOException {
        String text = Files.readString(file);
        String other =
                Pattern.compile(pattern, Pattern.DOTALL).matcher(text).replaceAll(Matcher.quoteReplacement(with));
        assertThat(other).isNotEqualTo(text);
        Files.writeString(file, other);
    }

    private static void without(Path jar, String entry) throws IOException {
        try (FileSystem files = FileSystems.newFileSystem(jar)) {
            Files.delete(files.getPath(entry));
        }
    }

    private static void with(Path jar, String entry, String text) throws IOException {
        try (FileSystem files = FileSystems.newFileSystem(jar)) {
            Files.writeString(files.getPath(entry), text);
        }
    }

    private static void replaceInPages(Path jar, String text, String with) throws IOException {
        try (FileSystem files = FileSystems.newFileSystem(jar);
                Stream<Path> entries = Files.walk(files.getPath("/"))) {
            for (Path page :
                    entries.filter(entry -> entry.toString().endsWith(".html")).toList()) {
                Files.writeString(page, Files.readString(page).replace(text, with));
            }
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = to.resolve(from.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
    }
}
