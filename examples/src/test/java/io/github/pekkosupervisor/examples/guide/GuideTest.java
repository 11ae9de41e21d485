package io.github.pekkosupervisor.examples.guide;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each block of the guide is code of a test beside this one, a tree that is started here, or of a session, which
 * {@link GuideSessionsTest} plays. A block of another sort is a mistake.
 */
class GuideTest {

    static final Path GUIDE = Path.of("../docs/guide");
    static final Path CLASSES = Path.of("src/test/java/io/github/pekkosupervisor/examples/guide");

    static List<Path> pages() throws IOException {
        try (Stream<Path> files = Files.list(GUIDE)) {
            return files.filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void each_block_is_so_and_each_region_is_shown() throws IOException {
        Regions regions = new Regions(CLASSES).expectingAll(CLASSES);
        Judge judge = new Judge(regions);

        List<String> problems = new ArrayList<>();
        for (Path page : pages()) {
            problems.addAll(judge.problems(Page.read(page)));
        }

        assertThat(problems).isEmpty();
        assertThat(regions.unseen()).as("regions that no page shows").isEmpty();
    }

    /** The walk itself, with what is planted. */
    @Nested
    class Planted {

        @TempDir
        private Path place;

        private List<String> problems(String page) throws IOException {
            Files.writeString(place.resolve("Some.java"), """
                    class Some {
                        // GUIDE: call
                        if (is()) {
                            call();
                        }
                        // GUIDE: end
                        // GUIDE: text
                        String TEXT = \"""
                                one
                                  two\\tthree
                                \""";
                        // GUIDE: end
                    }
                    """.replace("GUIDE", "guide"));
            return new Judge(new Regions(place)).problems(Page.read(Files.writeString(place.resolve("page.md"), page)));
        }

        @Test
        void what_the_source_says_is_taken() throws IOException {
            assertThat(problems("""
                            ```java Some#call
                            if (is()) {
                                call();
                            }
                            ```

                            ```text Some#text
                            one
                              two\tthree
                            ```
                            """)).isEmpty();
        }

        @Test
        void a_stale_block_is_reported_with_what_it_should_be() throws IOException {
            assertThat(problems("""
                            Words.

                            ```java Some#call
                            if (was()) {
                                call();
                            }
                            ```
                            """))
                    .singleElement()
                    .asString()
                    .startsWith(
                            "page.md:3: [```java Some#call] is not what the source says:\nif (is()) {\n    call();");
        }

        @Test
        void a_region_that_is_not_there_is_reported() throws IOException {
            assertThat(problems("```java Some#other\n```\n\n```java Other#call\n```\n"))
                    .satisfiesExactly(
                            first -> assertThat(first).contains("Some.java has no region [other], but ["),
                            second -> assertThat(second).contains("there is no " + place.resolve("Other.java")));
        }

        @Test
        void a_block_of_no_known_sort_is_reported() throws IOException {
            assertThat(problems("```java\nint i;\n```\n\n```\nls\n```\n\ntext\n\n    ls\n"))
                    .hasSize(3)
                    .allSatisfy(problem -> assertThat(problem).contains("it is neither LANGUAGE FILE#REGION"));
        }

        @Test
        void a_file_that_no_session_uses_is_reported() throws IOException {
            String file = "```sh file=run\n#!/bin/sh\n```\n";

            assertThat(problems(file)).singleElement().asString().contains("no session of this page uses it");
            assertThat(problems(file + "\n```console\n$ ls\nrun\n```\n")).isEmpty();
        }

        @Test
        void a_tree_that_cannot_be_read_or_started_is_reported() throws IOException {
            assertThat(problems("```hocon tree\nchildren = [ { id = a, proces { command = [true] } } ]\n```\n"))
                    .singleElement()
                    .asString()
                    .contains("cannot be started", "proces");
            assertThat(problems("```hocon tree\nchildren = [ { id = a, process { command = [/no/such] } } ]\n```\n"))
                    .singleElement()
                    .asString()
                    .contains("cannot be started", "/no/such");
            assertThat(problems("```hocon tree\nchildren = [ { id = a, process { command = [sleep, 1d] } } ]\n```\n"))
                    .isEmpty();
        }

        @Test
        void a_region_that_no_page_shows_is_known() throws IOException {
            problems("");

            assertThat(new Regions(place).expectingAll(place).unseen()).containsExactly("Some#call", "Some#text");
        }
    }
}
