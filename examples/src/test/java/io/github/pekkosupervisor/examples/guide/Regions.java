package io.github.pekkosupervisor.examples.guide;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Parts of sources that pages show: from a comment {@code guide: NAME} to the next {@code guide: end}, without the
 * indentation that all lines have. Of a part that is one text block of Java it is the text.
 */
final class Regions {

    private static final Pattern BEGIN = Pattern.compile("\\s*(?://|#|<!--)\\s*guide: (\\S+).*");
    private static final Pattern TEXT_BLOCK = Pattern.compile("[^\\n]*\"\"\"\\n(.*?)(\\s*)\"\"\".*", Pattern.DOTALL);

    private final Path root;
    private final Map<Path, Map<String, String>> files = new HashMap<>();
    private final Set<String> unseen = new TreeSet<>();

    /** Of the sources below this directory; a page names them from there, those of Java by their class alone. */
    Regions(Path root) {
        this.root = root;
    }

    /** Reads all classes beside each other in this directory, so that it is known what no page shows. */
    Regions expectingAll(Path classes) throws IOException {
        try (var sources = Files.list(classes)) {
            for (Path source : sources.sorted().collect(Collectors.toList())) {
                for (String name : of(source).keySet()) {
                    unseen.add(source.getFileName().toString().replace(".java", "") + "#" + name);
                }
            }
        }
        return this;
    }

    /** What the page is to show, or an IOException that says why there is nothing. */
    String find(String reference) throws IOException {
        String[] words = reference.split("#", 2);
        Path file = root.resolve(words[0].contains(".") ? words[0] : words[0] + ".java");
        if (!Files.exists(file)) {
            throw new IOException("there is no " + file);
        }
        String region = of(file).get(words[1]);
        if (region == null) {
            throw new IOException(file.getFileName() + " has no region [" + words[1] + "], but " + of(file).keySet());
        }
        unseen.remove(reference);
        return region;
    }

    Set<String> unseen() {
        return unseen;
    }

    private Map<String, String> of(Path file) throws IOException {
        Map<String, String> known = files.get(file);
        if (known == null) {
            known = read(Files.readAllLines(file));
            files.put(file, known);
        }
        return known;
    }

    static Map<String, String> read(List<String> lines) throws IOException {
        Map<String, String> regions = new HashMap<>();
        String name = "";
        List<String> region = new ArrayList<>();
        for (String line : lines) {
            Matcher marker = BEGIN.matcher(line);
            if (!marker.matches()) {
                region.add(line);
            } else if (!marker.group(1).equals("end")) {
                name = marker.group(1);
                region.clear();
            } else if (name.isEmpty() || regions.put(name, text(region)) != null) {
                throw new IOException("a region [" + name + "] ends that has not begun, or is there twice");
            } else {
                name = "";
            }
        }
        if (!name.isEmpty()) {
            throw new IOException("the region [" + name + "] does not end");
        }
        return regions;
    }

    private static String text(List<String> region) {
        String all = String.join("\n", region);
        Matcher block = TEXT_BLOCK.matcher(all);
        return (block.matches() ? block.group(1).stripIndent().translateEscapes() : all.stripIndent()).strip() + "\n";
    }
}
