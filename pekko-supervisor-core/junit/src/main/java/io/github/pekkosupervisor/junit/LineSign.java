package io.github.pekkosupervisor.junit;

import io.github.pekkosupervisor.process.Readiness;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * A line in the file that a server writes to. {@link Readiness#line} reads pipes, after which nobody has the output.
 */
final class LineSign {

    private static final long PAUSE_MILLIS = 10;
    private static final long GIVE_UP_NANOS = Duration.ofMinutes(5).toNanos();

    private final Path file;
    private final Pattern pattern;

    /** Up to where it has been seen; what an earlier process has written says nothing of the next. */
    private long seen;

    private LineSign(Path file, Pattern pattern) {
        this.file = file;
        this.pattern = pattern;
    }

    static Readiness in(Path file, Pattern pattern) {
        LineSign sign = new LineSign(file, pattern);
        return Readiness.future(process -> sign.await(System.nanoTime()));
    }

    private CompletableFuture<Void> await(long since) {
        return CompletableFuture.supplyAsync(
                        this::isThere, CompletableFuture.delayedExecutor(PAUSE_MILLIS, TimeUnit.MILLISECONDS))
                .thenCompose(isThere -> isThere || System.nanoTime() - since > GIVE_UP_NANOS
                        ? CompletableFuture.completedFuture(null)
                        : await(since));
    }

    private synchronized boolean isThere() {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(Integer.MAX_VALUE, channel.size() - seen));
            channel.read(bytes, seen);
            String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
            // a line that is being written may be another one when it is whole
            String whole = text.substring(0, text.lastIndexOf('\n') + 1);
            if (whole.lines().anyMatch(line -> pattern.matcher(line).find())) {
                seen += bytes.position();
                return true;
            }
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
