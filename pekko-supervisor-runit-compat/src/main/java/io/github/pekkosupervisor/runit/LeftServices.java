package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.runit.supervise.ListedRun;
import io.github.pekkosupervisor.runit.supervise.ListedService;
import io.github.pekkosupervisor.runit.supervise.Reporter;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Known;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * The services that a launcher has left which is gone, by its {@link ServicesList}: which of them have no entry any
 * more and run all the same. Keeps the list for the next launcher.
 */
final class LeftServices {

    /** What cannot be told for so long keeps nobody waiting any more. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

    private final ServicesList list;
    private final Reporter reporter;
    private final Predicate<FileStatus.Id> isSupervised;
    private final LongSupplier nanos;

    /** With a list that cannot be read; from the first time on. */
    private final Patience unread;

    private boolean isRead;
    private boolean isEnd;
    private ServicesList.Left read = ServicesList.Left.NOTHING;
    private Map<FileStatus.Id, ListedService> undecided = Map.of();

    /** Of each of which it cannot be told whether it runs: why, and since when. */
    private final Map<FileStatus.Id, Refusal> refused = new HashMap<>();

    private final Map<FileStatus.Id, Leftovers.Place> places = new HashMap<>();

    /** Of those that could not be stopped, as has been said. */
    private final Set<FileStatus.Id> goingOn = new HashSet<>();

    private final Map<ListedService, Known> leftAlone = new LinkedHashMap<>();
    private final Set<FileStatus.Id> replaced = new HashSet<>();

    /** Of each that has a runsv: who was before it. */
    private final Map<FileStatus.Id, List<Known>> told = new HashMap<>();

    private record Refusal(String errno, Patience patience) {}

    /**
     * @param isSupervised by this launcher
     * @param nanos never go back, see {@link System#nanoTime()}
     */
    LeftServices(
            RunsvdirSettings settings, Reporter reporter, Predicate<FileStatus.Id> isSupervised, LongSupplier nanos) {
        this.list = new ServicesList(settings, reporter);
        this.reporter = reporter;
        this.isSupervised = isSupervised;
        this.nanos = nanos;
        this.unread = new Patience(LONGEST_WAIT, nanos);
    }

    /**
     * Whether it is known of each that was left what becomes of it, and all is written for the next launcher; else the
     * directory is to be looked at again.
     */
    boolean isSettled() {
        return isRead && undecided.isEmpty() && !list.isBehind();
    }

    /**
     * Whether what is seen may be started: not while it may be that another one of the same name has to end before, of
     * which the list would tell.
     */
    boolean lets() {
        return isRead || !unread.lasts();
    }

    /** The same for each that is seen. */
    boolean letsAll() {
        return lets() && undecided().isEmpty();
    }

    /** Those of which it cannot be told whether they have to end before others are started, each with its name. */
    Map<FileStatus.Id, OsString> undecided() {
        Map<FileStatus.Id, OsString> open = new LinkedHashMap<>();
        undecided.forEach((id, one) -> {
            Refusal refusal = refused.get(id);
            if (refusal != null && refusal.patience().lasts()) {
                open.put(id, one.name());
            }
        });
        return open;
    }

    /**
     * Those that are not seen and run, each with the name of its entry; what is seen is listed from now on. After the
     * first look, and until there is no doubt left, some may come later; and after one that sees another directory, to
     * which a link leads now, those that launchers have left there.
     *
     * @param seen all that a scan saw
     */
    Map<FileStatus.Id, OsString> beside(Map<FileStatus.Id, OsString> seen, ServicesDirectory directory) {
        Map<FileStatus.Id, OsString> left = new LinkedHashMap<>();
        if (!isRead || list.isAnothers(directory.directory())) {
            Optional<ServicesList.Left> found = list.read(directory.directory());
            isRead = found.isPresent();
            if (!isRead) {
                unread.begin();
                // what is there is not to be written over
                return left;
            }
            unread.end();
            begin(found.get(), seen, directory, left);
        } else if (!undecided.isEmpty()) {
            decide(undecided, seen, directory, left);
        }
        list.add(directory.directory(), seen);
        return left;
    }

    private void begin(
            ServicesList.Left found,
            Map<FileStatus.Id, OsString> seen,
            ServicesDirectory directory,
            Map<FileStatus.Id, OsString> left) {
        read = found.after(read);
        Map<FileStatus.Id, ListedService> open = new LinkedHashMap<>(undecided);
        open.putAll(found.services());
        List<ListedService> kept = decide(open, seen, directory, left);
        list.begin(
                directory.directory(),
                found,
                kept.stream()
                        .filter(one -> found.services().containsKey(one.id()))
                        .toList());
    }

    /** Those that count; of those that are left the names too. */
    private List<ListedService> decide(
            Map<FileStatus.Id, ListedService> open,
            Map<FileStatus.Id, OsString> seen,
            ServicesDirectory directory,
            Map<FileStatus.Id, OsString> left) {
        Map<FileStatus.Id, ListedService> later = new LinkedHashMap<>();
        List<ListedService> kept = new ArrayList<>();
        for (ListedService one : open.values()) {
            if (seen.containsKey(one.id())) {
                lookForFormer(one, seen, directory);
                kept.add(one);
            } else if (isSupervised.test(one.id())) {
                kept.add(one);
            } else if (directory.isInDoubt(one.name())) {
                later.put(one.id(), one);
                kept.add(one);
            } else {
                Optional<Leftovers.Place> place = place(one, later);
                if (place.isPresent() && place.get() instanceof Leftovers.Uncertain uncertain) {
                    leaveAlone(one, uncertain, seen);
                } else if (place.isPresent()) {
                    places.put(one.id(), place.get());
                    left.put(one.id(), one.name());
                }
                if (place.isPresent() || later.containsKey(one.id())) {
                    kept.add(one);
                }
            }
        }
        undecided = later;
        refused.keySet().retainAll(later.keySet());
        return kept;
    }

    /**
     * A directory that is gone, and whose number another one has got since, which has an entry. Its process is not in
     * it, since the number would not be free. Where that cannot be told nothing is started beside that process; if it
     * is of the directory that is seen, it is taken up all the same.
     */
    private void lookForFormer(ListedService one, Map<FileStatus.Id, OsString> seen, ServicesDirectory directory) {
        Optional<ListedRun> listed = read.run(one.id());
        if (listed.isEmpty()) {
            return;
        }
        Known run = listed.get().run();
        OsString name = seen.getOrDefault(one.id(), one.name());
        try {
            if (listed.get().isOfAnother(directory.directory().status(name))
                    && run.identity().runs(run.pidfdInode())) {
                replaced.add(one.id());
                leaveAlone(one, Leftovers.Uncertain.elsewhere(run), seen);
            }
        } catch (PosixException e) {
            if (e.mayPass()) {
                reporter.warnOfOurs("it cannot be told now whether " + one.path() + " is the same as before", e);
            }
            replaced.add(one.id());
            leftAlone.put(one, run);
        }
    }

    private Optional<Leftovers.Place> place(ListedService one, Map<FileStatus.Id, ListedService> later) {
        try {
            return Leftovers.of(one, read);
        } catch (PosixException e) {
            Refusal refusal = refused(one, e);
            if (e.is("EIO") && !refusal.patience().lasts()) {
                return unreadable(one, e, later);
            }
            later.put(one.id(), one);
            return Optional.empty();
        }
    }

    /** A shortage passes, a bad block does not. Its runsv could not read it either, so it is left alone. */
    private Optional<Leftovers.Place> unreadable(
            ListedService one, PosixException cause, Map<FileStatus.Id, ListedService> later) {
        try {
            Optional<Leftovers.Place> place = Leftovers.unreadable(one, read);
            if (place.isEmpty()) {
                reporter.warnOfOurs(
                        one.path() + " has no entry any more, and what runs of it, if anything does, is left alone,"
                                + " since its directory or record cannot be read",
                        cause);
            }
            return place;
        } catch (PosixException e) {
            later.put(one.id(), one);
            return Optional.empty();
        }
    }

    /** Said once for each cause. */
    private Refusal refused(ListedService one, PosixException e) {
        Refusal last = refused.get(one.id());
        Patience patience = last == null ? new Patience(LONGEST_WAIT, nanos) : last.patience();
        patience.begin();
        Refusal refusal = new Refusal(e.errno(), patience);
        refused.put(one.id(), refusal);
        if (last == null || !last.errno().equals(e.errno())) {
            reporter.warnOfOurs(
                    "it cannot be told now whether " + one.path() + " runs, which has no entry any more", e);
        }
        return refusal;
    }

    /**
     * Who has its name now names it and waits for its end, if he was told of it or is yet to be; else it is named here.
     */
    private void leaveAlone(ListedService one, Leftovers.Uncertain uncertain, Map<FileStatus.Id, OsString> seen) {
        Known run = uncertain.run();
        leftAlone.put(one, run);
        boolean isNamed = seen.entrySet().stream()
                .anyMatch(other -> other.getValue().equals(one.name())
                        && told.getOrDefault(other.getKey(), List.of(run)).contains(run));
        if (!isNamed) {
            reporter.warnOfOurs(one.path() + " " + uncertain.what() + ", and its run, process "
                    + run.identity().pid() + ", goes on" + uncertain.where()
                    + ": it is left alone; end it if it is not to go on");
        }
    }

    /** Whoever begins from now on is to start nothing, whether it has an entry or not. */
    void wantNothing() {
        isEnd = true;
    }

    /** What a runsv that begins is to know of what was before it. */
    Remembered remembered(FileStatus.Id id, OsString name) {
        List<Known> before = new ArrayList<>();
        leftAlone.forEach((one, run) -> {
            if (one.name().equals(name) && (!one.id().equals(id) || replaced.contains(id))) {
                before.add(run);
            }
        });
        // nobody waits for ever until it can be told, and if it runs it is the runsv that does
        undecided.values().stream()
                .filter(one -> one.name().equals(name) && !one.id().equals(id))
                .flatMap(one -> read.run(one.id()).stream())
                .map(ListedRun::run)
                .forEach(before::add);
        told.put(id, List.copyOf(before));
        return new Remembered(read.runs(), before, isEnd || places.get(id) instanceof Leftovers.There);
    }

    /** Where a runsv finds one that was left; empty if it has an entry, or no directory. */
    Optional<OsString> path(FileStatus.Id id) {
        return places.get(id) instanceof Leftovers.There there ? Optional.of(there.path()) : Optional.empty();
    }

    /** The process of one that was left and has no directory any more; empty if it has one. */
    Optional<Known> remains(FileStatus.Id id) {
        return places.get(id) instanceof Leftovers.Removed removed ? Optional.of(removed.run()) : Optional.empty();
    }

    /** To be told which process the {@code run} of one or of its logger is, for the launcher after this one. */
    Consumer<ListedRun> runs(FileStatus.Id id) {
        return list.runs(id);
    }

    /** Whether one that was left goes on, though its runsv could not begin, so that it has to be tried again. */
    boolean goesOn(FileStatus.Id id) {
        Optional<OsString> path = path(id);
        if (path.isEmpty()) {
            return false;
        }
        try {
            Optional<Leftovers.Place> place = Leftovers.of(new ListedService(id, path.get(), path.get()), read);
            if (place.filter(Leftovers.Uncertain.class::isInstance).isPresent()) {
                place = Optional.empty();
            }
            place.ifPresent(now -> places.put(id, now));
            if (place.isEmpty()) {
                return false;
            }
        } catch (PosixException e) {
            if (!e.mayPass()) {
                return false;
            }
        }
        if (goingOn.add(id)) {
            reporter.warnOfOurs(
                    path.get() + " has no entry any more and is to be stopped, and goes on since it cannot be"
                            + " supervised now: that is tried again, by the next launcher if this one ends before");
        }
        return true;
    }

    /** Whether its {@code run}, as the launcher before this one has left it, runs still, or may. */
    boolean mayRun(FileStatus.Id id) {
        Optional<Known> run = read.run(id).map(ListedRun::run);
        try {
            return run.isPresent() && run.get().identity().runs(run.get().pidfdInode());
        } catch (PosixException e) {
            return true;
        }
    }

    /** It has ended; if it comes again, it is found by its entry. */
    void ended(FileStatus.Id id) {
        places.remove(id);
        goingOn.remove(id);
    }

    /**
     * It has lost its entry, and it was never possible to supervise it here: it may be that what a launcher has left
     * there runs, and has to be stopped as if it had no entry when this one began. To be said before {@link #forget}.
     */
    void lookAgain(FileStatus.Id id) {
        ListedService one = read.services().get(id);
        if (one != null) {
            Map<FileStatus.Id, ListedService> open = new LinkedHashMap<>(undecided);
            open.put(id, one);
            undecided = open;
        }
    }

    /** It is not supervised any more. */
    void forget(FileStatus.Id id) {
        told.remove(id);
        if (!undecided.containsKey(id)) {
            list.forget(id);
        }
    }

    void close() {
        list.close();
    }
}
