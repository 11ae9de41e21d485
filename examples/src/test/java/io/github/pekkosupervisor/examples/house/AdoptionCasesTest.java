package io.github.pekkosupervisor.examples.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Each acceptance case of adoption that is due is a test that carries its number, in whatever module. None of them is
 * switched off, and none was skipped where the machine has all that they need. Looks at the sources, and at what the
 * modules before this one have reported of their tests, since no module sees the tests of all.
 */
class AdoptionCasesTest {

    private static final List<Path> MODULES =
            List.of(Path.of("../pekko-supervisor-core"), Path.of("../pekko-supervisor-runit-compat"), Path.of("."));

    /** The last of those in one go. */
    private static final int LAST = 26;

    private static final int SECOND_LAUNCHER = 41;

    private static final Pattern CASE = Pattern.compile("^ +void case_([0-9]{2})_", Pattern.MULTILINE);

    private static final Pattern TEST = Pattern.compile("@(Test|ParameterizedTest|RepeatedTest)\\b");

    /** Whatever keeps a test from being played, of a class, of one nested in it, or of a test itself. */
    private static final Pattern OFF = Pattern.compile("^ *@(Disabled|Enabled)", Pattern.MULTILINE);

    private static final Pattern NAME = Pattern.compile("case_[0-9]{2}_[a-z0-9_]+");

    /** One that was skipped, and what it says to that. */
    private static final Pattern SKIPPED = Pattern.compile(
            "<testcase name=\"(case_[0-9]{2}_[^\"]*)\"[^>]*>\\s*<skipped(.*?)</testcase>", Pattern.DOTALL);

    /** Why one may be skipped though nothing is missing that can be installed. */
    private static final Map<String, String> NOT_OURS = Map.of(
            "only root can become another user", "who runs the tests is a user",
            "the number of prctl is not known here", "neither x86-64 nor aarch64",
            "the next pid cannot be chosen", "a container");

    private static Collection<Integer> cases(Stream<String> sources) {
        Collection<Integer> cases = new TreeSet<>();
        sources.forEach(source -> {
            Matcher found = CASE.matcher(source);
            while (found.find()) {
                if (isPlayed(source, found.start())) {
                    cases.add(Integer.valueOf(found.group(1)));
                }
            }
        });
        return cases;
    }

    /** Those that carry a number, and are no tests, or are switched off, whether others have the number too or not. */
    private static List<String> off(Stream<String> sources) {
        List<String> off = new ArrayList<>();
        sources.forEach(source -> {
            Matcher found = CASE.matcher(source);
            while (found.find()) {
                if (!isPlayed(source, found.start())) {
                    Matcher name = NAME.matcher(source);
                    off.add(name.find(found.start()) ? name.group() : "");
                }
            }
        });
        return off;
    }

    private static boolean isPlayed(String source, int at) {
        // what stands before it, up to an empty line
        String before = source.substring(0, at);
        String annotations = before.substring(before.lastIndexOf("\n\n") + 1);
        boolean isOff = Pattern.compile(
                        "^ *@(Disabled|Enabled)[^\n]*\n(?: *@[^\n]*\n)* *[a-z ]*class ", Pattern.MULTILINE)
                .matcher(before)
                .find();
        return TEST.matcher(annotations).find() && !OFF.matcher(annotations).find() && !isOff;
    }

    /** Of these reports. */
    private static List<String> skipped(Stream<String> reports) {
        List<String> skipped = new ArrayList<>();
        reports.forEach(report -> {
            Matcher found = SKIPPED.matcher(report);
            while (found.find()) {
                String why = found.group(2);
                if (NOT_OURS.keySet().stream().noneMatch(why::contains)) {
                    skipped.add(found.group(1));
                }
            }
        });
        return skipped;
    }

    private static Stream<String> reports() throws IOException {
        Stream<String> all = Stream.empty();
        for (Path module : MODULES) {
            Path reports = module.resolve("target/surefire-reports");
            if (Files.isDirectory(reports)) {
                try (Stream<Path> files = Files.list(reports)) {
                    List<Path> tests = files.filter(
                                    file -> String.valueOf(file.getFileName()).matches("TEST-.*[.]xml"))
                            .toList();
                    all = Stream.concat(all, tests.stream().map(AdoptionCasesTest::read));
                }
            }
        }
        return all;
    }

    private static Stream<String> sources() throws IOException {
        Stream<String> all = Stream.empty();
        for (Path module : MODULES) {
            try (Stream<Path> files = Files.walk(module.resolve("src/test/java"))) {
                // in this one gaps are planted
                List<Path> tests = files.filter(file -> file.toString().endsWith("Test.java"))
                        .filter(file -> !file.endsWith("house/AdoptionCasesTest.java"))
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
    void none_that_carries_a_number_is_switched_off() throws IOException {
        assertThat(off(sources())).isEmpty();
    }

    /** Where {@code CI=true} promises all that they need; elsewhere something may be missing. */
    @Test
    void none_was_skipped() throws IOException {
        assumeTrue("true".equals(System.getenv("CI")), "something may be missing here");

        assertThat(skipped(reports())).isEmpty();
    }

    @Test
    void planted_skip_is_reported() {
        String report = """
                <testsuite>
                  <testcase name="case_51_a" classname="X" time="0.0">
                    <skipped type="org.opentest4j.TestAbortedException"><![CDATA[the program sv is not installed]]></skipped>
                  </testcase>
                  <testcase name="case_52_b(int)[2]" classname="X" time="0.0">
                    <skipped message="planted"/>
                  </testcase>
                  <testcase name="case_53_c" classname="X" time="0.0"/>
                  <testcase name="case_54_d" classname="X" time="0.0">
                    <skipped type="x"><![CDATA[assumption is not true: only root can become another user]]></skipped>
                  </testcase>
                  <testcase name="e" classname="X" time="0.0">
                    <skipped message="planted"/>
                  </testcase>
                </testsuite>
                """;

        assertThat(skipped(Stream.of(report))).containsExactly("case_51_a", "case_52_b(int)[2]");
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
        String oneOfTwo = """
                class X {
                    @Test
                    void case_51_f() {}

                    @Test
                    @EnabledIf("planted")
                    void case_51_g() {}

                    @Disabled("planted")
                    @Nested
                    class Y {
                        @Test
                        void case_52_h() {}
                    }
                }
                """;

        assertThat(cases(Stream.of(counted, not, none))).containsExactly(51, 52);
        assertThat(off(Stream.of(counted))).isEmpty();
        assertThat(off(Stream.of(counted, not, none, oneOfTwo)))
                .containsExactly("case_53_c", "case_54_d", "case_55_e", "case_51_g", "case_52_h");
    }
}
