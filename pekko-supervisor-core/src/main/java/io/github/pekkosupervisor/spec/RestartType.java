package io.github.pekkosupervisor.spec;

/** When a child that has ended is started again. As OTP {@code supervisor}, child specification, {@code restart}. */
public enum RestartType {
    /** Always, whatever it ended with. */
    PERMANENT,
    /** Only after an abnormal exit: one for which {@link ExitReason#isExpected()} is false. */
    TRANSIENT,
    /** Never, not even when a sibling's death took it down; its specification goes with it. */
    TEMPORARY
}
