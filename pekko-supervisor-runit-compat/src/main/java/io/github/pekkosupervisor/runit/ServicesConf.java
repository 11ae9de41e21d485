package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.config.Place;
import io.github.pekkosupervisor.posix.Custody;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.runit.supervise.Grants;
import io.github.pekkosupervisor.runit.supervise.Reporter;
import java.util.Optional;

/**
 * What {@code .service.conf} in a services directory says, for all service directories in it that do not say it
 * themselves; ours, runit does not look at it. Read when a service directory is begun with, and not twice, unless it
 * was refused: what is above it may have been mended.
 */
final class ServicesConf {

    static final OsString FILE = OsString.of(".service.conf");

    private final Reporter reporter;
    private Optional<FileStatus> read = Optional.empty();
    private Optional<Grants> access = Optional.empty();
    private Optional<String> refused = Optional.empty();
    private Optional<String> unread = Optional.empty();

    ServicesConf(Reporter reporter) {
        this.reporter = reporter;
    }

    /** Who may use them; empty for modes as runit has them. What is wrong is told once. */
    Optional<Grants> access(Directory services) {
        try {
            Optional<FileStatus> now = services.linkStatusIfPresent(FILE);
            boolean isAnother = !now.equals(read);
            if (isAnother || refused.isPresent()) {
                access = Optional.empty();
                access = now.isPresent() ? read(services, isAnother) : Optional.empty();
                read = now;
            }
            unread = Optional.empty();
        } catch (PosixException e) {
            Optional<String> why = Optional.of(ServiceDirectory.whyUnread(e));
            if (!why.equals(unread)) {
                reporter.warnOfOurs("unable to read " + FILE + ": " + why.get());
            }
            unread = why;
        }
        return access;
    }

    private Optional<Grants> read(Directory services, boolean isAnother) throws PosixException {
        byte[] file = services.readFile(FILE, ForeignHocon.LONGEST, Directory.Links.REFUSE);
        try {
            Optional<Grants> said = parse(file);
            Optional<String> breach = said.isPresent() ? breach(services) : Optional.empty();
            boolean isTold = !isAnother && breach.equals(refused);
            refused = breach;
            if (breach.isEmpty()) {
                return said;
            }
            if (!isTold) {
                reporter.warnOfOurs(FILE + ": access is not used: " + breach.get() + "; " + ServiceConf.MEND);
            }
            return Optional.empty();
        } catch (ServiceConf.MistakenException e) {
            refused = Optional.empty();
            e.lines().forEach(reporter::warnOfOurs);
            return Optional.empty();
        }
    }

    private static Optional<String> breach(Directory services) throws PosixException {
        Optional<String> breach = Custody.breach(services);
        return breach.isPresent() ? breach : Custody.breach(services, FILE);
    }

    /** Reads the bytes of the file. */
    static Optional<Grants> parse(byte[] file) throws ServiceConf.MistakenException {
        return ServiceConf.parse(FILE, file, Place.SERVICES, ServiceConf::access);
    }
}
