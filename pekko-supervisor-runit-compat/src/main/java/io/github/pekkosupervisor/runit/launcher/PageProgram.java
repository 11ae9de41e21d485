package io.github.pekkosupervisor.runit.launcher;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Launch;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.posix.SignalPipe;
import io.github.pekkosupervisor.runit.page.LivePage;
import io.github.pekkosupervisor.runit.page.PageSettings;
import io.github.pekkosupervisor.runit.supervise.Printable;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * {@code pekko-supervisor page}: the page of a services directory, whoever supervises it, until INT or TERM.
 *
 * <p>Exit code 0; 100 after a usage text; 111 if it cannot be opened.
 */
final class PageProgram {

    private static final int USAGE_CODE = 100;
    private static final int FATAL = 111;
    private static final int MOST_SIGNALS = 64;
    private static final String LISTEN = "--listen";
    private static final String COMMANDS = "--commands";
    private static final List<String> KNOWN = List.of(LISTEN, COMMANDS, "--help");
    private static final String SVDIR = "SVDIR=";

    private static final String USAGE = "usage: pekko-supervisor page [--listen address] [--commands] [dir]\n";

    private PageProgram() {}

    /**
     * The words behind it.
     *
     * @param services the directory; empty for the usual one
     */
    record Options(PageSettings settings, Optional<OsString> services) {

        /** @throws IllegalArgumentException with what is wrong, and what to do */
        static Options parse(List<OsString> words) {
            PageSettings settings = PageSettings.loopback();
            boolean commands = false;
            OptionWords options = new OptionWords(words, KNOWN);
            while (options.next()) {
                if (options.is(COMMANDS)) {
                    commands = true;
                } else if (options.has(LISTEN)) {
                    settings = at(options.value("an address, such as tcp:127.0.0.1:8080"));
                } else {
                    throw options.unknown();
                }
            }
            Optional<OsString> services = options.only("there is more than one directory; a page is of one");
            return new Options(settings.withCommands(commands), services);
        }

        private static PageSettings at(OsString address) {
            if (!OsString.of(address.toString()).equals(address)) {
                throw new IllegalArgumentException(
                        LISTEN + " is " + address + ", which is not UTF-8; choose another name");
            }
            try {
                return PageSettings.at(address.toString());
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(LISTEN + " " + e.getMessage(), e);
            }
        }
    }

    static void run(List<OsString> words) {
        if (words.size() == 1 && words.get(0).equals(OsString.of("--help"))) {
            Exit.help(USAGE);
            return;
        }
        Options options;
        try {
            options = Options.parse(words);
        } catch (IllegalArgumentException e) {
            Exit.usage("pekko-supervisor page: " + e.getMessage() + "\n" + USAGE, USAGE_CODE);
            return;
        }
        try {
            show(options);
            Exit.now(0);
        } catch (IOException | InvalidPathException e) {
            Exit.usage(
                    "pekko-supervisor page: fatal: " + Printable.oneLine(String.valueOf(e.getMessage())) + "\n", FATAL);
        }
    }

    private static void show(Options options) throws IOException {
        SignalPipe signals = SignalPipe.open();
        List.of(Signal.TERM, Signal.INT, Signal.HUP).forEach(signals::hear);
        OsString services = options.services().orElseGet(PageProgram::usualServices);
        try (LivePage page = LivePage.ofServices(services, options.settings())) {
            // who has the address already goes on
            Exit.tryPrint(OsString.of(options.settings()
                                    .socket()
                                    .map(Path::toString)
                                    .orElseGet(() -> page.url().toString())
                            + "\n"))
                    .ifPresent(why -> Exit.say(OsString.of("pekko-supervisor page: warning: " + why + "\n")));
            while (!Descriptor.awaitReadable(-1, signals.readEnd())[0]
                    || signals.readEnd().tryRead(MOST_SIGNALS).isEmpty()) {
                // a signal that is none of these
            }
        }
    }

    private static OsString usualServices() {
        for (OsString entry : Launch.ofThisJvm().environment()) {
            if (entry.startsWith(SVDIR)) {
                return entry.slice(SVDIR.length(), entry.length());
            }
        }
        return OsString.of("/etc/service");
    }
}
