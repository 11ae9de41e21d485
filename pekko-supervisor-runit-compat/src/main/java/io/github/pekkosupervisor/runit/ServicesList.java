package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.Custody;
import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.runit.supervise.ListedLauncher;
import io.github.pekkosupervisor.runit.supervise.ListedRun;
import io.github.pekkosupervisor.runit.supervise.ListedService;
import io.github.pekkosupervisor.runit.supervise.Reporter;
import io.github.pekkosupervisor.runit.supervise.SuperviseDirectory;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The list of the service directories that are supervised, on disk: without it nobody would know of a service whose
 * entry went while no launcher was there. In a {@link ListPlace}. It says too which launchers have been at work here,
 * and beside it is who runs ({@link LastRuns}).
 */
final class ServicesList {

    private static final int FILE_MODE = 0644;

    /** Some 40,000 services with paths of usual length; a longer one is begun anew. */
    private static final int LONGEST = 8 * 1024 * 1024;

    /** A service that none of these could adopt is not found by who comes after them. */
    private static final int LAUNCHERS = 100;

    private final ListPlace place;
    private final Reporter reporter;
    private final LastRuns runs = new LastRuns(this::cannotWrite);

    /** What the file says, of this services directory. */
    private final Map<FileStatus.Id, OsString> written = new HashMap<>();

    private FileStatus.Id writtenOf = new FileStatus.Id(-1, -1);

    /** Whether it says there that this launcher is at work. */
    private boolean saysWho;

    /** Whether the file may end within a line, so that the next one would be lost. */
    private boolean cut;

    /** What was said last of what is wrong with reading each file, and with writing; until that works. */
    private final Map<File, String> troubleOfReading = new EnumMap<>(File.class);

    private volatile String troubleOfWriting = "";

    /** Whether something could not be written that may be so soon. */
    private volatile boolean isBehind;

    /** One that cannot be used says nothing against the other. */
    private enum File {
        SERVICES("services", LONGEST, "the list of services", "one whose entry"),
        RUNS("runs", LastRuns.LONGEST, "the list of what runs", "one whose supervise directory");

        private final String file;
        private final int longest;
        private final String words;
        private final String lost;

        File(String file, int longest, String words, String lost) {
            this.file = file;
            this.longest = longest;
            this.words = words;
            this.lost = lost;
        }
    }

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
        this.place = new ListPlace(settings);
        this.reporter = reporter;
    }

    // ---- what was left

    /** All that launchers have left; empty if it cannot be told now, which has been said. */
    Optional<Left> read(Directory services) {
        try (Directory opened = place.open(services)) {
            Optional<byte[]> lines = read(opened, File.SERVICES);
            Map<FileStatus.Id, ListedRun> running = new HashMap<>();
            read(opened, File.RUNS)
                    .ifPresent(those -> ListedRun.parse(those).forEach(one -> running.put(one.id(), one)));
            return Optional.of(lines.map(those -> Left.of(those, running)).orElse(Left.unusable(running)));
        } catch (PosixException e) {
            cannotRead(File.SERVICES, e);
            return e.mayPass() ? Optional.empty() : Optional.of(Left.unusable(Map.of()));
        }
    }

    /** Empty if it cannot be used. */
    private Optional<byte[]> read(Directory opened, File which) throws PosixException {
        try {
            OsString name = place.file(which.file);
            Optional<String> breach = Custody.breach(opened, name);
            if (breach.isPresent()) {
                notUsed(which, breach.get());
                return Optional.empty();
            }
            byte[] content = opened.linkStatusIfPresent(name).isPresent()
                    ? opened.readFile(name, which.longest, Directory.Links.REFUSE)
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
     * A launcher begins, this one; to be called before anything is adopted.
     *
     * @param kept those that count of what was read; what else there is, is cleared away
     */
    void begin(Directory services, Left left, List<ListedService> kept) {
        keepRuns(left, kept);
        try (Directory opened = place.open(services)) {
            writtenOf = services.status().id();
            if (!left.isInOrder()
                    || kept.size() < left.services().size()
                    || left.launchers().size() >= LAUNCHERS) {
                rewrite(opened, left.launchers(), kept);
            } else {
                kept.forEach(one -> written.put(one.id(), one.name()));
            }
            if (!kept.isEmpty()) {
                // whoever comes after us is to know whose what we adopt is, were it all without an entry
                append(opened, List.of());
                runs.begin(opened, place.file(File.RUNS.file));
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

    private void rewrite(Directory opened, List<ListedLauncher> launchers, List<ListedService> kept)
            throws PosixException {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        launchers.forEach(one -> lines.writeBytes(one.toLine()));
        lines.writeBytes(ourselves());
        kept.forEach(one -> lines.writeBytes(one.toLine()));
        OsString name = place.file(File.SERVICES.file);
        OsString next = name.plus(".new");
        try (Descriptor made = opened.openNew(next, FILE_MODE)) {
            made.write(lines.toByteArray());
        }
        opened.rename(next, name);
        saysWho = true;
        kept.forEach(one -> written.put(one.id(), one.name()));
    }

    private static byte[] ourselves() {
        return new ListedLauncher(SuperviseDirectory.identityOfOurs()).toLine();
    }

    // ---- what is added

    /** Adds what is not in it yet; to be called before anything of these is started. */
    void add(Directory services, Map<FileStatus.Id, OsString> seen) {
        List<ListedService> added = new ArrayList<>();
        try {
            FileStatus.Id of = services.status().id();
            if (!of.equals(writtenOf) && place.isInServices()) {
                // a link has been switched, and there the list is another one
                written.clear();
                saysWho = false;
                runs.close();
            }
            writtenOf = of;
            for (Map.Entry<FileStatus.Id, OsString> one : seen.entrySet()) {
                OsString name = written.get(one.getKey());
                if (name == null || !name.equals(one.getValue())) {
                    added.add(new ListedService(one.getKey(), one.getValue(), path(services, one.getValue())));
                }
            }
            boolean isAllWritten = added.isEmpty() && saysWho && runs.isOpen();
            if (isAllWritten || (seen.isEmpty() && runs.isEmpty())) {
                isBehind = false;
                return;
            }
            try (Directory opened = place.open(services)) {
                append(opened, added);
                if (!runs.isOpen()) {
                    runs.begin(opened, place.file(File.RUNS.file));
                }
            }
            troubleOfWriting = "";
            isBehind = false;
        } catch (PosixException e) {
            cannotWrite(e);
        }
    }

    /** Whether something could not be written that may be so soon: then {@link #add} is to be called again. */
    boolean isBehind() {
        return isBehind;
    }

    private void append(Directory opened, List<ListedService> added) throws PosixException {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        if (cut) {
            lines.write('\n');
        }
        if (!saysWho) {
            lines.writeBytes(ourselves());
        }
        added.forEach(one -> lines.writeBytes(one.toLine()));
        if (lines.size() == 0) {
            return;
        }
        cut = true;
        try (Descriptor end = opened.openAppend(place.file(File.SERVICES.file), FILE_MODE, Directory.Links.REFUSE)) {
            end.write(lines.toByteArray());
        }
        cut = false;
        saysWho = true;
        added.forEach(one -> written.put(one.id(), one.name()));
    }

    /** To be told which process the {@code run} in a directory of it is, whenever that is another one. */
    Consumer<ListedRun> runs(FileStatus.Id id) {
        return run -> runs.runs(id, run);
    }

    /** Supervision of it is over. */
    void forget(FileStatus.Id id) {
        written.remove(id);
        runs.forget(id);
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
        return target.startsWith("/")
                ? target
                : services.readLink(services.lastingPath()).plus("/").plus(target);
    }

    /** Each once for each cause, since it is tried again: soon, or what cannot pass whenever there is a new service. */
    private void cannotRead(File which, PosixException e) {
        if (!e.errno().equals(troubleOfReading.put(which, e.errno()))) {
            complain("unable to read", which, e);
        }
    }

    private void notUsed(File which, String why) {
        if (!why.equals(troubleOfReading.put(which, why))) {
            reporter.warnOfOurs(which.words + " in " + place.shown() + " is not used, since " + why + ": " + which.lost
                    + " went while no launcher was there is not found");
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
                what + " " + which.words + " in " + place.shown() + ", so " + which.lost
                        + " goes while no launcher is there will not be found; --state DIR puts it elsewhere",
                e);
    }
}
