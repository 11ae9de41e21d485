package io.github.pekkosupervisor.runit.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Whose programs a scenario meets. */
enum Implementation {
    /** The one installed on this machine. */
    RUNIT {
        @Override
        Optional<Path> find(String program) {
            // a machine's own ones of these names are daemontools'
            return Tools.find(CHPST_NAMES.contains(program) ? "chpst" : program);
        }
    },

    /** The one built here: the directory in the system property {@code pekko-supervisor.dist}. */
    OURS {
        @Override
        Optional<Path> find(String program) {
            Path directory = BuiltDist.bin();
            Path file = directory.resolve(program);
            assertThat(file)
                    .as("%s, made by mvn package; elsewhere: -Dpekko-supervisor.dist=DIRECTORY", file)
                    .isExecutable();
            return Optional.of(file);
        }
    };

    /** The programs that make the difference, unless a scenario names others. */
    static final List<String> PROGRAMS = List.of("runsv", "runsvdir");

    /** The daemontools programs that chpst is when it is called by their names. */
    private static final Set<String> CHPST_NAMES =
            Set.of("setuidgid", "envuidgid", "envdir", "pgrphack", "setlock", "softlimit");

    abstract Optional<Path> find(String program);

    /** Those named in the system property {@code conformance.implementations}, all by default. */
    static Stream<Implementation> selected() {
        return Stream.of(System.getProperty("conformance.implementations", "runit,ours")
                        .split(","))
                .map(name -> valueOf(name.strip().toUpperCase(Locale.ROOT)));
    }

    /** Makes {@code directory} the place where scenarios find these programs. */
    void linkInto(Path directory, List<String> programs) throws IOException {
        for (String program : programs) {
            Files.createSymbolicLink(directory.resolve(program), find(program).orElseThrow());
        }
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
