package io.github.pekkosupervisor.runit.rule;

/** Which of the two processes of a service directory is meant. */
public enum Role {
    /** {@code run} and {@code finish}. */
    SERVICE,
    /** {@code log/run}, which reads what the service writes. */
    LOG
}
