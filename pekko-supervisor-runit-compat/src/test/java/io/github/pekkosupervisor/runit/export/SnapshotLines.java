package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.protocol.ChildState;
import io.github.pekkosupervisor.protocol.SupervisorResult.ChildInfo;
import io.github.pekkosupervisor.protocol.TreeSnapshot;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.spec.TreePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the real {@code sv} is to print of a tree at rest, said from nothing but its snapshot, the files {@code down}
 * and who was started to run once. As naive as can be: it knows no rule of the export.
 */
final class SnapshotLines {

    private static final String ANY = ".*";

    private final Path directory;
    private final Predicate<String> isOnce;
    private final Map<String, String> expected = new TreeMap<>();

    private SnapshotLines(Path directory, Predicate<String> isOnce) {
        this.directory = directory;
        this.isOnce = isOnce;
    }

    /**
     * What is to be printed of each place, as patterns by names.
     *
     * @param isOnce whether the incarnation at a path runs once
     * @param services paths of children whose children are service directories, which go by runit's rules
     */
    static Map<String, String> of(
            TreeSnapshot snapshot, Path directory, Predicate<String> isOnce, Set<String> services) {
        SnapshotLines lines = new SnapshotLines(directory, isOnce);
        Deque<Node> left = new ArrayDeque<>(List.of(snapshot.top()));
        while (!left.isEmpty()) {
            Node node = left.pop();
            String name = name(node.path());
            boolean isService = services.contains(TreePath.above(node.path()));
            lines.expected.put(name, isService ? lines.service(name, node) : lines.line(name, node));
            boolean isDynamic =
                    node.supervision().filter(by -> by.strategy().isDynamic()).isPresent();
            if (!isDynamic) {
                left.addAll(node.children());
            }
        }
        return lines.expected;
    }

    /**
     * The same of the children of a dynamic supervisor that are shown: no more run than there are. Which is which
     * cannot be said from outside, since the numbers in their names go on over restarts of the supervisor.
     */
    static Map<String, String> ofDynamic(String prefix, List<ChildInfo> children, Path directory) {
        List<String> shown = names(directory).stream()
                .filter(name -> name.startsWith(prefix))
                .toList();
        long running = children.stream()
                .filter(child -> child.state() == ChildState.RUNNING)
                .count();
        Map<String, String> lines = new HashMap<>();
        for (String name : shown) {
            String runs = "run: " + name + ": \\(pid " + ShownTree.JVM + "\\) \\d+s(, want down)?|";
            String waits = "down: " + name + ": \\d+s, normally up, want up|";
            lines.put(name, (isShownAsRunning(directory, shown) > running ? "" : runs) + waits + nobody(name));
        }
        return lines;
    }

    private static long isShownAsRunning(Path directory, List<String> names) {
        return names.stream()
                .filter(name -> {
                    try {
                        return Files.readString(directory.resolve(name).resolve("supervise/stat"))
                                .startsWith("run");
                    } catch (IOException e) {
                        return false;
                    }
                })
                .count();
    }

    private static String name(String path) {
        return path.equals(TreePath.TOP) ? "@tree" : path.substring(1).replace('/', '.');
    }

    private String line(String name, Node node) {
        boolean isNormallyDown = Files.exists(directory.resolve(name).resolve("down"));
        String down = "down: " + name + ": \\d+s" + (isNormallyDown ? "" : ", normally up");
        return switch (node.state()) {
            case RUNNING ->
                "run: " + name + ": \\(pid " + pid(node) + "\\) \\d+s"
                        + (isNormallyDown ? ", normally down" : "")
                        + (isPaused(node) ? ", paused" : "")
                        + (isOnce.test(node.path()) ? ", want down" : "");
            case STOPPED, FINISHED, IGNORED, DONE -> down;
            case RESTARTING -> down + ", want up";
            // one that a command has put down, or that was down before, is not among those that wait
            case WAITING -> down + "(, want up)?";
            case STARTING, STOPPING -> "a tree at rest";
        };
    }

    /** What sv says of it more is its runsv's matter. */
    private String service(String name, Node node) {
        return node.state() == TreeSnapshot.State.RUNNING
                ? "run: " + name + ": \\(pid " + pid(node) + "\\) " + ANY
                : "(?:down: " + name + ": " + ANY + "|run: " + name + ": " + ANY + "got TERM.*)";
    }

    private static long pid(Node node) {
        return node.process().map(process -> (long) process.pid()).orElse(ShownTree.JVM);
    }

    private static boolean isPaused(Node node) {
        try {
            return node.process().isPresent()
                    && Files.readString(Path.of("/proc/" + pid(node) + "/stat")).contains(") T ");
        } catch (IOException e) {
            return false;
        }
    }

    // ---- the judge

    /** What of the directory is not as expected; of names that nobody knows it is that nobody runs there. */
    static List<String> differences(Path directory, Map<String, String> expected) {
        List<String> names = names(directory);
        List<String> differences = new ArrayList<>();
        expected.keySet().stream()
                .filter(name -> !names.contains(name))
                .forEach(name -> differences.add(name + ": it is not shown"));
        List<String> words = new ArrayList<>(List.of("status"));
        words.addAll(names);
        List<String> lines = ShownTree.sv(directory, words.toArray(String[]::new))
                .said()
                .lines()
                .toList();
        if (lines.size() != names.size()) {
            return List.of("sv has said " + lines + " of " + names);
        }
        for (int i = 0; i < lines.size(); i++) {
            String name = names.get(i);
            String pattern = expected.getOrDefault(name, nobody(name));
            if (!Pattern.matches(pattern, lines.get(i))) {
                differences.add("sv says \"" + lines.get(i) + "\", and the tree is \"" + pattern + "\"");
            }
        }
        return differences;
    }

    /** It is shown as down for a while yet, or its supervisor is down, or it has just gone. */
    private static String nobody(String name) {
        return "down: " + name + ": \\d+s(, normally up)?|fail: " + name + ": runsv not running|fail: " + name
                + ": unable to (change to service directory|open supervise/ok): file does not exist";
    }

    private static List<String> names(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> !name.startsWith("."))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
