package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.actor.SupervisorLog;
import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.EventLoop;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.runit.export.ExporterMessage.Remove;
import io.github.pekkosupervisor.runit.export.ExporterMessage.Vanish;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What there is of each place in the directory, and what could not be written there. When something is written, tried
 * again or given up is for the {@link Exporter} to say, whose it is.
 */
final class ShownEntries {

    private static final Logger LOG = LoggerFactory.getLogger(SupervisorLog.NAME);

    private static final Duration RETRY = Duration.ofSeconds(5);

    /** Longer than sv waits. */
    private static final Duration SHOWN_WHEN_FORGOTTEN = Duration.ofSeconds(10);

    /** So many that are forgotten are shown for a while yet; of more the first go at once. */
    private static final int MOST_FORGOTTEN = 1_000;

    private final ExportSettings settings;
    private final ExportTable table;
    private final Callers callers;
    private final ExportComplaints complaints;
    private final Fifos fifos;
    private final TimerScheduler<ExporterMessage> timers;
    private final Map<ShownPlace, ShownEntry> entries = new HashMap<>();
    private final Set<ShownPlace> unwritten = new LinkedHashSet<>();
    private final Set<OsString> refused = new HashSet<>();
    private final Set<ShownPlace> forgotten = new LinkedHashSet<>();
    private final Set<ShownPlace> claimed = new HashSet<>();

    /** Who reads what comes in by the control FIFO of a place. */
    interface Fifos {
        EventLoop.Watch read(ShownPlace place, Descriptor control) throws PosixException;
    }

    /** What has come of writing. */
    enum Outcome {
        WRITTEN,
        /** It is tried again. */
        LATER,
        /** The directory has been removed. */
        LOST
    }

    ShownEntries(
            ExportSettings settings,
            ExportTable table,
            Callers callers,
            ExportComplaints complaints,
            Fifos fifos,
            TimerScheduler<ExporterMessage> timers) {
        this.settings = settings;
        this.table = table;
        this.callers = callers;
        this.complaints = complaints;
        this.fifos = fifos;
        this.timers = timers;
    }

    // ---- writing

    /**
     * Writes the newest state of a place.
     *
     * @param here null if there is no directory yet
     * @param isLast whether nothing of the tree is left
     */
    Outcome write(ShownPlace place, @Nullable OpenExport here, boolean isLast) {
        ShownGroups.View view = table.view(place);
        if (view.isForgotten() && !entries.containsKey(place)) {
            // nobody has seen it
            vanish(place, here);
            return Outcome.WRITTEN;
        }
        Outcome outcome = Outcome.LATER;
        if (here == null) {
            unwritten.add(place);
        } else if (!here.directory().claim(place.name, place)) {
            isTaken(place, here);
        } else {
            claimed.add(place);
            outcome = write(place, view, here, isLast);
        }
        if (view.isForgotten()) {
            isForgotten(place, here);
        } else if (forgotten.remove(place)) {
            timers.cancel(new Vanish(place));
        }
        return outcome;
    }

    private Outcome write(ShownPlace place, ShownGroups.View view, OpenExport here, boolean isLast) {
        try {
            try {
                show(place, view, here, isLast);
            } catch (IOException e) {
                if (!isMadeAgain(here)) {
                    throw e;
                }
                show(place, view, here, isLast);
            }
            return isWritten(place);
        } catch (IOException e) {
            return isNotWritten(place, here, e);
        } catch (RuntimeException | Error e) {
            // one that cannot be shown is not to take the others with it
            return isNotWritten(place, here, new IOException(e.toString(), e));
        }
    }

    private void show(ShownPlace place, ShownGroups.View view, OpenExport here, boolean isLast) throws IOException {
        ShownEntry entry = entry(place, here);
        if (isLast) {
            writeLast(entry, view);
        } else {
            entry.write(view.shown(), view.supervision());
        }
    }

    private ShownEntry entry(ShownPlace place, OpenExport here) throws PosixException {
        ShownEntry known = entries.get(place);
        if (known != null && known.isFor(place)) {
            return known;
        } else if (known != null) {
            known.remove();
            entries.remove(place);
        }
        ShownEntry entry;
        if (place.leadsTo != null) {
            ExportSweep.makeWay(here.directory(), place.name);
            entry = new ShownLink(here.directory(), place);
        } else {
            // where it leads nothing is for us to write
            ShownLink.removeIfOurs(here.directory().base(), place.name);
            entry = directory(place, here);
        }
        entries.put(place, entry);
        return entry;
    }

    private ShownDirectory directory(ShownPlace place, OpenExport here) {
        return new ShownDirectory(
                here.directory(),
                place,
                here.rights().of(place.name),
                here.rights().group(),
                control -> fifos.read(place, control));
    }

    /** There is no later, so what is refused is tried once more at once. */
    private void writeLast(ShownEntry entry, ShownGroups.View view) throws IOException {
        try {
            entry.writeLast(view.shown(), view.supervision());
        } catch (IOException e) {
            complaints.tell(couldNotBeWritten(), e);
            entry.writeLast(view.shown(), view.supervision());
        }
    }

    /** Another tree has the name, or another place of this one; it is free when that is not shown any more. */
    private void isTaken(ShownPlace place, OpenExport here) {
        if (refused.add(place.name)) {
            boolean isOurs = here.directory().isOfOneOf(claimed, place.name);
            callers.log(
                    place,
                    log -> log.error(
                            isOurs
                                    ? "[{}] is not shown in [{}] until what has had the name [{}] before has gone"
                                    : "[{}] is not shown in [{}], where another tree has the name [{}]; name one of the"
                                            + " trees",
                            place.wholeName,
                            here.directory(),
                            place.name));
        }
        unwritten.add(place);
    }

    private Outcome isWritten(ShownPlace place) {
        refused.remove(place.name);
        if (unwritten.remove(place) && unwritten.isEmpty()) {
            complaints.clear();
        }
        return Outcome.WRITTEN;
    }

    private Outcome isNotWritten(ShownPlace place, OpenExport here, IOException e) {
        unwritten.add(place);
        if (isLost(here)) {
            return Outcome.LOST;
        }
        if (complaints.isNew(place, e)) {
            // a cause is a defect of ours, and its stack is to be seen
            callers.log(
                    place,
                    log -> log.error(
                            "[{}] {}: {}", place.wholeName, couldNotBeWritten(), e.getMessage(), e.getCause()));
        }
        return Outcome.LATER;
    }

    private String couldNotBeWritten() {
        return "what is to be shown in " + settings.directory() + " could not be written";
    }

    /** Whether all is written that was to be. */
    boolean areWritten() {
        return unwritten.isEmpty();
    }

    /** What is to be tried again. */
    List<ShownPlace> unwritten() {
        return List.copyOf(unwritten);
    }

    /** Whether this is by what commands for a place are read now. */
    boolean read(ShownPlace place, EventLoop.Watch watch) {
        ShownEntry entry = entries.get(place);
        return entry != null && entry.reads(watch);
    }

    // ---- what somebody has removed, and other rights

    /** Whether what all children share had been removed, and is there again. */
    private static boolean isMadeAgain(OpenExport here) throws IOException {
        boolean isMadeAgain = !here.directory().isRemoved() && here.directory().restore();
        if (isMadeAgain) {
            LOG.warn("[{}/{}] was removed, and has been made again", here.directory(), SharedFiles.DIRECTORY);
        }
        return isMadeAgain;
    }

    private static boolean isLost(OpenExport here) {
        try {
            return here.directory().isRemoved();
        } catch (PosixException e) {
            return false;
        }
    }

    /** The directory has been removed: what is open of it leads nowhere any more, and all begins anew. */
    void lose(OpenExport here) {
        LOG.warn("[{}] was removed while a tree was shown there, and is made again", here.directory());
        entries.values().forEach(ShownEntry::close);
        entries.clear();
        here.directory().close(claimed, () -> {});
        claimed.clear();
    }

    /** Those whose files are to be made anew, since they have other rights now. */
    List<ShownPlace> grant(Rights now, Rights before) {
        List<ShownPlace> changed = entries.keySet().stream()
                .filter(place -> place.leadsTo == null && now.differsFrom(before, place.name))
                .toList();
        changed.forEach(place -> Optional.ofNullable(entries.remove(place)).ifPresent(ShownEntry::close));
        return changed;
    }

    // ---- what goes

    /** It goes after a while; if too many do the first go now, since each has a descriptor. */
    private void isForgotten(ShownPlace place, @Nullable OpenExport here) {
        if (!forgotten.add(place)) {
            // one that cannot be written comes here with each attempt
            return;
        }
        timers.startSingleTimer(new Vanish(place), new Vanish(place), SHOWN_WHEN_FORGOTTEN);
        if (forgotten.size() > MOST_FORGOTTEN) {
            ShownPlace first = forgotten.iterator().next();
            timers.cancel(new Vanish(first));
            vanish(first, here);
        }
    }

    /** A place that was forgotten goes, unless it has come back. */
    void vanish(ShownPlace place, @Nullable OpenExport here) {
        forgotten.remove(place);
        if (!table.vanishes(place)) {
            return;
        }
        unwritten.remove(place);
        refused.remove(place.name);
        timers.cancel(new ExporterMessage.Reopen(place));
        ShownEntry entry = entries.remove(place);
        if (entry != null && here != null) {
            remove(new Remove(place, entry, here.directory()), here);
        } else if (here != null) {
            giveUp(place, here);
        }
    }

    /** As long as it has not been removed nobody else gets its name; unless all has gone meanwhile. */
    void remove(Remove remove, @Nullable OpenExport here) {
        if (here == null || here.directory() != remove.from()) {
            return;
        }
        try {
            remove.entry().remove();
            giveUp(remove.place(), here);
        } catch (PosixException e) {
            complaints.tell(couldNotBeRemoved(), e);
            timers.startSingleTimer(remove.entry(), remove, RETRY);
        }
    }

    private void giveUp(ShownPlace place, OpenExport here) {
        here.directory().giveUp(place.name, place);
        claimed.remove(place);
    }

    private String couldNotBeRemoved() {
        return "what is shown no longer could not be removed from " + settings.directory();
    }

    /** Removes what an earlier JVM has left and this one does not have; false if not all could be removed. */
    boolean sweep(OpenExport here) {
        try {
            Optional<PosixException> refusal = ExportSweep.sweep(
                    here.directory(),
                    name -> settings.mayHaveMade(name) || !here.directory().isShared());
            if (refusal.isPresent()) {
                throw refusal.get();
            }
            return true;
        } catch (PosixException e) {
            complaints.tell(couldNotBeRemoved(), e);
            return false;
        }
    }

    /** What is to stay open while this process becomes another program. */
    List<Descriptor> lasting() {
        return entries.values().stream()
                .flatMap(entry -> entry.lasting().stream())
                .toList();
    }

    /** Nothing of the tree is left, and what is there stays. */
    void close(@Nullable OpenExport here) {
        if (here != null) {
            here.directory().close(claimed, this::leaveToOthers);
        }
        entries.values().forEach(ShownEntry::close);
        entries.clear();
    }

    /** Those who begin to be shown here just now have readers for what this one has left to its end. */
    private void leaveToOthers() {
        for (ShownEntry entry : entries.values()) {
            try {
                entry.leaveToOthers();
            } catch (PosixException e) {
                complaints.tell(couldNotBeWritten(), e);
            }
        }
    }
}
