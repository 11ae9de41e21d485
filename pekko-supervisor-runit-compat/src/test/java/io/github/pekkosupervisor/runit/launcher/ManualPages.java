package io.github.pekkosupervisor.runit.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The manual pages of the distribution, and what they and the programs say of options. */
final class ManualPages {

    /** Programs that are asked for by the first word alone, of which people have a page. */
    private static final List<String> COMMANDS =
            List.of("run", "template", "import", "status", "tree", "top", "page", "upgrade");

    private static final Pattern ITEM = Pattern.compile("(?m)^\\.It Fl (\\S+)");
    private static final Pattern IN_USAGE = Pattern.compile("(?<=[\\[| ])(--[a-z-]+|-[A-Za-z0-9/]+)");

    private ManualPages() {}

    static Path directory() {
        return Path.of("src/main/dist/share/man");
    }

    static List<Path> all() throws IOException {
        try (Stream<Path> files = Files.walk(directory())) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    /** What has a page, by the words that ask for it. */
    static List<String> programs() {
        List<String> programs = new ArrayList<>(List.of("pekko-supervisor"));
        COMMANDS.forEach(command -> programs.add("pekko-supervisor " + command));
        programs.addAll(Main.programs());
        return programs;
    }

    /** Its page, be it there or not. */
    static Path of(String program) {
        String name = program.startsWith("pekko-supervisor")
                ? program.replace(' ', '-') + ".1"
                : "pekko-supervisor-" + program + ".8";
        return directory().resolve(name.endsWith(".1") ? "man1" : "man8").resolve(name);
    }

    /** Each option that a page explains, with its dashes. */
    static Set<String> optionsIn(Path page) throws IOException {
        Set<String> options = new TreeSet<>();
        Matcher item = ITEM.matcher(Files.readString(page));
        while (item.find()) {
            options.add("-" + item.group(1));
        }
        return options;
    }

    /** Whether a page says that this option has a value. */
    static boolean hasValue(Path page, String option) throws IOException {
        return Files.readString(page).contains("\n.It Fl " + option.substring(1) + " Ar ");
    }

    /** Each option in what a program says of its usage, letter by letter. */
    static Set<String> optionsIn(String usage) {
        Set<String> options = new TreeSet<>();
        Matcher word = IN_USAGE.matcher(usage);
        while (word.find()) {
            if (word.group().startsWith("--")) {
                options.add(word.group());
            } else {
                word.group().substring(1).chars().forEach(letter -> options.add("-" + (char) letter));
            }
        }
        return options;
    }
}
