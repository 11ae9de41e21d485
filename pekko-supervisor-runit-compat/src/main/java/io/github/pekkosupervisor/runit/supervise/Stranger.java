package io.github.pekkosupervisor.runit.supervise;

import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.OtherProcess;
import io.github.pekkosupervisor.posix.OwnProcess;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Somebody who could have written a record or {@code status} himself, as one to whom {@code supervise} was given so
 * that he can use {@code sv}. He must not have us signal whom he names, but those that he could signal too.
 *
 * <p>Not root, nor we, nor the owner of the service directory, who can have us run anything.
 *
 * @param user who; empty if it may be several
 * @param why in words, without a full stop
 */
public record Stranger(OptionalInt user, String why) {

    private static final int ROOT = 0;

    /**
     * Who could have written a file of {@code supervise}.
     *
     * @param home the service directory
     * @param parent empty, or {@code log/}
     * @param name of the file
     */
    static Optional<Stranger> of(Directory home, String parent, String name) throws PosixException {
        FileStatus place = home.status(OsString.of(parent + "."));
        OsString supervise = OsString.of(parent + "supervise");
        OsString file = OsString.of(parent + "supervise/" + name);
        Optional<Stranger> ofDirectory = of(supervise, home.status(supervise), place);
        Optional<Stranger> ofFile = home.linkStatusIfPresent(file).flatMap(status -> of(file, status, place));
        if (ofDirectory.isEmpty() || ofFile.isEmpty()) {
            return ofDirectory.or(() -> ofFile);
        }
        boolean same = ofDirectory.get().user().equals(ofFile.get().user());
        return same
                ? ofDirectory
                : Optional.of(
                        new Stranger(OptionalInt.empty(), ofDirectory.get().why()));
    }

    private static Optional<Stranger> of(OsString name, FileStatus status, FileStatus place) {
        boolean everybodys = status.isWritableByOthers() && !status.isSticky() && !place.isWritableByOthers();
        if (everybodys) {
            return Optional.of(new Stranger(
                    OptionalInt.empty(),
                    name + " can be written to by others than its owner (mode "
                            + Integer.toOctalString(status.mode() & 07777) + ")"));
        }
        int owner = status.owner();
        return owner == ROOT || owner == OwnProcess.user() || owner == place.owner()
                ? Optional.empty()
                : Optional.of(new Stranger(
                        OptionalInt.of(owner), name + " belongs to user " + Integer.toUnsignedString(owner)));
    }

    /** Whether he could signal this process himself. */
    public boolean mayName(ProcessIdentity process) {
        return user.isPresent() && new OtherProcess(process).isAllOf(user.getAsInt());
    }
}
