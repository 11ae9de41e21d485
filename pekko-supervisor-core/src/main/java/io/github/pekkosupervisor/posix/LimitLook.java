package io.github.pekkosupervisor.posix;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Looks for the limit by which a start was refused. What stood at its limit then may have become less since. */
public final class LimitLook {

    private static final String GROUPS = "/sys/fs/cgroup";

    /** In the fourth word of the loads, behind those that run. */
    private static final Pattern THREADS = Pattern.compile("^\\S+ \\S+ \\S+ \\d+/(\\d{1,18})\\b");

    private LimitLook() {}

    /** Which limit an error number stands for; empty if for none. */
    public static Optional<LimitSight> of(String errno) {
        return switch (errno) {
            case "EMFILE" -> openFiles();
            case "ENFILE" -> Optional.of(new LimitSight.OpenFilesOfAll(number("/proc/sys/fs/file-max")));
            case "EAGAIN" -> Optional.of(processes());
            case "ENOMEM" -> Optional.of(new LimitSight.Memory(number("/proc/sys/vm/overcommit_memory") == 2));
            default -> Optional.empty();
        };
    }

    private static Optional<LimitSight> openFiles() {
        try {
            OpenFilesLimit limit = OpenFilesGate.THIS_JVM.limit();
            return Optional.of(new LimitSight.OpenFiles(limit.soft(), limit.hard()));
        } catch (PosixException e) {
            return Optional.empty();
        }
    }

    private static LimitSight processes() {
        Optional<LimitSight> seen = inGroup(read("/proc/self/cgroup"))
                .or(() -> ofAll(
                        read("/proc/loadavg"),
                        number("/proc/sys/kernel/threads-max"),
                        number("/proc/sys/kernel/pid_max")));
        return seen.orElseGet(() -> ofUser(OwnProcess.user(), read("/proc/self/limits")));
    }

    /** The innermost group that is full, or one around it. */
    private static Optional<LimitSight> inGroup(String groups) {
        String mount = groups.startsWith("0::") ? GROUPS : GROUPS + "/pids";
        String group = groupOf(groups);
        while (true) {
            String place = mount + (group.equals("/") ? "" : group);
            long most = number(place + "/pids.max");
            // a moment later it may be one less
            if (most >= 0 && number(place + "/pids.current") >= most - 1) {
                return Optional.of(new LimitSight.InGroup(group, most));
            }
            if (group.equals("/")) {
                return Optional.empty();
            }
            int last = group.lastIndexOf('/');
            group = last <= 0 ? "/" : group.substring(0, last);
        }
    }

    /** The group that counts processes: of the unified hierarchy, or of the one that has {@code pids}. */
    static String groupOf(String groups) {
        return groups.lines()
                .map(line -> line.split(":", 3))
                .filter(fields -> fields.length == 3
                        && ((fields[0].equals("0") && fields[1].isEmpty()) || fields[1].matches("(.*,)?pids(,.*)?")))
                // of both the one of pids counts
                .reduce((first, second) -> first[1].isEmpty() ? second : first)
                .map(fields -> fields[2])
                .filter(path -> path.startsWith("/"))
                .orElse("/");
    }

    /**
     * By all threads that there are.
     *
     * @param loads the fourth of its words has them behind a slash
     */
    static Optional<LimitSight> ofAll(String loads, long threadsMost, long pidMost) {
        Matcher threads = THREADS.matcher(loads);
        if (!threads.find()) {
            return Optional.empty();
        }
        long all = Long.parseLong(threads.group(1));
        if (threadsMost >= 0 && all >= threadsMost - 1) {
            return Optional.of(new LimitSight.OfAll("kernel.threads-max", threadsMost));
        }
        // numbers below 300 are not given again
        final int reserved = 301;
        return pidMost >= 0 && all >= pidMost - reserved
                ? Optional.of(new LimitSight.OfAll("kernel.pid_max", pidMost))
                : Optional.empty();
    }

    /** The only one that is left; root has none. */
    static LimitSight ofUser(int user, String limits) {
        String name = "Max processes";
        Optional<Long> most = limits.lines()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()).strip().split(" +", 2)[0])
                .filter(soft -> soft.matches("\\d+"))
                .map(Long::valueOf)
                .findFirst();
        return user == 0 || most.isEmpty() ? new LimitSight.Unseen() : new LimitSight.OfUser(user, most.get());
    }

    /** Empty if it cannot be read. */
    private static String read(String path) {
        try {
            return ProcFs.read(path);
        } catch (PosixException e) {
            return "";
        }
    }

    /** -1 if it cannot be read, or is none, as {@code max}. */
    private static long number(String path) {
        String text = read(path).strip();
        return text.matches("\\d{1,18}") ? Long.parseLong(text) : -1;
    }
}
