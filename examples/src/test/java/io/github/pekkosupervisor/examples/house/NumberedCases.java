package io.github.pekkosupervisor.examples.house;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Tests that carry the number of an acceptance case, {@code case_07_...}. Looks at the sources, and at what the modules
 * before this one have reported of their tests, since no module sees the tests of all.
 */
final class NumberedCases {

    private static final List<Path> MODULES =
            List.of(Path.of("../pekko-supervisor-core"), Path.of("../pekko-supervisor-runit-compat"), Path.of("."));

    private static final Pattern CASE = Pattern.compile("^ +void case_([0-9]{2})_", Pattern.MULTILINE);

    private static final Pattern TEST = Pattern.compile("@(Test|ParameterizedTest|RepeatedTest)\\b");

    /** Whatever keeps a test from being played, of a class, of one nested in it, or of a test itself. */
    private static final Pattern OFF = Pattern.compile("^ *@(Disabled|Enabled)", Pattern.MULTILINE);

    private static final Pattern NAME = Pattern.compile("case_[0-9]{2}_[a-z0-9_]+");

    /** One that was skipped, and what it says to that. */
    private static final Pattern SKIPPED = Pattern.compile(
            "<testcase name=\"(case_[0-9]{2}_[^\"]*)\"[^>]*>\\s*<skipped(.*?)</testcase>", Pattern.DOTALL);

    /** Any of a report: its name, and in that its method. */
    private static final Pattern REPORTED = Pattern.compile("<testcase name=\"((case_[0-9]{2}_\\w*)[^\"]*)\"");

    /** What a row says that was left out, since another one of its table is played in its place. */
    private static final String LEFT_OUT = "is played this time (seed ";

    private final Predicate<String> ofThese;
    private final Set<String> notOurs;

    /**
     * Of some tests.
     *
     * @param ofThese whether a test is one of them, by the path of its source below {@code src/test/java}
     * @param notOurs why one may be skipped though nothing is missing that can be installed
     */
    NumberedCases(Predicate<String> ofThese, Set<String> notOurs) {
        this.ofThese = ofThese;
        this.notOurs = notOurs;
    }

    static Collection<Integer> cases(Stream<String> sources) {
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
    static List<String> off(Stream<String> sources) {
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

    /** The same that these reports say were skipped. */
    List<String> skipped(Stream<String> reports) {
        List<String> skipped = new ArrayList<>();
        reports.forEach(report -> {
            Set<String> leftOut = new TreeSet<>();
            Matcher found = SKIPPED.matcher(report);
            while (found.find()) {
                String why = found.group(2);
                if (why.contains(LEFT_OUT)) {
                    leftOut.add(found.group(1));
                } else if (notOurs.stream().noneMatch(why::contains)) {
                    skipped.add(found.group(1));
                }
            }
            skipped.addAll(withoutAnother(leftOut, report));
        });
        return skipped;
    }

    /** Rows that were left out, and none of the same table was not. */
    private static Set<String> withoutAnother(Set<String> leftOut, String report) {
        Set<String> played = new TreeSet<>();
        Matcher reported = REPORTED.matcher(report);
        while (reported.find()) {
            if (!leftOut.contains(reported.group(1))) {
                played.add(reported.group(2));
            }
        }
        Set<String> alone = new TreeSet<>(leftOut);
        alone.removeIf(row -> played.contains(row.replaceAll("\\W.*", "")));
        return alone;
    }

    /** What the modules have reported of these tests. */
    Stream<String> reports() throws IOException {
        Stream<String> all = Stream.empty();
        for (Path module : MODULES) {
            Path reports = module.resolve("target/surefire-reports");
            if (Files.isDirectory(reports)) {
                try (Stream<Path> files = Files.list(reports)) {
                    List<Path> tests = files.filter(file -> isReport(String.valueOf(file.getFileName())))
                            .toList();
                    all = Stream.concat(all, tests.stream().map(NumberedCases::read));
                }
            }
        }
        return all;
    }

    private boolean isReport(String file) {
        String before = "TEST-";
        String after = ".xml";
        return file.startsWith(before)
                && file.endsWith(after)
                && ofThese.test(file.substring(before.length(), file.length() - after.length())
                                .replaceFirst("[$].*", "")
                                .replace('.', '/')
                        + ".java");
    }

    /** Their sources. */
    Stream<String> sources() throws IOException {
        Stream<String> all = Stream.empty();
        for (Path module : MODULES) {
            Path root = module.resolve("src/test/java");
            try (Stream<Path> files = Files.walk(root)) {
                // in those of the house gaps are planted
                List<Path> tests = files.filter(file -> file.toString().endsWith("Test.java"))
                        .filter(file -> !file.toString().contains("examples/house/"))
                        .filter(file -> ofThese.test(root.relativize(file).toString()))
                        .toList();
                all = Stream.concat(all, tests.stream().map(NumberedCases::read));
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
}
