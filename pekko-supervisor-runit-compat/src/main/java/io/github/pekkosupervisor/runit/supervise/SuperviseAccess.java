package io.github.pekkosupervisor.runit.supervise;

import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import java.util.Optional;
import java.util.OptionalInt;

/** Who may use a {@code supervise} directory: gives it to a group, and sets its modes and those of its FIFOs. */
final class SuperviseAccess {

    private final Directory home;
    private final String path;

    /** @param path of the supervise directory, from {@code home} */
    SuperviseAccess(Directory home, String path) {
        this.home = home;
        this.path = path;
    }

    /**
     * Sets them. A group that nothing can be given to is told of, and then nobody is let in but whom the modes let in
     * without one.
     */
    void grant(Grants grants, Reporter reporter) throws FatalException {
        try {
            Optional<String> refusal = tryGrant(grants);
            if (refusal.isPresent()) {
                reporter.warnOfOurs("access: nothing in " + path + " is for group "
                        + grants.group().orElse("") + ": " + refusal.get());
                setModes(grants.modes().withoutGroup(), OptionalInt.empty());
            }
        } catch (PosixException e) {
            if (e.mayPass()) {
                throw new FatalException("unable to give access to " + path, e);
            }
            reporter.warnOfOurs("access: unable to give access to " + path, e);
        }
    }

    /** Why the group cannot be let in; empty if all has been done. */
    private Optional<String> tryGrant(Grants grants) throws PosixException {
        OptionalInt group = OptionalInt.empty();
        if (grants.group().isPresent()) {
            group = Grants.groupNumber(grants.group().get());
            if (group.isEmpty()) {
                return Optional.of("there is no such group on this system");
            }
        }
        try {
            setModes(grants.modes(), group);
            return Optional.empty();
        } catch (PosixException e) {
            if (e.is("EPERM") && e.call().equals("fchownat")) {
                return Optional.of(ErrorText.of(e));
            }
            throw e;
        }
    }

    private void setModes(Modes modes, OptionalInt group) throws PosixException {
        // the directory may be elsewhere, with a link here
        setMode(path + ".", modes.supervise(), group);
        setMode(path + "ok", modes.ok(), group);
        setMode(path + "control", modes.control(), group);
    }

    /** It is given to the group first: what is new is for nobody yet. */
    private void setMode(String name, int mode, OptionalInt group) throws PosixException {
        OsString file = OsString.of(name);
        if (group.isPresent()) {
            home.setGroup(file, group.getAsInt());
        }
        home.setMode(file, mode);
    }
}
