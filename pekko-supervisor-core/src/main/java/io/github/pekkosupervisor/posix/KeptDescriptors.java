package io.github.pekkosupervisor.posix;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The descriptors that this process has kept open when it became another program, this one, by {@code execve(2)}: locks
 * that nobody was to get meanwhile, FIFOs that were not to lose what is in them. Whoever opens such a file anew finds
 * the one that was kept here; what nobody asks for is closed in the end.
 *
 * <p>Empty in a JVM that is no such successor. It may be used from any thread.
 */
public final class KeptDescriptors {

    private static final KeptDescriptors OF_THIS_JVM = new KeptDescriptors();

    private final Map<FileStatus.Id, List<Descriptor>> byFile = new HashMap<>();
    private final Map<String, Descriptor> sockets = new HashMap<>();

    /** All numbers there were; a table that was copied at the beginning has them, whatever became of them here. */
    private final Set<Integer> numbers = new TreeSet<>();

    private volatile boolean isEmpty = true;

    KeptDescriptors() {}

    /** Those of this JVM. */
    public static KeptDescriptors ofThisJvm() {
        return OF_THIS_JVM;
    }

    /**
     * This one was kept; from now on it is closed on exec.
     *
     * @throws PosixException if there is none of that number
     */
    synchronized void add(int number) throws PosixException {
        Descriptor kept = found(number);
        byFile.computeIfAbsent(kept.status().id(), first -> new ArrayList<>()).add(kept);
    }

    /** The same of a socket, which has no file to be known by. */
    synchronized void addSocket(String name, int number) throws PosixException {
        sockets.put(name, found(number));
    }

    /** The same of one that is known otherwise, and not asked for here. */
    synchronized void isKept(int number) throws PosixException {
        found(number);
    }

    private Descriptor found(int number) throws PosixException {
        if (!DescriptorCalls.closeOnExec(number)) {
            throw PosixException.ofLastCall("fcntl", "descriptor " + number);
        }
        numbers.add(number);
        isEmpty = false;
        return new Descriptor(number);
    }

    /** The numbers of all there were at the beginning. */
    synchronized Set<Integer> numbers() {
        return Set.copyOf(numbers);
    }

    /**
     * The one of the same file that was kept, and whatever lock it holds, in the place of this one, which is closed
     * then; else this one.
     */
    public Descriptor inPlaceOf(Descriptor opened) {
        if (isEmpty) {
            return opened;
        }
        try {
            FileStatus.Id id = opened.status().id();
            Optional<Descriptor> kept = take(id);
            kept.ifPresent(one -> opened.close());
            return kept.orElse(opened);
        } catch (PosixException e) {
            // then it is not of a file that was kept
            return opened;
        }
    }

    private synchronized Optional<Descriptor> take(FileStatus.Id id) {
        List<Descriptor> kept = byFile.getOrDefault(id, List.of());
        if (kept.isEmpty()) {
            return Optional.empty();
        }
        Descriptor first = kept.remove(0);
        return Optional.of(first);
    }

    /** The one of that name, which was kept, and has no file to be known by; once. */
    public synchronized Optional<Descriptor> takeSocket(String name) {
        return Optional.ofNullable(sockets.remove(name));
    }

    /** One of this file, which stays here; empty if none was kept. */
    public synchronized Optional<Descriptor> find(FileStatus.Id id) {
        return byFile.getOrDefault(id, List.of()).stream().findFirst();
    }

    /** This has been opened anew, so that those of the same file that were kept are not needed any more. */
    public void isOpen(Descriptor anew) {
        if (isEmpty) {
            return;
        }
        try {
            close(anew.status().id());
        } catch (PosixException e) {
            // they are closed in the end
        }
    }

    private synchronized void close(FileStatus.Id id) {
        List<Descriptor> kept = byFile.remove(id);
        if (kept != null) {
            kept.forEach(Descriptor::close);
        }
    }

    /** Nobody asks for any any more. */
    public synchronized void closeAll() {
        byFile.values().forEach(kept -> kept.forEach(Descriptor::close));
        byFile.clear();
        sockets.values().forEach(Descriptor::close);
        sockets.clear();
        isEmpty = true;
    }
}
