package io.github.pekkosupervisor.runit.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Whether a jar that others' classes went into says under which licences, and with which notices. */
final class Licences {

    private static final Pattern TEXT = Pattern.compile("(META-INF/)?(LICENSE|NOTICE)[^/]*");
    private static final Pattern ARTIFACT = Pattern.compile("(.+?)-\\d[\\w.]*(-native)?\\.jar");

    private Licences() {}

    /**
     * What is missing.
     *
     * @param jar with classes of all
     * @param others that may have gone into it
     * @param copyright in Debian's format: whose the files are
     */
    static List<String> missing(Path jar, List<Path> others, String copyright) throws IOException {
        List<String> missing = new ArrayList<>();
        try (JarFile all = new JarFile(jar.toFile())) {
            for (Path other : others) {
                missing.addAll(missing(all, other));
            }
            List<Pattern> described = Pattern.compile("(?m)^Files: (.+)$")
                    .matcher(copyright)
                    .results()
                    .flatMap(line -> Pattern.compile(" ").splitAsStream(line.group(1)))
                    .filter(files -> !files.equals("*"))
                    .map(files -> Pattern.compile(files.replace("*", ".*")))
                    .toList();
            Set<String> places = all.stream()
                    .map(JarEntry::getName)
                    .filter(name -> name.endsWith(".class"))
                    .map(name -> name.substring(0, name.lastIndexOf('/') + 1))
                    .filter(place -> !place.startsWith("io/github/pekkosupervisor/"))
                    .collect(Collectors.toCollection(TreeSet::new));
            places.stream()
                    .filter(place -> described.stream()
                            .noneMatch(files -> files.matcher(place).matches()))
                    .forEach(place -> missing.add("copyright does not say whose " + place + " is"));
        }
        return missing;
    }

    private static List<String> missing(JarFile all, Path other) throws IOException {
        List<String> missing = new ArrayList<>();
        String name = ARTIFACT.matcher(other.getFileName().toString()).replaceAll("$1");
        try (JarFile jar = new JarFile(other.toFile())) {
            boolean isIn = jar.stream()
                    .map(JarEntry::getName)
                    .filter(entry -> entry.endsWith(".class") && !entry.startsWith("META-INF/"))
                    .anyMatch(entry -> !entry.equals("module-info.class") && all.getEntry(entry) != null);
            if (isIn) {
                for (JarEntry text : jar.stream().toList()) {
                    String place =
                            "META-INF/licenses/" + name + "/" + text.getName().replace("META-INF/", "");
                    if (TEXT.matcher(text.getName()).matches() && !same(jar, text, all, all.getJarEntry(place))) {
                        missing.add(place + " is not that of " + other.getFileName());
                    }
                }
            }
        }
        return missing;
    }

    private static boolean same(JarFile jar, JarEntry entry, JarFile other, @Nullable JarEntry otherEntry)
            throws IOException {
        if (otherEntry == null) {
            return false;
        }
        try (InputStream content = jar.getInputStream(entry);
                InputStream otherContent = other.getInputStream(otherEntry)) {
            return Arrays.equals(content.readAllBytes(), otherContent.readAllBytes());
        }
    }
}
