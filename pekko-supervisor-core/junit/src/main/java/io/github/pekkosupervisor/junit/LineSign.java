package io.github.pekkosupervisor.junit;

import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.Readiness;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * A line in the file that a server writes to. {@link Readiness#line} reads pipes, after which nobody has the output.
 *
 * <p>What an earlier process has written says nothing of the next. So a shell that becomes the server writes down first
 * how much is there by then, into a file that has its number, which is the server's.
 */
final class LineSign {

    private static final long PAUSE_MILLIS = 10;

    /** More than any server takes; the tree's own limit is usually shorter. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private static final String BEGIN = "wc -c <\"$0\" >\"$0.$$\" && exec \"$@\"";

    private final Path file;
    private final Pattern pattern;
    private final Duration patience;

    LineSign(Path file, Pattern pattern, Duration patience) {
        this.file = file;
        this.pattern = pattern;
        this.patience = patience;
    }

    /** A process that is ready when it has written such a line. */
    static ProcessSpec process(ServerPlace place, List<String> command, Pattern pattern) {
        Path output = place.outputFile();
        List<String> words = new ArrayList<>(List.of("/bin/sh", "-c", BEGIN, output.toString()));
        words.addAll(command);
        LineSign sign = new LineSign(output, pattern, PATIENCE);
        return place.program(words.toArray(String[]::new))
                .withName(place.program(command.get(0)).name())
                .withReady(Readiness.future(sign::of));
    }

    /** Of one process: completes when it is there, fails if it does not come. */
    CompletableFuture<Void> of(ProcessIdentity process) {
        Path begin = file.resolveSibling(file.getFileName() + "." + process.pid());
        return await(new Search(begin), System.nanoTime());
    }

    private CompletableFuture<Void> await(Search search, long since) {
        return CompletableFuture.supplyAsync(
                        search::isThere, CompletableFuture.delayedExecutor(PAUSE_MILLIS, TimeUnit.MILLISECONDS))
                .thenCompose(isThere -> {
                    if (isThere) {
                        return CompletableFuture.completedFuture(null);
                    }
                    return System.nanoTime() - since > patience.toNanos()
                            ? CompletableFuture.failedFuture(new IllegalStateException("it has written no line with /"
                                    + pattern + "/ within " + patience.toSeconds() + " seconds"))
                            : await(search, since);
                });
    }

    /** In what one process writes; one look after the other. */
    private final class Search {
        private final Path begin;

        /** Up to where there are whole lines that are others; negative while it is not known where to begin. */
        private long seen = -1;

        Search(Path begin) {
            this.begin = begin;
        }

        synchronized boolean isThere() {
            try {
                if (seen < 0) {
                    seen = beginning();
                }
                return seen >= 0 && isInMore();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private long beginning() throws IOException {
            String written = Files.exists(begin) ? Files.readString(begin) : "";
            if (!written.endsWith("\n")) {
                return -1;
            }
            // another process may have the same number some day
            Files.delete(begin);
            return Long.parseLong(written.strip());
        }

        private boolean isInMore() throws IOException {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                long size = channel.size();
                // who has emptied it begins anew
                seen = size < seen ? 0 : seen;
                ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(Integer.MAX_VALUE, size - seen));
                channel.read(bytes, seen);
                // a line that is being written may be another one when it is whole
                int whole = bytes.position();
                while (whole > 0 && bytes.get(whole - 1) != '\n') {
                    whole--;
                }
                seen += whole;
                return new String(bytes.array(), 0, whole, StandardCharsets.UTF_8)
                        .lines()
                        .anyMatch(line -> pattern.matcher(line).find());
            }
        }
    }
}
