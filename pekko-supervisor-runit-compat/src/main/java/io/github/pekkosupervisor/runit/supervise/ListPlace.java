package io.github.pekkosupervisor.runit.supervise;

import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Where the list of services is and which of their processes run, and where a launcher is asked for something: in
 * {@code .pekko-supervisor} in the services directory, or in a directory of the user's, which launchers of his may
 * share, each with files of its own.
 */
public final class ListPlace {

    /** In the directory that it is of. */
    public static final OsString HERE = OsString.of(".pekko-supervisor");

    private static final int DIRECTORY_MODE = 0700;
    private static final int HASH_LENGTH = 16;

    private final OsString services;
    private final Optional<OsString> elsewhere;
    private Optional<String> ofServices = Optional.empty();

    /** One of the two. */
    public enum File {
        /** Some 40,000 services with paths of usual length; a longer one is begun anew. */
        SERVICES("services", 8 * 1024 * 1024, "the list of services", "one whose entry"),

        /** For as many of them. */
        RUNS("runs", 16 * 1024 * 1024, "the list of what runs", "one whose supervise directory");

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

        /** In bytes. */
        public int longest() {
            return longest;
        }

        public String words() {
            return words;
        }

        /** Who is not found without it, in words before what becomes of that. */
        public String lost() {
            return lost;
        }
    }

    /**
     * Opens nothing yet.
     *
     * @param services the services directory
     * @param state the directory of the user's, if there is one
     */
    public ListPlace(OsString services, Optional<OsString> state) {
        this.services = services;
        this.elsewhere = state.map(ListPlace::absolute);
    }

    /** Whether it is in the services directory, so that another one has another list. */
    public boolean isInServices() {
        return elsewhere.isEmpty();
    }

    /** It is made where it is not there. */
    public Directory open(Directory services) throws PosixException {
        OsString place = shown();
        services.makeDirectory(place, DIRECTORY_MODE);
        return services.directory(place);
    }

    /** As it shows in messages. */
    public OsString shown() {
        return elsewhere.orElse(HERE);
    }

    /** What it is called there. */
    public OsString file(File which) throws PosixException {
        return file(which.file);
    }

    private OsString file(String name) throws PosixException {
        if (elsewhere.isEmpty()) {
            return OsString.of(name);
        }
        if (ofServices.isEmpty()) {
            ofServices = Optional.of(hash(settled(absolute(services))));
        }
        return OsString.of(name + "-" + ofServices.get());
    }

    /** The same of the FIFO by which a launcher is asked to become another one. */
    public OsString requests() throws PosixException {
        return file("upgrade");
    }

    /**
     * The directory as it is, where it is not to be made.
     *
     * @param services the services directory
     */
    public Directory openIfThere(Directory services) throws PosixException {
        return services.directory(shown());
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
            OsString real = place.realPath();
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

    /** A path from the root of all files. */
    public static OsString absolute(OsString path) {
        return path.startsWith("/")
                ? path
                : OsString.of(System.getProperty("user.dir") + "/").plus(path);
    }
}
