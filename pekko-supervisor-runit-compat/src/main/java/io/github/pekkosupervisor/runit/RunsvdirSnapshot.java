package io.github.pekkosupervisor.runit;

import java.util.Comparator;
import java.util.List;

/**
 * How all service directories of a {@link Runsvdir} stand.
 *
 * @param path of the runsvdir, see {@link ServiceEvent#path()}
 * @param services one for each, by path
 */
public record RunsvdirSnapshot(String path, List<ServiceSnapshot> services) {
    /** Copies and sorts. */
    public RunsvdirSnapshot {
        services = services.stream()
                .sorted(Comparator.comparing(ServiceSnapshot::path))
                .toList();
    }
}
