package io.github.pekkosupervisor.examples;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** One svlogd that is fed as fast as it reads. */
final class LogThroughput {

    private static final int LINE = 100;
    private static final int BLOCK_LINES = 640;
    private static final int MILLION = 1_000_000;

    private LogThroughput() {}

    /**
     * How long it took.
     *
     * @param seconds from the start of the program to its end
     * @param cpuSeconds its user and system time
     */
    record Result(double seconds, double cpuSeconds) {}

    static Result measure(Path svlogd, Path directory, int megabytes) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        Files.write(directory.resolve("config"), List.of("s" + (16 << 20), "n3"));
        byte[] block = ("x".repeat(LINE - 1) + "\n").repeat(BLOCK_LINES).getBytes(StandardCharsets.US_ASCII);
        long cpuBefore = childrensCpuMillis();
        long start = Await.now();
        Process process = new ProcessBuilder(svlogd.toString(), "-tt", directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (OutputStream input = process.getOutputStream()) {
            long left = (long) megabytes * MILLION;
            while (left > 0) {
                int piece = (int) Math.min(left, block.length);
                input.write(block, 0, piece);
                left -= piece;
            }
        }
        int code = process.waitFor();
        double seconds = Await.millisSince(start) / 1000;
        LogTree.delete(directory);
        if (code != 0) {
            throw new IllegalStateException(svlogd + " ended with " + code);
        }
        return new Result(seconds, (childrensCpuMillis() - cpuBefore) / 1000.0);
    }

    /** Of the children that have ended and were waited for: fields 16 and 17 of stat. */
    private static long childrensCpuMillis() throws IOException {
        final int millisPerTick = 10;
        String stat = Files.readString(Path.of("/proc/self/stat"), StandardCharsets.ISO_8859_1);
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).trim().split(" ", -1);
        return (Long.parseLong(fields[13]) + Long.parseLong(fields[14])) * millisPerTick;
    }
}
