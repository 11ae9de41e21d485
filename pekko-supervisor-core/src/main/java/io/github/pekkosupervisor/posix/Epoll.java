package io.github.pekkosupervisor.posix;

/**
 * An open {@code epoll(7)}, which waits for many descriptors at once, and an {@code eventfd(2)} among them to wake who
 * waits. One thread waits; the rest may be called from any.
 */
final class Epoll implements AutoCloseable {

    /** Ready: it can be read, or has come to its end. */
    static final int IN = 1;

    /** Ready: it can be written to, or never will be again. */
    static final int OUT = 4;

    /** Told once, until it is asked for again. */
    static final int ONCE = 1 << 30;

    private static final int WAKE_ATTEMPTS = 3;
    private static final int ADD = 1;
    private static final int REMOVE = 2;
    private static final int CHANGE = 3;

    /** {@code struct epoll_event} is packed on x86-64 only. */
    private static final int EVENT_SIZE = System.getProperty("os.arch", "").equals("amd64") ? 12 : 16;

    private static final int DATA_OFFSET = EVENT_SIZE - 8;

    private static final CFunction EPOLL_CREATE1 = CFunction.of("epoll_create1");
    private static final CFunction EPOLL_CTL = CFunction.of("epoll_ctl");
    private static final CFunction EPOLL_WAIT = CFunction.of("epoll_wait");
    private static final CFunction EVENTFD = CFunction.of("eventfd");

    private final Descriptor epoll;
    private final Descriptor wake;
    private boolean closed;

    private Epoll(Descriptor epoll, Descriptor wake) {
        this.epoll = epoll;
        this.wake = wake;
    }

    /** Opens it; nothing stays open where that is refused. */
    static Epoll open(long wakeData) throws PosixException {
        Descriptor epoll = Descriptor.opened("epoll_create1", () -> EPOLL_CREATE1.call(FileCalls.O_CLOEXEC));
        try {
            Descriptor wake =
                    Descriptor.opened("eventfd", () -> EVENTFD.call(0, FileCalls.O_CLOEXEC | FileCalls.O_NONBLOCK));
            Epoll opened = new Epoll(epoll, wake);
            try {
                opened.add(wake.number(), IN, wakeData);
                return opened;
            } catch (PosixException e) {
                wake.close();
                throw e;
            }
        } catch (PosixException e) {
            epoll.close();
            throw e;
        }
    }

    /** From now on waits for this descriptor too. */
    void add(int descriptor, int events, long data) throws PosixException {
        control(ADD, descriptor, events, data);
    }

    /** From now on waits for these events of a descriptor, and once more if that was over. */
    void change(int descriptor, int events, long data) throws PosixException {
        control(CHANGE, descriptor, events, data);
    }

    void remove(int descriptor) throws PosixException {
        control(REMOVE, descriptor, 0, 0);
    }

    private void control(int operation, int descriptor, int events, long data) throws PosixException {
        Scratch scratch = Scratch.begin();
        long event = scratch.zeroed(16);
        scratch.putInt(event, events);
        scratch.putLong(event + DATA_OFFSET, data);
        if (EPOLL_CTL.call(epoll.number(), operation, descriptor, event) != 0) {
            throw PosixException.ofLastCall("epoll_ctl", "descriptor " + descriptor);
        }
    }

    /**
     * Waits for the next events.
     *
     * @param timeoutMillis -1 for ever
     * @return the data of the descriptors that are ready; none after a timeout or a signal
     */
    long[] await(int most, int timeoutMillis) throws PosixException {
        Scratch scratch = Scratch.begin();
        long events = scratch.allocate(most * EVENT_SIZE);
        int count = EPOLL_WAIT.call(epoll.number(), events, most, timeoutMillis);
        if (count < 0) {
            PosixException.throwUnlessInterrupted("epoll_wait", "");
            return new long[0];
        }
        long[] ready = new long[count];
        for (int i = 0; i < count; i++) {
            ready[i] = scratch.getLong(events + (long) i * EVENT_SIZE + DATA_OFFSET);
        }
        return ready;
    }

    /** Wakes who waits, who would wait for ever if one refusal were enough; when this is closed nobody waits. */
    synchronized void wake() {
        for (int attempt = 0; attempt < WAKE_ATTEMPTS && !closed; attempt++) {
            try {
                wake.write(new byte[] {1, 0, 0, 0, 0, 0, 0, 0});
                return;
            } catch (PosixException e) {
                // once more; a counter that is full (EAGAIN) is waking him already
            }
        }
    }

    /** Who waited is awake: the next {@link #wake} is another one. */
    void awake() {
        try {
            wake.tryRead(8);
        } catch (PosixException e) {
            // it can be read still, so that is told again
        }
    }

    /** By the thread that waits; another may be about to wake it. */
    @Override
    public synchronized void close() {
        closed = true;
        wake.close();
        epoll.close();
    }
}
