package io.github.pekkosupervisor.actor;

/** What the keeper of a child is told by its supervisor, see {@link ChildRunner#keeper}. */
public sealed interface KeeperNotice {

    /**
     * There is no incarnation, and none will come until somebody asks for one.
     *
     * @param why what has become of the last one
     */
    record StaysDown(String why) implements KeeperNotice {}

    /** The child is known no longer, or its supervisor ends: nothing is to be left, and then the keeper ends. */
    enum Leave implements KeeperNotice {
        /** The only one. */
        INSTANCE
    }
}
