package io.github.pekkosupervisor.posix;

import java.util.OptionalInt;

/** What the kernel tells of locks on files: {@code /proc/locks}. */
public final class FileLocks {

    private static final int KIND = 1;
    private static final int PID = 4;
    private static final int FILE = 5;

    private FileLocks() {}

    /** The process that took the {@code flock(2)} on a file; empty if there is none, or not one that can be seen. */
    public static OptionalInt holder(FileStatus.Id file) {
        String table;
        try {
            table = ProcFs.read("/proc/locks");
        } catch (PosixException e) {
            return OptionalInt.empty();
        }
        String device = String.format("%02x:%02x", file.device() >>> Integer.SIZE, file.device() & 0xffffffffL);
        OptionalInt likely = OptionalInt.empty();
        for (String line : table.split("\n", -1)) {
            // number: FLOCK ADVISORY WRITE pid major:minor:inode from to; "->" after the number is one that waits
            String[] fields = line.trim().split(" +", -1);
            if (fields.length > FILE && fields[KIND].equals("FLOCK") && fields[FILE].endsWith(":" + file.inode())) {
                int pid = Integer.parseInt(fields[PID]);
                if (pid > 0 && fields[FILE].startsWith(device)) {
                    return OptionalInt.of(pid);
                }
                // some file systems tell one device here and another one by stat
                likely = pid > 0 ? OptionalInt.of(pid) : likely;
            }
        }
        return likely;
    }
}
