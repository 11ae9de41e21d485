package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.runit.supervise.ListedRun;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Known;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which process {@code run} of each service directory is, and of each logger, in a file beside the
 * {@link ServicesList}: a record that is removed, or whose directory is, tells nothing any more, and this alone tells a
 * process from a stranger's. A line for each, by the directory in which {@code run} is, which the next start writes
 * over.
 *
 * <p>Called by any thread.
 */
final class LastRuns {

    private static final int MODE = 0600;

    private final Consumer<PosixException> complaints;
    private final Map<FileStatus.Id, Line> lines = new HashMap<>();

    /** Which lines of the file are of nobody any more. */
    private final Deque<Integer> free = new ArrayDeque<>();

    private @Nullable Descriptor file;

    /** Of each service directory that has one that runs: where it is. */
    private final Map<FileStatus.Id, FileStatus.Id> loggers = new HashMap<>();

    private record Line(int number, ListedRun run) {}

    LastRuns(Consumer<PosixException> complaints) {
        this.complaints = complaints;
    }

    synchronized boolean isOpen() {
        return file != null;
    }

    /** Begins a file with all that is known, in the place of one that is there. */
    synchronized void begin(Directory place, OsString name) throws PosixException {
        close();
        free.clear();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        int number = 0;
        for (Map.Entry<FileStatus.Id, Line> one : lines.entrySet()) {
            one.setValue(new Line(number, one.getValue().run()));
            all.writeBytes(one.getValue().run().toLine());
            number++;
        }
        OsString next = name.plus(".new");
        Descriptor made = place.openNew(next, MODE);
        boolean done = false;
        try {
            made.write(all.toByteArray());
            place.rename(next, name);
            file = made;
            done = true;
        } finally {
            if (!done) {
                made.close();
            }
        }
    }

    /** Whether there is anything to be written. */
    synchronized boolean isEmpty() {
        return lines.isEmpty();
    }

    /** This was left; what has run since counts. To be called before {@link #begin}. */
    synchronized void left(ListedRun run) {
        lines.putIfAbsent(run.id(), new Line(lines.size(), run));
    }

    /**
     * {@code run} is this process from now on.
     *
     * @param of the service directory, in which it is, or its logger
     */
    synchronized void runs(FileStatus.Id of, ListedRun run) {
        FileStatus.Id place = run.id();
        Line before = lines.get(place);
        int number = before != null
                ? before.number()
                : Optional.ofNullable(free.poll()).orElse(lines.size());
        lines.put(place, new Line(number, run));
        if (!place.equals(of)) {
            loggers.put(of, place);
        }
        write(number, run.toLine());
    }

    /**
     * Its supervision is over: what runs all the same, since that ended in doubt, is left for who comes after us.
     *
     * @return whether nothing of the service itself is
     */
    synchronized boolean forget(FileStatus.Id of) {
        remove(of);
        FileStatus.Id logger = loggers.remove(of);
        if (logger != null) {
            remove(logger);
        }
        return !lines.containsKey(of);
    }

    private void remove(FileStatus.Id place) {
        Line gone = lines.get(place);
        if (gone != null && !mayRun(gone.run().run())) {
            lines.remove(place);
            free.add(gone.number());
            write(gone.number(), ListedRun.none());
        }
    }

    /** Whether it runs; what is not known may. */
    static boolean mayRun(Known run) {
        try {
            return run.identity().runs(run.pidfdInode());
        } catch (PosixException e) {
            return true;
        }
    }

    /** Without a file it is written when there is one; so is all, after a write that was refused. */
    private void write(int number, byte[] line) {
        if (file == null) {
            return;
        }
        try {
            file.writeAt(line, (long) number * ListedRun.LENGTH);
        } catch (PosixException e) {
            close();
            complaints.accept(e);
        }
    }

    synchronized void close() {
        if (file != null) {
            file.close();
            file = null;
        }
    }
}
