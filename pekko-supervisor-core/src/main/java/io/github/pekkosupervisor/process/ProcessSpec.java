package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.SpawnRequest.Grouping;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a process is to be. Whatever is not said is as the JVM has it; no descriptor but the three standard ones is
 * passed on.
 *
 * @param command program and arguments; a program without a slash is looked up in the JVM's {@code PATH}
 * @param directory where it begins
 * @param environment variables to set, or to remove where the value is empty; all others are the JVM's
 * @param stdin descriptor 0
 * @param stdout descriptor 1
 * @param stderr descriptor 2
 * @param grouping session and process group
 * @param ownerLost what becomes of it when its actor stops before it does
 * @param identityFile where its identity is put before anybody hears of its start, so that a successor of this JVM can
 *     recognise it
 */
public record ProcessSpec(
        List<OsString> command,
        WorkingDirectory directory,
        Map<String, Optional<String>> environment,
        Stdio stdin,
        Stdio stdout,
        Stdio stderr,
        Grouping grouping,
        OwnerLost ownerLost,
        Optional<IdentityFile> identityFile) {

    /** What becomes of a process when its actor stops first. */
    public enum OwnerLost {
        /** It is killed at once, with its group if it leads one. */
        KILL,
        /** It goes on; {@link ProcessActor#adopt} takes it up again. */
        KEEP
    }

    /** Where a process begins. */
    public sealed interface WorkingDirectory {}

    /** The working directory of the JVM. */
    public record InheritedDirectory() implements WorkingDirectory {}

    /**
     * A directory by its path.
     *
     * @param path looked up when the process is started
     */
    public record DirectoryAt(Path path) implements WorkingDirectory {}

    /**
     * A directory that is open already, wherever it has been moved to since.
     *
     * @param directory open when the process is started; not closed by it
     * @param below a name in it to begin in instead
     */
    public record OpenDirectory(Directory directory, Optional<OsString> below) implements WorkingDirectory {}

    /**
     * A file that holds one {@link io.github.pekkosupervisor.posix.ProcessIdentity}.
     *
     * @param directory where it is
     * @param name its name there; created with mode 0644 less the umask
     */
    public record IdentityFile(Directory directory, OsString name) {}

    /** Checks and copies; all mistakes are listed in one exception. */
    public ProcessSpec {
        List<String> mistakes = new ArrayList<>();
        if (command.isEmpty()) {
            mistakes.add("the command is empty; give at least the program");
        } else if (command.get(0).length() == 0) {
            mistakes.add("the program's name is empty; give a path or a name to look up in PATH");
        }
        environment.forEach((name, value) -> {
            if (name.isEmpty() || name.contains("=") || name.contains("\0")) {
                mistakes.add("environment name \"" + name + "\" is empty or contains '=' or NUL; rename it");
            }
            if (value.orElse("").contains("\0")) {
                mistakes.add("the value of environment variable \"" + name + "\" contains NUL; remove it");
            }
        });
        if (!mistakes.isEmpty()) {
            throw new IllegalArgumentException("process spec: " + String.join("; ", mistakes));
        }
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }

    /** This program with these arguments; killed when its actor stops. */
    public static ProcessSpec of(String program, String... arguments) {
        List<OsString> command = new ArrayList<>();
        command.add(OsString.of(program));
        Arrays.stream(arguments).map(OsString::of).forEach(command::add);
        return of(command);
    }

    /** This command, in whatever encoding; killed when its actor stops. */
    public static ProcessSpec of(List<OsString> command) {
        return new ProcessSpec(
                command,
                new InheritedDirectory(),
                Map.of(),
                Stdio.inherited(),
                Stdio.inherited(),
                Stdio.inherited(),
                Grouping.INHERIT,
                OwnerLost.KILL,
                Optional.empty());
    }

    /** The same, begun in this directory. */
    public ProcessSpec withDirectory(Path path) {
        return withDirectory(new DirectoryAt(path));
    }

    /** The same, begun in this open directory. */
    public ProcessSpec withDirectory(Directory open) {
        return withDirectory(new OpenDirectory(open, Optional.empty()));
    }

    /** The same, begun in a directory of this name in an open directory. */
    public ProcessSpec withDirectory(Directory open, OsString below) {
        return withDirectory(new OpenDirectory(open, Optional.of(below)));
    }

    private ProcessSpec withDirectory(WorkingDirectory changed) {
        return new ProcessSpec(command, changed, environment, stdin, stdout, stderr, grouping, ownerLost, identityFile);
    }

    /** The same with one environment variable set. */
    public ProcessSpec withEnvironment(String name, String value) {
        return withEnvironment(name, Optional.of(value));
    }

    /** The same with one environment variable removed. */
    public ProcessSpec withoutEnvironment(String name) {
        return withEnvironment(name, Optional.empty());
    }

    private ProcessSpec withEnvironment(String name, Optional<String> value) {
        Map<String, Optional<String>> changed = new HashMap<>(environment);
        changed.put(name, value);
        return new ProcessSpec(command, directory, changed, stdin, stdout, stderr, grouping, ownerLost, identityFile);
    }

    /** The same with another standard input. */
    public ProcessSpec withStdin(Stdio changed) {
        return new ProcessSpec(
                command, directory, environment, changed, stdout, stderr, grouping, ownerLost, identityFile);
    }

    /** The same with another standard output. */
    public ProcessSpec withStdout(Stdio changed) {
        return new ProcessSpec(
                command, directory, environment, stdin, changed, stderr, grouping, ownerLost, identityFile);
    }

    /** The same with another standard error. */
    public ProcessSpec withStderr(Stdio changed) {
        return new ProcessSpec(
                command, directory, environment, stdin, stdout, changed, grouping, ownerLost, identityFile);
    }

    /** The same in another session or group. */
    public ProcessSpec withGrouping(Grouping changed) {
        return new ProcessSpec(
                command, directory, environment, stdin, stdout, stderr, changed, ownerLost, identityFile);
    }

    /** The same with another fate when its actor stops. */
    public ProcessSpec withOwnerLost(OwnerLost changed) {
        return new ProcessSpec(command, directory, environment, stdin, stdout, stderr, grouping, changed, identityFile);
    }

    /** The same, its identity written here. */
    public ProcessSpec withIdentityFile(Directory place, OsString name) {
        return new ProcessSpec(
                command,
                directory,
                environment,
                stdin,
                stdout,
                stderr,
                grouping,
                ownerLost,
                Optional.of(new IdentityFile(place, name)));
    }

    /** Never shows the environment: it holds secrets. */
    @Override
    public String toString() {
        return "ProcessSpec" + command;
    }
}
