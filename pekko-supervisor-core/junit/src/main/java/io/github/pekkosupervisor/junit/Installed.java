package io.github.pekkosupervisor.junit;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What servers this machine has. */
final class Installed {

    static final String POSTGRES = "pekko-supervisor.junit.postgres";
    static final String REDIS = "pekko-supervisor.junit.redis";

    /** Where distributions have it beside {@code PATH}; a star is for the version. */
    private static final List<String> POSTGRES_PLACES = List.of(
            "/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/libexec/postgresql*", "/usr/local/pgsql/bin");

    private static final List<String> POSTGRES_PROGRAMS = List.of("initdb", "postgres", "pg_isready", "psql");

    private Installed() {}

    /** The directory of PostgreSQL's programs. */
    static Path postgres() {
        String named = System.getProperty(POSTGRES);
        if (named != null) {
            return withPostgres(Path.of(named))
                    .orElseThrow(() -> new MissingProgramException("there are not all of " + POSTGRES_PROGRAMS + " in "
                            + named + ", which the system property " + POSTGRES
                            + " names; let it name the directory of PostgreSQL's programs"));
        }
        return Stream.concat(path(), POSTGRES_PLACES.stream().flatMap(Installed::newestFirst))
                .flatMap(directory -> withPostgres(directory).stream())
                .findFirst()
                .orElseThrow(() -> new MissingProgramException("there is no PostgreSQL in PATH or in "
                        + String.join(", ", POSTGRES_PLACES)
                        + "; install it (apt install postgresql), or let the system"
                        + " property " + POSTGRES + " name the directory of its programs"));
    }

    /** Where its programs really are; in a directory of PATH there may be links to some of them. */
    private static Optional<Path> withPostgres(Path directory) {
        try {
            Path real = directory.resolve(POSTGRES_PROGRAMS.get(0)).toRealPath().resolveSibling("");
            return Optional.of(real)
                    .filter(place ->
                            POSTGRES_PROGRAMS.stream().map(place::resolve).allMatch(Files::isExecutable));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The program of Redis. */
    static Path redis() {
        String named = System.getProperty(REDIS);
        if (named != null) {
            if (!Files.isExecutable(Path.of(named))) {
                throw new MissingProgramException(named + ", which the system property " + REDIS
                        + " names, is not an executable file; let it name redis-server");
            }
            return Path.of(named);
        }
        return program("redis-server")
                .or(() -> program("valkey-server"))
                .orElseThrow(() -> new MissingProgramException("there is no redis-server or valkey-server in PATH;"
                        + " install it (apt install redis-server), or let the system property " + REDIS + " name it"));
    }

    /** A program by its name, as the start of a process finds it. */
    static Optional<Path> program(String name) {
        if (name.contains("/")) {
            return Optional.of(Path.of(name)).filter(Files::isExecutable);
        }
        return path().map(directory -> directory.resolve(name))
                .filter(file -> Files.isExecutable(file) && Files.isRegularFile(file))
                .findFirst();
    }

    private static Stream<Path> path() {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("/usr/local/bin:/usr/bin:/bin");
        return Stream.of(path.split(":"))
                .filter(directory -> !directory.isEmpty())
                .map(Path::of);
    }

    /** The directories that a pattern with one star stands for, by the number that the star is. */
    static Stream<Path> newestFirst(String pattern) {
        Path whole = Path.of(pattern);
        for (int i = 0; i < whole.getNameCount(); i++) {
            String name = whole.getName(i).toString();
            if (name.contains("*")) {
                Path parent = whole.getRoot().resolve(i == 0 ? Path.of("") : whole.subpath(0, i));
                Path rest = i + 1 < whole.getNameCount() ? whole.subpath(i + 1, whole.getNameCount()) : Path.of("");
                String before = name.substring(0, name.indexOf('*'));
                return matching(parent, name).stream()
                        .sorted(Comparator.comparing((Path found) -> version(found, before))
                                .reversed())
                        .map(found -> found.resolve(rest));
            }
        }
        return Stream.of(whole);
    }

    private static List<Path> matching(Path parent, String name) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(parent, name)) {
            all.forEach(found::add);
        } catch (IOException e) {
            return List.of();
        }
        return found;
    }

    private static Double version(Path directory, String before) {
        String text = directory.getFileName().toString().substring(before.length());
        return text.matches("\\d+(\\.\\d+)?") ? Double.valueOf(text) : Double.valueOf(0);
    }
}
