package io.github.pekkosupervisor.posix;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.testing.Programs;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A shell that has children which are strangers to this JVM, as those of a JVM that is dead are: somebody else is their
 * parent. Each of them ends when it is told to, by its code.
 */
final class Foster implements AutoCloseable {

    /** What the parent does when one of its children has ended. */
    enum Parent {
        /** Waits for it at once, as process 1 should. */
        PROMPT("wait"),
        /** Looks on for a while before it waits for it; a program in between would make a shell wait for all. */
        LATE("while read -r stat </proc/$!/stat; do case $stat in *') Z '*) break;; esac; done;"
                + " i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; wait"),
        /** Never waits, as many a process 1 of a container. */
        NEVER("exec sleep " + Programs.A_DAY);

        private final String then;

        Parent(String then) {
            this.then = then;
        }
    }

    private final Process shell;
    private final List<ProcessIdentity> children = new ArrayList<>();

    private Foster(Process shell) {
        this.shell = shell;
    }

    /**
     * One child, as {@code sh} with a script that may read its standard input; what is {@code before} makes it another
     * user.
     */
    static Foster of(Parent parent, List<String> before, String script) throws IOException {
        List<String> child = Stream.of(before, List.of("sh", "-c", script))
                .flatMap(List::stream)
                .toList();
        List<String> command =
                new ArrayList<>(List.of("sh", "-c", "exec 3<&0; \"$@\" <&3 & echo $!; " + parent.then, "sh"));
        command.addAll(child);
        Foster foster = begin(command, 1);
        if (parent == Parent.NEVER) {
            // a shell waits for those that end while it still is one
            await().until(() ->
                    ProcFs.read("/proc/" + foster.shell.pid() + "/comm").equals("sleep\n"));
        }
        return foster;
    }

    /** One child that ends with this code when the input ends. */
    static Foster ofOneThatEndsWith(int code, Parent parent) throws IOException {
        return of(parent, List.of(), "read line; exit " + code);
    }

    /**
     * Many children; the first ends with code 0 when the input ends, the next with 1, and so on up to 255, and again.
     */
    static Foster ofMany(int count) throws IOException {
        String script = "exec 3<&0; i=0; while [ $i -lt " + count + " ]; do"
                + " ( read line <&3; exit $((i % 256)) ) & echo $!; i=$((i+1)); done; exec 3<&- 0<&-; wait";
        return begin(List.of("sh", "-c", script), count);
    }

    private static Foster begin(List<String> command, int count) throws IOException {
        Process shell = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Foster foster = new Foster(shell);
        BufferedReader numbers = shell.inputReader(UTF_8);
        for (int i = 0; i < count; i++) {
            int pid = Integer.parseInt(numbers.readLine());
            foster.children.add(ProcessIdentity.ofRunning(pid).orElseThrow());
        }
        return foster;
    }

    /** The only child. */
    ProcessIdentity child() {
        return children.get(0);
    }

    List<ProcessIdentity> children() {
        return children;
    }

    /** Lets a child read a line. */
    void sayLine() {
        try {
            shell.outputWriter(UTF_8).append("go\n").flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lets all children end. */
    void endInput() {
        try {
            shell.outputWriter(UTF_8).close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kills the parent: its children are orphans now. */
    void kill() {
        shell.destroyForcibly();
    }

    @Override
    public void close() {
        children.stream()
                .filter(ProcessIdentity::exists)
                .forEach(child -> ProcessHandle.of(child.pid()).ifPresent(ProcessHandle::destroyForcibly));
        shell.destroyForcibly();
    }
}
