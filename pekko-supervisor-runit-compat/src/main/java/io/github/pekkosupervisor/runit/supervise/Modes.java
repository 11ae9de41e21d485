package io.github.pekkosupervisor.runit.supervise;

/**
 * The modes of a {@code supervise} directory and of the FIFOs in it, which say who may use it.
 *
 * @param supervise of the directory
 * @param ok of the FIFO by which it is seen that somebody supervises: who may write to it may look
 * @param control of the FIFO for commands
 */
public record Modes(int supervise, int ok, int control) {

    private static final int OWNER_ONLY = 0600;

    /** Nobody else is let in. */
    public static final Modes OF_OWNER = new Modes(0700, OWNER_ONLY, OWNER_ONLY);

    /** The group may look. */
    public static final Modes STATUS_FOR_GROUP = new Modes(0750, 0620, OWNER_ONLY);

    /** The group may look and command. */
    public static final Modes CONTROL_FOR_GROUP = new Modes(0750, 0620, 0620);

    /** Everybody may look. */
    public static final Modes STATUS_FOR_ALL = new Modes(0755, 0622, OWNER_ONLY);

    /** Everybody may look, and the group may command. */
    public static final Modes STATUS_FOR_ALL_CONTROL_FOR_GROUP = new Modes(0755, 0622, 0620);

    /** The same where there is no group that could be let in. */
    public Modes withoutGroup() {
        return ok == STATUS_FOR_ALL.ok ? STATUS_FOR_ALL : OF_OWNER;
    }

    /** Whether a group is let in somewhere, so that the files are to be given to it. */
    public boolean concernsGroup() {
        return supervise == STATUS_FOR_GROUP.supervise || control == CONTROL_FOR_GROUP.control;
    }
}
