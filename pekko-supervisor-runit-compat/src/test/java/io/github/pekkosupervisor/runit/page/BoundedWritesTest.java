package io.github.pekkosupervisor.runit.page;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.protocol.TreeHealth;
import io.github.pekkosupervisor.protocol.TreeSnapshot;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.protocol.TreeSnapshot.State;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who asks and does not read, by a clock of the test. */
final class BoundedWritesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Together more than sockets hold. */
    private static final int MANY = 40_000;

    private static final String LONG = "x".repeat(1_000);

    @TempDir
    Path temp;

    private final AtomicLong nanos = new AtomicLong();
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    private final ThreadPoolExecutor threads =
            new ThreadPoolExecutor(8, 8, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
    private final BoundedWrites writes = new BoundedWrites(timer, nanos::get);
    private PageServer server;

    /** A tree that stands still. */
    private record Still(Watch watch) implements Source {
        @Override
        public CompletionStage<TreeHealth> health() {
            return CompletableFuture.completedFuture(TreeHealth.silent("/"));
        }

        @Override
        public Optional<List<String>> lastLines(Picture.Row row) {
            return Optional.empty();
        }

        @Override
        public CompletionStage<Answered> command(
                Picture.Row row, Picture.Row above, Command command, Optional<Signal> signal) {
            throw new IllegalStateException("nobody commands");
        }
    }

    @BeforeEach
    void open() throws IOException {
        List<Node> children = IntStream.range(0, MANY)
                .mapToObj(i -> Node.of("/" + LONG + i, "process", State.RUNNING))
                .toList();
        Node top = Node.of("/", "supervisor", State.RUNNING).withChildren(children);
        InstantSource calendar = InstantSource.system();
        Watch watch = new Watch(false, timer, calendar, System::nanoTime);
        watch.snapshot(new TreeSnapshot(calendar.instant(), top));
        server = new PageServer(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                new Guard(Optional.empty(), false),
                new Still(watch),
                new Streams(watch, writes),
                writes,
                Optional.empty(),
                any -> true,
                () -> "once",
                threads);
    }

    @AfterEach
    void close() {
        server.close();
        timer.shutdownNow();
        threads.shutdownNow();
    }

    /** As its clock is on, and looked at. */
    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
        writes.cutOff();
    }

    private long writing() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(one -> List.of(one.getValue()).stream()
                        .anyMatch(frame -> frame.getClassName().equals(BoundedWrites.class.getName())
                                && frame.getMethodName().equals("write")))
                .count();
    }

    @Test
    void an_answer_that_is_not_read_holds_a_thread_no_longer_than_half_a_minute() throws Exception {
        try (Socket slow =
                new Socket(InetAddress.getLoopbackAddress(), server.address().getPort())) {
            slow.getOutputStream().write("GET /tree HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(US_ASCII));
            assertThat(slow.getInputStream().read()).isEqualTo('H');
            await().atMost(PATIENCE).until(() -> writing() == 1);

            await().atMost(PATIENCE).until(() -> {
                pass(BoundedWrites.LONGEST.plusSeconds(1));
                return writing() == 0 && threads.getActiveCount() == 0;
            });
        }
    }

    @Test
    void who_writes_for_less_is_left_alone() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CompletableFuture<Boolean> cutOff = new CompletableFuture<>();
        Thread writer = new Thread(() -> {
            try {
                writes.write(() -> {
                    begun.countDown();
                    waitFor(new CountDownLatch(1));
                });
            } catch (IOException e) {
                cutOff.complete(true);
            }
        });
        writer.start();
        begun.await();

        pass(BoundedWrites.LONGEST);
        assertThat(writer.isInterrupted()).isFalse();
        assertThat(cutOff).isNotDone();

        pass(Duration.ofNanos(1));
        assertThat(cutOff.get(60, TimeUnit.SECONDS)).isTrue();
    }

    private static void waitFor(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Test
    void nor_does_it_behind_a_door() throws Exception {
        Path file = temp.resolve("page");
        try (UnixDoor door = UnixDoor.open(file, server.address(), writes, threads);
                SocketChannel slow = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            assertThat(slow.connect(UnixDomainSocketAddress.of(file))).isTrue();
            assertThat(door.isFrom(server.address())).isFalse();
            slow.write(ByteBuffer.wrap("GET /tree HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(US_ASCII)));
            assertThat(slow.read(ByteBuffer.allocate(1))).isEqualTo(1);
            await().atMost(PATIENCE).until(() -> writing() == 2);

            // the door itself has one
            await().atMost(PATIENCE).until(() -> {
                pass(BoundedWrites.LONGEST.plusSeconds(1));
                return writing() == 0 && threads.getActiveCount() == 1;
            });
        }
    }
}
