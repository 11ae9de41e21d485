package io.github.pekkosupervisor.posix;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.posix.EventLoop.Watch;
import io.github.pekkosupervisor.testing.ProcessView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EventLoopTest {

    private final EventLoop loop;
    private final Path path;
    private final Directory directory;
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

    EventLoopTest(@TempDir Path path) throws PosixException {
        this.loop = new EventLoop();
        this.path = path;
        this.directory = Directory.open(OsString.of(path.toString()));
    }

    @AfterEach
    void close_all() throws Exception {
        loop.close();
        for (AutoCloseable resource : opened) {
            resource.close();
        }
        directory.close();
    }

    /** The loop may have ended by the time that somebody wakes it, and its number may be another file's. */
    @Test
    void who_is_woken_when_all_is_over_is_left_alone() throws Exception {
        Epoll epoll = Epoll.open(7);
        epoll.close();

        assertThatCode(epoll::wake).doesNotThrowAnyException();
    }

    @Nested
    class Descriptors {

        @Test
        void nothing_is_read_while_it_is_held() throws Exception {
            Descriptor fifo = fifo("control");
            watch(fifo, (chunk, watch) -> heard.add(text(chunk)));

            loop.hold();
            fifo.write(bytes("d"));
            String whileHeld = heard.poll(300, java.util.concurrent.TimeUnit.MILLISECONDS);
            byte[] unread = fifo.read(1);
            fifo.write(unread);
            loop.release();

            assertThat(whileHeld).isNull();
            assertThat(unread).isEqualTo(bytes("d"));
            assertThat(heard.poll(30, java.util.concurrent.TimeUnit.SECONDS)).isEqualTo("d");
        }

        @Test
        void bytes_come_one_at_a_time_and_none_before_a_resume() throws Exception {
            Descriptor fifo = fifo("control");
            watch(fifo, (chunk, watch) -> heard.add(text(chunk)));

            fifo.write(bytes("dut"));

            assertThat(next()).isEqualTo("d");
            let_the_loop_go_round();
            assertThat(heard).isEmpty();
            assertThat(text(fifo.read(10))).isEqualTo("ut");
        }

        @Test
        void room_in_a_full_pipe_is_reported_when_it_is_read() throws Exception {
            Pipe pipe = fullPipe();
            opened.add(loop.write(pipe.writeEnd(), watch -> heard.add("room")));
            let_the_loop_go_round();
            boolean before = heard.isEmpty();

            pipe.readEnd().read(65536);

            assertThat(next()).isEqualTo("room");
            assertThat(before).isTrue();
            let_the_loop_go_round();
            assertThat(heard).isEmpty();
        }

        @Test
        void the_end_of_the_reader_is_reported_to_the_writer() throws Exception {
            Pipe pipe = fullPipe();
            opened.add(loop.write(pipe.writeEnd(), watch -> heard.add("gone")));

            pipe.readEnd().close();

            assertThat(next()).isEqualTo("gone");
            assertThatExceptionOfType(PosixException.class)
                    .isThrownBy(() -> pipe.writeEnd().tryWrite(bytes("x"), 0))
                    .matches(refusal -> refusal.is("EPIPE"));
        }

        @Test
        void what_would_have_to_wait_is_not_done() throws Exception {
            Pipe pipe = fullPipe();

            assertThat(pipe.writeEnd().tryWrite(bytes("x"), 0)).isZero();
            pipe.readEnd().makeNonBlocking();
            int read = pipe.readEnd().tryRead(65536).orElseThrow().length;
            while (pipe.readEnd().tryRead(65536).isPresent()) {
                read++;
            }
            assertThat(read).isPositive();
            assertThat(pipe.writeEnd().tryWrite(bytes("xyz"), 1)).isEqualTo(2);
        }

        private Pipe fullPipe() throws Exception {
            Pipe pipe = Pipe.open();
            opened.add(pipe);
            pipe.writeEnd().makeNonBlocking();
            byte[] much = new byte[65536];
            while (pipe.writeEnd().tryWrite(much, 0) > 0) {
                assertThat(much).isNotEmpty();
            }
            return pipe;
        }

        @Test
        void a_listener_that_resumes_hears_every_byte_in_order() throws Exception {
            Descriptor fifo = fifo("control");
            watch(fifo, (chunk, watch) -> {
                heard.add(text(chunk));
                watch.resume();
            });

            fifo.write(bytes("dutx"));

            assertThat(List.of(next(), next(), next(), next())).containsExactly("d", "u", "t", "x");
        }

        @Test
        void anybody_may_resume_later() throws Exception {
            Descriptor fifo = fifo("control");
            Watch watch = watch(fifo, (chunk, itself) -> heard.add(text(chunk)));
            fifo.write(bytes("du"));
            String first = next();

            watch.resume();

            assertThat(List.of(first, next())).containsExactly("d", "u");
        }

        @Test
        void a_resume_before_there_is_anything_to_read_is_kept() throws Exception {
            Descriptor fifo = fifo("control");
            Watch watch = watch(fifo, (chunk, itself) -> heard.add(text(chunk)));
            fifo.write(bytes("d"));
            String first = next();
            watch.resume();
            let_the_loop_go_round();

            fifo.write(bytes("u"));

            assertThat(List.of(first, next())).containsExactly("d", "u");
        }

        @Test
        void a_chunk_is_no_larger_than_asked_for() throws Exception {
            Descriptor fifo = fifo("control");
            opened.add(loop.read(fifo, 3, (chunk, watch) -> {
                heard.add(text(chunk));
                watch.resume();
            }));

            fifo.write(bytes("abcdefgh"));

            assertThat(List.of(next(), next(), next())).containsExactly("abc", "def", "gh");
        }

        @Test
        void the_end_of_a_stream_is_an_empty_chunk() throws Exception {
            Pipe pipe = Pipe.open();
            opened.add(pipe.readEnd());
            watch(pipe.readEnd(), (chunk, watch) -> heard.add(text(chunk)));

            pipe.writeEnd().close();

            assertThat(next()).isEmpty();
        }

        @Test
        void a_watch_closed_while_bytes_arrive_reports_nothing_more() throws Exception {
            Descriptor fifo = fifo("control");
            AtomicInteger reports = new AtomicInteger();
            AtomicBoolean enough = new AtomicBoolean();
            Watch watch = watch(fifo, (chunk, itself) -> {
                reports.incrementAndGet();
                itself.resume();
            });
            CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
                while (!enough.get()) {
                    write_if_there_is_room(fifo);
                }
            });
            await().until(() -> reports.get() > 100);

            watch.close();

            int atClose = reports.get();
            let_the_loop_go_round();
            enough.set(true);
            writer.get(20, SECONDS);
            assertThat(reports).hasValue(atClose);
        }

        @Test
        void a_watch_is_closed_only_when_its_listener_has_returned() throws Exception {
            Descriptor fifo = fifo("control");
            Blocker blocker = new Blocker();
            Watch watch = watch(fifo, (chunk, itself) -> blocker.block());
            fifo.write(bytes("d"));

            blocker.assert_close_waits(watch);
        }

        @Test
        void a_listener_may_close_its_own_watch() throws Exception {
            Descriptor fifo = fifo("control");
            watch(fifo, (chunk, watch) -> {
                watch.close();
                watch.resume();
                heard.add(text(chunk));
            });

            fifo.write(bytes("du"));

            assertThat(next()).isEqualTo("d");
            let_the_loop_go_round();
            assertThat(heard).isEmpty();
        }

        @Test
        void many_watches_each_hear_their_own() throws Exception {
            ConcurrentHashMap<String, String> heardBy = new ConcurrentHashMap<>();
            List<Descriptor> fifos = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                String name = "fifo" + i;
                Descriptor fifo = fifo(name);
                fifos.add(fifo);
                opened.add(loop.read(fifo, 10, (chunk, watch) -> heardBy.put(name, text(chunk))));
            }

            for (int i = 0; i < 300; i++) {
                fifos.get(i).write(bytes("fifo" + i));
            }

            await().until(() -> heardBy.size() == 300);
            assertThat(heardBy).allSatisfy((name, said) -> assertThat(said).isEqualTo(name));
        }

        @Test
        void a_listener_that_throws_is_reported_and_the_loop_goes_on() throws Exception {
            Descriptor fifo = fifo("control");
            BlockingQueue<Throwable> reported = new LinkedBlockingQueue<>();
            watch(fifo, (chunk, watch) -> {
                Thread.currentThread().setUncaughtExceptionHandler((thread, failure) -> reported.add(failure));
                throw new IllegalStateException("broken listener");
            });

            fifo.write(bytes("d"));

            assertThat(reported.poll(20, SECONDS)).hasMessage("broken listener");
            let_the_loop_go_round();
        }
    }

    @Nested
    class Directories {

        @Test
        void a_new_a_renamed_and_a_removed_name_are_each_reported() throws Exception {
            opened.add(loop.changes(directory, () -> heard.add("changed")));

            Files.createFile(path.resolve("a"));
            String created = next();
            Files.move(path.resolve("a"), path.resolve("b"));
            String renamed = next();
            heard.clear();
            Files.delete(path.resolve("b"));
            String removed = next();

            assertThat(List.of(created, renamed, removed)).containsOnly("changed");
        }

        @Test
        void a_change_is_reported_wherever_the_directory_has_moved() throws Exception {
            Path before = Files.createDirectory(path.resolve("before"));
            Directory below = Directory.open(OsString.of(before.toString()));
            opened.add(below);
            Path after = Files.move(before, path.resolve("after"));
            opened.add(loop.changes(below, () -> heard.add("changed")));

            Files.createFile(after.resolve("a"));

            assertThat(next()).isEqualTo("changed");
        }

        @Test
        void the_removal_of_the_directory_itself_is_reported() throws Exception {
            Path doomed = Files.createDirectory(path.resolve("doomed"));
            Directory below = Directory.open(OsString.of(doomed.toString()));
            opened.add(below);
            opened.add(loop.changes(below, () -> heard.add("changed")));
            below.close();

            Files.delete(doomed);

            assertThat(next()).isEqualTo("changed");
        }

        @Test
        void changes_that_cannot_be_read_keep_nothing_else_from_being_told() throws Exception {
            Descriptor work = fifo("work");
            Descriptor control = fifo("control");
            CountDownLatch busy = new CountDownLatch(1);
            CountDownLatch goOn = new CountDownLatch(1);
            BlockingQueue<Throwable> reported = new LinkedBlockingQueue<>();
            watch(work, (chunk, watch) -> {
                Thread.currentThread().setUncaughtExceptionHandler((thread, failure) -> reported.add(failure));
                busy.countDown();
                await().until(() -> goOn.await(20, SECONDS));
            });
            opened.add(loop.changes(directory, () -> heard.add("changed")));
            watch(control, (chunk, watch) -> heard.add(text(chunk)));
            work.write(bytes("w"));
            assertThat(busy.await(20, SECONDS)).isTrue();

            // the loop is told of both at once
            Files.createFile(path.resolve("a"));
            control.write(bytes("d"));
            try (RefusedCalls refused = RefusedCalls.everywhereAfter(0, 1, "read", "EIO")) {
                goOn.countDown();

                assertThat(List.of(next(), next())).containsExactlyInAnyOrder("changed", "d");
                assertThat(refused.left()).isZero();
            }
            assertThat(reported.poll(20, SECONDS)).hasMessageContaining("are read again");
        }

        @Test
        void every_watch_of_one_directory_is_told() throws Exception {
            opened.add(loop.changes(directory, () -> heard.add("first")));
            opened.add(loop.changes(directory, () -> heard.add("second")));

            Files.createFile(path.resolve("a"));

            assertThat(List.of(next(), next())).containsExactlyInAnyOrder("first", "second");
        }

        @Test
        void a_closed_watch_is_silent_and_leaves_the_others_alone() throws Exception {
            Watch first = loop.changes(directory, () -> heard.add("first"));
            opened.add(loop.changes(directory, () -> heard.add("second")));

            first.close();
            Files.createFile(path.resolve("a"));

            assertThat(next()).isEqualTo("second");
            let_the_loop_go_round();
            assertThat(heard).doesNotContain("first");
        }

        @Test
        void a_directory_can_be_watched_again_after_its_last_watch_was_closed() throws Exception {
            loop.changes(directory, () -> heard.add("first")).close();
            opened.add(loop.changes(directory, () -> heard.add("second")));

            Files.createFile(path.resolve("a"));

            assertThat(next()).isEqualTo("second");
        }

        @Test
        void a_watch_is_closed_only_when_its_listener_has_returned() throws Exception {
            Blocker blocker = new Blocker();
            Watch watch = loop.changes(directory, blocker::block);
            Files.createFile(path.resolve("a"));

            blocker.assert_close_waits(watch);
        }

        @Test
        void a_listener_that_throws_hears_of_the_next_change_all_the_same() throws Exception {
            opened.add(loop.changes(directory, () -> {
                Thread.currentThread().setUncaughtExceptionHandler((thread, failure) -> heard.add("reported"));
                throw new IllegalStateException("broken listener");
            }));

            Files.createFile(path.resolve("a"));
            String first = next();
            Files.createFile(path.resolve("b"));

            assertThat(List.of(first, next())).containsExactly("reported", "reported");
        }
    }

    @Nested
    class Exits {

        @Test
        void an_exit_is_noticed_without_a_pidfd() throws Exception {
            Process process = new ProcessBuilder("cat").start();
            await(Math.toIntExact(process.pid()), null, null);
            let_the_loop_go_round();
            boolean early = heard.contains("ended");

            process.getOutputStream().close();

            assertThat(early).isFalse();
            assertThat(next()).isEqualTo("ended");
        }

        @Test
        void an_exit_that_lies_in_the_past_is_noticed_without_a_pidfd() throws Exception {
            Process process = new ProcessBuilder("true").start();
            process.waitFor();

            await(Math.toIntExact(process.pid()), null, null);

            assertThat(next()).isEqualTo("ended");
        }

        /** It never shows among those that have ended and for which somebody is still to wait. */
        @Test
        void an_exit_of_a_child_for_which_somebody_else_has_waited_is_told_once_without_a_pidfd() throws Exception {
            Process first = child("first");
            Process second = child("second");

            // the JDK waits for it itself
            first.destroyForcibly().waitFor();
            String heardFirst = next();
            boolean secondRuns = second.isAlive();
            second.destroyForcibly().waitFor();

            assertThat(heardFirst).isEqualTo("first");
            assertThat(secondRuns).isTrue();
            assertThat(next()).isEqualTo("second");
            assertThat(heard).isEmpty();
        }

        @Test
        void an_exit_is_noticed_after_its_pidfd_was_given_up() throws Exception {
            Process process = new ProcessBuilder("cat").start();
            opened.add(process::destroyForcibly);
            int pid = Math.toIntExact(process.pid());
            Descriptor pidfd = ProcessCalls.openPidfd(pid);
            opened.add(pidfd);
            AtomicInteger givenUp = new AtomicInteger();
            Runnable giveUp = () -> {
                givenUp.incrementAndGet();
                pidfd.close();
            };
            await(pid, pidfd, giveUp);

            EventLoop.letPidfdsGo();
            EventLoop.letPidfdsGo();
            let_the_loop_go_round();
            boolean early = heard.contains("ended");
            process.getOutputStream().close();

            assertThat(givenUp).hasValue(1);
            assertThat(early).isFalse();
            assertThat(next()).isEqualTo("ended");
            EventLoop.letPidfdsGo();
            assertThat(givenUp).hasValue(1);
        }

        @Test
        void who_needs_his_pidfd_keeps_it() throws Exception {
            Process process = new ProcessBuilder("cat").start();
            opened.add(process::destroyForcibly);
            Descriptor pidfd = ProcessCalls.openPidfd(Math.toIntExact(process.pid()));
            opened.add(pidfd);
            BooleanSupplier never = () -> {
                throw new IllegalStateException("it is not asked");
            };
            loop.onExit(never, never, pidfd, null, () -> heard.add("ended"));

            EventLoop.letPidfdsGo();
            process.getOutputStream().close();

            assertThat(next()).isEqualTo("ended");
        }

        /** Who has its number meanwhile looks like it at a glance. */
        @Test
        void an_exit_is_noticed_though_its_number_is_another_ones_by_now() throws Exception {
            loop.onExit(() -> true, () -> false, null, null, () -> heard.add("ended"));

            assertThat(next()).isEqualTo("ended");
        }

        private void await(int pid, @Nullable Descriptor pidfd, @Nullable Runnable giveUp) {
            BooleanSupplier runs = () -> ProcFs.isRunning(pid);
            loop.onExit(runs, runs, pidfd, giveUp, () -> heard.add("ended"));
        }

        private Process child(String name) throws IOException {
            Process child = new ProcessBuilder("cat").start();
            opened.add(child::destroyForcibly);
            loop.onExitOfChild(Math.toIntExact(child.pid()), null, () -> {}, () -> heard.add(name));
            return child;
        }
    }

    @Nested
    class Closing {

        @Test
        void a_closed_loop_gives_its_descriptors_and_its_thread_back() throws Exception {
            List<String> before = ProcessView.ofThisJvm().openFiles();
            BlockingQueue<Thread> threads = new LinkedBlockingQueue<>();
            EventLoop another = new EventLoop();
            opened.add(another.changes(directory, () -> threads.add(Thread.currentThread())));
            Files.createFile(path.resolve("a"));
            Thread thread = threads.take();

            another.close();
            another.close();

            thread.join(40_000);
            assertThat(thread.isAlive()).isFalse();
            ProcessView.ofThisJvm().awaitNoneBesides(before);
        }

        @Test
        void watches_can_be_closed_after_their_loop() throws Exception {
            Descriptor fifo = fifo("control");
            Watch ofDescriptor = watch(fifo, (chunk, watch) -> heard.add(text(chunk)));
            Watch ofDirectory = loop.changes(directory, () -> heard.add("changed"));

            loop.close();
            ofDescriptor.resume();
            ofDescriptor.close();
            ofDirectory.close();

            assertThat(heard).isEmpty();
        }
    }

    /** A listener that is held up. */
    private static final class Blocker {
        private final CountDownLatch entered = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);

        void block() {
            entered.countDown();
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        void assert_close_waits(Watch watch) throws InterruptedException {
            assertThat(entered.await(20, SECONDS)).isTrue();
            Thread closing = new Thread(watch::close);
            closing.start();
            await().until(() -> closing.getState() == Thread.State.BLOCKED);

            released.countDown();

            closing.join(40_000);
            assertThat(closing.isAlive()).isFalse();
        }
    }

    private Descriptor fifo(String name) throws PosixException {
        directory.makeFifo(OsString.of(name), 0600);
        Descriptor fifo = directory.openReadWrite(OsString.of(name));
        opened.add(fifo);
        return fifo;
    }

    private Watch watch(Descriptor descriptor, BiConsumer<byte[], Watch> listener) throws PosixException {
        return loop.read(descriptor, 1, listener);
    }

    private String next() throws InterruptedException {
        String next = heard.poll(20, SECONDS);
        assertThat(next).as("a report in time").isNotNull();
        return next == null ? "" : next;
    }

    /** Returns when the loop has looked for events at least once more and has dealt with them. */
    private void let_the_loop_go_round() throws IOException {
        try (Pipe pipe = Pipe.open()) {
            AtomicInteger rounds = new AtomicInteger();
            try (Watch watch = loop.read(pipe.readEnd(), 1, (chunk, itself) -> {
                rounds.incrementAndGet();
                itself.resume();
            })) {
                pipe.writeEnd().write(bytes("123"));
                await().until(() -> rounds.get() == 3);
                watch.resume();
            }
        }
    }

    private static void write_if_there_is_room(Descriptor fifo) {
        try {
            fifo.write(bytes("x"));
        } catch (PosixException full) {
            Thread.onSpinWait();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(US_ASCII);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, US_ASCII);
    }
}
