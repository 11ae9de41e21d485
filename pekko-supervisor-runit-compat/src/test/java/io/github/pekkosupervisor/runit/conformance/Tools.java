package io.github.pekkosupervisor.runit.conformance;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The machine's programs. */
final class Tools {

    /** The clients used by the scenarios; those that are not what is tested are the real ones. */
    static final List<String> CLIENTS = List.of("sv", "svstat", "svc", "svok", "supervise");

    /** Where everything else is found. */
    static final String PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";

    private Tools() {}

    static Optional<Path> find(String program) {
        return Stream.of((System.getenv().getOrDefault("PATH", "") + File.pathSeparator + PATH)
                        .split(File.pathSeparator))
                .filter(directory -> !directory.isEmpty())
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
