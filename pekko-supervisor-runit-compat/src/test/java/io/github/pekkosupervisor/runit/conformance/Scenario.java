package io.github.pekkosupervisor.runit.conformance;

import static java.util.stream.Collectors.toUnmodifiableSet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A script {@code NNN-short-title.sh} with the transcripts it must print. Comment lines at its top say more about it:
 * {@code # cases:} the acceptance cases it covers, {@code # programs:} those that are tested if not runsv and runsvdir
 * (these are the machine's own then), {@code # needs:} programs beyond runit and daemontools, {@code # skip ours:} why
 * it makes no sense for ours, {@code # differs:} why ours has a transcript of its own.
 */
record Scenario(Path script) {

    private static final Pattern FILE_NAME = Pattern.compile("\\d{3}-.*\\.sh");

    /** All scenarios in the order of their numbers. */
    static List<Scenario> all() {
        try (Stream<Path> files = Files.list(directory())) {
            return files.filter(file ->
                            FILE_NAME.matcher(file.getFileName().toString()).matches())
                    .sorted()
                    .map(Scenario::new)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The helpers every script sources. */
    static Path library() {
        return directory().resolve("lib.sh");
    }

    /** Some scenarios play themselves once more as another user. */
    private static final class Place {
        private static final Path DIRECTORY = BuiltDist.reachable(made(), "lib.sh");
    }

    private static Path directory() {
        return Place.DIRECTORY;
    }

    private static Path made() {
        try {
            return Path.of(Objects.requireNonNull(Scenario.class.getResource("/conformance"), "conformance resources")
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    Set<Integer> cases() {
        return header("cases").stream()
                .flatMap(numbers -> Stream.of(numbers.split(" ")))
                .map(Integer::valueOf)
                .collect(toUnmodifiableSet());
    }

    /** The programs that are tested: the implementation's, while all others are the machine's. */
    List<String> programs() {
        return header("programs").map(names -> List.of(names.split(" "))).orElse(Implementation.PROGRAMS);
    }

    Optional<String> header(String key) {
        String prefix = "# " + key + ": ";
        return read(script)
                .lines()
                .takeWhile(line -> line.startsWith("#"))
                .filter(line -> line.startsWith(prefix))
                .map(line -> line.substring(prefix.length()))
                .findFirst();
    }

    boolean hasTranscriptOfItsOwnFor(Implementation implementation) {
        return Files.exists(sibling("." + implementation + ".expected"));
    }

    String transcriptFor(Implementation implementation) {
        return read(
                hasTranscriptOfItsOwnFor(implementation)
                        ? sibling("." + implementation + ".expected")
                        : sibling(".expected"));
    }

    private Path sibling(String ending) {
        return script.resolveSibling(name() + ending);
    }

    private String name() {
        return script.getFileName().toString().replaceFirst("\\.sh$", "");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return name().replace('-', ' ');
    }
}
