package io.github.pekkosupervisor.runit.adoption;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The numbered lines of a service in the files of {@code svlogd -tt ./main}. */
final class StampedLog {

    /** {@code 2026-11-30_01:02:03.45678 }. */
    private static final String STAMP = "\\d{4}-\\d\\d-\\d\\d_\\d\\d:\\d\\d:\\d\\d\\.\\d{5} ";

    private static final int STAMP_LENGTH = 26;

    private StampedLog() {}

    /** In the order in which they were written. */
    static List<Path> files(Path service) {
        try (Stream<Path> files = Files.list(service.resolve("log/main"))) {
            return files.filter(file -> file.getFileName().toString().matches("@.*|current"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static long bytes(Path service) {
        long sum = 0;
        for (Path file : files(service)) {
            try {
                sum += Files.size(file);
            } catch (NoSuchFileException e) {
                // it has just been renamed
                sum += 0;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return sum;
    }

    /**
     * What is wrong with all the files together; each line has its stamp.
     *
     * @param place where there is room for a file
     */
    static List<String> problems(Path service, Path place) throws IOException {
        // a file that is full ends within a line
        StringBuilder written = new StringBuilder();
        for (Path file : files(service)) {
            written.append(Files.readString(file, ISO_8859_1));
        }
        List<String> all = written.toString()
                .lines()
                .map(line -> line.matches(STAMP + ".*") ? line.substring(STAMP_LENGTH) : "no stamp: " + line)
                .toList();
        Path text = Files.write(place.resolve("all-" + service.getFileName()), all, ISO_8859_1);
        return WrittenLines.problems(text, service.resolve("notes"));
    }
}
