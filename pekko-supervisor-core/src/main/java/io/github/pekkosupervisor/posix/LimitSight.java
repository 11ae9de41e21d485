package io.github.pekkosupervisor.posix;

/** Of what there was too little for a new process or descriptor, as far as that can be told. */
public sealed interface LimitSight {

    /**
     * The open files of this JVM.
     *
     * @param soft the limit in force
     * @param hard how far it may be raised
     */
    record OpenFiles(long soft, long hard) implements LimitSight {}

    /**
     * The open files of the machine.
     *
     * @param most how many there may be; -1 if that could not be read
     */
    record OpenFilesOfAll(long most) implements LimitSight {}

    /**
     * Processes and threads of a control group.
     *
     * @param group its path below the mount
     * @param most how many there may be
     */
    record InGroup(String group, long most) implements LimitSight {}

    /**
     * Threads of the machine.
     *
     * @param setting which of the kernel's settings says so
     * @param most how many there may be
     */
    record OfAll(String setting, long most) implements LimitSight {}

    /**
     * Processes and threads of the user, whose number is not looked at: the others are not over.
     *
     * @param user the user's number
     * @param most how many there may be
     */
    record OfUser(int user, long most) implements LimitSight {}

    /** Processes, and no limit is over that can be seen. */
    record Unseen() implements LimitSight {}

    /**
     * Memory.
     *
     * @param strict whether the kernel lends no more of it than there is, {@code vm.overcommit_memory = 2}
     */
    record Memory(boolean strict) implements LimitSight {}
}
