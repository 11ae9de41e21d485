package io.github.pekkosupervisor.runit.launcher;

import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.runit.imports.ForeignFile;
import io.github.pekkosupervisor.runit.imports.ForeignFileException;
import io.github.pekkosupervisor.runit.imports.Translation;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code pekko-supervisor import [--from format] file}: a file of another supervisor as one for {@code pekko-supervisor
 * run}, on standard output; what has no counterpart is told on standard error.
 */
final class ImportProgram {

    private static final String NAME = "pekko-supervisor import: ";

    /** In one line, from which its options are known. */
    private static final String USAGE = "usage: pekko-supervisor import [--from procfile|supervisord|compose] file\n";

    private ImportProgram() {}

    static void run(List<OsString> words) {
        if (words.contains(OsString.of("--help"))) {
            Exit.help(USAGE);
        }
        try {
            ImportOptions options = ImportOptions.parse(words);
            Translation translation = options.format()
                    .translate(ForeignFile.read(Path.of(options.file().toString())));
            Exit.print(OsString.of(translation.text()));
            StringBuilder told = new StringBuilder();
            translation.told().forEach(line -> told.append(line).append('\n'));
            Exit.say(OsString.of(told.toString()));
            Exit.now(0);
        } catch (ForeignFileException e) {
            Exit.say(OsString.of(NAME + "fatal: " + e.getMessage() + "\n"));
            Exit.now(RunEnd.COULD_NOT_BEGIN);
        } catch (IllegalArgumentException e) {
            String what = e instanceof InvalidPathException ? "this is no path: " + e.getMessage() : e.getMessage();
            Exit.usage(NAME + "fatal: " + what + "\n" + USAGE, RunEnd.WRONG_USAGE);
        }
    }
}
