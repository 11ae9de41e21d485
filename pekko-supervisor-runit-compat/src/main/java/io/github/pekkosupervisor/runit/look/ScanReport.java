package io.github.pekkosupervisor.runit.look;

import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.runit.supervise.FatalException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All services of a services directory, or the one service if the directory is that of a service: if it has a
 * {@code run} that is no directory, for a service may be called {@code run}, and so may a child of a tree.
 *
 * @param path as given
 * @param services in the order of their names
 * @param inside what is in the trees that some of them have in the place of {@code run}
 * @param more how many further ones there seem to be, which have not been looked at
 */
public record ScanReport(OsString path, List<ServiceReport> services, Map<OsString, Inside> inside, int more) {

    private static final OsString RUN = OsString.of("run");
    private static final OsString HERE = OsString.of(".");

    /** One that has no trees in it. */
    public ScanReport(OsString path, List<ServiceReport> services) {
        this(path, services, Map.of(), 0);
    }

    /**
     * Reads all there is.
     *
     * @throws FatalException the directory cannot be read
     */
    public static ScanReport of(OsString path) throws FatalException {
        return of(path, 0, Integer.MAX_VALUE);
    }

    /**
     * Of one that is in a tree itself.
     *
     * @param depth how many trees are around it
     * @param most how many services are looked at
     */
    static ScanReport of(OsString path, int depth, int most) throws FatalException {
        try (Directory directory = Directory.open(path)) {
            boolean mayBeOne = depth == 0;
            if (mayBeOne
                    && directory
                            .statusIfPresent(RUN)
                            .filter(run -> !run.isDirectory())
                            .isPresent()) {
                ServiceReport only = ServiceReport.of(directory, HERE);
                return new ScanReport(path, List.of(only));
            }
            List<OsString> names = directory.list();
            names.removeIf(name -> name.startsWith("."));
            Collections.sort(names);
            List<ServiceReport> services = new ArrayList<>();
            Map<OsString, Inside> inside = new HashMap<>();
            int looked = 0;
            for (OsString name : names) {
                if (looked == most) {
                    break;
                }
                looked++;
                if (ServiceReport.isDirectory(directory, name)) {
                    ServiceReport service = ServiceReport.of(directory, name);
                    services.add(service);
                    Inside.of(directory, service, depth).ifPresent(tree -> inside.put(name, tree));
                }
            }
            return new ScanReport(path, services, inside, names.size() - looked);
        } catch (PosixException e) {
            throw new FatalException(
                    OsString.of("unable to read services directory ").plus(path), e);
        }
    }

    /** What is to be said of what is in the tree of a service; empty if nothing is, or it has none. */
    public String noteOn(ServiceReport service) {
        Inside tree = inside.get(service.name());
        return tree == null ? "" : tree.note();
    }

    /** What is in the tree of a service; empty if it has none, or that could not be read. */
    public Optional<ScanReport> insideOf(ServiceReport service) {
        return Optional.ofNullable(inside.get(service.name())).flatMap(Inside::report);
    }
}
