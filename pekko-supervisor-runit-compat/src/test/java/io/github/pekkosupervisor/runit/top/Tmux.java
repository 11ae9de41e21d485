package io.github.pekkosupervisor.runit.top;

import static io.github.pekkosupervisor.runit.look.SupervisedServices.patiently;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.runit.conformance.MarkedProcesses;
import io.github.pekkosupervisor.runit.conformance.Needs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * A terminal that nobody sits at: a tmux of its own with one window, in which a shell says how the terminal is, runs a
 * program, and says how it is then. Closing it ends all that is left in it.
 */
final class Tmux implements AutoCloseable {

    private static final Path PROGRAM = Path.of("/usr/bin/tmux");

    private static final String SIZE = "rows [0-9]+; columns [0-9]+;";

    private static final String SHELL = """
            cd "$0"
            echo what was there before
            stty -a >before
            sh -c 'echo $$ >pid; exec "$@"' sh "$@"
            echo $? >code.new
            stty -a >after
            mv code.new code
            exec sleep 100000
            """;

    private final Path place;
    private final MarkedProcesses processes = new MarkedProcesses();

    Tmux(Path place) throws IOException {
        this.place = place.toRealPath();
        Needs.that(Files.isExecutable(PROGRAM), "there is no tmux; apt install tmux");
    }

    Tmux run(int columns, int rows, List<String> program, String... environment) throws IOException {
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", SHELL, place.toString(), "env"));
        command.addAll(List.of(environment));
        command.addAll(program);
        return start(columns, rows, command);
    }

    /** A shell with somebody who types. */
    Tmux interactive(int columns, int rows) throws IOException {
        return start(columns, rows, List.of("/bin/bash", "--norc", "--noprofile", "-i"));
    }

    private Tmux start(int columns, int rows, List<String> command) throws IOException {
        Path settings = Files.writeString(place.resolve("tmux.conf"), "set -g status off\n");
        List<String> words = new ArrayList<>(List.of(
                "-f", settings + "", "-u", "new-session", "-d", "-x", "" + columns, "-y", "" + rows, "-c", "" + place));
        words.addAll(command);
        tmux(words.toArray(String[]::new));
        return this;
    }

    /** What a command of tmux prints. */
    String tmux(String... words) {
        List<String> command = new ArrayList<>(List.of(PROGRAM.toString(), "-S", place.resolve("tmux") + ""));
        command.addAll(List.of(words));
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().remove("TMUX");
            builder.environment().remove("NO_COLOR");
            builder.environment().put("LC_ALL", "C.UTF-8");
            builder.environment().put(MarkedProcesses.VARIABLE, processes.value());
            Process process = builder.start();
            String said = new String(process.getInputStream().readAllBytes(), UTF_8);
            assertThat(process.waitFor()).as(command + ": " + said).isZero();
            return said;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Types keys, by the names that tmux has for them. */
    void type(String... keys) {
        List<String> words = new ArrayList<>(List.of("send-keys"));
        words.addAll(List.of(keys));
        tmux(words.toArray(String[]::new));
    }

    List<String> screen() {
        return tmux("capture-pane", "-p").lines().map(String::stripTrailing).toList();
    }

    /** With the colours that are there. */
    String colours() {
        return tmux("capture-pane", "-p", "-e");
    }

    /** A value of tmux's own, such as {@code alternate_on}. */
    String is(String variable) {
        return tmux("display-message", "-p", "#{" + variable + "}").strip();
    }

    void await(String what, Predicate<List<String>> seen) {
        try {
            patiently().until(() -> seen.test(screen()));
        } catch (RuntimeException e) {
            throw new AssertionError(what + " is not to be seen in\n" + String.join("\n", screen()), e);
        }
    }

    /** Waits for a line that has all of these. */
    void awaitLine(String... parts) {
        await(
                "a line with " + List.of(parts),
                lines -> lines.stream().anyMatch(line -> List.of(parts).stream().allMatch(line::contains)));
    }

    /** How the program has ended, and that the terminal is as it was. */
    int code() throws IOException {
        patiently().until(() -> Files.exists(place.resolve("code")));
        // what the size is by now has nothing to do with us
        assertThat(read("after").replaceAll(SIZE, ""))
                .isEqualTo(read("before").replaceAll(SIZE, ""))
                .isNotEmpty();
        // tmux may not have read yet what was written last
        patiently()
                .untilAsserted(() -> assertThat(is("alternate_on") + is("cursor_flag") + is("wrap_flag"))
                        .isEqualTo("011"));
        return Integer.parseInt(read("code"));
    }

    String read(String name) throws IOException {
        return Files.readString(place.resolve(name)).strip();
    }

    void signal(String name) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, read("pid")).start().waitFor())
                .isZero();
    }

    @Override
    public void close() {
        try {
            tmux("kill-server");
        } finally {
            processes.kill();
        }
    }
}
