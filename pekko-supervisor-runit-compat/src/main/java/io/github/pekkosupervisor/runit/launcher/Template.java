package io.github.pekkosupervisor.runit.launcher;

import io.github.pekkosupervisor.posix.OsString;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * {@code pekko-supervisor template}: a file for {@code pekko-supervisor run} to begin with, each part explained in it.
 */
final class Template {

    private static final String USAGE = "usage: pekko-supervisor template [--help]\n";

    private Template() {}

    static void run(List<OsString> words) {
        if (words.equals(List.of(OsString.of("--help")))) {
            Exit.help(USAGE);
        } else if (words.isEmpty()) {
            Exit.print(text());
        } else {
            Exit.usage(
                    "pekko-supervisor template: fatal: unknown option " + words.get(0) + "\n" + USAGE,
                    RunEnd.WRONG_USAGE);
        }
        Exit.now(0);
    }

    static OsString text() {
        try (InputStream file = Template.class.getResourceAsStream("template.conf")) {
            if (file == null) {
                throw new IllegalStateException("template.conf is not in the jar");
            }
            return OsString.of(file.readAllBytes());
        } catch (IOException e) {
            throw new IllegalStateException("template.conf cannot be read from the jar", e);
        }
    }
}
