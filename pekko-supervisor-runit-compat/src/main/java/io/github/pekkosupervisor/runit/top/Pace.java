package io.github.pekkosupervisor.runit.top;

/** When to look next, by a clock that may be set meanwhile; in milliseconds. */
final class Pace {

    private long rest;
    private long next;

    /** At once for the first time. */
    Pace(long rest) {
        this.rest = rest;
    }

    /** After which time; 0 for now, also if the clock was set back. */
    long left(long now) {
        long left = next - now;
        return left > rest ? 0 : Math.max(0, left);
    }

    /** It is looked at again after this pause. */
    void looked(long now, long pause) {
        rest = pause;
        next = now + pause;
    }

    /** It is looked at now. */
    void soon(long now) {
        next = now;
    }
}
