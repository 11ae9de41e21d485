package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.FileLocks;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.KeptDescriptors;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One launcher a services directory: an exclusive {@code flock(2)} on the directory itself, of which no service gets a
 * descriptor. Where a directory cannot be locked, on some network file systems for instance, nobody is kept out.
 *
 * <p>Differs: runsvdir knows no such lock, and two of them fight for each service.
 */
public final class LauncherLock implements AutoCloseable {

    private static final Duration RETRY = Duration.ofMillis(100);

    private static final OsString ITSELF = OsString.of(".");

    private record Held(FileStatus.Id directory, Descriptor descriptor) {}

    private Optional<Held> held = Optional.empty();

    /**
     * Takes the lock, and waits for it if it is another's; blocks. A directory that cannot be opened is none of our
     * concern here; what the system cannot tell now is asked again.
     *
     * @return false if it has not been given up in that time
     */
    public synchronized boolean await(OsString path, Duration longest) {
        for (long left = longest.toMillis(); ; left -= RETRY.toMillis()) {
            try (Directory directory = Directory.open(path)) {
                return take(directory) || take(directory, longest);
            } catch (PosixException e) {
                if (!mayPass(e) || left <= 0 || !hasPaused()) {
                    return true;
                }
            }
        }
    }

    private static boolean hasPaused() {
        try {
            new CompletableFuture<Void>().get(RETRY.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return true;
        } catch (ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static boolean mayPass(PosixException e) {
        return e.mayPass() || e.is("EINTR");
    }

    private boolean take(Directory directory, Duration longest) throws PosixException {
        FileStatus.Id id = directory.status().id();
        Descriptor descriptor = KeptDescriptors.ofThisJvm().inPlaceOf(directory.openRead(ITSELF));
        CompletableFuture<Void> locked = new CompletableFuture<>();
        Thread waiting = new Thread(
                () -> {
                    try {
                        descriptor.awaitLock();
                        if (!locked.complete(null)) {
                            // nobody has waited so long
                            descriptor.close();
                        }
                    } catch (PosixException e) {
                        descriptor.close();
                        locked.completeExceptionally(e);
                    }
                },
                "pekko-supervisor-launcher-lock");
        waiting.setDaemon(true);
        waiting.start();
        try {
            locked.get(longest.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof PosixException refused) {
                throw refused;
            }
        } catch (TimeoutException e) {
            // unless it has been given at this moment
        }
        if (locked.cancel(false) || locked.isCompletedExceptionally()) {
            return false;
        }
        hold(new Held(id, descriptor));
        return true;
    }

    /**
     * Takes the lock on another directory, or keeps it; the one that was held is given up then.
     *
     * @return false if another launcher has it
     */
    synchronized boolean take(Directory directory) throws PosixException {
        FileStatus.Id id = directory.status().id();
        if (held.isPresent() && held.get().directory().equals(id)) {
            return true;
        }
        Descriptor descriptor;
        try {
            descriptor = KeptDescriptors.ofThisJvm().inPlaceOf(directory.openRead(ITSELF));
        } catch (PosixException e) {
            if (e.mayPass()) {
                throw e;
            }
            // not ours to read: whoever reads its entries will say so
            return true;
        }
        try {
            descriptor.lock();
        } catch (PosixException e) {
            descriptor.close();
            if (mayPass(e) && !e.is("EAGAIN")) {
                throw e;
            }
            return !e.is("EAGAIN");
        }
        hold(new Held(id, descriptor));
        return true;
    }

    /** What is to stay open while this process becomes another program; empty if it is not held. */
    synchronized Optional<Descriptor> lasting() {
        return held.map(Held::descriptor);
    }

    private void hold(Held taken) {
        close();
        held = Optional.of(taken);
    }

    /** Who has it, in words. */
    public static String holder(OsString path) {
        try (Directory directory = Directory.open(path)) {
            OptionalInt pid = FileLocks.holder(directory.status().id());
            return pid.isPresent() ? "process " + pid.getAsInt() : "another process";
        } catch (PosixException e) {
            return "another process";
        }
    }

    @Override
    public synchronized void close() {
        held.ifPresent(lock -> lock.descriptor().close());
        held = Optional.empty();
    }
}
