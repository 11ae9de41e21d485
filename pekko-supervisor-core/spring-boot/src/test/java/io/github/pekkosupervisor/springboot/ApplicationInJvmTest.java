package io.github.pekkosupervisor.springboot;

import static io.github.pekkosupervisor.springboot.Places.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole application in a JVM of its own, with a file of properties, until it ends in one way or another. */
class ApplicationInJvmTest {

    private static final String TREE = """
            pekko-supervisor:
              tree:
                strategy: rest-for-one
                intensity: 0
                children:
                - id: sidecar
                  process.command: [sh, -c, 'echo $$ >>${pids}; exec sleep 1000']
                - id: notes
                  from-code: notes
            """;

    private static final int KILLED = 128 + 9;
    private static final int TERMINATED = 128 + 15;

    @TempDir
    private Path directory;

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void nothing_is_left() {
        started.forEach(Process::destroyForcibly);
        Places.awaitNoChildren();
    }

    private Path notes() {
        return directory.resolve("notes");
    }

    private Path output() {
        return directory.resolve("output");
    }

    private Path pids() {
        return directory.resolve("pids");
    }

    private static String text(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Process application(String tree, String... properties) throws IOException {
        return applicationWith(System.getProperty("java.class.path"), tree, properties);
    }

    private Process applicationWith(String classPath, String tree, String... properties) throws IOException {
        Path file = Files.writeString(directory.resolve("application.yml"), tree);
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath,
                Application.class.getName(),
                "--spring.config.location=file:" + file,
                "--notes=" + notes(),
                "--pids=" + pids()));
        Arrays.stream(properties).map(property -> "--" + property).forEach(command::add);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output().toFile())
                .start();
        started.add(process);
        return process;
    }

    private void awaitUp(Process process) {
        await().atMost(PATIENCE).until(() -> {
            assertThat(process.isAlive() || text(output()).contains(Application.RUNS))
                    .as(text(output()))
                    .isTrue();
            return text(output()).contains(Application.RUNS);
        });
    }

    private int code(Process process) throws InterruptedException {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as(text(output()))
                .isTrue();
        return process.exitValue();
    }

    private long pid() {
        await().atMost(PATIENCE).until(() -> text(pids()).endsWith("\n"));
        List<String> lines = text(pids()).lines().toList();
        return Long.parseLong(lines.get(lines.size() - 1));
    }

    private static void awaitEnd(long pid) {
        await().atMost(PATIENCE).until(() -> !Places.isAlive(pid));
    }

    @Test
    void term_stops_the_tree_in_order_and_then_other_beans() throws Exception {
        Process process = application(TREE);
        awaitUp(process);
        long pid = pid();

        process.destroy();

        assertThat(code(process)).isEqualTo(TERMINATED);
        assertThat(text(notes()).lines()).containsExactly("open", "close", "close store");
        awaitEnd(pid);
    }

    @Test
    void kill_leaves_no_process_behind() throws Exception {
        Process process = application(TREE);
        awaitUp(process);
        long pid = pid();
        assertThat(Places.isAlive(pid)).isTrue();

        process.destroyForcibly();

        assertThat(code(process)).isEqualTo(KILLED);
        awaitEnd(pid);
    }

    @Test
    void a_tree_that_gives_up_ends_the_jvm_with_a_code_where_that_is_set() throws Exception {
        Process process = application(TREE, "pekko-supervisor.at-end=exit", "pekko-supervisor.exit-code=7");
        awaitUp(process);

        Places.kill(pid());

        assertThat(code(process)).isEqualTo(7);
        assertThat(text(notes()).lines()).containsExactly("open", "close", "close store");
    }

    @Test
    void term_while_the_tree_starts_gives_that_up() throws Exception {
        Process process = application(TREE + """
                - id: last
                  from-code: endless
            """, "endless=true");
        await().atMost(PATIENCE).until(() -> text(notes()).contains("opening"));
        long pid = pid();

        process.destroy();

        assertThat(code(process)).isEqualTo(TERMINATED);
        assertThat(text(notes()).lines()).containsExactly("open", "opening", "close", "close store");
        assertThat(text(output())).doesNotContain(Application.RUNS);
        awaitEnd(pid);
    }

    @Test
    void a_file_with_mistakes_is_refused_with_their_lines() throws Exception {
        Process process = application("""
                pekko-supervisor:
                  tree:
                    children:
                    - id: sidecar
                      process.command: sleep 1000
                    - id: notes
                      from-code: note
                """);

        assertThat(code(process)).isEqualTo(1);
        assertThat(text(output()))
                .contains("APPLICATION FAILED TO START", "and nothing of it has been started:")
                .contains("pekko-supervisor.tree.children[0].process.command (")
                .contains("application.yml] - 5:24): \"command\" must be a list of program and arguments")
                .contains("application.yml] - 7:18): \"from-code\" must name a child that the application gives, was"
                        + " \"note\"; there are [notes]")
                .contains("Correct what is named.");
        assertThat(text(notes())).doesNotContain("open");
    }

    @Test
    void a_tree_that_cannot_be_started_is_told_of_by_its_child() throws Exception {
        Process process = application(TREE + """
                - id: db
                  process.command: [/no/such/program]
            """);

        assertThat(code(process)).isEqualTo(1);
        assertThat(text(output()))
                .contains("APPLICATION FAILED TO START")
                .contains("The supervision tree could not be started, and nothing of it is left:")
                .contains("[/db]", "/no/such/program")
                .contains("raise its start-timeout");
        assertThat(text(notes()).lines()).containsExactly("open", "close", "close store");
        awaitEnd(pid());
    }

    @Test
    void only_core_and_spring_boot_are_needed() throws Exception {
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.matches(".*(runit-compat|micrometer|actuator).*"))
                .collect(Collectors.joining(File.pathSeparator));
        Process process = applicationWith(classPath, TREE);
        awaitUp(process);

        process.destroy();

        assertThat(code(process)).isEqualTo(TERMINATED);
        assertThat(text(notes()).lines()).containsExactly("open", "close", "close store");

        Process withExport = applicationWith(classPath, TREE + "  export:\n    directory: " + directory + "\n");

        assertThat(code(withExport)).isEqualTo(1);
        assertThat(text(output()))
                .contains(
                        "A tree is shown to sv by pekko-supervisor.export, and pekko-supervisor-runit-compat is not on"
                                + " the class path.")
                .contains("Add it, or take the property away.");
    }

    @Test
    void the_tree_can_be_shown_to_sv() throws Exception {
        Process process = application(TREE + "  export:\n    directory: " + directory.resolve("service") + "\n");
        awaitUp(process);

        assertThat(directory.resolve("service/sidecar/supervise/pid")).content().isEqualToIgnoringNewLines("" + pid());

        process.destroy();
        assertThat(code(process)).isEqualTo(TERMINATED);
    }
}
