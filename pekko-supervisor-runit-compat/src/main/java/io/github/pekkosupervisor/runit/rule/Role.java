package io.github.pekkosupervisor.runit.rule;

/** Which of the two processes of a service directory is meant. */
public enum Role {
    /** {@code run} and {@code finish}. */
    SERVICE(""),
    /** {@code log/run}, which reads what the service writes. */
    LOG("log/");

    private final String parent;

    Role(String parent) {
        this.parent = parent;
    }

    /** What its files' names in a service directory begin with: nothing, or {@code log/}. */
    public String parent() {
        return parent;
    }
}
