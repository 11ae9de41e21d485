package io.github.pekkosupervisor.posix;

import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a pipe so that bytes stay in it until they have been dealt with: {@link #next} shows them, {@link #done} takes
 * them out. Whoever dies in between has taken nothing; the next reader of that pipe finds them. There must be no other
 * reader at the same time.
 *
 * <p>Made of {@code tee(2)}, so it works for pipes and FIFOs. From anything else, or where the kernel refuses the call,
 * bytes are read as ever, and in small pieces, so that little is lost with the reader. The descriptor must be
 * non-blocking and stays the caller's. Used by one thread at a time.
 */
public final class Intake {

    /** What {@link #next} returns when there is nothing that has not been seen. */
    public static final int NOTHING = -1;

    /** What a pipe of ordinary size holds. */
    private static final int MOST = 64 * 1024;

    private final Descriptor input;
    private final int smallPiece;
    private boolean shows = true;
    /** How many bytes, from the head of the pipe, have been shown and are still in it. */
    private int seen;

    /**
     * @param input what is read
     * @param smallPiece how much is read at once where bytes cannot stay, at least 1
     */
    public Intake(Descriptor input, int smallPiece) {
        this.input = input;
        this.smallPiece = smallPiece;
    }

    /**
     * Shows the next bytes that have not been shown.
     *
     * @param target gets them, from its beginning
     * @param limit the largest number of them
     * @return how many; 0 at the end of the stream; {@link #NOTHING} if there are none now
     * @throws PosixException as read(2), but not {@code EAGAIN}
     */
    public int next(byte[] target, int limit) throws PosixException {
        try (Copy copy = Copy.take()) {
            if (!shows) {
                return copy.memory.readIfReady(input, target, Math.min(limit, smallPiece));
            }
            if (seen >= MOST) {
                remove(copy, 0);
            }
            try {
                return show(copy, target, Math.min(limit, target.length));
            } catch (PosixException e) {
                // no pipe for the copy, for want of descriptors; or the input is none, and it stays so
                shows = !e.call().equals("tee");
                remove(copy, 0);
                return copy.memory.readIfReady(input, target, Math.min(limit, smallPiece));
            }
        }
    }

    private int show(Copy copy, byte[] target, int limit) throws PosixException {
        int count = copy.fill(input, (int) Math.min(MOST, (long) seen + limit));
        if (count <= 0) {
            return count == 0 ? 0 : NOTHING;
        }
        int fresh = Math.max(0, count - seen);
        copy.read(target, count - fresh, fresh);
        if (fresh == 0) {
            // only what has been seen: it goes, for nobody could wait for more while it is there
            remove(copy, 0);
            return NOTHING;
        }
        seen += fresh;
        return fresh;
    }

    /**
     * What has been shown is done with and leaves the pipe, except its end.
     *
     * @param kept how many bytes at its end are not done with, at least 0; as many of them as are in the pipe stay
     *     there
     * @throws PosixException as read(2)
     */
    public void done(int kept) throws PosixException {
        if (kept < seen) {
            try (Copy copy = Copy.take()) {
                remove(copy, kept);
            }
        }
    }

    private void remove(Copy copy, int kept) throws PosixException {
        while (seen > kept) {
            int gone = copy.memory.skip(input, seen - kept);
            if (gone < 0) {
                // they are there, so this was by mistake
                gone = copy.memory.skip(input, seen - kept);
            }
            // fewer than expected only if somebody else has read them
            seen = gone > 0 ? seen - gone : kept;
        }
    }

    /** The numbers of the descriptors that are kept for whoever needs them next. */
    static Set<Integer> kept() {
        return Copy.IDLE.stream()
                .flatMap(copy -> Stream.ofNullable(copy.pipe))
                .flatMap(pipe ->
                        Stream.of(pipe.readEnd().number(), pipe.writeEnd().number()))
                .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * A pipe that gets a copy of what is in another one, and memory for its way from there. Empty ones are kept: a few
     * serve all intakes of this JVM.
     */
    private static final class Copy implements AutoCloseable {
        private static final ConcurrentLinkedQueue<Copy> IDLE = new ConcurrentLinkedQueue<>();

        private final TransferBuffer memory = new TransferBuffer(MOST);
        private @Nullable Pipe pipe;
        private int held;

        static Copy take() {
            Copy idle = IDLE.poll();
            return idle == null ? new Copy() : idle;
        }

        int fill(Descriptor input, int limit) throws PosixException {
            if (pipe == null) {
                pipe = Pipe.open();
            }
            int count = DescriptorCalls.tee(input.number(), pipe.writeEnd().number(), limit);
            held = Math.max(count, 0);
            return count;
        }

        /** Reads all that it holds: some bytes to be forgotten, then some into the target. */
        void read(byte[] target, int forgotten, int count) throws PosixException {
            if (pipe != null && forgotten > 0) {
                held -= memory.skip(pipe.readEnd(), forgotten);
            }
            if (pipe != null && count > 0) {
                held -= memory.read(pipe.readEnd(), target, count);
            }
        }

        /** One that still holds something after a failure is of no use to anybody. */
        @Override
        public void close() {
            if (held == 0) {
                IDLE.add(this);
            } else if (pipe != null) {
                pipe.close();
            }
        }
    }
}
