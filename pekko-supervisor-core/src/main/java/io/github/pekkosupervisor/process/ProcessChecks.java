package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.DurationText;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.Resource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is wrong with what is said of a process; a sentence for each mistake. */
final class ProcessChecks {

    /** A hundred years, which is no limit. */
    private static final Duration LONGEST = Duration.ofDays(36_525);

    private static final int LAST_MASK = 0777;

    private ProcessChecks() {}

    static List<String> command(List<OsString> command) {
        if (command.isEmpty()) {
            return List.of("the command is empty; give at least the program");
        }
        return command.get(0).length() == 0
                ? List.of("the program's name is empty; give a path or a name to look up in PATH")
                : List.of();
    }

    static List<String> environment(Map<String, Optional<String>> environment) {
        List<String> mistakes = new ArrayList<>();
        environment.forEach((name, value) -> {
            if (name.isEmpty() || name.contains("=") || name.contains("\0")) {
                mistakes.add("environment name \"" + name + "\" is empty or contains '=' or NUL; rename it");
            }
            if (value.orElse("").contains("\0")) {
                mistakes.add("the value of environment variable \"" + name + "\" contains NUL; remove it");
            }
        });
        return mistakes;
    }

    static void umask(int mask) {
        if (mask < 0 || mask > LAST_MASK) {
            throw new IllegalArgumentException("must be octal, 0 to 0777, was "
                    + (mask < 0 ? Integer.toString(mask) : "0" + Integer.toOctalString(mask)));
        }
    }

    static void range(int value, int first, int last) {
        if (value < first || value > last) {
            throw new IllegalArgumentException("must be from " + first + " to " + last + ", was " + value);
        }
    }

    static void limit(Resource resource, long limit) {
        if (limit < Resource.INFINITE) {
            throw new IllegalArgumentException(resource.key() + " must not be below 0, was " + limit);
        }
    }

    static List<String> streams(Stdio stdin, Stdio stdout, Stdio stderr) {
        List<String> mistakes = new ArrayList<>();
        if (stdin instanceof Stdio.Logged || stdin instanceof Stdio.Copied) {
            mistakes.add("standard input cannot be " + stdin + "; that is for outputs");
        }
        boolean connected = stdin instanceof Stdio.Connected || stdout instanceof Stdio.Connected;
        if (connected && !stdin.equals(stdout)) {
            mistakes.add("standard input and output must be connected to the application both or not at all");
        }
        if (stderr instanceof Stdio.Connected) {
            mistakes.add("standard error cannot be connected to the application; log it or use a pipe");
        }
        return mistakes;
    }

    /** The same time, which nobody can wait for if it is not positive, and which is to be added to others. */
    static Duration positive(Duration limit) {
        if (limit.isNegative() || limit.isZero() || limit.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("must be more than zero and at most " + LONGEST.toDays() + " days, was "
                    + DurationText.given(limit));
        }
        return limit;
    }

    /** Why it can never become ready, though each of its parts is right by itself; empty if it can. */
    static Optional<String> contradiction(Readiness readiness, Stdio stdout, Stdio stderr) {
        return readiness instanceof Readiness.Line && !isRead(stdout) && !isRead(stderr)
                ? Optional.of("it is to be ready by a line, but what it writes does not come through this JVM; log,"
                        + " copy, inherit or connect one of its outputs, or choose another sign")
                : Optional.empty();
    }

    /** Which stream breaks with this JVM; empty if none does. */
    static Optional<String> breaks(Readiness readiness, Stdio stdin, Stdio stdout, Stdio stderr) {
        boolean lookForLine = readiness instanceof Readiness.Line;
        String broken = passes(stdin, false)
                ? "standard input"
                : passes(stdout, lookForLine) ? "standard output" : passes(stderr, lookForLine) ? "standard error" : "";
        return broken.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        "it is to go on when this JVM is killed, but its " + broken + " passes through this JVM and"
                                + " would break; use a file, a FIFO or discard, or let it be killed too");
    }

    /** The first of its streams that leads to the application, which nobody else can go on with; empty if none does. */
    static Optional<String> toApplication(Stdio stdin, Stdio stdout, Stdio stderr) {
        if (isOfApplication(stdin)) {
            return Optional.of("standard input");
        }
        return isOfApplication(stdout)
                ? Optional.of("standard output")
                : isOfApplication(stderr) ? Optional.of("standard error") : Optional.empty();
    }

    private static boolean isOfApplication(Stdio stream) {
        return stream instanceof Stdio.Pipe || stream instanceof Stdio.Connected;
    }

    private static boolean passes(Stdio stream, boolean lookForLine) {
        return !(stream instanceof Stdio.File
                || stream instanceof Stdio.Given
                || (stream instanceof Stdio.Inherited && !lookForLine));
    }

    private static boolean isRead(Stdio output) {
        return !(output instanceof Stdio.File || output instanceof Stdio.Given || output instanceof Stdio.Pipe);
    }
}
