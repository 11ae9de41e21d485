package io.github.pekkosupervisor.examples.house;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.examples.house.Sources.Method;
import io.github.pekkosupervisor.examples.house.Sources.Source;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * How long files and methods are. A report, not a wall: a class that is one idea and a little too long is better than
 * two halves that need each other.
 */
class SizesTest {

    private static final int LONGEST_FILE = 400;
    private static final int MOST_FILES = 250;
    private static final int LONGEST_METHOD = 40;

    @Test
    void sizes_are_reported() throws IOException {
        List<Source> files = Sources.ofMain();

        List<String> report = report(files);

        report.forEach(System.out::println);
        assertThat(report.get(0)).startsWith(files.size() + " files of main, the largest has ");
    }

    @Test
    void what_is_too_long_is_named() {
        String method = "    void longOne(\n            int a) {\n" + "        a();\n".repeat(38) + "    }\n";
        String file = "package p;\nclass Large {\n" + method + "    int b;\n".repeat(360) + "}\n";

        assertThat(report(List.of(
                        Sources.source("x/Small.java", "class Small {}\n"), Sources.source("x/Large.java", file))))
                .containsExactly(
                        "2 files of main, the largest has 404 lines (goal: 400), nine of ten have at most 1 (goal: 250),"
                                + " the longest method has 41 (goal: 40)",
                        "  404 lines x/Large.java",
                        "  41 lines x/Large.java:3 longOne");
    }

    @Test
    void a_method_ends_at_its_own_brace() {
        String text = """
                class A {
                    private A() {}
                    abstract int none();
                    static <T> List<T> one(T t) {
                        call(t, () -> {
                            other();
                        });
                        if (x) {
                        }
                        return of(t);
                    }
                    record R(int a) {
                        R {
                        }
                        @Override
                        public String toString() {
                            return "";
                        }
                    }
                }
                """;

        assertThat(Sources.source("A.java", text).methods())
                .containsExactly(
                        new Method("A", 2, 1),
                        new Method("none", 3, 1),
                        new Method("one", 4, 8),
                        new Method("toString", 16, 3));
    }

    /** The sums, then each that is over a goal, the longest first. */
    private static List<String> report(List<Source> files) {
        List<Source> byLength = files.stream()
                .sorted(Comparator.comparingInt(Source::lines).reversed())
                .toList();
        record Named(int lines, String where) {}
        List<Named> methods = new ArrayList<>();
        for (Source file : files) {
            for (Method method : file.methods()) {
                methods.add(new Named(method.length(), file.place() + ":" + method.line() + " " + method.name()));
            }
        }
        methods.sort(Comparator.comparingInt(Named::lines).reversed());
        List<String> report = new ArrayList<>();
        report.add(files.size() + " files of main, the largest has "
                + byLength.get(0).lines() + " lines (goal: " + LONGEST_FILE + "), nine of ten have at most "
                + byLength.get((files.size() + 9) / 10).lines() + " (goal: " + MOST_FILES
                + "), the longest method has " + methods.get(0).lines() + " (goal: " + LONGEST_METHOD + ")");
        byLength.stream()
                .filter(file -> file.lines() > LONGEST_FILE)
                .forEach(file -> report.add("  " + file.lines() + " lines " + file.place()));
        methods.stream()
                .filter(method -> method.lines() > LONGEST_METHOD)
                .forEach(method -> report.add("  " + method.lines() + " lines " + method.where()));
        return report;
    }
}
