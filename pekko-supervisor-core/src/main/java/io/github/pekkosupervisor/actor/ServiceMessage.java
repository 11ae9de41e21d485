package io.github.pekkosupervisor.actor;

/** What the actors of plain Java children take; the application has nothing to tell them. */
interface ServiceMessage {

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
