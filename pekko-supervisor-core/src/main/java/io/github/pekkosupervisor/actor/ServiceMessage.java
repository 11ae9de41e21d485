package io.github.pekkosupervisor.actor;

import io.github.pekkosupervisor.posix.Signal;

/** What the actors of plain Java children take; the application has nothing to tell them. */
interface ServiceMessage {

    /** Do what is to be done for a signal. */
    record React(Signal signal) implements ServiceMessage {}

    /** What the supervisor tells them. */
    enum Order implements ServiceMessage {
        /** End in order. */
        STOP,
        /** After that: do not wait for the start. */
        HURRY,
        /** End at once. */
        KILL
    }
}
