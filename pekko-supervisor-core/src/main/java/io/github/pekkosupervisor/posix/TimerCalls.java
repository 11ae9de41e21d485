package io.github.pekkosupervisor.posix;

/** Descriptors that can be read from a certain time on ({@code timerfd_create(2)}): time as one more event. */
final class TimerCalls {

    private static final int MONOTONIC = 1;

    private static final CFunction TIMERFD_CREATE = CFunction.of("timerfd_create");
    private static final CFunction TIMERFD_SETTIME = CFunction.of("timerfd_settime");

    private TimerCalls() {}

    /** One that can be read after some milliseconds, at least one. */
    static Descriptor after(int millis) throws PosixException {
        final int specification = 32;
        final int value = 16;
        Descriptor timer = Descriptor.opened(
                "timerfd_create", () -> TIMERFD_CREATE.call(MONOTONIC, FileCalls.O_CLOEXEC | FileCalls.O_NONBLOCK));
        Scratch scratch = Scratch.begin();
        long time = scratch.zeroed(specification);
        scratch.putLong(time + value, millis / 1000);
        scratch.putLong(time + value + Long.BYTES, millis % 1000 * 1_000_000L);
        if (TIMERFD_SETTIME.call(timer.number(), 0, time, 0) != 0) {
            PosixException refused = PosixException.ofLastCall("timerfd_settime", millis + " ms");
            timer.close();
            throw refused;
        }
        return timer;
    }
}
