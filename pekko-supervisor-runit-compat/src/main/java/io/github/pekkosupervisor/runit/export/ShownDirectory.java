package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.Directory.Links;
import io.github.pekkosupervisor.posix.EventLoop;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.KeptDescriptors;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.runit.supervise.Modes;
import io.github.pekkosupervisor.runit.supervise.StatusBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The directory of one child: made, written, closed and removed. It knows what it has written, and writes no more than
 * has changed. Not for several threads at once.
 */
final class ShownDirectory implements ShownEntry {

    private static final int DIRECTORY_MODE = 0755;
    private static final int FILE_MODE = 0644;
    private static final int LOCK_MODE = 0600;
    private static final OsString READY = OsString.of("/bin/true");
    private static final OsString NOT_READY = OsString.of("/bin/false");

    private final ExportDirectory export;
    private final Directory base;
    private final SharedFiles shared;
    private final ShownPlace place;
    private final Modes modes;
    private final OptionalInt group;
    private final Commands commands;
    private final SharedNames names;

    private @Nullable Descriptor control;
    private EventLoop.@Nullable Watch watch;

    private @Nullable Shown written;
    private String writtenSupervision = SupervisionText.NONE;
    private boolean isReady;
    private boolean isOpen;

    /** Who reads what is written to a control FIFO. */
    interface Commands {
        /** From now on what is written there is read. */
        EventLoop.Watch read(Descriptor control) throws PosixException;
    }

    /**
     * Before anything of it is there.
     *
     * @param group that its files are given to, where its modes concerns one
     */
    ShownDirectory(ExportDirectory export, ShownPlace place, Modes modes, OptionalInt group, Commands commands) {
        this.export = export;
        this.base = export.base();
        this.shared = export.shared();
        this.place = place;
        this.modes = modes;
        this.group = modes.concernsGroup() ? group : OptionalInt.empty();
        this.commands = commands;
        this.names = new SharedNames(base, shared, modes, this.group);
    }

    private static OsString in(OsString directory, String name) {
        return directory.plus("/" + name);
    }

    private OsString supervise(String name) {
        return in(place.name, "supervise/" + name);
    }

    @Override
    public boolean isFor(ShownPlace shown) {
        return shown.leadsTo == null;
    }

    // ---- writing

    /**
     * The last that is said, when nothing of the tree is left. Where no other tree needs it, the reader of all
     * {@code ok} goes next, so that each need not be closed by itself.
     */
    @Override
    public void writeLast(Shown shown, String supervision) throws IOException {
        if (control == null || export.isShared()) {
            write(shown, supervision);
            return;
        }
        if (isReady) {
            showReady(place.name, false);
        }
        writeFiles(place.name, shown, false);
    }

    @Override
    public void write(Shown shown, String supervision) throws IOException {
        if (control != null && !isThere()) {
            // removed by hand
            close();
        }
        if (control == null) {
            make(shown, supervision);
            return;
        }
        writeSupervision(place.name, supervision, false);
        update(shown);
    }

    /** Whether what is open is what stands there. */
    private boolean isThere() throws PosixException {
        Descriptor open = control;
        try {
            return open != null
                    && base.linkStatusIfPresent(supervise("control"))
                            .map(FileStatus::id)
                            .equals(Optional.of(open.status().id()));
        } catch (PosixException e) {
            if (e.is("ENOTDIR") || e.is("ELOOP")) {
                // there is something else in its place
                return false;
            }
            throw e;
        }
    }

    @Override
    public void leaveToOthers() throws PosixException {
        if (control != null && isOpen && isThere()) {
            showOpen(place.name, false);
        }
    }

    private void update(Shown shown) throws PosixException {
        if (isReady && !shown.isReady()) {
            showReady(place.name, false);
        }
        writeFiles(place.name, shown, false);
        if (!isReady && shown.isReady()) {
            showReady(place.name, true);
        }
        if (isOpen != shown.isOpen()) {
            showOpen(place.name, shown.isOpen());
        }
    }

    /**
     * The file {@code pid} and {@code stat} are looked at for when they were written, so they are not written twice.
     */
    private void writeFiles(OsString directory, Shown shown, boolean isNew) throws PosixException {
        Shown before = written;
        written = null;
        boolean isLater =
                before == null || !before.status().stamp().equals(shown.status().stamp());
        if (before == null || isLater || before.pid() != shown.pid()) {
            replace(directory, "pid", StatusBytes.pidOf(shown.pid()), isNew);
        }
        byte[] stat = StatusBytes.statOf(shown.status());
        if (before == null || isLater || !Arrays.equals(stat, StatusBytes.statOf(before.status()))) {
            replace(directory, "stat", stat, isNew);
        }
        if (before == null || !before.status().equals(shown.status())) {
            replace(directory, "status", StatusBytes.of(shown.status()), isNew);
        }
        written = shown;
    }

    /** @param isNew whether nobody looks there yet */
    private void replace(OsString directory, String name, byte[] content, boolean isNew) throws PosixException {
        replace(in(directory, "supervise/" + name), content, isNew);
    }

    /** For who draws the tree; it is written before the child is, so that nobody takes a supervisor for none. */
    private void writeSupervision(OsString directory, String supervision, boolean isNew) throws PosixException {
        if (!writtenSupervision.equals(supervision)) {
            replace(in(directory, SupervisionText.FILE), supervision.getBytes(StandardCharsets.US_ASCII), isNew);
            writtenSupervision = supervision;
        }
    }

    /** @param isNew whether nobody looks there yet */
    private void replace(OsString file, byte[] content, boolean isNew) throws PosixException {
        OsString next = isNew ? file : file.plus(".new");
        try (Descriptor opened = base.openNew(next, FILE_MODE)) {
            opened.write(content);
            if (shared.masks(FILE_MODE)) {
                opened.setMode(FILE_MODE);
            }
        }
        if (!isNew) {
            base.rename(next, file);
        }
    }

    private void showReady(OsString directory, boolean ready) throws PosixException {
        OsString file = in(directory, "supervise/.ready");
        if (ready) {
            names.ready(file);
        } else {
            base.remove(file);
        }
        if (!shared.executes()) {
            OsString check = in(directory, "check");
            OsString next = check.plus(".new");
            base.remove(next);
            base.makeLink(next, ready ? READY : NOT_READY);
            base.rename(next, check);
        }
        isReady = ready;
    }

    private void showOpen(OsString directory, boolean open) throws PosixException {
        names.ok(in(directory, "supervise/ok"), open);
        isOpen = open;
    }

    // ---- making

    private void make(Shown shown, String supervision) throws IOException {
        close();
        written = null;
        writtenSupervision = SupervisionText.NONE;
        isReady = false;
        isOpen = false;
        boolean isThere = base.linkStatusIfPresent(place.name).isPresent();
        if (isThere && !ShownLink.removeIfOurs(base, place.name)) {
            FoundDirectory.refuse(base, place.name);
            refuseOtherSupervisor();
            fill(place.name, shown, supervision);
        } else {
            OsString temporary = shared.temporary();
            base.makeDirectory(temporary, DIRECTORY_MODE);
            boolean done = false;
            try {
                if (shared.masks(DIRECTORY_MODE)) {
                    base.setMode(temporary, DIRECTORY_MODE);
                }
                fill(temporary, shown, supervision);
                base.rename(temporary, place.name);
                done = true;
            } finally {
                if (!done) {
                    close();
                    removeQuietly(temporary);
                }
            }
        }
    }

    /** A supervisor of its own that is at work there, as runsv, would go on with files that nobody finds any more. */
    private void refuseOtherSupervisor() throws ExportRefused, PosixException {
        OsString name = supervise("lock");
        Optional<FileStatus> there = base.linkStatusIfPresent(name);
        if (there.isEmpty()
                || there.get().id().equals(shared.lockId())
                || KeptDescriptors.ofThisJvm().find(there.get().id()).isPresent()) {
            return;
        }
        try (Descriptor other = base.openAppend(name, LOCK_MODE, Links.REFUSE)) {
            other.lock();
        } catch (PosixException e) {
            if (e.is("EAGAIN")) {
                throw new ExportRefused(base + "/" + place.name
                        + " has another supervisor, which has its lock; nothing is shown there");
            }
            throw e;
        }
    }

    /** What stays is removed by the next JVM. */
    private void removeQuietly(OsString temporary) {
        try {
            ExportRemains.remove(base, temporary);
        } catch (PosixException e) {
            // the failure that led here is told
        }
    }

    private void fill(OsString directory, Shown shown, String supervision) throws PosixException {
        OsString supervise = in(directory, "supervise");
        boolean isNew = base.makeDirectory(supervise, modes.supervise());
        if (!isNew || shared.masks(modes.supervise())) {
            base.setMode(supervise, modes.supervise());
        }
        if (group.isPresent()) {
            base.setGroup(supervise, group.getAsInt());
        }
        names.lock(in(supervise, "lock"));
        if (!place.name.equals(place.wholeName)) {
            try (Descriptor path = base.openNew(in(directory, ".path"), FILE_MODE)) {
                path.write(place.wholeName.plus("\n").bytes());
            }
        }
        if (!isNew) {
            base.remove(in(supervise, ".ready"));
            base.remove(in(directory, SupervisionText.FILE));
        }
        writeSupervision(directory, supervision, isNew);
        if (shared.executes()) {
            names.check(in(directory, "check"));
        }
        Descriptor opened = openControl(supervise, isNew);
        try {
            writeFiles(directory, shown, isNew);
            showReady(directory, shown.isReady());
            watch = commands.read(opened);
            // only now, since who finds it open writes to control
            showOpen(directory, shown.isOpen());
            control = opened;
        } finally {
            if (control == null) {
                stopReading();
                opened.close();
            }
        }
    }

    /**
     * A new one: nobody is to find what was written for somebody else, or to read along. Unless it is the one that was
     * kept by who has become this program: what is in it is for us.
     */
    private Descriptor openControl(OsString supervise, boolean isNew) throws PosixException {
        OsString name = in(supervise, "control");
        Optional<FileStatus> there = isNew ? Optional.empty() : base.linkStatusIfPresent(name);
        if (there.isPresent()
                && KeptDescriptors.ofThisJvm().find(there.get().id()).isPresent()) {
            return KeptDescriptors.ofThisJvm().inPlaceOf(base.openReadWrite(name, Links.REFUSE));
        }
        OsString next = isNew ? name : name.plus(".new");
        base.remove(next);
        base.makeFifo(next, modes.control());
        if (shared.masks(modes.control())) {
            base.setMode(next, modes.control());
        }
        if (group.isPresent()) {
            base.setGroup(next, group.getAsInt());
        }
        Descriptor opened = base.openReadWrite(next, Links.REFUSE);
        boolean done = false;
        try {
            if (!isNew) {
                base.rename(next, name);
            }
            done = true;
            return opened;
        } finally {
            if (!done) {
                opened.close();
            }
        }
    }

    @Override
    public boolean reads(EventLoop.Watch one) {
        return watch == one;
    }

    @Override
    public List<Descriptor> lasting() {
        List<Descriptor> all = new ArrayList<>(names.lasting());
        Descriptor open = control;
        if (open != null) {
            all.add(open);
        }
        return all;
    }

    // ---- the end

    @Override
    public void close() {
        stopReading();
        if (control != null) {
            control.close();
            control = null;
        }
        names.close();
    }

    private void stopReading() {
        if (watch != null) {
            watch.close();
            watch = null;
        }
    }

    /** The directory goes too if nothing else is in it. */
    @Override
    public void remove() throws PosixException {
        close();
        ExportRemains.remove(base, place.name);
    }

    /** Whether a directory was made by one who had this lock, or had the same {@code check} there. */
    static boolean isOurs(ExportDirectory export, OsString name) throws PosixException {
        Directory base = export.base();
        if (!base.linkStatus(name).isDirectory()) {
            return false;
        }
        Optional<FileStatus> lock = base.linkStatusIfPresent(in(name, "supervise/lock"));
        return lock.isPresent()
                && (lock.get().id().equals(export.shared().lockId())
                        || FoundDirectory.isMadeByUs(base, in(name, "check")));
    }
}
