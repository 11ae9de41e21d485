package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.Excerpt;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.OwnProcess;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a tree is shown: in a directory that was named, or in the one of an application of this name below the
 * directory for what runs.
 *
 * @param directory that children are shown in
 * @param base below which it is, with one directory between; empty if the directory was named itself, or there is no
 *     such place
 * @param isOfApplication whether it is that of an application, so that what is between is made too
 */
record ExportPlace(Path directory, Optional<Path> base, boolean isOfApplication) {

    private static final Path FOR_ROOT = Path.of("/run");
    private static final String SERVICE = "service";
    private static final int LONGEST_SHOWN = 100;

    /** This one. */
    static ExportPlace of(Path directory) {
        return new ExportPlace(directory, Optional.empty(), false);
    }

    /** That of an application. */
    static ExportPlace ofApplication(String name) {
        return ofApplication(name, OwnProcess.user(), System.getenv("XDG_RUNTIME_DIR"));
    }

    /**
     * That of an application.
     *
     * @param user who runs it
     * @param runtimeDirectory what {@code XDG_RUNTIME_DIR} says; null if it says nothing
     * @throws IllegalArgumentException it cannot be a name of a directory
     */
    static ExportPlace ofApplication(String name, int user, @Nullable String runtimeDirectory) {
        checkName(name);
        Optional<Path> base = user == 0 ? Optional.of(FOR_ROOT) : named(runtimeDirectory);
        Path below = Path.of(name, SERVICE);
        return new ExportPlace(base.map(path -> path.resolve(below)).orElse(below), base, true);
    }

    /**
     * Refuses what cannot be the name of an application's directory.
     *
     * @throws IllegalArgumentException says why, without its subject
     */
    static void checkName(String name) {
        boolean isName = !name.isEmpty() && !name.startsWith(".") && name.indexOf('/') < 0 && name.indexOf('\0') < 0;
        if (!isName) {
            throw new IllegalArgumentException("must be a name without a slash, and without a dot at its front, was \""
                    + Excerpt.of(name, LONGEST_SHOWN) + "\"");
        }
    }

    /** A relative one is to be ignored. */
    private static Optional<Path> named(@Nullable String runtimeDirectory) {
        return Optional.ofNullable(runtimeDirectory)
                .filter(path -> path.startsWith("/") && path.indexOf('\0') < 0)
                .map(Path::of);
    }

    /** Whether nothing says where such places are, as long as this JVM runs. */
    boolean isNowhere() {
        return isOfApplication && base.isEmpty();
    }

    /** Why there is no such place, and what to do; empty if there is one. */
    Optional<String> whyNowhere() {
        if (!isOfApplication || base.filter(ExportPlace::isThere).isPresent()) {
            return Optional.empty();
        }
        return Optional.of(
                "there is no directory for what runs ("
                        + base.map(path -> path + " is not there").orElse("$XDG_RUNTIME_DIR names none")
                        + "); name a place with ServiceExport.to(PATH), or in the settings with pekko-supervisor.export.directory = PATH");
    }

    private static boolean isThere(Path path) {
        return Directory.exists(OsString.of(path.toString()));
    }

    @Override
    public String toString() {
        return directory.toString();
    }
}
