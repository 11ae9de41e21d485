package io.github.pekkosupervisor.runit.svlogd;

/** How far it got with what was to be done. */
public enum Progress {
    /** Everything is done. */
    DONE,
    /**
     * Something was refused and reported; it is to be tried again after a pause, for which svlogd takes three seconds.
     */
    PAUSE,
    /** A processor of this log runs, and is awaited: try again when {@link Processors.Run#over} has been called. */
    PROCESSOR
}
