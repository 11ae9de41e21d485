package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.Orphans.Candidate;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.runit.supervise.ListedService;
import io.github.pekkosupervisor.runit.supervise.Reporter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The services that a launcher has left which is gone, by its {@link ServicesList}: which of them have no entry any
 * more and run all the same. Keeps the list for the next launcher.
 */
final class LeftServices {

    private final ServicesList list;
    private final Reporter reporter;
    private Optional<Map<FileStatus.Id, ListedService>> undecided = Optional.empty();
    private boolean settled;
    private final Map<FileStatus.Id, Leftovers.Place> places = new HashMap<>();

    LeftServices(RunsvdirSettings settings, Reporter reporter) {
        this.list = new ServicesList(settings, reporter);
        this.reporter = reporter;
    }

    /**
     * Those that are not seen and run, each with the name of its entry; what is seen is listed from now on. After the
     * first look, and until there is no doubt left, some may come later.
     *
     * @param seen all that a scan saw
     */
    Map<FileStatus.Id, OsString> beside(Map<FileStatus.Id, OsString> seen, ServicesDirectory directory) {
        Map<FileStatus.Id, OsString> left = settled ? Map.of() : decide(seen, directory);
        list.add(directory.directory(), seen);
        return left;
    }

    private Map<FileStatus.Id, OsString> decide(Map<FileStatus.Id, OsString> seen, ServicesDirectory directory) {
        boolean first = undecided.isEmpty();
        Map<FileStatus.Id, ListedService> open = undecided.orElseGet(() -> list.read(directory.directory()));
        Map<FileStatus.Id, ListedService> later = new LinkedHashMap<>();
        Map<FileStatus.Id, OsString> left = new LinkedHashMap<>();
        List<ListedService> kept = new ArrayList<>();
        boolean stale = false;
        for (ListedService one : open.values()) {
            OsString name = seen.get(one.id());
            if (name != null) {
                kept.add(one);
            } else if (directory.isInDoubt(one.name())) {
                later.put(one.id(), one);
                kept.add(one);
            } else if (isLeft(one, later)) {
                left.put(one.id(), one.name());
                kept.add(one);
            } else if (later.containsKey(one.id())) {
                kept.add(one);
            } else {
                stale = true;
            }
        }
        if (first && stale) {
            list.rewrite(directory.directory(), kept);
        } else if (first) {
            list.isRight(kept);
        }
        undecided = Optional.of(later);
        settled = later.isEmpty();
        return left;
    }

    private boolean isLeft(ListedService one, Map<FileStatus.Id, ListedService> later) {
        try {
            Optional<Leftovers.Place> place = Leftovers.of(one);
            place.ifPresent(found -> places.put(one.id(), found));
            return place.isPresent();
        } catch (PosixException e) {
            reporter.warnOfOurs(
                    "it cannot be told now whether " + one.path() + " runs, which has no entry any more", e);
            later.put(one.id(), one);
            return false;
        }
    }

    /** Where a runsv finds one that was left; empty if it has an entry, or no directory. */
    Optional<OsString> path(FileStatus.Id id) {
        return places.get(id) instanceof Leftovers.There there ? Optional.of(there.path()) : Optional.empty();
    }

    /** The processes of one that was left and has no directory any more; empty if it has one. */
    Optional<List<Candidate>> processes(FileStatus.Id id) {
        return places.get(id) instanceof Leftovers.Nowhere nowhere
                ? Optional.of(nowhere.processes())
                : Optional.empty();
    }

    /** It has ended; if it comes again, it is found by its entry. */
    void forget(FileStatus.Id id) {
        places.remove(id);
    }
}
