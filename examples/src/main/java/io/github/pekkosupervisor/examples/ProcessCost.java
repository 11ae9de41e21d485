package io.github.pekkosupervisor.examples;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/**
 * What some processes cost together, as /proc tells it; a process that has just ended counts nothing.
 *
 * @param pssKilobytes proportional set size, from smaps_rollup
 * @param sharedWithJvmsKilobytes the part of the JDK's own files (libjvm, class-data archives) that is resident but not
 *     in {@code pssKilobytes}, because other JVMs, the benchmark's among them, map the same pages
 * @param threads number of threads
 * @param cpuMillis user and system time so far
 */
record ProcessCost(long pssKilobytes, long sharedWithJvmsKilobytes, int threads, long cpuMillis) {

    /** USER_HZ is 100 on every architecture that a JDK runs on. */
    private static final long MILLIS_PER_TICK = 10;

    /** Without the memory, which takes the kernel some time to add up. */
    static long cpuMillis(Collection<Long> pids) {
        return pids.stream()
                .mapToLong(pid -> ticks(read(pid, "stat")) * MILLIS_PER_TICK)
                .sum();
    }

    static ProcessCost of(Collection<Long> pids) {
        long pss = 0;
        long shared = 0;
        int threads = 0;
        for (long pid : pids) {
            pss += sum("Pss:", read(pid, "smaps_rollup"));
            shared += sharedByJvms(read(pid, "smaps"));
            threads += (int) sum("Threads:", read(pid, "status"));
        }
        return new ProcessCost(pss, shared, threads, cpuMillis(pids));
    }

    private static List<String> read(long pid, String name) {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(pid), name), ISO_8859_1);
        } catch (IOException ended) {
            return List.of(); // between the listing and now: it costs nothing any more
        }
    }

    /** Fields 14 and 15, counted after the command name, which may hold blanks and parentheses. */
    static long ticks(List<String> stat) {
        if (stat.isEmpty()) {
            return 0;
        }
        String line = String.join(" ", stat);
        String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }

    static long sum(String field, List<String> lines) {
        return lines.stream()
                .filter(line -> line.startsWith(field))
                .mapToLong(ProcessCost::number)
                .sum();
    }

    static long sharedByJvms(List<String> smaps) {
        long shared = 0;
        boolean jdkFile = false;
        for (String line : smaps) {
            if (startsMapping(line)) {
                jdkFile = line.endsWith(".jsa") || line.endsWith("/libjvm.so") || line.endsWith("/lib/modules");
            } else if (jdkFile && line.startsWith("Rss:")) {
                shared += number(line);
            } else if (jdkFile && line.startsWith("Pss:")) {
                shared -= number(line);
            }
        }
        return shared;
    }

    /** A mapping starts with its address in lower-case hexadecimal; its fields have capital initials. */
    private static boolean startsMapping(String line) {
        return !line.isEmpty() && !Character.isUpperCase(line.charAt(0));
    }

    private static long number(String line) {
        return Long.parseLong(line.replaceAll("[^0-9]", ""));
    }
}
