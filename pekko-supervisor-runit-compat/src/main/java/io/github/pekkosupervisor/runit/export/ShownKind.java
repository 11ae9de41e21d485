package io.github.pekkosupervisor.runit.export;

/** What a letter depends on that a child is sent. */
public enum ShownKind {
    /** A process, which can be paused. */
    PROCESS,
    /** A process that is over when it is done: its start is over then too. */
    ONESHOT,
    /** An actor, a Java service, or what another module has brought in. */
    OTHER,
    /** A supervisor below the top, which has nothing to say to signals. */
    SUPERVISOR,
    /** The top, which no command stops. */
    TOP,
    /** The top, which a command may stop. */
    TOP_THAT_STOPS;

    boolean isTop() {
        return this == TOP || this == TOP_THAT_STOPS;
    }

    boolean isProcess() {
        return this == PROCESS || this == ONESHOT;
    }

    /** Why a letter means nothing for it. */
    String whyIgnored() {
        return switch (this) {
            case PROCESS, ONESHOT, OTHER -> "only a process can be paused";
            case SUPERVISOR -> "a supervisor has no reaction to signals";
            case TOP ->
                "commands do not stop, kill or signal a whole tree, unless withStopByCommand() lets them stop it";
            case TOP_THAT_STOPS -> "a whole tree can be stopped, but neither killed nor signalled";
        };
    }
}
