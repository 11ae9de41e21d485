package io.github.pekkosupervisor.posix;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The few facts that we read from {@code /proc}. */
final class ProcFs {

    private static final OsString PROC = OsString.of("/proc");
    private static final int START_TIME_FIELD = 22;
    private static final int LONGEST_COMMAND = 200;

    private static volatile @Nullable String bootId;
    private static volatile @Nullable Long firstTick;

    private ProcFs() {}

    static Optional<Long> startTicks(int pid) {
        try {
            String stat = read("/proc/" + pid + "/stat");
            // the command in field 2 may hold blanks and parentheses: field 3 begins after its last one
            int at = stat.lastIndexOf(')') + 2;
            for (int field = 3; field < START_TIME_FIELD; field++) {
                at = stat.indexOf(' ', at) + 1;
            }
            return Optional.of(Long.parseLong(stat, at, stat.indexOf(' ', at), 10));
        } catch (PosixException | RuntimeException e) {
            // no such process, or no /proc on this platform
            return Optional.empty();
        }
    }

    /** Whether a process of this number exists and has not ended; an ended one that waits to be reaped has. */
    static boolean isRunning(int pid) {
        try {
            String stat = read("/proc/" + pid + "/stat");
            return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
        } catch (PosixException e) {
            return !e.is("ENOENT") && !e.is("ESRCH");
        }
    }

    /**
     * Whether we are shown what only those may see who may trace a process, its wait status among that. One that has
     * ended has no directory any more, but who may not know is told that before.
     */
    static boolean mayInspect(int pid) {
        try {
            FileCalls.readLink(FileCalls.AT_FDCWD, OsString.of("/proc/" + pid + "/cwd"));
            return true;
        } catch (PosixException e) {
            return e.is("ENOENT");
        }
    }

    /** Whether some process of this group has not ended; unknown counts as yes. */
    static boolean isMemberRunning(int group) {
        try {
            for (OsString name : processes()) {
                byte first = name.bytes()[0];
                if (first >= '1' && first <= '9' && isRunningMember(name.toString(), group, true)) {
                    return true;
                }
            }
            return false;
        } catch (PosixException e) {
            return true;
        }
    }

    /** Who of this group has not ended; nobody where that cannot be seen. */
    static List<GroupMember> runningMembers(int group) {
        List<GroupMember> members = new ArrayList<>();
        try {
            for (OsString name : processes()) {
                byte first = name.bytes()[0];
                if (first >= '1' && first <= '9' && isRunningMember(name.toString(), group, false)) {
                    members.add(member(Integer.parseInt(name.toString())));
                }
            }
        } catch (PosixException e) {
            // not Linux: they are not known
        }
        return members;
    }

    /** All names in {@code /proc}, with one descriptor, and that for a moment. */
    private static List<OsString> processes() throws PosixException {
        return SpareDescriptor.look(() -> {
            try (Descriptor open =
                    Descriptor.open(FileCalls.AT_FDCWD, PROC, FileCalls.O_RDONLY | FileCalls.O_DIRECTORY, 0)) {
                return FileCalls.list(open.number(), PROC.toString());
            }
        });
    }

    /** The process that has this number now, as a reader is to know it. */
    static GroupMember member(int pid) {
        return new GroupMember(pid, commandOf(String.valueOf(pid)));
    }

    /** The words of a command line, or the name in brackets where there are none, as {@code ps} has it. */
    private static String commandOf(String pid) {
        try {
            byte[] arguments = readBytes("/proc/" + pid + "/cmdline");
            String words = new String(arguments, StandardCharsets.UTF_8)
                    .replace('\0', ' ')
                    .strip();
            String command =
                    words.isEmpty() ? "[" + read("/proc/" + pid + "/comm").strip() + "]" : words;
            String line = command.replaceAll("\\p{Cntrl}", "?");
            return line.length() <= LONGEST_COMMAND ? line : Excerpt.of(line, LONGEST_COMMAND - 3);
        } catch (PosixException e) {
            return "(ended)";
        }
    }

    /** {@code unknown} where it could not be looked at for now. */
    private static boolean isRunningMember(String pid, int group, boolean unknown) {
        try {
            String stat = read("/proc/" + pid + "/stat");
            // after the command: state, parent, group
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", 4);
            return !fields[0].equals("Z") && !fields[0].equals("X") && Integer.parseInt(fields[2]) == group;
        } catch (PosixException e) {
            // it has ended meanwhile, or could not be looked at
            return e.mayPass() && unknown;
        } catch (RuntimeException e) {
            // it has ended meanwhile
            return false;
        }
    }

    /**
     * Empty where it cannot be read: not Linux, hidden by a container, or no descriptor for that now, which is why it
     * is asked for again then.
     */
    static String bootId() {
        String known = bootId;
        if (known == null) {
            try {
                known = read("/proc/sys/kernel/random/boot_id").trim();
            } catch (PosixException e) {
                return "";
            }
            bootId = known;
        }
        return known;
    }

    /** When process 1 was started, in ticks since boot; 0 where that cannot be seen now. */
    static long firstTick() {
        Long known = firstTick;
        if (known == null) {
            known = startTicks(1).orElse(null);
            firstTick = known;
        }
        return known == null ? 0 : known;
    }

    /** The value of a line {@code KEY:<tab>VALUE} of {@code /proc/self/status}; empty text if there is none. */
    static String ownStatus(String key) {
        return status("self", key);
    }

    /** The same of any process, by its number. */
    static String status(String process, String key) {
        try {
            return valueIn(read("/proc/" + process + "/status"), key);
        } catch (PosixException e) {
            // no /proc here, or no such process
            return "";
        }
    }

    /** The same of the text of such a file. */
    static String valueIn(String status, String key) {
        int line = status.indexOf("\n" + key + ":");
        if (line < 0) {
            return "";
        }
        int value = line + key.length() + 2;
        return status.substring(value, status.indexOf('\n', value)).trim();
    }

    static String read(String path) throws PosixException {
        return new String(readBytes(path), StandardCharsets.ISO_8859_1);
    }

    static byte[] readBytes(String path) throws PosixException {
        return SpareDescriptor.look(() -> {
            try (Descriptor file = Descriptor.open(FileCalls.AT_FDCWD, OsString.of(path), FileCalls.O_RDONLY, 0)) {
                return DescriptorCalls.readAll(file.number(), path);
            }
        });
    }
}
