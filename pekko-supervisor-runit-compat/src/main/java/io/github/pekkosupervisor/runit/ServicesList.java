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
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The list of the service directories that are supervised, on disk: without it nobody would know of a service whose
 * entry went while no launcher was there. In {@code .pekko-supervisor} in the services directory, or in a directory of
 * the user's. It says too which launchers have been at work here, and beside it is who runs ({@link LastRuns}).
 */
final class ServicesList {

    private static final OsString HERE = OsString.of(".pekko-supervisor");
    private static final String FILE = "services";
    private static final String RUNS = "runs";
    private static final int DIRECTORY_MODE = 0700;
    private static final int FILE_MODE = 0644;

    /** Some 40,000 services with paths of usual length; a longer one is begun anew. */
    private static final int LONGEST = 8 * 1024 * 1024;

    /** A service that none of these could adopt is not found by who comes after them. */
    private static final int LAUNCHERS = 100;

    private static final int HASH_LENGTH = 16;

    private final OsString services;
    private final Optional<OsString> elsewhere;
    private final Reporter reporter;
    private final LastRuns runs = new LastRuns(this::cannotWrite);

    /** What the file says, of this services directory. */
    private final Map<FileStatus.Id, OsString> written = new HashMap<>();

    private FileStatus.Id writtenOf = new FileStatus.Id(-1, -1);
    private Optional<String> ofServices = Optional.empty();

    /** Whether it says there that this launcher is at work. */
    private boolean saysWho;

    /** Whether the file may end within a line, so that the next one would be lost. */
    private boolean cut;

    /** What was said last of what is wrong with reading it, and with writing; until that works. */
    private volatile String troubleOfReading = "";

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

        private static final Left UNUSABLE = new Left(Map.of(), List.of(), Map.of(), false);

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
        this.services = settings.directory();
        this.elsewhere = settings.state().map(ServicesList::absolute);
        this.reporter = reporter;
    }

    // ---- where

    /** The same user's launchers may share a directory for what they leave, each with files of its own. */
    private OsString file(String name) throws PosixException {
        if (elsewhere.isEmpty()) {
            return OsString.of(name);
        }
        if (ofServices.isEmpty()) {
            ofServices = Optional.of(hash(settled(absolute(services))));
        }
        return OsString.of(name + "-" + ofServices.get());
    }

    /**
     * However a path is written it is one place. A link in its last part is kept, since that is what is switched when
     * another set of services is to run: those of the one before are found then.
     */
    private static OsString settled(OsString path) throws PosixException {
        int end = path.length();
        while (end > 1 && path.at(end - 1) == '/') {
            end--;
        }
        int slash = end;
        while (slash > 0 && path.at(slash - 1) != '/') {
            slash--;
        }
        OsString last = path.slice(slash, end);
        boolean isName = last.length() > 0 && !last.equals(OsString.of(".")) && !last.equals(OsString.of(".."));
        try (Directory place = Directory.open(isName ? path.slice(0, slash) : path)) {
            OsString real = place.readLink(place.lastingPath());
            return isName ? real.plus("/").plus(last) : real;
        }
    }

    private static String hash(OsString services) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(services.bytes());
            return HexFormat.of().formatHex(hash, 0, HASH_LENGTH);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static OsString absolute(OsString path) {
        return path.startsWith("/")
                ? path
                : OsString.of(System.getProperty("user.dir") + "/").plus(path);
    }

    private Directory place(Directory services) throws PosixException {
        OsString place = elsewhere.orElse(HERE);
        services.makeDirectory(place, DIRECTORY_MODE);
        return services.directory(place);
    }

    // ---- what was left

    /** All that launchers have left; empty if it cannot be told now, which has been said. */
    Optional<Left> read(Directory services) {
        try (Directory place = place(services)) {
            Optional<String> breach = Custody.breach(place, file(FILE));
            if (breach.isEmpty()) {
                breach = Custody.breach(place, file(RUNS));
            }
            if (breach.isPresent()) {
                reporter.warnOfOurs("the list of services in " + where() + " is not used, since " + breach.get()
                        + ": one whose entry went while no launcher was there is not found");
                return Optional.of(Left.UNUSABLE);
            }
            byte[] lines = place.linkStatusIfPresent(file(FILE)).isPresent()
                    ? place.readFile(file(FILE), LONGEST, Directory.Links.REFUSE)
                    : new byte[0];
            Map<FileStatus.Id, ListedRun> running = new HashMap<>();
            LastRuns.read(place, file(RUNS)).forEach(one -> running.put(one.id(), one));
            Map<FileStatus.Id, ListedService> listed = new LinkedHashMap<>();
            ListedService.parse(lines).forEach(one -> listed.put(one.id(), one));
            troubleOfReading = "";
            return Optional.of(new Left(
                    listed,
                    ofThisBoot(ListedLauncher.parse(lines)),
                    running,
                    lines.length == 0 || lines[lines.length - 1] == '\n'));
        } catch (PosixException e) {
            cannotRead(e);
            return e.mayPass() ? Optional.empty() : Optional.of(Left.UNUSABLE);
        }
    }

    private static List<ListedLauncher> ofThisBoot(List<ListedLauncher> launchers) {
        String boot = SuperviseDirectory.identityOfOurs().bootId();
        List<ListedLauncher> those = launchers.stream()
                .filter(launcher ->
                        ProcessIdentity.maySameBoot(launcher.identity().bootId(), boot))
                .toList();
        return those.subList(Math.max(0, those.size() - LAUNCHERS), those.size());
    }

    /**
     * A launcher begins, this one; to be called before anything is adopted.
     *
     * @param kept those that count of what was read; what else there is, is cleared away
     */
    void begin(Directory services, Left left, List<ListedService> kept) {
        keepRuns(left, kept);
        try (Directory place = place(services)) {
            writtenOf = services.status().id();
            if (!left.isInOrder()
                    || kept.size() < left.services().size()
                    || left.launchers().size() >= LAUNCHERS) {
                rewrite(place, left.launchers(), kept);
            } else {
                kept.forEach(one -> written.put(one.id(), one.name()));
            }
            if (!kept.isEmpty()) {
                // whoever comes after us is to know whose what we adopt is, were it all without an entry
                append(place, List.of());
                runs.begin(place, file(RUNS));
            }
        } catch (PosixException e) {
            cannotWrite(e);
        }
    }

    private void keepRuns(Left left, List<ListedService> kept) {
        Set<FileStatus.Id> ids = kept.stream().map(ListedService::id).collect(Collectors.toSet());
        left.runs().forEach((place, run) -> {
            // what is of no service directory is of a logger
            boolean counts = left.services().containsKey(place) ? ids.contains(place) : LastRuns.mayRun(run.run());
            if (counts) {
                runs.left(run);
            }
        });
    }

    private void rewrite(Directory place, List<ListedLauncher> launchers, List<ListedService> kept)
            throws PosixException {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        launchers.forEach(one -> lines.writeBytes(one.toLine()));
        lines.writeBytes(ourselves());
        kept.forEach(one -> lines.writeBytes(one.toLine()));
        OsString next = file(FILE).plus(".new");
        try (Descriptor made = place.openNew(next, FILE_MODE)) {
            made.write(lines.toByteArray());
        }
        place.rename(next, file(FILE));
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
            if (!of.equals(writtenOf) && elsewhere.isEmpty()) {
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
            try (Directory place = place(services)) {
                append(place, added);
                if (!runs.isOpen()) {
                    runs.begin(place, file(RUNS));
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

    private void append(Directory place, List<ListedService> added) throws PosixException {
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
        try (Descriptor end = place.openAppend(file(FILE), FILE_MODE, Directory.Links.REFUSE)) {
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

    private OsString where() {
        return elsewhere.orElse(HERE);
    }

    /** Each once for each cause, since it is tried again: soon, or what cannot pass whenever there is a new service. */
    private void cannotRead(PosixException e) {
        if (!troubleOfReading.equals(e.errno())) {
            troubleOfReading = e.errno();
            complain("unable to read", e);
        }
    }

    private void cannotWrite(PosixException e) {
        isBehind = e.mayPass();
        if (!troubleOfWriting.equals(e.errno())) {
            troubleOfWriting = e.errno();
            complain("unable to write", e);
        }
    }

    private void complain(String what, PosixException e) {
        reporter.warnOfOurs(
                what + " the list of services in " + where()
                        + ", so one whose entry goes while no launcher is there will not be found; --state DIR puts it"
                        + " elsewhere",
                e);
    }
}
