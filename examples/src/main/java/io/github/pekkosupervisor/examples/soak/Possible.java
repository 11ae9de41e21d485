package io.github.pekkosupervisor.examples.soak;

import java.io.IOException;

/** Which faults can be played on this machine. */
final class Possible {
    private Possible() {}

    /** Why one cannot be; empty text if it can. */
    static String whyNot(Fault fault, SmallDisk disk) throws IOException {
        return switch (fault) {
            case SERVICE_KILLED, SCRIPT_KILLED, COMMANDS, LINKS, LAUNCHER_KILLED, LAUNCHER_STOPPED, UPGRADE -> "";
            case LOGGER_KILLED ->
                SoakService.canLog() ? "" : "the number of the system call splice is not known for this processor";
            case EMFILE -> withPrlimit();
            case EAGAIN ->
                "root".equals(System.getProperty("user.name"))
                        ? "root's processes are not limited; play it as a user"
                        : withPrlimit();
            case ENOSPC, EROFS -> disk.isMounted() ? "" : "no file system can be mounted; play it as root";
        };
    }

    private static String withPrlimit() throws IOException {
        return Commands.succeeds("prlimit", "--version") ? "" : "there is no program prlimit";
    }
}
