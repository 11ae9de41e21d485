package io.github.pekkosupervisor.posix;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.posix.Directory.Links;
import io.github.pekkosupervisor.testing.ProcessView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a system call that is refused: what is said, and that nothing stays open. */
final class RefusedCallsTest {

    private static final OsString NAME = OsString.of("name");
    private static final OsString OTHER = OsString.of("other");
    private static final int LIMIT = 1000;
    private static final List<OsString> TRUE = List.of(OsString.of("true"));

    @TempDir
    private Path path;

    private Directory directory;

    @BeforeEach
    void open() throws IOException {
        Files.writeString(path.resolve("name"), "content");
        directory = Directory.open(OsString.of(path.toString()));
    }

    @AfterEach
    void close() {
        directory.close();
    }

    private static void assertRefused(String message, ThrowingCallable call) {
        List<String> before = ProcessView.ofThisJvm().openFiles();

        assertThatExceptionOfType(PosixException.class).isThrownBy(call).withMessage(message);

        ProcessView.ofThisJvm().awaitNoneBesides(before);
    }

    private static ThrowingCallable calling(OnDirectory call, Directory directory) {
        return () -> call.on(directory);
    }

    private interface OnDirectory {
        void on(Directory directory) throws PosixException;
    }

    private static Arguments row(String function, OnDirectory call) {
        return Arguments.of(function, call);
    }

    @Nested
    class NoDescriptorLeft {

        @Test
        void a_file_is_not_opened() {
            try (var refused = RefusedCalls.all("openat", "EMFILE")) {
                assertRefused("openat name: Too many open files (EMFILE)", () -> directory.openRead(NAME));
                assertThat(refused.left()).isPositive();
            }
        }

        @Test
        void a_file_is_opened_when_it_was_for_a_limit_that_is_lowered_for_a_moment() throws PosixException {
            try (var refused = RefusedCalls.next("openat", "EMFILE");
                    Descriptor opened = directory.openRead(NAME)) {
                assertThat(opened.read(LIMIT)).asString(UTF_8).isEqualTo("content");
                assertThat(refused.left()).isZero();
            }
        }

        @Test
        void a_pipe_is_not_made() {
            try (var refused = RefusedCalls.all("pipe2", "EMFILE")) {
                assertRefused("pipe2: Too many open files (EMFILE)", Pipe::open);
                assertThat(refused.left()).isPositive();
            }
        }

        @Test
        void no_copy_is_made() throws PosixException {
            try (Descriptor opened = directory.openRead(NAME);
                    var refused = RefusedCalls.all("fcntl", "EMFILE")) {
                assertRefused("fcntl: Too many open files (EMFILE)", opened::duplicate);
                assertThat(refused.left()).isPositive();
            }
        }

        @Test
        void a_directory_is_not_listed() {
            try (var refused = RefusedCalls.all("openat", "EMFILE")) {
                assertRefused("openat .: Too many open files (EMFILE)", directory::list);
                assertThat(refused.left()).isPositive();
            }
        }

        /** The file is found, and then opened through what was found. */
        @Test
        void a_file_that_is_found_and_not_opened_does_not_stay_found() {
            try (var refused = RefusedCalls.allAfter(1, "openat", "ENFILE")) {
                List<String> before = ProcessView.ofThisJvm().openFiles();

                assertThatExceptionOfType(PosixException.class)
                        .isThrownBy(() -> directory.readFile(NAME, LIMIT, Links.REFUSE))
                        .withMessageMatching("openat /proc/self/fd/\\d+: Too many open files in system \\(ENFILE\\)");

                ProcessView.ofThisJvm().awaitNoneBesides(before);
                assertThat(refused.left()).isPositive();
            }
        }

        @ParameterizedTest
        @CsvSource({
            "epoll_create1, 0, epoll_create1: Too many open files (EMFILE)",
            "eventfd, 0, eventfd: Too many open files (EMFILE)",
            "inotify_init1, 0, inotify_init1: Too many open files (EMFILE)",
        })
        void a_loop_that_gets_one_too_few_leaves_none_and_no_thread(String function, int letThrough, String message) {
            Set<Thread> before = loops();

            try (var refused = RefusedCalls.allAfter(letThrough, function, "EMFILE")) {
                assertRefused(message, EventLoop::new);
                assertThat(refused.left()).isPositive();
            }

            assertThat(before).containsAll(loops());
        }

        private static Set<Thread> loops() {
            return Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().equals("pekko-supervisor-loop"))
                    .collect(Collectors.toSet());
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 1})
        void a_loop_that_cannot_watch_its_own_leaves_none(int letThrough) {
            try (var refused = RefusedCalls.allAfter(letThrough, "epoll_ctl", "ENOSPC")) {
                List<String> before = ProcessView.ofThisJvm().openFiles();

                assertThatExceptionOfType(PosixException.class)
                        .isThrownBy(EventLoop::new)
                        .withMessageMatching("epoll_ctl descriptor \\d+: No space left on device \\(ENOSPC\\)");

                ProcessView.ofThisJvm().awaitNoneBesides(before);
                assertThat(refused.left()).isPositive();
            }
        }

        /** Its own pidfd, a first descriptor through that, its own table. */
        @ParameterizedTest
        @ValueSource(ints = {0, 1, 2})
        void a_thread_for_spawns_that_gets_one_too_few_leaves_none(int letThrough) {
            List<String> before = ProcessView.ofThisJvm().openFiles();

            try (var refused = RefusedCalls.everywhereAfter(letThrough, 2, "syscall", "EMFILE")) {
                assertThat(SpawnThread.start()).isNull();
                assertThat(refused.left()).isLessThan(2);
            }

            ProcessView.ofThisJvm().awaitNoneBesides(before);
        }
    }

    @Nested
    class ReadOnlyOrFull {

        static Stream<Arguments> changes() {
            return Stream.of(
                    row("openat", directory -> directory.openTruncated(NAME, 0600)),
                    row("openat", directory -> directory.openAppend(NAME, 0600)),
                    row("openat", directory -> directory.openNew(NAME, 0600)),
                    row("openat", directory -> directory.openOwn(NAME, 0600)),
                    row("mkdirat", directory -> directory.makeDirectory(NAME, 0700)),
                    row("mkfifoat", directory -> directory.makeFifo(NAME, 0600)),
                    row("symlinkat", directory -> directory.makeLink(NAME, OTHER)),
                    row("unlinkat", directory -> directory.remove(NAME)),
                    row("fchmodat", directory -> directory.setMode(NAME, 0600)));
        }

        @ParameterizedTest
        @MethodSource("changes")
        void a_change_of_a_read_only_directory_is_refused(String function, OnDirectory change) {
            try (var refused = RefusedCalls.all(function, "EROFS")) {
                assertRefused(function + " name: Read-only file system (EROFS)", calling(change, directory));
                assertThat(refused.left()).isPositive();
            }

            assertThat(path.resolve("name")).hasContent("content");
        }

        @Test
        void a_rename_names_both() {
            try (var refused = RefusedCalls.all("renameat", "EROFS")) {
                assertRefused(
                        "renameat name to other: Read-only file system (EROFS)", () -> directory.rename(NAME, OTHER));
                assertThat(refused.left()).isPositive();
            }

            assertThat(path.resolve("name")).hasContent("content");
        }

        @ParameterizedTest
        @ValueSource(strings = {"mkdirat", "mkfifoat"})
        void a_full_disk_takes_no_name(String function) {
            try (var refused = RefusedCalls.all(function, "ENOSPC")) {
                assertRefused(function + " other: No space left on device (ENOSPC)", () -> {
                    directory.makeDirectory(OTHER, 0700);
                    directory.makeFifo(OsString.of("other"), 0600);
                });
                assertThat(refused.left()).isPositive();
            }
        }

        @Test
        void a_full_disk_takes_no_bytes_and_the_file_can_be_closed() throws PosixException {
            byte[] bytes = "new".getBytes(UTF_8);
            Descriptor file = directory.openOverwrite(NAME, 0600);
            String name = "descriptor " + file.number();
            List<String> before = ProcessView.ofThisJvm().descriptors();

            try (file;
                    var refused = RefusedCalls.all("write", "ENOSPC")) {
                String message = "write " + name + ": No space left on device (ENOSPC)";
                assertRefused(message, () -> file.write(bytes));
                assertRefused(message, () -> file.tryWrite(bytes, 0));
                assertRefused(message, () -> new TransferBuffer(10).write(file, bytes, 0, bytes.length));
                assertThat(refused.left()).isPositive();
            }

            // another thread may have one open for a moment
            await().untilAsserted(() ->
                    assertThat(ProcessView.ofThisJvm().descriptors()).hasSizeLessThan(before.size()));
            assertThat(path.resolve("name")).hasContent("content");
        }

        @ParameterizedTest
        @CsvSource({"fsync, EIO, Input/output error", "ftruncate, ENOSPC, No space left on device"})
        void what_is_not_on_the_disk_is_told(String function, String errno, String meaning) throws PosixException {
            try (Descriptor file = directory.openOverwrite(NAME, 0600);
                    var refused = RefusedCalls.all(function, errno)) {
                assertRefused(function + " descriptor " + file.number() + ": " + meaning + " (" + errno + ")", () -> {
                    file.sync();
                    file.truncate(0);
                });
                assertThat(refused.left()).isPositive();
            }
        }

        @Test
        void what_the_loop_could_not_read_it_reads_a_while_later() throws IOException {
            BlockingQueue<String> heard = new LinkedBlockingQueue<>();
            try (EventLoop loop = new EventLoop();
                    Pipe pipe = Pipe.open()) {
                pipe.readEnd().makeNonBlocking();
                try (EventLoop.Watch watch = loop.read(
                                pipe.readEnd(), LIMIT, (bytes, itself) -> heard.add(new String(bytes, UTF_8)));
                        var refused = RefusedCalls.everywhereAfter(0, 2, "read", "EIO")) {
                    pipe.writeEnd().write("news".getBytes(UTF_8));
                    await().dontCatchUncaughtExceptions().until(() -> !heard.isEmpty());
                    watch.resume();

                    assertThat(refused.left()).isZero();
                }
            }

            assertThat(heard).containsExactly("news");
        }

        @Test
        void what_is_in_a_pipe_is_taken_out_though_it_is_not_ready_at_once() throws PosixException {
            byte[] target = new byte[LIMIT];
            try (Pipe pipe = Pipe.open()) {
                pipe.readEnd().makeNonBlocking();
                Intake intake = new Intake(pipe.readEnd(), LIMIT);
                pipe.writeEnd().write("once".getBytes(UTF_8));
                assertThat(intake.next(target, LIMIT)).isEqualTo(4);
                try (var refused = RefusedCalls.next("read", "EAGAIN")) {
                    intake.done(0);
                    assertThat(refused.left()).isZero();
                }

                assertThat(intake.next(target, LIMIT)).isEqualTo(Intake.NOTHING);
            }
        }

        @ParameterizedTest
        @ValueSource(strings = {"EIO", "EINTR"})
        void a_descriptor_is_gone_whatever_close_says(String errno) throws PosixException {
            List<String> before = ProcessView.ofThisJvm().openFiles();
            Descriptor file = directory.openRead(NAME);
            try (var refused = RefusedCalls.all("close", errno)) {
                file.close();
                assertThat(refused.left()).isLessThan(Integer.MAX_VALUE);
            }

            ProcessView.ofThisJvm().awaitNoneBesides(before);
        }

        @Test
        void a_directory_that_cannot_be_watched_is_told_and_the_loop_goes_on() throws IOException {
            BlockingQueue<String> heard = new LinkedBlockingQueue<>();
            try (EventLoop loop = new EventLoop()) {
                try (var refused = RefusedCalls.all("inotify_add_watch", "ENOSPC")) {
                    assertThatExceptionOfType(PosixException.class)
                            .isThrownBy(() -> loop.changes(directory, () -> heard.add("unwatched")))
                            .withMessageMatching("inotify_add_watch /proc/self/fd/\\d+/\\.: No space left on device"
                                    + " \\(ENOSPC\\)");
                    assertThat(refused.left()).isPositive();
                }
                try (EventLoop.Watch watch = loop.changes(directory, () -> heard.add("changed"))) {
                    watch.resume();
                    Files.createFile(path.resolve("one more"));
                    await().until(() -> heard.contains("changed"));
                }
            }

            assertThat(heard).containsOnly("changed");
        }

        @Test
        void a_wait_that_gets_nothing_to_wait_for_takes_its_time_and_is_over() {
            try (var refused = RefusedCalls.all("inotify_init1", "EMFILE");
                    InotifyWait wait = new InotifyWait("ok")) {
                wait.add(OsString.of(path.toString()));

                assertThat(wait.await(1)).isFalse();
                assertThat(refused.left()).isPositive();
            }
        }
    }

    @Nested
    class NoProcess {

        @ParameterizedTest
        @CsvSource({
            "EAGAIN, Resource temporarily unavailable, false",
            "EAGAIN, Resource temporarily unavailable, true",
            "ENOMEM, Cannot allocate memory, false",
            "ENOMEM, Cannot allocate memory, true",
        })
        void a_process_that_cannot_be_made_is_told_and_the_next_one_is_made(
                String errno, String meaning, boolean ownThread) throws Exception {
            SpawnRequest request = new SpawnRequest(
                    TRUE,
                    Optional.empty(),
                    Optional.of(directory),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    SpawnRequest.Grouping.OWN_SESSION);
            PosixSettings settings =
                    new PosixSettings(PosixSettings.Backend.NATIVE, OptionalLong.of(100), ownThread, Set.of());
            try (Posix posix = Posix.open(settings)) {
                try (var refused = RefusedCalls.everywhereAfter(0, 1, "posix_spawnp", errno)) {
                    assertRefused("spawn true: " + meaning + " (" + errno + ")", () -> posix.spawn(request));
                    assertThat(refused.left()).isZero();
                }
                ChildProcess child = posix.spawn(request);

                assertThat(child.exit().toCompletableFuture().get(40, SECONDS)).isEqualTo(ExitStatus.ofCode(0));
            }
        }

        /** Its limit of open files has to be set before. */
        @Test
        void a_limit_that_is_refused_is_told_and_holds_up_nobody() throws Exception {
            PosixSettings settings =
                    new PosixSettings(PosixSettings.Backend.NATIVE, OptionalLong.of(100), false, Set.of());
            try (Posix posix = Posix.open(settings)) {
                try (var refused = RefusedCalls.next("setrlimit", "EPERM")) {
                    assertRefused(
                            "setrlimit open files 100: Operation not permitted (EPERM)",
                            () -> posix.spawn(SpawnRequest.of(TRUE)));
                    assertThat(refused.left()).isZero();
                }
                ChildProcess child = posix.spawn(SpawnRequest.of(TRUE));

                assertThat(child.exit().toCompletableFuture().get(40, SECONDS)).isEqualTo(ExitStatus.ofCode(0));
            }
        }

        @Test
        void the_end_of_a_process_without_a_pidfd_is_seen_all_the_same() throws Exception {
            try (Posix posix = Posix.open(PosixSettings.defaults());
                    var refused = RefusedCalls.all("syscall", "EMFILE")) {
                ChildProcess child = posix.spawn(SpawnRequest.of(TRUE));

                assertThat(refused.left()).isLessThan(Integer.MAX_VALUE);
                assertThat(child.exit().toCompletableFuture().get(40, SECONDS)).isEqualTo(ExitStatus.ofCode(0));
            }
        }
    }

    @Nested
    class Interrupted {

        static Stream<Arguments> calls() {
            return Stream.of(
                    row("openat", directory -> directory.openRead(NAME).close()),
                    row("statx", directory -> directory.status(NAME)),
                    row("read", directory -> directory.readFile(NAME, LIMIT, Links.REFUSE)),
                    row("getdents64", Directory::list),
                    row("mkdirat", directory -> directory.makeDirectory(OTHER, 0700)),
                    row("mkfifoat", directory -> directory.makeFifo(OTHER, 0600)),
                    row("symlinkat", directory -> directory.makeLink(OTHER, NAME)),
                    row("renameat", directory -> directory.rename(NAME, OTHER)),
                    row("unlinkat", directory -> directory.remove(NAME)),
                    row("fchmodat", directory -> directory.setMode(NAME, 0600)),
                    row("write", onFile(file -> file.write(new byte[] {1}))),
                    row("flock", onFile(Descriptor::lock)),
                    row("flock", onFile(Descriptor::awaitLock)),
                    row("fsync", onFile(Descriptor::sync)),
                    row("ftruncate", onFile(file -> file.truncate(0))),
                    row("fchmod", onFile(file -> file.setMode(0600))));
        }

        private interface OnFile {
            void on(Descriptor file) throws PosixException;
        }

        private static OnDirectory onFile(OnFile call) {
            return directory -> {
                try (Descriptor file = directory.openOverwrite(NAME, 0600)) {
                    call.on(file);
                }
            };
        }

        @ParameterizedTest
        @MethodSource("calls")
        void a_call_that_a_signal_came_between_is_made_again(String function, OnDirectory call) throws PosixException {
            try (var refused = RefusedCalls.next(function, "EINTR")) {
                call.on(directory);

                assertThat(refused.left()).isZero();
            }
        }

        @Test
        void a_wait_for_descriptors_comes_back_with_none() throws PosixException {
            try (Descriptor file = directory.openRead(NAME);
                    var refused = RefusedCalls.next("poll", "EINTR")) {
                assertThat(Descriptor.awaitReadable(-1, file)).containsExactly(false);
                assertThat(Descriptor.awaitReadable(-1, file)).containsExactly(true);
                assertThat(refused.left()).isZero();
            }
        }

        @Test
        void the_loop_goes_on() throws IOException {
            BlockingQueue<String> heard = new LinkedBlockingQueue<>();
            try (EventLoop loop = new EventLoop();
                    EventLoop.Watch watch = loop.changes(directory, () -> heard.add("changed"));
                    var refused = RefusedCalls.everywhereAfter(0, 3, "epoll_wait", "EINTR")) {
                watch.resume();
                for (int name = 0; name < 4; name++) {
                    Files.createFile(path.resolve("new" + name));
                    await().until(() -> !heard.isEmpty());
                    heard.clear();
                }

                assertThat(refused.left()).isZero();
            }
        }
    }
}
