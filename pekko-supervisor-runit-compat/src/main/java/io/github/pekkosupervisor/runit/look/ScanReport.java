package io.github.pekkosupervisor.runit.look;

import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.runit.supervise.FatalException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * All services of a services directory, or the one service if the directory is that of a service: if it has a
 * {@code run} that is no directory, for a service may be called {@code run}, and so may a child of a tree.
 *
 * @param path as given
 * @param services in the order of their names
 */
public record ScanReport(OsString path, List<ServiceReport> services) {

    private static final OsString RUN = OsString.of("run");
    private static final OsString HERE = OsString.of(".");

    /**
     * Reads all there is.
     *
     * @throws FatalException the directory cannot be read
     */
    public static ScanReport of(OsString path) throws FatalException {
        try (Directory directory = Directory.open(path)) {
            if (directory.statusIfPresent(RUN).filter(run -> !run.isDirectory()).isPresent()) {
                ServiceReport only = ServiceReport.of(directory, HERE);
                return new ScanReport(path, List.of(only));
            }
            List<OsString> names = directory.list();
            Collections.sort(names);
            List<ServiceReport> services = new ArrayList<>();
            for (OsString name : names) {
                if (!name.startsWith(".") && ServiceReport.isDirectory(directory, name)) {
                    services.add(ServiceReport.of(directory, name));
                }
            }
            return new ScanReport(path, services);
        } catch (PosixException e) {
            throw new FatalException(
                    OsString.of("unable to read services directory ").plus(path), e);
        }
    }
}
