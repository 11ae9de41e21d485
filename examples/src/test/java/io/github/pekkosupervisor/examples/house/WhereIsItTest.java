package io.github.pekkosupervisor.examples.house;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.examples.house.Sources.Method;
import io.github.pekkosupervisor.examples.house.Sources.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** "Where is it?" in {@code docs/design.md} leads to files and methods that are there. */
class WhereIsItTest {

    private static final String HEADING = "## Where is it?\n";
    private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");

    /**
     * A row of the table.
     *
     * @param thing what is looked for
     * @param files where it is, as paths below the first package
     * @param methods what of those files is meant
     */
    private record Row(String thing, List<String> files, List<String> methods) {}

    @Test
    void each_file_and_each_method_is_there() throws IOException {
        List<Row> rows = rows(Files.readString(Sources.PROJECT.resolve("docs/design.md")));

        assertThat(rows).hasSizeGreaterThanOrEqualTo(20);
        assertThat(complaints(rows, Sources.ofMain())).isEmpty();
    }

    @Test
    void a_planted_wrong_one_is_reported() {
        String text = HEADING + """

                | thing | file | method |
                |---|---|---|
                | right | `x/A.java` | `one`, `A` |
                | wrong method | `x/A.java` | `one`, `two` |
                | wrong file | `x/B.java` | `one` |
                | no method | `x/A.java` | |
                | idle file | `x/A.java`, `x/C.java` | `one` |

                ## Next

                | not looked at | `x/C.java` | `one` |
                """;
        List<Source> files = List.of(
                Sources.source("x/A.java", "class A {\n    A() {}\n\n    int one() {\n        two();\n    }\n}\n"),
                Sources.source("x/C.java", "class C {\n    C() {}\n}\n"));

        assertThat(complaints(rows(text), files))
                .containsExactly(
                        "wrong method: no method two in x/A.java",
                        "wrong file: there is no x/B.java",
                        "no method: the row names no file or no method",
                        "idle file: no method of x/C.java");
    }

    private static List<Row> rows(String text) {
        String section = text.substring(text.indexOf(HEADING) + HEADING.length());
        int next = section.indexOf("\n## ");
        List<Row> rows = new ArrayList<>();
        for (String line : (next < 0 ? section : section.substring(0, next)).split("\n", -1)) {
            String[] cells = line.split("\\|", -1);
            if (cells.length == 5
                    && !cells[1].isBlank()
                    && !cells[1].contains("---")
                    && !cells[2].isBlank()
                    && !cells[2].strip().equals("file")) {
                rows.add(new Row(cells[1].strip(), quoted(cells[2]), quoted(cells[3])));
            }
        }
        return rows;
    }

    private static List<String> quoted(String cell) {
        List<String> all = new ArrayList<>();
        Matcher matcher = QUOTED.matcher(cell);
        while (matcher.find()) {
            all.add(matcher.group(1));
        }
        return all;
    }

    private static List<String> complaints(List<Row> rows, List<Source> sources) {
        List<String> complaints = new ArrayList<>();
        for (Row row : rows) {
            if (row.files().isEmpty() || row.methods().isEmpty()) {
                complaints.add(row.thing() + ": the row names no file or no method");
                continue;
            }
            List<Source> named = sources.stream()
                    .filter(source -> row.files().contains(source.place()))
                    .toList();
            row.files().stream()
                    .filter(file ->
                            named.stream().noneMatch(source -> source.place().equals(file)))
                    .forEach(file -> complaints.add(row.thing() + ": there is no " + file));
            if (named.size() == row.files().size()) {
                row.methods().stream()
                        .filter(method -> named.stream().noneMatch(source -> declares(source, method)))
                        .forEach(method -> complaints.add(
                                row.thing() + ": no method " + method + " in " + String.join(", ", row.files())));
                named.stream()
                        .filter(source -> row.methods().stream().noneMatch(method -> declares(source, method)))
                        .forEach(source -> complaints.add(row.thing() + ": no method of " + source.place()));
            }
        }
        return complaints;
    }

    private static boolean declares(Source source, String method) {
        return source.methods().stream().map(Method::name).anyMatch(method::equals);
    }
}
