package io.github.pekkosupervisor.runit.look;

import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.UserRights;
import io.github.pekkosupervisor.runit.supervise.FatalException;
import io.github.pekkosupervisor.runit.supervise.Printable;
import io.github.pekkosupervisor.runit.supervise.ShownTree;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What is in the tree that a service directory has in the place of {@code run}. That of another user is read with that
 * user's rights and no others, as the launcher does it: whatever links are in it, they lead nowhere where the user may
 * not go. Whatever it is full of, and whatever holds it up, the rest is shown.
 *
 * @param report what is in it; empty if that cannot be read
 * @param note what is to be said of it besides, in a few words; empty if nothing
 */
public record Inside(Optional<ScanReport> report, String note) {

    /** One in another, in another; a path may lead back to the first. */
    public static final int DEEPEST = 4;

    /** So many are shown of another user's. */
    private static final int MOST = 1000;

    /** A file system of his may never answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** Descriptors, of which few are open at a time. */
    private static final int OPEN_FILES = 64;

    /**
     * Of a service, if it has a tree.
     *
     * @param parent where it is
     * @param depth how many trees are around it
     */
    static Optional<Inside> of(Directory parent, ServiceReport report, int depth) {
        if (depth >= DEEPEST || report.status() == null || !report.status().isRunning()) {
            return Optional.empty();
        }
        // in a tree of another user there is none
        if (UserRights.areBorrowed()) {
            return Optional.empty();
        }
        try (Directory service = parent.directory(report.name())) {
            return ShownTree.read(service).map(tree -> read(tree, depth + 1));
        } catch (PosixException e) {
            // it has gone meanwhile
            return Optional.empty();
        }
    }

    private static Inside read(ShownTree tree, int depth) {
        try {
            Optional<UserRights> rights = tree.user().isPresent()
                    ? UserRights.of(tree.user().get(), OptionalInt.of(OPEN_FILES))
                    : Optional.empty();
            ScanReport report = rights.isPresent()
                    ? with(rights.get(), tree.directory(), depth)
                    : ScanReport.of(tree.directory(), depth, Integer.MAX_VALUE);
            return new Inside(
                    Optional.of(report),
                    report.more() == 0 ? "" : "its tree has " + report.more() + " more, which are not shown");
        } catch (PosixException | FatalException | RuntimeException e) {
            return unread(e);
        }
    }

    /** By a thread that bears them, and is not waited for any longer if it is held up. */
    private static ScanReport with(UserRights rights, OsString directory, int depth)
            throws FatalException, PosixException {
        CompletableFuture<ScanReport> read = new CompletableFuture<>();
        Thread reader = new Thread(() -> {
            try {
                read.complete(ScanReport.of(directory, depth, MOST));
            } catch (FatalException | RuntimeException | Error e) {
                read.completeExceptionally(e);
            }
        });
        reader.setContextClassLoader(rights.bearer());
        reader.setDaemon(true);
        reader.start();
        try {
            return read.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new PosixException("read", directory.toString(), "ETIMEDOUT", "no answer within 5 s");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PosixException("read", directory.toString(), "EINTR", "interrupted");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof FatalException fatal) {
                throw fatal;
            }
            throw new CompletionException(e.getCause());
        }
    }

    private static Inside unread(Exception e) {
        return new Inside(
                Optional.empty(),
                "its tree cannot be read: "
                        + Printable.oneLine(
                                e instanceof FatalException fatal
                                        ? fatal.text().toString()
                                        : String.valueOf(e.getMessage())));
    }
}
