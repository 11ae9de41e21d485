package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.runit.supervise.ListedService;
import io.github.pekkosupervisor.runit.supervise.Reporter;
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

/**
 * The list of the service directories that are supervised, on disk: without it nobody would know of a service whose
 * entry went while no launcher was there. In {@code .pekko-supervisor} in the services directory, or in a directory of
 * the user's.
 */
final class ServicesList {

    private static final OsString HERE = OsString.of(".pekko-supervisor");
    private static final OsString FILE = OsString.of("services");
    private static final int DIRECTORY_MODE = 0700;
    private static final int FILE_MODE = 0644;

    /** Some 40,000 services with paths of usual length; a longer one is begun anew. */
    private static final int LONGEST = 8 * 1024 * 1024;

    private static final int HASH_LENGTH = 16;

    private final Optional<OsString> elsewhere;
    private final OsString file;
    private final OsString next;
    private final Reporter reporter;

    /** What the file says, of this services directory. */
    private final Map<FileStatus.Id, OsString> written = new HashMap<>();

    private FileStatus.Id writtenOf = new FileStatus.Id(-1, -1);
    private String trouble = "";

    /** Opens nothing yet. */
    ServicesList(RunsvdirSettings settings, Reporter reporter) {
        this.elsewhere = settings.state().map(ServicesList::absolute);
        this.file = elsewhere.isPresent() ? OsString.of(FILE + "-" + hash(settings.directory())) : FILE;
        this.next = file.plus(".new");
        this.reporter = reporter;
    }

    /** The same user's launchers may share a directory for what they leave, each with a list of its own. */
    private static String hash(OsString services) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest(absolute(services).bytes());
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

    /** What a launcher has left; the last line counts. */
    Map<FileStatus.Id, ListedService> read(Directory services) {
        Map<FileStatus.Id, ListedService> listed = new LinkedHashMap<>();
        try (Directory place = place(services)) {
            if (place.linkStatusIfPresent(file).isPresent()) {
                byte[] lines = place.readFile(file, LONGEST, Directory.Links.REFUSE);
                ListedService.parse(lines).forEach(one -> listed.put(one.id(), one));
            }
            trouble = "";
        } catch (PosixException e) {
            complain("unable to read", e);
        }
        return listed;
    }

    /** Writes these, and nothing else: those that count of what was read. */
    void rewrite(Directory services, List<ListedService> kept) {
        written.clear();
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        kept.forEach(one -> lines.writeBytes(one.toLine()));
        try (Directory place = place(services)) {
            try (Descriptor made = place.openNew(next, FILE_MODE)) {
                made.write(lines.toByteArray());
            }
            place.rename(next, file);
            kept.forEach(one -> written.put(one.id(), one.name()));
        } catch (PosixException e) {
            complain("unable to write", e);
        }
    }

    /** It says these already. */
    void isRight(List<ListedService> listed) {
        listed.forEach(one -> written.put(one.id(), one.name()));
    }

    /** Adds what is not in it yet; to be called before anything of these is started. */
    void add(Directory services, Map<FileStatus.Id, OsString> seen) {
        List<ListedService> added = new ArrayList<>();
        try {
            FileStatus.Id of = services.status().id();
            if (!of.equals(writtenOf) && elsewhere.isEmpty()) {
                // a link has been switched, and there the list is another one
                written.clear();
            }
            writtenOf = of;
            for (Map.Entry<FileStatus.Id, OsString> one : seen.entrySet()) {
                OsString name = written.get(one.getKey());
                if (name == null || !name.equals(one.getValue())) {
                    added.add(new ListedService(one.getKey(), one.getValue(), path(services, one.getValue())));
                }
            }
            if (added.isEmpty()) {
                return;
            }
            ByteArrayOutputStream lines = new ByteArrayOutputStream();
            added.forEach(one -> lines.writeBytes(one.toLine()));
            try (Directory place = place(services);
                    Descriptor end = place.openAppend(file, FILE_MODE, Directory.Links.REFUSE)) {
                end.write(lines.toByteArray());
            }
            isRight(added);
        } catch (PosixException e) {
            complain("unable to write", e);
        }
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

    private Directory place(Directory services) throws PosixException {
        OsString place = elsewhere.orElse(HERE);
        services.makeDirectory(place, DIRECTORY_MODE);
        return services.directory(place);
    }

    /** Once for each cause, since it is tried again whenever there is a new service. */
    private void complain(String what, PosixException e) {
        if (!trouble.equals(e.errno())) {
            trouble = e.errno();
            OsString where = elsewhere.orElse(HERE);
            reporter.warnOfOurs(
                    what + " the list of services in " + where
                            + ", so one whose entry goes while no launcher is there will not be found; --state DIR puts it"
                            + " elsewhere",
                    e);
        }
    }
}
