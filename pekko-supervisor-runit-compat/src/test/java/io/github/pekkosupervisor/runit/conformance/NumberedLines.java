package io.github.pekkosupervisor.runit.conformance;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Lines that carry their number, and the judge of what has become of them in a log directory. */
final class NumberedLines {

    private static final Pattern LINE = Pattern.compile("line (\\d+) of many, and this is its end\\.");
    /** No multiple of a line's length: writes end within lines, as those of most programs do. */
    private static final int WRITE = 4096;

    private NumberedLines() {}

    static String line(int number) {
        return "line " + number + " of many, and this is its end.";
    }

    /** Writes lines 0 to {@code count - 1} in blocks, as a program with a buffer does. */
    static void write(OutputStream target, int count) throws IOException {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            block.write((line(i) + "\n").getBytes(US_ASCII));
            if (block.size() >= WRITE) {
                byte[] bytes = block.toByteArray();
                target.write(bytes, 0, WRITE);
                block.reset();
                block.write(bytes, WRITE, bytes.length - WRITE);
            }
        }
        target.write(block.toByteArray());
    }

    /**
     * What a log directory holds.
     *
     * @param missing how many of the lines are in no file
     * @param repeated how many of those found were found before
     * @param broken how many lines are none of ours, for instance parts of one
     */
    record Verdict(int missing, int repeated, int broken) {}

    /** Reads {@code current} and all that was rotated. */
    static Verdict judge(Path log, int count) throws IOException {
        BitSet found = new BitSet(count);
        int repeated = 0;
        int broken = 0;
        for (Path file : files(log)) {
            try (BufferedReader lines = Files.newBufferedReader(file, java.nio.charset.StandardCharsets.ISO_8859_1)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    Matcher matcher = LINE.matcher(line);
                    if (!matcher.matches()) {
                        broken++;
                    } else if (found.get(Integer.parseInt(matcher.group(1)))) {
                        repeated++;
                    } else {
                        found.set(Integer.parseInt(matcher.group(1)));
                    }
                }
            }
        }
        return new Verdict(count - found.get(0, count).cardinality(), repeated, broken);
    }

    static long bytes(Path log) throws IOException {
        long sum = 0;
        for (Path file : files(log)) {
            // one may just have been renamed
            sum += Files.exists(file) ? Files.size(file) : 0;
        }
        return sum;
    }

    private static List<Path> files(Path log) throws IOException {
        try (Stream<Path> files = Files.list(log)) {
            return files.filter(file -> file.getFileName().toString().startsWith("@")
                            || file.getFileName().toString().equals("current"))
                    .sorted()
                    .toList();
        }
    }
}
