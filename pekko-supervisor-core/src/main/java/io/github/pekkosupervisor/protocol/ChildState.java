package io.github.pekkosupervisor.protocol;

/** How a child is. */
public enum ChildState {
    /** It has an incarnation. */
    RUNNING,
    /** It has none: stopped, finished, or ignored; OTP's {@code undefined}. */
    STOPPED,
    /** Its last start failed, or waits for its delay; the supervisor tries again. */
    RESTARTING
}
