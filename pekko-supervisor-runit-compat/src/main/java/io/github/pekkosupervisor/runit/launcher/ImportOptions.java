package io.github.pekkosupervisor.runit.launcher;

import io.github.pekkosupervisor.config.Slips;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.runit.imports.ForeignFormat;
import io.github.pekkosupervisor.runit.supervise.Printable;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The words behind {@code pekko-supervisor import}.
 *
 * @param format whose file it is
 * @param file that is read
 */
record ImportOptions(ForeignFormat format, OsString file) {

    private static final String FROM = "--from";
    private static final List<String> KNOWN = List.of(FROM, "--help");
    private static final int LONGEST = 32;

    /**
     * What they say.
     *
     * @throws IllegalArgumentException with what is wrong, and what to do
     */
    static ImportOptions parse(List<OsString> words) {
        Optional<ForeignFormat> format = Optional.empty();
        int next = 0;
        while (next < words.size() && words.get(next).startsWith("-")) {
            String word = words.get(next).toString();
            next++;
            if (word.equals("--")) {
                break;
            } else if (word.equals(FROM)) {
                if (next == words.size()) {
                    throw new IllegalArgumentException(FROM + " needs one of " + formats());
                }
                format = Optional.of(format(words.get(next)));
                next++;
            } else if (word.startsWith(FROM + "=")) {
                format = Optional.of(format(OsString.of(word.substring(FROM.length() + 1))));
            } else {
                throw unknown(words.get(next - 1));
            }
        }
        if (next + 1 != words.size()) {
            throw new IllegalArgumentException(
                    next == words.size()
                            ? "there is no file; name the one that is to be read"
                            : "there is more than one file; each is a tree of its own");
        }
        OsString file = words.get(next);
        return new ImportOptions(
                format.or(() -> ForeignFormat.ofFile(Path.of(file.toString())))
                        .orElseThrow(() -> new IllegalArgumentException("the name " + Printable.onTerminal(file)
                                + " does not say whose file it is; say " + FROM + " with one of " + formats())),
                file);
    }

    private static ForeignFormat format(OsString word) {
        return ForeignFormat.named(word.toString())
                .orElseThrow(() -> new IllegalArgumentException(
                        FROM + " must be one of " + formats() + ", was " + Printable.onTerminal(word)));
    }

    private static String formats() {
        return Arrays.stream(ForeignFormat.values()).map(ForeignFormat::word).collect(Collectors.joining(", "));
    }

    private static IllegalArgumentException unknown(OsString word) {
        String name = word.toString();
        Optional<String> meant = name.length() > LONGEST ? Optional.empty() : Slips.meant(name, KNOWN);
        return new IllegalArgumentException("unknown option " + Printable.onTerminal(word)
                + meant.map(option -> "; did you mean " + option + "?").orElse(""));
    }
}
