package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.EventLoop;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The link to a service directory that has a {@code supervise} of its own, and is commanded there. */
final class ShownLink implements ShownEntry {

    /** By this in its text a link is known as ours, also when who has made it is gone. */
    private static final String OURS = "/./";

    private final ExportDirectory export;
    private final Directory base;
    private final ShownPlace place;

    /** Before it is there. */
    ShownLink(ExportDirectory export, ShownPlace place) {
        this.export = export;
        this.base = export.base();
        this.place = place;
    }

    /** The text of a link to this entry of a directory. */
    static OsString text(OsString directory, String entry) {
        return directory.plus(OURS).plus(entry);
    }

    /** The text of a link to this directory. */
    static OsString text(OsString directory) {
        return text(directory, ".");
    }

    /** Whether there is a link of this name that one of us has made. */
    static boolean isOurs(Directory base, OsString name) throws PosixException {
        return base.linkStatusIfPresent(name).filter(FileStatus::isLink).isPresent()
                && base.readLink(name).toString().contains(OURS);
    }

    /** Removes a link that one of us has made; by whoever has a claim on the name. */
    static boolean removeIfOurs(Directory base, OsString name) throws PosixException {
        return isOurs(base, name) && base.remove(name);
    }

    private OsString text() {
        OsString text = place.leadsTo;
        if (text == null) {
            throw new IllegalStateException("[" + place + "] is no link");
        }
        return text;
    }

    @Override
    public void write(Shown shown, String supervision) throws IOException {
        OsString text = text();
        Optional<FileStatus> there = base.linkStatusIfPresent(place.name);
        if (there.isEmpty()) {
            base.makeLink(place.name, text);
        } else if (!isOurs(base, place.name)) {
            if (isItself(text)) {
                return;
            }
            throw new ExportRefused(
                    base + "/" + place.name + " is not ours; remove it, for a link to " + text + " is to be there");
        } else if (!base.readLink(place.name).equals(text)) {
            OsString next = export.shared().temporary();
            base.makeLink(next, text);
            base.rename(next, place.name);
        }
    }

    /** It is in this very directory, or somebody has linked to it. */
    private boolean isItself(OsString text) throws PosixException {
        Optional<FileStatus> there = base.statusIfPresent(place.name);
        return there.isPresent()
                && base.statusIfPresent(text)
                        .filter(it -> it.id().equals(there.get().id()))
                        .isPresent();
    }

    @Override
    public boolean isFor(ShownPlace shown) {
        return shown.leadsTo != null;
    }

    @Override
    public void writeLast(Shown shown, String supervision) throws IOException {
        write(shown, supervision);
    }

    @Override
    public void leaveToOthers() {
        // what it leads to is not ours
    }

    @Override
    public boolean reads(EventLoop.Watch one) {
        return false;
    }

    @Override
    public List<Descriptor> lasting() {
        return List.of();
    }

    @Override
    public void close() {
        // nothing is open
    }

    @Override
    public void remove() throws PosixException {
        removeIfOurs(base, place.name);
    }
}
