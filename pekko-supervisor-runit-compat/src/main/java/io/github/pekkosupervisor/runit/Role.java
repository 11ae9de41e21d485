package io.github.pekkosupervisor.runit;

/** Which of the two processes of a service directory is meant. */
enum Role {
    /** {@code run} and {@code finish}. */
    SERVICE,
    /** {@code log/run}, which reads what the service writes. */
    LOG
}
