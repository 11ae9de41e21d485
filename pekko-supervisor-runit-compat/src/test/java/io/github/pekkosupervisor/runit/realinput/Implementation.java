package io.github.pekkosupervisor.runit.realinput;

import io.github.pekkosupervisor.runit.conformance.BuiltDist;
import java.io.File;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Whose {@code runsvdir} is driven. The system property {@code conformance.implementations} selects ({@code runit,ours}
 * unless set); {@code pekko-supervisor.dist} says where our launchers are.
 */
enum Implementation {
    RUNIT {
        @Override
        Path runsvdir() {
            return Requirement.program("runsvdir");
        }

        @Override
        String searchPath() {
            return Requirement.searchPath();
        }
    },
    OURS {
        @Override
        Path runsvdir() {
            return Requirement.launcher(dist().resolve("runsvdir"));
        }

        @Override
        String searchPath() {
            return dist() + File.pathSeparator + Requirement.searchPath();
        }
    };

    abstract Path runsvdir();

    /** PATH of the supervisor and so of every service: its own tools first. */
    abstract String searchPath();

    static Stream<Implementation> selected() {
        return Stream.of(System.getProperty("conformance.implementations", "runit,ours")
                        .split(","))
                .map(name -> valueOf(name.trim().toUpperCase(Locale.ROOT)));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static Path dist() {
        return BuiltDist.bin().normalize();
    }
}
