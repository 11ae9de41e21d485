package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.EventLoop;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.OpenFiles;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.UserRights;
import io.github.pekkosupervisor.runit.export.ShownOrScanned;
import io.github.pekkosupervisor.runit.supervise.Reporter;
import io.github.pekkosupervisor.runit.supervise.Tai64n;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The directory of service directories: which of them its entries lead to, and whether that may have changed since it
 * was read last. Its path is resolved anew at each look, so a link to it may be switched.
 */
final class ServicesDirectory implements AutoCloseable {

    private static final Duration RESCAN = Duration.ofSeconds(5);
    private static final Duration RETRY_UNREADABLE = Duration.ofSeconds(1);
    private static final Duration SETTLING = Duration.ofSeconds(1);
    private static final FileStatus.Id NO_DIRECTORY = new FileStatus.Id(-1, -1);
    private static final OsString FORCED_RESCAN = OsString.of(".forced-rescan");
    private static final int FORCED_RESCAN_MODE = 0644;

    /** At one look, of those that seem to be the same; the others come at the next ones. */
    private static final int LOOKED_AT = 2000;

    /** In the place of an error's name. */
    private static final String OF_A_TREE = "";

    private final RunsvdirSettings settings;
    private final Reporter reporter;
    private final LauncherLock lock;
    private final Predicate<FileStatus.Id> isKnown;
    private final Watching watching;
    /** What each entry led to in the last scan. */
    private final Map<OsString, FileStatus.Id> targets = new HashMap<>();

    /** Those of them whose turn is still to come. */
    private Iterator<Map.Entry<OsString, FileStatus.Id>> further = Collections.emptyIterator();

    private final Map<OsString, String> complaints = new HashMap<>();
    private final Set<OsString> doubts = new HashSet<>();
    private boolean lockedOut;
    private boolean hasTooMany;
    private @Nullable Open open;

    /**
     * The directory as it was when it was looked at last.
     *
     * @param directory held open
     * @param status its own
     * @param watch tells of changes; empty if none could be had
     * @param read whether its entries have been read
     * @param again whether they must be read again though nothing seems changed
     */
    private record Open(
            Directory directory, FileStatus status, Optional<EventLoop.Watch> watch, boolean read, boolean again) {
        void close() {
            watch.ifPresent(EventLoop.Watch::close);
            directory.close();
        }
    }

    /**
     * How changes are noticed between two looks.
     *
     * @param loop watches the directory
     * @param changed called from the loop, once until the next look
     * @param refused told why no watch could be had; the looks remain
     */
    record Watching(EventLoop loop, Runnable changed, Consumer<PosixException> refused, AtomicBoolean signalled) {

        Watching(EventLoop loop, Runnable changed, Consumer<PosixException> refused) {
            this(loop, changed, refused, new AtomicBoolean());
        }

        private Optional<EventLoop.Watch> on(Directory directory) {
            try {
                return Optional.of(loop.changes(directory, () -> {
                    if (signalled.compareAndSet(false, true)) {
                        changed.run();
                    }
                }));
            } catch (PosixException e) {
                refused.accept(e);
                return Optional.empty();
            }
        }
    }

    /**
     * Opens nothing yet.
     *
     * @param lock held on the directory already, or taken when it can be had; released at the end
     * @param isKnown whether there is a runsv of a service directory
     */
    ServicesDirectory(
            RunsvdirSettings settings,
            Reporter reporter,
            LauncherLock lock,
            Watching watching,
            Predicate<FileStatus.Id> isKnown) {
        this.settings = settings;
        this.reporter = reporter;
        this.lock = lock;
        this.watching = watching;
        this.isKnown = isKnown;
    }

    /**
     * Looks at it; what is wrong with it is reported.
     *
     * @param changed whether a change has been noticed; else it is read only if one is found
     * @return the service directories in it, each under the name met first; empty if there is no news
     */
    Optional<Map<FileStatus.Id, OsString>> look(boolean changed) {
        watching.signalled().set(false);
        try {
            boolean news = reopenIfReplaced();
            return open != null && (news || changed) ? scan() : Optional.empty();
        } catch (PosixException e) {
            boolean isThere = e.is("ENOTDIR") || e.is("EACCES");
            reporter.warn(isThere ? "unable to change directory to" : "unable to stat", settings.directory(), e);
            return Optional.empty();
        }
    }

    /** The directory as it was looked at last. */
    Directory directory() {
        if (open == null) {
            throw new IllegalStateException("services directory " + settings.directory() + " is not open");
        }
        return open.directory();
    }

    /** Whether it could not be told what the entry of this name leads to. */
    boolean isInDoubt(OsString name) {
        return doubts.contains(name);
    }

    /** How long to wait before the next look, if nothing is noticed meanwhile. */
    Duration untilNextLook() {
        if (open == null) {
            return RETRY_UNREADABLE;
        }
        return open.again() ? SETTLING : RESCAN;
    }

    /** How long to wait for another look if this one should fail. */
    static Duration untilNextLookAfterFailure() {
        return RESCAN;
    }

    /** Writes {@code .forced-rescan}, where the directory could be opened. */
    void markRescan() {
        if (open == null) {
            return;
        }
        try (Descriptor mark = open.directory().openNew(FORCED_RESCAN, FORCED_RESCAN_MODE)) {
            mark.write(Tai64n.text(settings.clock().instant()).getBytes(StandardCharsets.US_ASCII));
        } catch (PosixException e) {
            reporter.warn("failed to " + (e.call().equals("write") ? "write" : "open") + " " + FORCED_RESCAN, e);
        }
    }

    /** Whether there is something to be seen that the last scan did not see. */
    private boolean reopenIfReplaced() throws PosixException {
        Directory current = Directory.open(settings.directory());
        try {
            return isNews(current);
        } finally {
            if (open == null || open.directory() != current) {
                current.close();
            }
        }
    }

    private boolean isNews(Directory current) throws PosixException {
        FileStatus status = current.status();
        Open last = open;
        if (last != null && last.status().id().equals(status.id())) {
            return last.again()
                    || !complaints.isEmpty()
                    || !last.status().modified().equals(status.modified())
                    || leadsElsewhere(last.directory());
        }
        if (mayNotScan(ShownOrScanned.ofThisJvm().shownIn(status.id()))) {
            return false;
        }
        if (!lock.take(current)) {
            complainOfTheHolder();
            return false;
        }
        if (mayNotScan(ShownOrScanned.ofThisJvm().scans(this, settings.directory(), status.id()))) {
            return false;
        }
        lockedOut = false;
        if (last != null) {
            last.close();
            open = null;
        }
        open = new Open(current, status, watching.on(current), false, true);
        return true;
    }

    /** What is shown of a tree is no service directory; once, as below. */
    private boolean mayNotScan(Optional<OsString> shown) {
        if (shown.isPresent() && !lockedOut) {
            lockedOut = true;
            reporter.warn("it is, or holds, " + shown.get()
                    + ", where this JVM shows a tree; nothing is supervised there until that is over");
        }
        return shown.isPresent();
    }

    /** Once: what was there before goes on until the other launcher has gone. */
    private void complainOfTheHolder() {
        if (!lockedOut) {
            lockedOut = true;
            reporter.warn(LauncherLock.holder(settings.directory()) + " supervises this directory already");
        }
    }

    /**
     * Whether behind an entry that is the same there is another directory: removed and made again, or a link switched.
     * Of very many only some are looked at, in turn.
     */
    private boolean leadsElsewhere(Directory directory) {
        if (!further.hasNext()) {
            further = targets.entrySet().iterator();
        }
        for (int i = 0; i < LOOKED_AT && further.hasNext(); i++) {
            Map.Entry<OsString, FileStatus.Id> entry = further.next();
            try {
                if (!target(directory.statusIfPresent(entry.getKey())).equals(entry.getValue())) {
                    return true;
                }
            } catch (PosixException e) {
                if (leadsNowhere(e)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static FileStatus.Id target(Optional<FileStatus> entry) {
        return entry.filter(FileStatus::isDirectory).map(FileStatus::id).orElse(NO_DIRECTORY);
    }

    /** Else it is not known what it leads to, as when a file server does not answer. */
    private static boolean leadsNowhere(PosixException e) {
        return switch (e.errno()) {
            case "ENOENT", "ENOTDIR", "ELOOP", "EACCES", "ENAMETOOLONG" -> true;
            default -> false;
        };
    }

    private Optional<Map<FileStatus.Id, OsString>> scan() throws PosixException {
        Open last = open;
        if (last == null) {
            throw new IllegalStateException("services directory " + settings.directory() + " is not open");
        }
        FileStatus status = last.directory().status();
        List<OsString> names;
        try {
            names = last.directory().list();
        } catch (PosixException e) {
            reporter.warn("unable to open directory", settings.directory(), e);
            open = new Open(last.directory(), status, last.watch(), last.read(), true);
            return Optional.empty();
        }
        Scan scan = new Scan(last);
        for (OsString name : names) {
            if (!name.startsWith(".")) {
                scan.meet(name);
            }
        }
        targets.clear();
        targets.putAll(scan.targetsNow);
        further = Collections.emptyIterator();
        complaints.clear();
        complaints.putAll(scan.complaintsNow);
        doubts.clear();
        doubts.addAll(scan.doubtsNow);
        open = new Open(last.directory(), status, last.watch(), true, scan.again);
        return Optional.of(scan.seen);
    }

    /**
     * Those to be supervised of what a look has seen: all, but in a tree of another user no more than may be open,
     * those that are supervised already and the first of the others. So however many there are, nothing is made for the
     * rest.
     */
    Map<FileStatus.Id, OsString> asManyAsHaveRoom(Map<FileStatus.Id, OsString> seen) {
        long most = UserRights.areBorrowed() ? OpenFiles.limit() : Integer.MAX_VALUE;
        if (seen.size() <= most) {
            hasTooMany = false;
            return seen;
        }
        Map<FileStatus.Id, OsString> some = new LinkedHashMap<>(seen);
        some.keySet().removeIf(id -> !isKnown.test(id));
        seen.entrySet().stream()
                .filter(entry -> !some.containsKey(entry.getKey()))
                .limit(Math.max(0, most - some.size()))
                .toList()
                .forEach(entry -> some.put(entry.getKey(), entry.getValue()));
        if (!hasTooMany) {
            hasTooMany = true;
            reporter.warnOfOurs("there are " + seen.size() + " service directories, and this tree may have " + most
                    + " of the launcher's open files, at least one for each: " + (seen.size() - some.size())
                    + " are left out; have open-files of tree { } raised, or have fewer");
        }
        return some;
    }

    /** What one reading of the entries finds. */
    private final class Scan {
        private final Open last;
        private final Map<FileStatus.Id, OsString> seen = new LinkedHashMap<>();
        private final Map<OsString, FileStatus.Id> targetsNow = new HashMap<>();
        private final Map<OsString, String> complaintsNow = new HashMap<>();
        private final Set<OsString> doubtsNow = new HashSet<>();
        private boolean again;

        Scan(Open last) {
            this.last = last;
        }

        void meet(OsString name) {
            FileStatus.Id before = targets.getOrDefault(name, NO_DIRECTORY);
            try {
                FileStatus entry = last.directory().status(name);
                targetsNow.put(name, target(Optional.of(entry)));
                if (!entry.isDirectory()) {
                    return;
                }
                if (!isKnown.test(entry.id()) && ShownOrScanned.isOfTree(last.directory(), name)) {
                    leaveToItsTree(name);
                    return;
                }
                if (last.read() && isBeingMade(name, entry)) {
                    again = true;
                    targetsNow.put(name, before);
                } else {
                    seen.putIfAbsent(entry.id(), name);
                }
            } catch (PosixException e) {
                complain(name, e);
                FileStatus.Id now = leadsNowhere(e) ? NO_DIRECTORY : before;
                if (!leadsNowhere(e)) {
                    doubtsNow.add(name);
                }
                targetsNow.put(name, now);
                if (isKnown.test(now)) {
                    seen.putIfAbsent(before, name);
                }
            }
        }

        /** It is supervised already, or was; what is said of it is said once. */
        private void leaveToItsTree(OsString name) {
            complaintsNow.put(name, OF_A_TREE);
            if (!OF_A_TREE.equals(complaints.get(name))) {
                reporter.warnOfOurs(
                        name + " leads to what is shown of a supervision tree, and is left to that; remove the entry");
            }
        }

        /** Once, for as long as the cause is the same. */
        private void complain(OsString name, PosixException e) {
            complaintsNow.put(name, e.errno());
            if (!e.errno().equals(complaints.get(name))) {
                reporter.warn("unable to stat", name, e);
            }
        }

        /**
         * Whether an unknown entry is a directory of its own (no link), or behind a link that led elsewhere, and was
         * changed within the last second: whoever makes it may still be at it, and a {@code down} file not be there
         * yet.
         */
        private boolean isBeingMade(OsString name, FileStatus entry) throws PosixException {
            Instant now = settings.clock().instant();
            Duration age = Duration.between(entry.modified(), now);
            return !isKnown.test(entry.id())
                    && !age.isNegative()
                    && age.compareTo(SETTLING) < 0
                    && (targets.containsKey(name)
                            || last.directory().linkStatus(name).isDirectory());
        }
    }

    /** What is to stay open while this process becomes another program. */
    List<Descriptor> lasting() {
        return lock.lasting().stream().toList();
    }

    @Override
    public void close() {
        ShownOrScanned.ofThisJvm().scansNoMore(this);
        if (open != null) {
            open.close();
        }
        lock.close();
    }
}
