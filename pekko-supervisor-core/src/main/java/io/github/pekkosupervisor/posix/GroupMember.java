package io.github.pekkosupervisor.posix;

/**
 * A process in a group, at one moment.
 *
 * @param pid its process id
 * @param command what it says it runs, for a reader: one line of at most 200 characters
 */
public record GroupMember(int pid, String command) {
    @Override
    public String toString() {
        return pid + " " + command;
    }
}
