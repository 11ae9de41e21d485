package io.github.pekkosupervisor.junit;

/** How long a server of a test runs. */
public enum Lifetime {
    /** From before the first test of the class that asks for it until after its last one. */
    CLASS,
    /**
     * From when it is first asked for until the last test of the JVM is over. All classes that ask for the same get the
     * same one; what they leave in it is there for the next.
     */
    SUITE
}
