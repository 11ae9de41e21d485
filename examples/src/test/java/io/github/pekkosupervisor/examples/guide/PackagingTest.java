package io.github.pekkosupervisor.examples.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.ProcessRun;
import io.github.pekkosupervisor.process.ProcessResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the guide says of builds. */
class PackagingTest {

    // guide: dependencies
    private static final String DEPENDENCIES = """
            <dependency>
              <groupId>io.github.pekkosupervisor</groupId>
              <artifactId>pekko-supervisor-core</artifactId>
              <version>0.1.0-SNAPSHOT</version>
            </dependency>
            <dependency>
              <groupId>ch.qos.logback</groupId>
              <artifactId>logback-classic</artifactId>
              <version>1.6.6</version>
            </dependency>
            """;
    // guide: end

    // guide: transformers
    private static final String TRANSFORMERS = """
            <transformer implementation="org.apache.maven.plugins.shade.resource.AppendingTransformer">
              <resource>reference.conf</resource>
            </transformer>
            <transformer implementation="org.apache.maven.plugins.shade.resource.ServicesResourceTransformer"/>
            """;
    // guide: end

    // guide: manifest
    private static final String MANIFEST = """
            <manifestEntries>
              <Enable-Native-Access>ALL-UNNAMED</Enable-Native-Access>
              <Multi-Release>true</Multi-Release>
            </manifestEntries>
            """;
    // guide: end

    private static final Pattern DEPENDENCY = Pattern.compile(
            "<groupId>(\\S+)</groupId>\\s+" + "<artifactId>(\\S+)</artifactId>\\s+<version>(\\S+)</version>");

    private static final Path SHADED = Path.of("packaging/shade/pom.xml");

    @Test
    void the_dependencies_are_those_that_the_tests_run_with() throws Exception {
        String poms = Files.readString(Path.of("../pom.xml")) + Files.readString(Path.of("pom.xml"));
        List<String> shown = new ArrayList<>();
        for (MatchResult match : DEPENDENCY.matcher(DEPENDENCIES).results().toList()) {
            shown.add(match.group(2));
            assertThat(poms).contains("<artifactId>" + match.group(2) + "</artifactId>");
            assertThat(poms).containsPattern("(?:ver|revi)sion>" + Pattern.quote(match.group(3)) + "</");
        }
        assertThat(shown).containsExactly("pekko-supervisor-core", "logback-classic");
    }

    /** Which packaging/try.sh builds and runs. */
    @Test
    void a_fat_jar_is_made_as_that_of_the_examples() throws Exception {
        String pom = plain(Files.readString(SHADED));

        assertThat(pom).contains(plain(TRANSFORMERS), plain(MANIFEST));
    }

    private static String plain(String xml) {
        return xml.replaceAll("\\s+", " ").strip();
    }

    // guide: flags
    private static final String FLAGS = """
            --enable-native-access=ALL-UNNAMED
            """;
    // guide: end

    /** The option is known from Java 17 on, so it may be given to all. */
    @Test
    void the_flag_is_known_to_this_java() throws Exception {
        ProcessResult result = ProcessRun.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(), FLAGS.strip(), "--version")
                .run();

        assertThat(result.isNormal()).as(result.description()).isTrue();
    }
}
