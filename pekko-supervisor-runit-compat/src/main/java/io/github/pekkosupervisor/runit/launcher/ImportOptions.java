package io.github.pekkosupervisor.runit.launcher;

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

    /**
     * What they say.
     *
     * @throws IllegalArgumentException with what is wrong, and what to do
     */
    static ImportOptions parse(List<OsString> words) {
        Optional<ForeignFormat> format = Optional.empty();
        OptionWords options = new OptionWords(words, KNOWN);
        while (options.next()) {
            if (options.has(FROM)) {
                format = Optional.of(format(options.value("one of " + formats())));
            } else {
                throw options.unknown();
            }
        }
        OsString file = options.only("there is more than one file; each is a tree of its own")
                .orElseThrow(() -> new IllegalArgumentException("there is no file; name the one that is to be read"));
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
}
