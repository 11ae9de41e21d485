package io.github.pekkosupervisor.posix;

/**
 * A system call that the JDK or jnr-posix makes for us, where they have what we need: sockets, and processes where
 * there is no native backend. To be passed right before the call, so that a test can make it fail as one of our own.
 */
public enum JdkCall {
    /** A socket is opened, for whatever address. */
    SOCKET("socket"),
    /** It is connected, or looked at whether it is by now. */
    CONNECT("connect"),
    /** A datagram is sent. */
    SEND("sendto"),
    /** A process is made by jnr-posix. */
    SPAWN("spawn");

    private final String function;

    JdkCall(String function) {
        this.function = function;
    }

    /**
     * Does nothing, unless a test has this call refused.
     *
     * @throws PosixException what the call would meet
     */
    public void pass() throws PosixException {
        int errno = CFunction.refusal(function);
        if (errno != 0) {
            throw PosixException.of(function, "", errno);
        }
    }
}
