package io.github.pekkosupervisor.examples.release;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A repository as a directory: what a public one, and who takes from it, would find wrong with it. */
final class StagedRepository {

    private static final String GROUP = "io.github.pekkosupervisor";
    private static final String BOM = "pekko-supervisor-bom";
    private static final String CORE = "pekko-supervisor-core";

    /** What is for tests depends on what they are written with. */
    private static final String FOR_JUNIT = "pekko-supervisor-junit";

    private static final Set<String> WITH_SETTINGS = Set.of(CORE, "pekko-supervisor-runit-compat");
    private static final Pattern LINK = Pattern.compile("href=\"(?:\\.\\./)+(pekko-supervisor-[^\"#?]+)");
    private static final List<String> DEMANDED = List.of(
            "name",
            "description",
            "url",
            "licenses/license/name",
            "licenses/license/url",
            "developers/developer/name",
            "scm/connection",
            "scm/url");
    private static final List<String> FOR_BUILDING =
            List.of("parent", "properties", "build", "profiles", "repositories");
    private static final int CLASS_FILES_OF_JAVA_17 = 61;

    private final Path group;
    private final byte[] licence;
    private final Map<String, Set<String>> promised;
    private final List<String> problems = new ArrayList<>();

    private StagedRepository(Path group, byte[] licence, Map<String, Set<String>> promised) {
        this.group = group;
        this.licence = licence;
        this.promised = promised;
    }

    /**
     * All that is wrong.
     *
     * @param root of the repository
     * @param licence that is in each jar
     * @param promised for each jar the names of the types that have Javadoc
     */
    static List<String> problems(Path root, Path licence, Map<String, Set<String>> promised) throws IOException {
        StagedRepository repository =
                new StagedRepository(root.resolve(GROUP.replace('.', '/')), Files.readAllBytes(licence), promised);
        repository.look();
        return repository.problems;
    }

    private void look() throws IOException {
        Set<String> expected = new TreeSet<>(promised.keySet());
        expected.add(BOM);
        Set<String> found = names(group, Files::isDirectory);
        if (!found.equals(expected)) {
            problems.add("artifacts are " + found + ", not " + expected);
        }
        Set<String> versions = new TreeSet<>();
        for (String id : found) {
            for (String version : names(group.resolve(id), Files::isDirectory)) {
                versions.add(version);
                new Artifact(id, version).look();
            }
        }
        if (versions.size() != 1) {
            problems.add("versions are " + versions + ", not one");
        }
    }

    private static Set<String> names(Path directory, Predicate<Path> which) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(which)
                    .map(entry -> entry.getFileName().toString())
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    /** One of them, in one version. */
    private final class Artifact {

        private final String id;
        private final String version;
        private final Path directory;

        Artifact(String id, String version) {
            this.id = id;
            this.version = version;
            directory = group.resolve(id).resolve(version);
        }

        void look() throws IOException {
            Set<String> files = names(directory, Files::isRegularFile);
            List<String> kinds = id.equals(BOM)
                    ? List.of(".pom", "-cyclonedx.json", "-cyclonedx.xml")
                    : List.of(".pom", ".jar", "-sources.jar", "-javadoc.jar", "-cyclonedx.json", "-cyclonedx.xml");
            for (String kind : kinds) {
                if (!files.contains(file(kind))) {
                    problem("has no " + file(kind));
                }
            }
            boolean signed = files.stream().anyMatch(name -> name.endsWith(".asc"));
            for (String name : files) {
                if (!name.matches(".*\\.(md5|sha1|asc)")) {
                    checksums(name);
                    if (signed && !files.contains(name + ".asc")) {
                        problem("others are signed, not " + name);
                    }
                }
                if (name.endsWith(".jar")) {
                    jar(name);
                }
            }
            if (files.contains(file(".pom"))) {
                pom(Pom.read(directory.resolve(file(".pom"))));
            }
        }

        private String file(String kind) {
            return id + "-" + version + kind;
        }

        private void problem(String text) {
            problems.add(id + ": " + text);
        }

        private void checksums(String name) throws IOException {
            for (String[] sum : new String[][] {{"md5", "MD5"}, {"sha1", "SHA-1"}}) {
                Path file = directory.resolve(name + "." + sum[0]);
                if (!Files.exists(file)) {
                    problem("has no " + file.getFileName());
                } else if (!Files.readString(file).strip().equals(digest(directory.resolve(name), sum[1]))) {
                    problem(file.getFileName() + " is not that of the file");
                }
            }
        }

        private static String digest(Path file, String algorithm) throws IOException {
            try {
                return HexFormat.of()
                        .formatHex(MessageDigest.getInstance(algorithm).digest(Files.readAllBytes(file)));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }

        private void pom(Pom pom) throws IOException {
            for (String path : DEMANDED) {
                if (pom.text(path).isBlank()) {
                    problem("its pom has no " + path);
                }
            }
            for (String path : FOR_BUILDING) {
                if (pom.has(path)) {
                    problem("its pom has " + path + ", which is for who builds it");
                }
            }
            // its own version is in itself
            if (pom.text().replace("${project.version}", version).contains("${")) {
                problem("its pom has something to be replaced");
            }
            if (!(GROUP + ":" + id + ":" + version)
                    .equals(pom.text("groupId") + ":" + pom.text("artifactId") + ":" + pom.text("version"))) {
                problem("its pom is that of another");
            }
            if (version.endsWith("-SNAPSHOT")) {
                problem("is a snapshot");
            }
            Stream.of("dependencies/dependency", "dependencyManagement/dependencies/dependency")
                    .flatMap(path -> pom.all(path).stream())
                    .forEach(this::dependency);
            managed(pom);
            if (Files.exists(directory.resolve(file("-cyclonedx.json")))) {
                materials(pom, Files.readString(directory.resolve(file("-cyclonedx.json"))));
            }
        }

        private void dependency(Map<String, String> dependency) {
            String name = dependency.get("artifactId");
            String needed = dependency.getOrDefault("version", "");
            if (needed.isEmpty() || needed.endsWith("-SNAPSHOT")) {
                problem("depends on " + name + " of no fixed version: " + needed);
            }
            if (!List.of("compile", "runtime").contains(dependency.getOrDefault("scope", "compile"))) {
                problem("depends on " + name + " in scope " + dependency.get("scope"));
            }
        }

        /** Only the BOM says anything of others' versions: those of what is staged with it. */
        private void managed(Pom pom) {
            Set<String> managed = pom.all("dependencyManagement/dependencies/dependency").stream()
                    .map(dependency -> dependency.get("groupId") + ":" + dependency.get("artifactId") + ":"
                            + dependency.getOrDefault("version", "").replace("${project.version}", version))
                    .collect(Collectors.toCollection(TreeSet::new));
            Set<String> expected = promised.keySet().stream()
                    .map(name -> GROUP + ":" + name + ":" + version)
                    .collect(Collectors.toCollection(TreeSet::new));
            if (!managed.equals(id.equals(BOM) ? expected : Set.of())) {
                problem("manages " + managed);
            }
        }

        /** The bill of materials names each dependency, and none that only a test has. */
        private void materials(Pom pom, String bill) {
            for (Map<String, String> dependency : pom.all("dependencies/dependency")) {
                String purl = "pkg:maven/" + dependency.get("groupId") + "/" + dependency.get("artifactId") + "@"
                        + dependency.get("version");
                if (!bill.contains(purl)) {
                    problem("its bill of materials lacks " + purl);
                }
            }
            for (String purl : List.of("pkg:maven/org.junit", "pkg:maven/org.assertj", "-SNAPSHOT")) {
                if (bill.contains(purl) && !(id.equals(FOR_JUNIT) && purl.endsWith("junit"))) {
                    problem("its bill of materials has " + purl);
                }
            }
        }

        private void jar(String name) throws IOException {
            try (JarFile jar = new JarFile(directory.resolve(name).toFile())) {
                if (!Arrays.equals(licence, content(jar, "META-INF/LICENSE"))) {
                    problem(name + " has no META-INF/LICENSE, or another one");
                }
                List<String> entries = jar.stream().map(Object::toString).toList();
                if (name.equals(file(".jar"))) {
                    classes(jar, entries);
                } else if (name.equals(file("-sources.jar"))) {
                    sources(entries);
                } else if (name.equals(file("-javadoc.jar"))) {
                    javadoc(entries);
                    links(jar, entries);
                }
            }
        }

        private static byte @Nullable [] content(JarFile jar, String name) throws IOException {
            try (InputStream in = jar.getEntry(name) == null ? null : jar.getInputStream(jar.getEntry(name))) {
                return in == null ? null : in.readAllBytes();
            }
        }

        private void classes(JarFile jar, List<String> entries) throws IOException {
            Manifest manifest = jar.getManifest();
            String module =
                    manifest == null ? null : manifest.getMainAttributes().getValue("Automatic-Module-Name");
            if (module == null && !entries.contains("module-info.class")) {
                problem("has no module name");
            }
            if (WITH_SETTINGS.contains(id) && !entries.contains("reference.conf")) {
                problem("has no reference.conf");
            }
            for (String entry : entries) {
                byte[] bytes = entry.endsWith(".class") ? content(jar, entry) : null;
                if (bytes != null && bytes[7] > CLASS_FILES_OF_JAVA_17) {
                    problem(entry + " is not for Java 17");
                }
            }
        }

        private void sources(List<String> entries) throws IOException {
            if (!Files.exists(directory.resolve(file(".jar")))) {
                return;
            }
            try (JarFile jar = new JarFile(directory.resolve(file(".jar")).toFile())) {
                jar.stream()
                        .map(Object::toString)
                        .filter(entry -> entry.endsWith(".class") && !entry.contains("$"))
                        .map(entry -> entry.replaceAll("class$", "java"))
                        .filter(entry -> !entries.contains(entry))
                        .forEach(entry -> problem("has no source " + entry));
            }
        }

        private void javadoc(List<String> entries) {
            Set<String> described = entries.stream()
                    .filter(entry -> entry.matches("io/.*/[A-Z]\\w*\\.html"))
                    .filter(entry -> !entry.contains("/class-use/"))
                    .map(entry -> entry.replaceAll("\\.html$", "").replace('/', '.'))
                    .collect(Collectors.toCollection(TreeSet::new));
            Set<String> expected = promised.getOrDefault(id, Set.of());
            if (!described.equals(expected) || !entries.contains("index.html")) {
                problem("has Javadoc for " + described + ", promised is " + expected);
            }
        }

        /**
         * Pages of the others are beside its own, as GROUP/ARTIFACT/VERSION/PAGE; whoever depends on one links to it.
         */
        private void links(JarFile jar, List<String> entries) throws IOException {
            Set<String> links = new TreeSet<>();
            for (String entry : entries) {
                if (entry.endsWith(".html")) {
                    LINK.matcher(new String(
                                    jar.getInputStream(jar.getEntry(entry)).readAllBytes(), UTF_8))
                            .results()
                            .map(link -> link.group(1))
                            .forEach(links::add);
                }
            }
            for (String other : promised.keySet()) {
                Path pages = group.resolve(other).resolve(version).resolve(other + "-" + version + "-javadoc.jar");
                String place = other + "/" + version + "/";
                Set<String> linked = links.stream()
                        .filter(link -> link.startsWith(other + "/"))
                        .collect(Collectors.toCollection(TreeSet::new));
                if (Files.exists(pages) && !linked.isEmpty()) {
                    try (JarFile others = new JarFile(pages.toFile())) {
                        linked.removeIf(link ->
                                link.startsWith(place) && others.getEntry(link.substring(place.length())) != null);
                        linked.forEach(link -> problem("its Javadoc has a link to nothing: " + link));
                    }
                }
            }
            if (!id.equals(CORE) && links.stream().noneMatch(link -> link.startsWith(CORE + "/"))) {
                problem("its Javadoc has no link to that of " + CORE);
            }
        }
    }
}
