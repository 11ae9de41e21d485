package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.Custody;
import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.runit.supervise.ListPlace;
import io.github.pekkosupervisor.runit.supervise.ListPlace.File;
import io.github.pekkosupervisor.runit.supervise.ListedLauncher;
import io.github.pekkosupervisor.runit.supervise.ListedRun;
import io.github.pekkosupervisor.runit.supervise.ListedService;
import io.github.pekkosupervisor.runit.supervise.Reporter;
import io.github.pekkosupervisor.runit.supervise.SuperviseDirectory;
import java.io.ByteArrayOutputStream;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The list of the service directories that are supervised, on disk: without it nobody would know of a service whose
 * entry went while no launcher was there. In a {@link ListPlace}. It says too which launchers have been at work here,
 * and beside it is who runs ({@link LastRuns}).
 */
final class ServicesList {

    private static final int FILE_MODE = 0644;

    /** A service that none of these could adopt is not found by who comes after them. */
    private static final int LAUNCHERS = 100;

    private final ListPlace place;
    private final Reporter reporter;
    private final LastRuns runs = new LastRuns(this::cannotWrite);

    /** What the file is to say: services, and who was at work on these before this launcher. */
    private final Map<FileStatus.Id, ListedService> listed = new LinkedHashMap<>();

    private final Set<ListedLauncher> launchers = new LinkedHashSet<>();

    /** What of it the file says, which is that of this services directory. */
    private final Set<FileStatus.Id> written = new HashSet<>();

    private final Set<ListedLauncher> writtenLaunchers = new HashSet<>();
    private FileStatus.Id writtenOf = new FileStatus.Id(-1, -1);

    /** Whether the file may end within a line, so that the next one would be lost. */
    private boolean cut;

    /** What was said last of what is wrong with reading each file, and with writing; until that works. */
    private final Map<File, String> troubleOfReading = new EnumMap<>(File.class);

    private volatile String troubleOfWriting = "";

    /** Whether something could not be written that may be so soon. */
    private volatile boolean isBehind;

    /**
     * What launchers have left.
     *
     * @param services the last line of each counts
     * @param launchers all that have been at work here since the machine was started, the last ones
     * @param runs which process the {@code run} in each directory was, of services and of loggers
     * @param isInOrder whether the file can be added to as it is
     */
    record Left(
            Map<FileStatus.Id, ListedService> services,
            List<ListedLauncher> launchers,
            Map<FileStatus.Id, ListedRun> runs,
            boolean isInOrder) {

        /** Before anything is known. */
        static final Left NOTHING = unusable(Map.of());

        private static Left unusable(Map<FileStatus.Id, ListedRun> runs) {
            return new Left(Map.of(), List.of(), runs, false);
        }

        private static Left of(byte[] lines, Map<FileStatus.Id, ListedRun> runs) {
            Map<FileStatus.Id, ListedService> services = new LinkedHashMap<>();
            ListedService.parse(lines).forEach(one -> services.put(one.id(), one));
            boolean isInOrder = lines.length == 0 || lines[lines.length - 1] == '\n';
            return new Left(services, ofThisBoot(ListedLauncher.parse(lines)), runs, isInOrder);
        }

        private static List<ListedLauncher> ofThisBoot(List<ListedLauncher> launchers) {
            String boot = SuperviseDirectory.identityOfOurs().bootId();
            List<ListedLauncher> those = launchers.stream()
                    .filter(launcher ->
                            ProcessIdentity.maySameBoot(launcher.identity().bootId(), boot))
                    .toList();
            return those.subList(Math.max(0, those.size() - LAUNCHERS), those.size());
        }

        /** With who was at work before, in another directory, and who ran. */
        Left after(Left former) {
            Map<FileStatus.Id, ListedRun> all = new HashMap<>(former.runs);
            all.putAll(runs);
            List<ListedLauncher> both =
                    Stream.concat(former.launchers.stream(), launchers.stream()).toList();
            return new Left(services, both, all, isInOrder);
        }

        /** Whether this supervisor was a launcher of this directory. */
        boolean isOurs(ProcessIdentity supervisor) {
            return launchers.stream().anyMatch(launcher -> launcher.identity().equals(supervisor));
        }

        /** Which process it was. */
        Optional<ListedRun> run(FileStatus.Id id) {
            return Optional.ofNullable(runs.get(id));
        }
    }

    /** Opens nothing yet. */
    ServicesList(RunsvdirSettings settings, Reporter reporter) {
        this.place = new ListPlace(settings.directory(), settings.state());
        this.reporter = reporter;
    }

    // ---- what was left

    /**
     * Whether this is another services directory than that of which the list was read, and has one of its own: the link
     * to it has been switched.
     */
    boolean isAnothers(Directory services) {
        try {
            return place.isInServices() && !services.status().id().equals(writtenOf);
        } catch (PosixException e) {
            // it is asked at each look
            cannotRead(File.SERVICES, e);
            return false;
        }
    }

    /**
     * All that launchers have left; empty if it cannot be told now, which has been said. What is supervised is listed
     * here from now on, and nothing of it is written yet.
     */
    Optional<Left> read(Directory services) {
        try {
            isOf(services.status().id());
            return Optional.of(readBoth(services));
        } catch (PosixException e) {
            cannotRead(File.SERVICES, e);
            return e.mayPass() ? Optional.empty() : Optional.of(Left.NOTHING);
        }
    }

    private void isOf(FileStatus.Id id) {
        if (!id.equals(writtenOf)) {
            writtenOf = id;
            written.clear();
            writtenLaunchers.clear();
            runs.close();
        }
    }

    private Left readBoth(Directory services) throws PosixException {
        try (Directory opened = place.open(services)) {
            Optional<byte[]> lines = read(opened, File.SERVICES);
            Map<FileStatus.Id, ListedRun> running = new HashMap<>();
            ListedRun.Lines those = ListedRun.read(read(opened, File.RUNS).orElse(new byte[0]));
            those.runs().forEach(one -> running.put(one.id(), one));
            if (those.unread() > 0) {
                reporter.warnOfOurs(File.RUNS.words() + " in " + place.shown() + " has " + those.unread()
                        + (those.unread() == 1 ? " line that tells nothing" : " lines that tell nothing")
                        + ", of a later version perhaps: " + File.RUNS.lost()
                        + " went while no launcher was there may not be found");
            }
            return lines.map(all -> Left.of(all, running)).orElse(Left.unusable(running));
        }
    }

    /** Empty if it cannot be used. */
    private Optional<byte[]> read(Directory opened, File which) throws PosixException {
        try {
            OsString name = place.file(which);
            Optional<String> breach = Custody.breach(opened, name);
            if (breach.isPresent()) {
                notUsed(which, breach.get());
                return Optional.empty();
            }
            byte[] content = opened.linkStatusIfPresent(name).isPresent()
                    ? opened.readFile(name, which.longest(), Directory.Links.REFUSE)
                    : new byte[0];
            troubleOfReading.remove(which);
            return Optional.of(content);
        } catch (PosixException e) {
            if (e.mayPass()) {
                throw e;
            }
            cannotRead(which, e);
            return Optional.empty();
        }
    }

    /**
     * A launcher begins here, this one; to be called before anything is adopted.
     *
     * @param kept those that count of what was read; what else there is, is cleared away
     */
    void begin(Directory services, Left left, List<ListedService> kept) {
        keepRuns(left, kept);
        launchers.addAll(left.launchers());
        kept.forEach(one -> listed.putIfAbsent(one.id(), one));
        cut = !left.isInOrder();
        try (Directory opened = place.open(services)) {
            if (cut || kept.size() < left.services().size() || left.launchers().size() >= LAUNCHERS) {
                rewrite(opened);
            } else {
                writtenLaunchers.addAll(left.launchers());
                kept.stream().filter(one -> one.equals(listed.get(one.id()))).forEach(one -> written.add(one.id()));
            }
            if (!listed.isEmpty()) {
                // whoever comes after us is to know whose what we adopt is, were it all without an entry
                append(opened);
                runs.begin(opened, place.file(File.RUNS));
            }
        } catch (PosixException e) {
            cannotWrite(e);
        }
    }

    private void keepRuns(Left left, List<ListedService> kept) {
        Set<FileStatus.Id> ids = kept.stream().map(ListedService::id).collect(Collectors.toSet());
        left.runs().forEach((id, run) -> {
            // what is of no service directory is of a logger
            boolean counts = left.services().containsKey(id) ? ids.contains(id) : LastRuns.mayRun(run.run());
            if (counts) {
                runs.left(run);
            }
        });
    }

    private void rewrite(Directory opened) throws PosixException {
        List<ListedLauncher> all = withOurselves();
        List<ListedLauncher> last = all.subList(Math.max(0, all.size() - LAUNCHERS), all.size());
        OsString name = place.file(File.SERVICES);
        OsString next = name.plus(".new");
        try (Descriptor made = opened.openNew(next, FILE_MODE)) {
            made.write(lines(last, listed.values()));
        }
        opened.rename(next, name);
        cut = false;
        writtenLaunchers.addAll(all);
        written.addAll(listed.keySet());
    }

    private List<ListedLauncher> withOurselves() {
        ListedLauncher ourselves = new ListedLauncher(SuperviseDirectory.identityOfOurs());
        return Stream.concat(launchers.stream().filter(one -> !one.equals(ourselves)), Stream.of(ourselves))
                .toList();
    }

    private static byte[] lines(Collection<ListedLauncher> launchers, Collection<ListedService> services) {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        launchers.forEach(one -> lines.writeBytes(one.toLine()));
        services.forEach(one -> lines.writeBytes(one.toLine()));
        return lines.toByteArray();
    }

    // ---- what is added

    /** Adds what is not in it yet; to be called before anything of these is started. */
    void add(Directory services, Map<FileStatus.Id, OsString> seen) {
        try {
            for (Map.Entry<FileStatus.Id, OsString> one : seen.entrySet()) {
                ListedService last = listed.get(one.getKey());
                if (last == null || !last.name().equals(one.getValue())) {
                    list(services, one.getKey(), one.getValue());
                }
            }
            boolean isAllWritten = unwritten().isEmpty() && unwrittenLaunchers().isEmpty() && runs.isOpen();
            if (isAllWritten || (listed.isEmpty() && runs.isEmpty())) {
                isBehind = false;
                return;
            }
            try (Directory opened = place.open(services)) {
                append(opened);
                if (!runs.isOpen()) {
                    runs.begin(opened, place.file(File.RUNS));
                }
            }
            troubleOfWriting = "";
            isBehind = false;
        } catch (PosixException e) {
            cannotWrite(e);
        }
    }

    private void list(Directory services, FileStatus.Id id, OsString name) throws PosixException {
        OsString path;
        try {
            path = path(services, name);
        } catch (PosixException e) {
            if (e.is("ENOENT") || e.is("EINVAL")) {
                // it has gone meanwhile, or is no link any more: the next look sees what there is
                return;
            }
            throw e;
        }
        listed.put(id, new ListedService(id, name, path));
        written.remove(id);
    }

    private List<ListedService> unwritten() {
        return listed.values().stream()
                .filter(one -> !written.contains(one.id()))
                .toList();
    }

    private List<ListedLauncher> unwrittenLaunchers() {
        return withOurselves().stream()
                .filter(one -> !writtenLaunchers.contains(one))
                .toList();
    }

    /** Whether something could not be written that may be so soon: then {@link #add} is to be called again. */
    boolean isBehind() {
        return isBehind;
    }

    private void append(Directory opened) throws PosixException {
        List<ListedLauncher> newLaunchers = unwrittenLaunchers();
        List<ListedService> added = unwritten();
        byte[] lines = lines(newLaunchers, added);
        if (lines.length == 0) {
            return;
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        if (cut) {
            all.write('\n');
        }
        all.writeBytes(lines);
        cut = true;
        try (Descriptor end = opened.openAppend(place.file(File.SERVICES), FILE_MODE, Directory.Links.REFUSE)) {
            end.write(all.toByteArray());
        }
        cut = false;
        writtenLaunchers.addAll(newLaunchers);
        added.forEach(one -> written.add(one.id()));
    }

    /** To be told which process the {@code run} in a directory of it is, whenever that is another one. */
    Consumer<ListedRun> runs(FileStatus.Id id) {
        return run -> runs.runs(id, run);
    }

    /** Supervision of it is over. */
    void forget(FileStatus.Id id) {
        if (runs.forget(id)) {
            listed.remove(id);
            written.remove(id);
        }
    }

    void close() {
        runs.close();
    }

    /** Where an entry leads to: links are followed when it is looked for. */
    private static OsString path(Directory services, OsString name) throws PosixException {
        OsString target = name;
        if (services.linkStatus(name).isLink()) {
            target = services.readLink(name);
        }
        return target.startsWith("/") ? target : services.realPath().plus("/").plus(target);
    }

    /** Each once for each cause, since it is tried again: soon, or what cannot pass whenever there is a new service. */
    private void cannotRead(File which, PosixException e) {
        if (!e.errno().equals(troubleOfReading.put(which, e.errno()))) {
            complain("unable to read", which, e);
        }
    }

    private void notUsed(File which, String why) {
        if (!why.equals(troubleOfReading.put(which, why))) {
            reporter.warnOfOurs(which.words() + " in " + place.shown() + " is not used, since " + why + ": "
                    + which.lost() + " went while no launcher was there is not found");
        }
    }

    private void cannotWrite(PosixException e) {
        isBehind = e.mayPass();
        if (!troubleOfWriting.equals(e.errno())) {
            troubleOfWriting = e.errno();
            complain("unable to write", File.SERVICES, e);
        }
    }

    private void complain(String what, File which, PosixException e) {
        reporter.warnOfOurs(
                what + " " + which.words() + " in " + place.shown() + ", so " + which.lost()
                        + " goes while no launcher is there will not be found; --state DIR puts it elsewhere",
                e);
    }
}
