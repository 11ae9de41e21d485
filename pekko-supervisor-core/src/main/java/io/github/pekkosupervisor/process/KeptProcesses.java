package io.github.pekkosupervisor.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.pekkosupervisor.posix.Custody;
import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.Directory.Links;
import io.github.pekkosupervisor.posix.FileLocks;
import io.github.pekkosupervisor.posix.KeptDescriptors;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.OwnProcess;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.posix.Succession;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory in which a tree writes down its processes that are to outlive its JVM: a {@link KeptProcess} in a file
 * of its own for each, written before anybody is told of a start. What an earlier JVM has left there is read first.
 *
 * <p>One tree at a time has it: its file {@code lock} is locked until {@link #close()}. Nobody else may be able to
 * write to it, since it says to whom signals are sent. All methods may be called from any thread; they block for as
 * long as the file system does.
 */
public final class KeptProcesses implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(KeptProcesses.class);
    private static final String SUFFIX = ".process";
    private static final String NOTIFICATION = ".notification";
    private static final OsString TREE_LEFT = OsString.of("succession");

    /** A word of a {@link Succession}: there is such a file. */
    public static final String TREE_IS_LEFT = "tree-is-left";

    private static final int DIRECTORY_MODE = 0700;
    private static final int FILE_MODE = 0600;
    private static final int LONGEST_ID = 40;

    /** A JVM that was killed a moment ago may still have a child that is about to become another program. */
    private static final int LOCK_ATTEMPTS = 10;

    private static final int LOCK_PAUSE_MILLIS = 10;

    private final Directory directory;
    private final Descriptor lock;

    /** What an earlier JVM has left, by the names of the files; each until somebody has decided what becomes of it. */
    private final Map<String, Left> left = new ConcurrentHashMap<>();

    /** Of which children there may be a file for a notification descriptor. */
    private final Set<String> hasNotification = ConcurrentHashMap.newKeySet();

    private Optional<TreeLeft> treeLeft = Optional.empty();
    private boolean closed;

    /** What an earlier JVM has written of a child. */
    public sealed interface Left {
        /**
         * It had started this.
         *
         * @param process what
         */
        record Behind(KeptProcess process) implements Left {}

        /** A later version of this program has written it. */
        enum Newer implements Left {
            /** The only one. */
            INSTANCE
        }
    }

    private KeptProcesses(Directory directory, Descriptor lock) {
        this.directory = directory;
        this.lock = lock;
    }

    /**
     * Opens a directory, makes it if it is not there, and reads what is in it.
     *
     * @throws PosixException if that is refused; {@code EAGAIN} if another tree has it; {@code EPERM} if others could
     *     write to it
     */
    public static KeptProcesses open(Path path) throws PosixException {
        Directory directory = directory(path.toAbsolutePath());
        Descriptor lock = null;
        boolean done = false;
        try {
            Optional<String> breach = Custody.breach(directory);
            if (breach.isPresent()) {
                throw new PosixException(
                        "open",
                        path.toString(),
                        "EPERM",
                        "others could have this application signal any process, since " + breach.get());
            }
            // who has become this program has kept it
            lock = KeptDescriptors.ofThisJvm()
                    .inPlaceOf(directory.openAppend(OsString.of("lock"), FILE_MODE, Links.REFUSE));
            take(lock, path);
            KeptProcesses opened = new KeptProcesses(directory, lock);
            opened.read();
            opened.readTreeLeft();
            done = true;
            return opened;
        } finally {
            if (!done) {
                directory.close();
                if (lock != null) {
                    lock.close();
                }
            }
        }
    }

    private static Directory directory(Path path) throws PosixException {
        OsString name = OsString.of(path.toString());
        try {
            return Directory.open(name);
        } catch (PosixException e) {
            Path parent = path.getParent();
            Path last = path.getFileName();
            if (!e.is("ENOENT") || parent == null || last == null) {
                throw e;
            }
            try (Directory above = Directory.open(OsString.of(parent.toString()))) {
                above.makeDirectory(OsString.of(last.toString()), DIRECTORY_MODE);
            }
            return Directory.open(name);
        }
    }

    private static void take(Descriptor lock, Path path) throws PosixException {
        for (int attempt = 1; ; attempt++) {
            try {
                lock.lock();
                return;
            } catch (PosixException e) {
                if (!e.is("EAGAIN")) {
                    throw e;
                }
                if (attempt == LOCK_ATTEMPTS) {
                    OptionalInt holder = FileLocks.holder(lock.status().id());
                    throw new PosixException(
                            "flock",
                            path.toString(),
                            "EAGAIN",
                            "it belongs to another tree that runs"
                                    + (holder.isPresent() ? ", in process " + holder.getAsInt() : "")
                                    + "; give each tree a directory of its own");
                }
            }
            // nothing to be read: a pause
            Descriptor.awaitReadable(LOCK_PAUSE_MILLIS);
        }
    }

    private void read() throws PosixException {
        for (OsString name : directory.list()) {
            if (name.toString().endsWith(SUFFIX)) {
                read(name);
            }
        }
    }

    private void read(OsString name) throws PosixException {
        byte[] bytes;
        try {
            bytes = directory.readFile(name, KeptProcess.LONGEST, Links.REFUSE);
        } catch (PosixException e) {
            if (e.mayPass()) {
                throw e;
            }
            LOG.warn(
                    "[{}] in [{}] is not what a tree has written, and is left alone: {}",
                    name,
                    directory,
                    e.getMessage());
            return;
        }
        Optional<KeptProcess> process =
                KeptProcess.parse(bytes).filter(found -> fileOf(found.path()).equals(name.toString()));
        if (process.isPresent()) {
            left.put(name.toString(), new Left.Behind(process.get()));
        } else if (KeptProcess.isNewer(bytes)) {
            left.put(name.toString(), Left.Newer.INSTANCE);
        } else {
            LOG.warn(
                    "[{}] in [{}] is not what a tree has written, or not all of it: what runs by it is not known",
                    name,
                    directory);
        }
    }

    // ---- what this process leaves to itself, when it becomes another program

    /** What was so left counts for this JVM alone: any other finds those that it names dead, or not named. */
    private void readTreeLeft() throws PosixException {
        if (isTreeLeft()) {
            TreeLeft all = TreeLeft.parse(directory.readFile(TREE_LEFT, TreeLeft.LONGEST, Links.REFUSE))
                    .filter(found -> found.by().equals(ourselves()))
                    .orElseThrow(() -> new PosixException(
                            "read",
                            directory + "/" + TREE_LEFT,
                            "EINVAL",
                            "it is not what this process has left to itself, so each child would be started twice"));
            all.processes().forEach(process -> left.put(fileOf(process.path()), new Left.Behind(process)));
            treeLeft = Optional.of(all);
        }
        directory.remove(TREE_LEFT);
    }

    /** Whether this process was another program before, whose tree goes on here. */
    public static boolean isTreeLeft() {
        return Succession.ofThisJvm()
                .filter(before -> before.words().containsKey(TREE_IS_LEFT))
                .isPresent();
    }

    /** What the program that this process was before has left of the tree; empty if there is nothing of it. */
    public Optional<TreeLeft> treeLeft() {
        return treeLeft;
    }

    /**
     * Leaves this to the program that this process becomes, until {@link #leavesNothing}.
     *
     * @throws PosixException if it cannot be written
     */
    public synchronized void leave(TreeLeft tree) throws PosixException {
        OsString fresh = TREE_LEFT.plus(".new");
        try (Descriptor file = directory.openNew(fresh, FILE_MODE)) {
            file.write(tree.toBytes());
        }
        directory.rename(fresh, TREE_LEFT);
    }

    /** It does not become another one. */
    public synchronized void leavesNothing() {
        if (closed) {
            return;
        }
        try {
            directory.remove(TREE_LEFT);
        } catch (PosixException e) {
            // it counts for nobody who starts anew
            LOG.debug("[{}] could not be removed: {}", TREE_LEFT, e.getMessage());
        }
    }

    /** What has to stay open while this process becomes another program. */
    public List<Descriptor> lasting() {
        return List.of(lock);
    }

    /** Which process this is; it stays the same when it becomes another program. */
    public static ProcessIdentity ourselves() {
        return ProcessIdentity.ofRunning(OwnProcess.pid()).orElseGet(() -> new ProcessIdentity(0, 0, ""));
    }

    /** The directory, which no other tree has. */
    public String place() {
        return directory.path().toString();
    }

    /**
     * Where a child gives its sign of readiness, so that the next JVM finds it.
     *
     * @param socket the name of its {@code NOTIFY_SOCKET}, if it has one
     */
    public ProcessSigns signs(String path, Readiness ready, Optional<String> socket) {
        if (!(ready instanceof Readiness.Notification)) {
            return new ProcessSigns(socket, Optional.empty());
        }
        hasNotification.add(path);
        OsString name = OsString.of(fileOf(path) + NOTIFICATION);
        return new ProcessSigns(socket, Optional.of(new ProcessSigns.Place(directory, name)));
    }

    /** What was left of a child, if that is not decided yet. */
    public Optional<Left> leftOf(String path) {
        return Optional.ofNullable(left.get(fileOf(path)));
    }

    /** All that was left, and of which nobody has decided yet. */
    public List<KeptProcess> left() {
        return left.values().stream()
                .filter(Left.Behind.class::isInstance)
                .map(found -> ((Left.Behind) found).process())
                .toList();
    }

    /** What was left of this child is taken care of: it has been adopted, or does not run. */
    public void decided(String path) {
        left.remove(fileOf(path));
    }

    /**
     * This runs.
     *
     * @throws PosixException if that cannot be written: it could not be adopted
     */
    public synchronized void write(KeptProcess process) throws PosixException {
        if (closed) {
            return;
        }
        String name = fileOf(process.path());
        OsString fresh = OsString.of(name + ".new");
        try (Descriptor file = directory.openNew(fresh, FILE_MODE)) {
            file.write(process.toBytes());
        }
        directory.rename(fresh, OsString.of(name));
    }

    /** This child has no process any more. Without effect after the end of the tree. */
    public synchronized void forget(String path) {
        decided(path);
        if (closed) {
            return;
        }
        try {
            directory.remove(OsString.of(fileOf(path)));
            if (hasNotification.remove(path)) {
                directory.remove(OsString.of(fileOf(path) + NOTIFICATION));
            }
        } catch (PosixException e) {
            // the process that it names is gone, which the next JVM will see
            LOG.warn("what was written of [{}] could not be removed: {}", path, e.getMessage());
        }
    }

    /** This child runs, and nobody but this process is to find it. */
    public synchronized void unwrite(String path) {
        forget(path);
    }

    /** The path of the file of a process, for a reader. */
    public String fileOf(KeptProcess process) {
        return directory + "/" + fileOf(process.path());
    }

    /** Of what can be read of an id, and of what tells it from all others. */
    static String fileOf(String path) {
        String id = path.substring(path.lastIndexOf('/') + 1).replaceAll("[^A-Za-z0-9_-]", "_");
        return id.substring(0, Math.min(id.length(), LONGEST_ID)) + "-" + digest(path) + SUFFIX;
    }

    /** Sixteen hexadecimal digits that are different for each text. */
    public static String digest(String text) {
        try {
            byte[] sum = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
            return HexFormat.of().formatHex(sum, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("each Java has it", e);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        lock.close();
        directory.close();
    }
}
