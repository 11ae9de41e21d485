package io.github.pekkosupervisor.examples.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Each acceptance case of adoption that is due is a test that carries its number, in whatever module, and none of them
 * is switched off. Looks at the sources, since no module sees the tests of all.
 */
class AdoptionCasesTest {

    private static final List<Path> MODULES =
            List.of(Path.of("../pekko-supervisor-core"), Path.of("../pekko-supervisor-runit-compat"), Path.of("."));

    /** The last of those in one go. */
    private static final int LAST = 26;

    private static final int SECOND_LAUNCHER = 41;

    private static final Pattern CASE = Pattern.compile("^ +void case_([0-9]{2})_", Pattern.MULTILINE);

    private static final Pattern TEST = Pattern.compile("@(Test|ParameterizedTest|RepeatedTest)\\b");

    private static Collection<Integer> cases(Stream<String> sources) {
        Collection<Integer> cases = new TreeSet<>();
        sources.forEach(source -> {
            boolean switchedOff = Pattern.compile("^@Disabled", Pattern.MULTILINE)
                    .matcher(source)
                    .find();
            Matcher found = CASE.matcher(source);
            while (found.find() && !switchedOff) {
                // what stands before it, up to an empty line
                String before = source.substring(0, found.start());
                String annotations = before.substring(before.lastIndexOf("\n\n") + 1);
                if (TEST.matcher(annotations).find() && !annotations.contains("@Disabled")) {
                    cases.add(Integer.valueOf(found.group(1)));
                }
            }
        });
        return cases;
    }

    private static Stream<String> sources() throws IOException {
        Stream<String> all = Stream.empty();
        for (Path module : MODULES) {
            try (Stream<Path> files = Files.walk(module.resolve("src/test/java"))) {
                List<Path> tests = files.filter(file -> file.toString().endsWith("Test.java"))
                        .toList();
                all = Stream.concat(all, tests.stream().map(AdoptionCasesTest::read));
            }
        }
        return all;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void every_case_that_is_due_has_a_test() throws IOException {
        List<Integer> due = IntStream.concat(IntStream.rangeClosed(1, LAST), IntStream.of(SECOND_LAUNCHER))
                .boxed()
                .toList();

        assertThat(cases(sources())).containsAll(due);
    }

    @Test
    void planted_gaps_are_reported() {
        String counted = """
                class X {
                    @Test
                    void case_51_a() {}

                    @ParameterizedTest
                    @ValueSource(ints = {1, 2})
                    void case_52_b(int i) {}
                }
                """;
        String not = """
                class X {
                    @Test
                    @Disabled("planted")
                    void case_53_c() {}

                    void case_54_d() {}
                }
                """;
        String none = """
                @Disabled("planted")
                class X {
                    @Test
                    void case_55_e() {}
                }
                """;

        assertThat(cases(Stream.of(counted, not, none))).containsExactly(51, 52);
    }
}
