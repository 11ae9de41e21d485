package io.github.pekkosupervisor.examples.house;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The files of {@code main} of all modules that are published, read as text: who names whom, and how long things are.
 */
final class Sources {

    static final Path PROJECT = Path.of("..");

    private static final Pattern PACKAGE = Pattern.compile("^package ([\\w.]+);", Pattern.MULTILINE);
    private static final Pattern HEADER = Pattern.compile("^(import|package) .*;$", Pattern.MULTILINE);
    private static final Pattern TYPE = Pattern.compile("(?<![\\w.])[A-Z]\\w*");
    private static final Pattern NOT_CODE = Pattern.compile(
            "/\\*.*?\\*/|//[^\\n]*|\"\"\".*?\"\"\"|\"(?:\\\\.|[^\"\\\\\\n])*\"|'(?:\\\\.|[^'\\\\])'", Pattern.DOTALL);

    /** The first line of a method or constructor, as the formatter writes it: modifiers, type, name. */
    private static final Pattern HEAD = Pattern.compile("^( {4}| {8}| {12})"
            + "(?!return |throw |new |else |case |yield |assert |.*\\brecord \\w+[(<])"
            + "(?:(?:[\\w<>\\[\\],.?@&]+ )+|(?=[A-Z])(?![A-Z0-9_]{2,}\\())(\\w+)\\(.*");

    private Sources() {}

    /**
     * One file.
     *
     * @param place the path below the project's first package, with slashes
     * @param packageName that it belongs to
     * @param type that it is named after
     * @param text of it
     */
    record Source(String place, String packageName, String type, String text) {
        int lines() {
            return (int) text.lines().count();
        }

        /** The types that it names: in code, so neither in imports nor in comments and strings. */
        Set<String> names() {
            String code = HEADER.matcher(NOT_CODE.matcher(text).replaceAll(" ")).replaceAll("");
            Set<String> names = new TreeSet<>();
            Matcher matcher = TYPE.matcher(code);
            while (matcher.find()) {
                names.add(matcher.group());
            }
            return names;
        }

        /** Its methods and constructors, those of nested types too. */
        List<Method> methods() {
            List<Method> methods = new ArrayList<>();
            List<String> lines = text.lines().toList();
            for (int i = 0; i < lines.size(); i++) {
                Matcher head = HEAD.matcher(lines.get(i));
                if (head.matches()) {
                    methods.add(new Method(head.group(2), i + 1, lengthFrom(lines, i, head.group(1))));
                }
            }
            return methods;
        }

        /** Up to the brace below its first letter; what has no body ends with its first line that says so. */
        private static int lengthFrom(List<String> lines, int first, String indent) {
            boolean hasBody = false;
            for (int i = first; i < lines.size(); i++) {
                String line = lines.get(i);
                if (hasBody ? line.equals(indent + "}") : line.endsWith(";") || line.endsWith("{}")) {
                    return i - first + 1;
                }
                hasBody |= line.endsWith("{");
            }
            return lines.size() - first;
        }
    }

    /**
     * A method.
     *
     * @param line that it begins at, from 1
     * @param length in lines
     */
    record Method(String name, int line, int length) {}

    /** All that is in some {@code src/main/java}, the examples' excepted. */
    static List<Source> ofMain() throws IOException {
        try (Stream<Path> all = Files.walk(PROJECT)) {
            return all.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> file.toString().contains("/src/main/java/"))
                    .filter(file -> !file.endsWith("package-info.java"))
                    .filter(file -> !PROJECT.relativize(file).startsWith("examples"))
                    .filter(file -> !PROJECT.relativize(file).toString().contains("target/"))
                    .sorted()
                    .map(Sources::read)
                    .toList();
        }
    }

    private static Source read(Path file) {
        try {
            String text = Files.readString(file);
            String place = file.toString().replaceFirst(".*/pekkosupervisor/", "");
            return source(place, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A file from its text. */
    static Source source(String place, String text) {
        Matcher matcher = PACKAGE.matcher(text);
        String type = place.replaceFirst(".*/", "").replace(".java", "");
        return new Source(place, matcher.find() ? matcher.group(1) : "", type, text);
    }

    /** The largest sets of files of one package in which each leads, by the types that it names, to each other one. */
    static Map<String, Set<Set<String>>> circles(List<Source> files) {
        Map<String, Set<Set<String>>> circles = new TreeMap<>();
        files.stream()
                .collect(Collectors.groupingBy(Source::packageName))
                .forEach((name, members) -> circles.put(name, circlesIn(members)));
        circles.values().removeIf(Set::isEmpty);
        return circles;
    }

    private static Set<Set<String>> circlesIn(List<Source> files) {
        Set<String> types = files.stream().map(Source::type).collect(Collectors.toSet());
        Map<String, Set<String>> uses = new TreeMap<>();
        for (Source file : files) {
            Set<String> used = file.names();
            used.retainAll(types);
            used.remove(file.type());
            uses.put(file.type(), used);
        }
        Map<String, Set<String>> reached = new TreeMap<>();
        uses.keySet().forEach(type -> reached.put(type, reachedFrom(type, uses)));
        return reached.entrySet().stream()
                .filter(entry -> entry.getValue().contains(entry.getKey()))
                .map(entry -> entry.getValue().stream()
                        .filter(other -> reached.getOrDefault(other, Set.of()).contains(entry.getKey()))
                        .collect(Collectors.toUnmodifiableSet()))
                .collect(Collectors.toUnmodifiableSet());
    }

    private static Set<String> reachedFrom(String type, Map<String, Set<String>> uses) {
        Set<String> reached = new TreeSet<>();
        List<String> left = new ArrayList<>(uses.getOrDefault(type, Set.of()));
        while (!left.isEmpty()) {
            String next = left.remove(left.size() - 1);
            if (reached.add(next)) {
                left.addAll(uses.getOrDefault(next, Set.of()));
            }
        }
        return reached;
    }
}
