package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.OwnProcess;
import io.github.pekkosupervisor.posix.PosixException;
import java.nio.file.Path;
import java.util.Optional;

/** Opens the directory that trees are to be shown in, and makes it where only it is missing. */
final class ExportOpening {

    private static final int EVERYBODY = 0755;

    private ExportOpening() {}

    /**
     * One that is open.
     *
     * @param made what was there of this name when it had been made; empty if it was there before
     */
    private record Found(Directory directory, Optional<FileStatus> made) {}

    /**
     * Opens one.
     *
     * @throws ExportRefused there is no place for it, or somebody else could have put it there
     */
    static Directory open(ExportPlace place) throws ExportRefused, PosixException {
        Optional<String> nowhere = place.whyNowhere();
        if (nowhere.isPresent()) {
            throw new ExportRefused(nowhere.get());
        }
        makeAbove(place);
        Found found = openOrMake(place.directory());
        boolean done = false;
        try {
            giveMode(found);
            done = true;
            return found.directory();
        } finally {
            if (!done) {
                found.directory().close();
            }
        }
    }

    /** The directory between is made too where it is that of an application. */
    static void makeAbove(ExportPlace place) throws ExportRefused, PosixException {
        Path above = place.directory().toAbsolutePath().getParent();
        if (place.isOfApplication() && above != null) {
            Found found = openOrMake(above);
            try (Directory between = found.directory()) {
                assert between != null;
                giveMode(found);
            }
        }
    }

    /** In a directory that is there. */
    private static Found openOrMake(Path path) throws ExportRefused, PosixException {
        OsString whole = OsString.of(path.toString());
        Path above = path.toAbsolutePath().getParent();
        Path name = path.getFileName();
        if (above == null || name == null) {
            throw new ExportRefused(path + " is the root of all files; nothing is shown there");
        }
        try (Directory parent = Directory.open(OsString.of(above.toString()))) {
            ShownOrScanned all = ShownOrScanned.ofThisJvm();
            ShownOrScanned.refuse(path, all.scannedAbove(ShownOrScanned.place(whole, parent)));
            OsString last = OsString.of(name.toString());
            boolean isNew = parent.linkStatusIfPresent(last).isEmpty() && parent.makeDirectory(last, EVERYBODY);
            FileStatus there = parent.linkStatus(last);
            if (Strangers.mayWriteTo(parent.status()) && !there.isDirectory()) {
                throw new ExportRefused(path + " is a link in a directory that others may write to; nothing is shown"
                        + " there, name the directory itself");
            }
            return new Found(Directory.open(whole), isNew ? Optional.of(there) : Optional.empty());
        }
    }

    /**
     * Whatever the umask. Who may write above it could have put another directory there since, which stays as it is.
     */
    private static void giveMode(Found found) throws PosixException {
        if (found.made().isEmpty()) {
            return;
        }
        Directory open = found.directory();
        FileStatus made = found.made().get();
        boolean isOurs = made.isDirectory()
                && made.id().equals(open.status().id())
                && made.owner() == OwnProcess.user()
                && open.list().isEmpty();
        if (isOurs) {
            open.setMode(OsString.of("."), EVERYBODY);
        }
    }
}
