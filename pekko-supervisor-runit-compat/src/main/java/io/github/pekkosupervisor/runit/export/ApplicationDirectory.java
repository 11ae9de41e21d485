package io.github.pekkosupervisor.runit.export;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** A directory of an application beside the one that its tree is shown in, for what is not to be shown. */
public final class ApplicationDirectory {

    private ApplicationDirectory() {}

    /**
     * Where it is; it is not made, but all above it is.
     *
     * @param application its name, as for {@link ServiceExport#named}
     * @param name of the directory
     * @return empty if there is no directory for what runs
     * @throws IOException what is above cannot be made, or somebody else could have put it there
     */
    public static Optional<Path> named(String application, String name) throws IOException {
        ExportPlace place = ExportPlace.ofApplication(application);
        if (place.whyNowhere().isPresent()) {
            return Optional.empty();
        }
        ExportOpening.makeAbove(place);
        return Optional.of(place.directory().resolveSibling(name));
    }
}
