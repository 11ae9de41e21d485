package io.github.pekkosupervisor.examples.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pekkosupervisor.examples.guide.Page.Block;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The sessions of the guide, typed as they stand there, with runit's own {@code sv} where that is installed. */
@Execution(ExecutionMode.CONCURRENT)
class GuideSessionsTest {

    private static final Path DIST = Path.of("../pekko-supervisor-runit-compat/target/dist/bin");

    private static final boolean IS_CI = "true".equals(System.getenv("CI"));

    @TempDir
    private Path home;

    @TempDir
    private Path programs;

    @BeforeEach
    void needs_bash() {
        assertThat(find("bash").isPresent() || !IS_CI)
                .as("bash is installed where CI=true")
                .isTrue();
        assumeTrue(find("bash").isPresent(), "bash is not installed");
    }

    static List<Path> pagesWithSessions() throws IOException {
        return GuideTest.pages().stream().filter(GuideSessionsTest::hasSession).toList();
    }

    private static boolean hasSession(Path page) {
        try {
            return Page.read(page).blocks().stream().anyMatch(Block::isSession);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Tag("dist")
    @ParameterizedTest
    @MethodSource("pagesWithSessions")
    void all_is_said_that_the_page_says(Path page) throws IOException {
        assumeTrue(Files.isExecutable(DIST.resolve("runsvdir")), "no launcher at " + DIST + "; run mvn package");
        Optional<Path> sv = find("sv");
        assertThat(sv.isPresent() || !IS_CI).as("sv is installed where CI=true").isTrue();
        if (sv.isPresent()) {
            Files.createSymbolicLink(programs.resolve("sv"), sv.get());
        }

        try (Session session = new Session(home, List.of(programs, DIST.toRealPath()))) {
            assertThat(session.play(Page.read(page))).isEmpty();
            assertThat(session.left())
                    .as("processes that the page leaves behind")
                    .isEmpty();
        }
    }

    private static Optional<Path> find(String program) {
        return Stream.of((System.getenv().getOrDefault("PATH", "") + ":/usr/bin:/bin").split(File.pathSeparator))
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** The player itself, with what is planted. */
    @Nested
    class Planted {

        private Optional<String> played(String page) throws IOException {
            try (Session session = new Session(home, List.of(programs))) {
                return session.play(Page.read(Files.writeString(programs.resolve("page.md"), page)));
            }
        }

        @Test
        void what_is_right_is_taken() throws IOException {
            assertThat(played("""
                            ```sh file=bin/tell
                            #!/bin/sh
                            echo "pid $$, 3 of $1"
                            exit 7
                            ```

                            ```console
                            $ bin/tell 4
                            pid 4711, 3 of 4
                            $ echo $?
                            7
                            $ for i in a b
                            > do echo $i; done
                            …
                            b
                            ```
                            """)).isEmpty();
        }

        @Test
        void another_answer_is_reported_with_what_came_before() throws IOException {
            assertThat(played("""
                            ```console
                            $ cd /
                            $ printf 'exit code 7'
                            exit code 8
                            ```
                            """))
                    .hasValueSatisfying(wrong -> assertThat(wrong)
                            .startsWith(
                                    "page.md:1: [printf 'exit code 7'] is to say\nexit code 8\nand has said\nexit code 7")
                            .endsWith("before that:\n$ cd /\n"));
        }

        @Test
        void who_only_looks_looks_until_it_is_so() throws IOException {
            assertThat(played("""
                            ```console
                            $ (until [ -e go ]; do :; done; echo yes >answer) &
                            $ touch go
                            $ cat answer
                            yes
                            ```
                            """)).isEmpty();
        }

        @Test
        void who_goes_on_is_found() throws IOException {
            try (Session session = new Session(home, List.of(programs))) {
                session.play(Page.read(Files.writeString(
                        programs.resolve("page.md"), "```console\n$ sleep 1000 >/dev/null 2>&1 &\n```\n")));

                assertThat(session.left()).hasSize(1);
            }
        }
    }
}
