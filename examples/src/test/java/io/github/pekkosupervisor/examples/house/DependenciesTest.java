package io.github.pekkosupervisor.examples.house;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.junit.TestServer;
import io.github.pekkosupervisor.micrometer.TreeMetrics;
import io.github.pekkosupervisor.runit.ServiceDirectories;
import io.github.pekkosupervisor.springboot.ApplicationTree;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;

/** What is published declares what its classes use, as jdeps sees it, and nothing else. */
class DependenciesTest {

    /**
     * What is used and comes with something that is declared: a version of ours would hold it back when that one's is
     * raised. Types of the first two are in Pekko's own signatures; jffi is the part of jnr that is called, and its
     * native library has to fit it.
     */
    private static final Map<String, String> COME_WITH = Map.of(
            "pekko-actor_2.13", "pekko-actor-typed_2.13",
            "scala-library", "pekko-actor-typed_2.13",
            "jffi", "jnr-posix",
            // by its directory, where it is no jar yet
            "micrometer", "pekko-supervisor-micrometer");

    /** What only javac looks for: annotations of types that are used. */
    private static final Set<String> FOR_JAVAC = Set.of("jackson-annotations");

    private static final Pattern DEPENDENCY = Pattern.compile("<dependency>(.*?)</dependency>", Pattern.DOTALL);
    private static final Pattern ARTIFACT = Pattern.compile("<artifactId>(.*?)</artifactId>");
    private static final Pattern USED = Pattern.compile(
            "(?m)^.* -> (.*/)?(?<file>[^/\\n]*?)(-\\d[^/\\n]*)?\\.jar$|^.* -> .*/(?<module>[^/\\n]+)/target/.*$");

    @Test
    void core_declares_what_it_uses() throws Exception {
        assertThat(problems(declared("pekko-supervisor-core"), used(placeOf(SupervisionTree.class))))
                .isEmpty();
    }

    @Test
    void runit_compat_declares_what_it_uses() throws Exception {
        assertThat(problems(declared("pekko-supervisor-runit-compat"), used(placeOf(ServiceDirectories.class))))
                .isEmpty();
    }

    @Test
    void junit_declares_what_it_uses() throws Exception {
        assertThat(problems(declared("pekko-supervisor-core/junit"), used(placeOf(TestServer.class))))
                .isEmpty();
    }

    @Test
    void micrometer_declares_what_it_uses() throws Exception {
        assertThat(problems(declared("pekko-supervisor-core/micrometer"), used(placeOf(TreeMetrics.class))))
                .isEmpty();
    }

    @Test
    void spring_boot_declares_what_it_uses() throws Exception {
        assertThat(problems(declared("pekko-supervisor-core/spring-boot"), used(placeOf(ApplicationTree.class))))
                .isEmpty();
    }

    @Test
    void a_planted_use_and_a_planted_declaration_are_reported() throws Exception {
        Path planted = placeOf(DependenciesTest.class)
                .resolve(DependenciesTest.class.getName().replace('.', '/') + ".class");
        Set<String> declared = declared("pekko-supervisor-core");

        assertThat(problems(declared, used(planted)))
                .contains("uses assertj-core, which its pom does not declare")
                .contains("declares jnr-posix, which it does not use");
    }

    private static List<String> problems(Set<String> declared, Set<String> used) {
        List<String> problems = new ArrayList<>();
        used.stream()
                .filter(name -> !declared.contains(name) && !declared.contains(COME_WITH.getOrDefault(name, name)))
                .map(name -> "uses " + name + ", which its pom does not declare")
                .forEach(problems::add);
        declared.stream()
                .filter(name -> !FOR_JAVAC.contains(name))
                .filter(name -> used.stream().noneMatch(one -> one.equals(name) || name.equals(COME_WITH.get(one))))
                .map(name -> "declares " + name + ", which it does not use")
                .forEach(problems::add);
        return problems;
    }

    /** The artifacts of the scope that a compiler sees. */
    private static Set<String> declared(String module) throws IOException {
        String pom = Files.readString(Sources.PROJECT.resolve(module).resolve("pom.xml"));
        Set<String> names = new TreeSet<>();
        Matcher dependency = DEPENDENCY.matcher(pom.substring(0, pom.indexOf("<build>")));
        while (dependency.find()) {
            Matcher artifact = ARTIFACT.matcher(dependency.group(1));
            if (!dependency.group(1).contains("<scope>") && artifact.find()) {
                names.add(artifact.group(1).replace("${scala.binary}", "2.13"));
            }
        }
        return names;
    }

    private static Set<String> used(Path classes) {
        String module = nameOf(classes);
        Set<String> names = new TreeSet<>();
        Matcher line = USED.matcher(jdeps(classes));
        while (line.find()) {
            names.add(line.group("file") != null ? line.group("file") : artifact(line.group("module")));
        }
        names.remove(module);
        return names;
    }

    private static String nameOf(Path classes) {
        Matcher line = USED.matcher(" -> " + classes.toAbsolutePath() + (Files.isDirectory(classes) ? "/" : ""));
        return !line.find() ? "" : line.group("file") != null ? line.group("file") : artifact(line.group("module"));
    }

    /** Of the module in a directory. */
    private static String artifact(String directory) {
        return directory.startsWith("pekko-supervisor-") ? directory : "pekko-supervisor-" + directory;
    }

    private static String jdeps(Path classes) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = ToolProvider.findFirst("jdeps")
                .orElseThrow()
                .run(
                        new PrintWriter(out),
                        new PrintWriter(err),
                        "--multi-release",
                        "17",
                        "-summary",
                        "-classpath",
                        System.getProperty("java.class.path"),
                        classes.toString());
        assertThat(code).as(out + "\n" + err).isZero();
        return out.toString();
    }

    private static Path placeOf(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }
}
