package io.github.pekkosupervisor.runit.launcher;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.Directory.Links;
import io.github.pekkosupervisor.posix.EventLoop;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.OwnProcess;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.runit.supervise.ListPlace;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The FIFO by which this launcher is asked to become another one, beside the list of services; for its owner alone.
 * Where there can be none, nobody can ask.
 */
final class UpgradeRequests implements AutoCloseable {

    /** Which is written at once. */
    private static final int LONGEST = 4096;

    private static final int MODE = 0600;
    private static final int OF_OTHERS = 0077;
    private static final int FIELDS = 3;

    private final OsString services;
    private final ListPlace place;
    private final EventLoop loop;
    private final Consumer<Request> listener;
    private @Nullable Descriptor fifo;
    private EventLoop.@Nullable Watch watch;

    /**
     * Somebody wants this launcher to become another one.
     *
     * @param answers the name of the FIFO, beside ours, where he reads what becomes of that
     * @param dist the directory with the other one; empty for the place where this one was
     * @param javaHome the directory of the JDK; empty for the same as before
     */
    record Request(OsString answers, OsString dist, OsString javaHome) {}

    /** @param listener told of each, on the thread of the event loop */
    UpgradeRequests(OsString services, Optional<OsString> state, EventLoop loop, Consumer<Request> listener) {
        this.services = services;
        this.place = new ListPlace(services, state);
        this.loop = loop;
        this.listener = listener;
    }

    /** Opens it where it is not open, or is another one by now; to be called every now and then. */
    void look() {
        try (Directory directory = Directory.open(services);
                Directory beside = place.openIfThere(directory)) {
            OsString name = place.requests();
            Optional<FileStatus> there = beside.linkStatusIfPresent(name);
            if (fifo != null
                    && there.isPresent()
                    && there.get().id().equals(fifo.status().id())) {
                return;
            }
            close();
            open(beside, name, there);
        } catch (PosixException e) {
            // there is no services directory now, or none that we may write to: it is tried again
        }
    }

    private void open(Directory beside, OsString name, Optional<FileStatus> there) throws PosixException {
        if (there.filter(UpgradeRequests::isOurs).isPresent()) {
            open(beside, name);
            return;
        }
        // who sees it finds somebody who reads
        OsString made = name.plus(".new");
        beside.remove(made);
        beside.makeFifo(made, MODE);
        open(beside, made);
        beside.rename(made, name);
    }

    private void open(Directory beside, OsString name) throws PosixException {
        listen(beside.openReadWrite(name, Links.REFUSE));
    }

    /** Goes on with the one that the launcher before this one had open, with what is in it. */
    void goOnWith(Descriptor left) {
        try {
            listen(left);
        } catch (PosixException e) {
            // it is opened anew, or made anew
        }
    }

    /** Where requests come; empty where nobody can ask. */
    Optional<Descriptor> fifo() {
        return Optional.ofNullable(fifo);
    }

    private void listen(Descriptor opened) throws PosixException {
        try {
            if (!isOurs(opened.status())) {
                opened.close();
                return;
            }
            watch = loop.read(opened, LONGEST, (bytes, source) -> {
                parse(bytes).forEach(listener);
                source.resume();
            });
            fifo = opened;
        } catch (PosixException e) {
            opened.close();
            throw e;
        }
    }

    private static boolean isOurs(FileStatus status) {
        return status.isFifo() && status.owner() == OwnProcess.user() && (status.mode() & OF_OTHERS) == 0;
    }

    /** Three words each, with a NUL after each; what is no such is nothing. */
    static List<Request> parse(byte[] bytes) {
        List<OsString> words = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == 0) {
                words.add(OsString.of(java.util.Arrays.copyOfRange(bytes, from, i)));
                from = i + 1;
            }
        }
        List<Request> requests = new ArrayList<>();
        for (int i = 0; i + FIELDS <= words.size(); i += FIELDS) {
            requests.add(new Request(words.get(i), words.get(i + 1), words.get(i + 2)));
        }
        return requests;
    }

    /** Where who has asked reads; empty if he does not any more. */
    Optional<Descriptor> answersTo(Request request) {
        if (request.answers().indexOf('/', 0) >= 0) {
            return Optional.empty();
        }
        try (Directory directory = Directory.open(services);
                Directory beside = place.openIfThere(directory)) {
            if (!beside.linkStatus(request.answers()).isFifo()) {
                return Optional.empty();
            }
            return Optional.of(beside.openWrite(request.answers()));
        } catch (PosixException e) {
            return Optional.empty();
        }
    }

    /** A new file beside ours, for its owner alone, that has no name any more. */
    Descriptor nameless() throws PosixException {
        try (Directory directory = Directory.open(services);
                Directory beside = place.openIfThere(directory)) {
            OsString name = place.requests().plus(".succession");
            beside.remove(name);
            beside.openNew(name, MODE).close();
            Descriptor file = beside.openReadWrite(name, Links.REFUSE);
            beside.remove(name);
            return file;
        }
    }

    @Override
    public void close() {
        if (watch != null) {
            watch.close();
            watch = null;
        }
        if (fifo != null) {
            fifo.close();
            fifo = null;
        }
    }
}
