package io.github.pekkosupervisor.posix;

import static io.github.pekkosupervisor.testing.Programs.A_DAY;
import static io.github.pekkosupervisor.testing.Programs.SLEEPER;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DescriptorTest {

    private final Path path;
    private final OsString file;

    DescriptorTest(@TempDir Path directory) {
        this.path = directory.resolve("file");
        this.file = OsString.of(path.toString());
    }

    @Nested
    class Lock {

        @Test
        void a_lock_excludes_every_other_open_of_the_file() throws PosixException {
            try (Descriptor first = Descriptor.openWrite(file, true);
                    Descriptor second = Descriptor.openWrite(file, true)) {
                first.lock();

                assertRefused("EAGAIN", second::lock);
            }
        }

        @Test
        void a_lock_can_be_taken_again_by_its_holder() throws PosixException {
            try (Descriptor only = Descriptor.openWrite(file, true)) {
                only.lock();
                only.lock();

                assertThat(only.status().isRegularFile()).isTrue();
            }
        }

        @Test
        void a_lock_ends_when_its_descriptor_is_closed() throws PosixException {
            try (Descriptor second = Descriptor.openWrite(file, true)) {
                Descriptor first = Descriptor.openWrite(file, true);
                first.lock();
                assertRefused("EAGAIN", second::lock);

                first.close();

                second.lock();
            }
        }

        @Test
        void a_lock_excludes_the_flock_program() throws Exception {
            Descriptor ours = Descriptor.openWrite(file, true);
            ours.lock();
            int whileLocked = flock("-n", path.toString(), "true").waitFor();

            ours.close();

            assertThat(whileLocked).isEqualTo(1);
            assertThat(flock("-n", path.toString(), "true").waitFor()).isZero();
        }

        @Test
        void a_lock_of_the_flock_program_is_respected() throws Exception {
            Path held = path.resolveSibling("held");
            Process flock = flock("-o", path.toString(), "sh", "-c", "> \"$0\"; exec sleep " + A_DAY, held.toString());
            try (Descriptor ours = Descriptor.openWrite(file, true)) {
                await().until(() -> Files.exists(held));

                assertRefused("EAGAIN", ours::lock);
            } finally {
                flock.descendants().forEach(ProcessHandle::destroyForcibly);
                flock.waitFor();
            }
        }

        @Test
        void a_lock_is_not_inherited_by_processes() throws Exception {
            Descriptor first = Descriptor.openWrite(file, true);
            first.lock();
            try (Posix posix = Posix.open(PosixSettings.defaults());
                    Descriptor second = Descriptor.openWrite(file, true)) {
                ChildProcess child = posix.spawn(SpawnRequest.of(SLEEPER));
                Process other = new ProcessBuilder("sleep", A_DAY).start();
                try {
                    first.close();

                    second.lock();
                } finally {
                    child.signal(Signal.KILL);
                    other.destroyForcibly().waitFor();
                    child.exit().toCompletableFuture().get(20, SECONDS);
                }
            }
        }

        private Process flock(String... arguments) throws IOException {
            ProcessBuilder builder = new ProcessBuilder("flock");
            builder.command().addAll(List.of(arguments));
            return builder.start();
        }
    }

    @Nested
    class Opening {

        @Test
        void a_file_is_written_from_its_end_or_anew() throws IOException {
            Files.writeString(path, "before");

            write(Descriptor.openWrite(file, true), "+");
            String appended = Files.readString(path);
            write(Descriptor.openWrite(file, false), "anew");
            String truncated = Files.readString(path);

            assertThat(appended).isEqualTo("before+");
            assertThat(truncated).isEqualTo("anew");
        }

        @Test
        void a_missing_file_is_refused_for_reading() {
            assertRefused("ENOENT", () -> Descriptor.openRead(file));
        }

        @Test
        void a_fifo_does_not_hold_up_who_opens_it() throws PosixException {
            fifo();

            assertRefused("ENXIO", () -> Descriptor.openWrite(file, true));
            try (Descriptor reader = Descriptor.openRead(file)) {
                assertThat(reader.status().isFifo()).isTrue();
                assertThat(reader.read(1)).isEmpty();
            }
        }

        @Test
        void an_empty_fifo_opened_for_reading_and_writing_is_eagain() throws PosixException {
            fifo();
            try (Directory directory = Directory.open(OsString.of(String.valueOf(path.getParent())));
                    Descriptor both = directory.openReadWrite(OsString.of("file"))) {
                assertRefused("EAGAIN", () -> both.read(1));
            }
        }

        private void fifo() throws PosixException {
            try (Directory directory = Directory.open(OsString.of(String.valueOf(path.getParent())))) {
                directory.makeFifo(OsString.of("file"), 0600);
            }
        }
    }

    @Nested
    class Bytes {

        @Test
        void a_megabyte_passes_through_a_pipe_unchanged_while_memory_is_collected() throws Exception {
            byte[] sent = new byte[1 << 20];
            new Random(1).nextBytes(sent);
            try (Pipe pipe = Pipe.open()) {
                CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
                    try {
                        pipe.writeEnd().write(sent);
                        pipe.writeEnd().close();
                    } catch (PosixException e) {
                        throw new IllegalStateException(e);
                    }
                });

                ByteArrayOutputStream received = new ByteArrayOutputStream();
                byte[] chunk = pipe.readEnd().read(65536);
                while (chunk.length > 0) {
                    System.gc();
                    received.writeBytes(chunk);
                    chunk = pipe.readEnd().read(65536);
                }

                writer.get(20, SECONDS);
                assertThat(received.toByteArray()).isEqualTo(sent);
            }
        }

        @Test
        void at_most_the_limit_is_read() throws PosixException {
            try (Pipe pipe = Pipe.open()) {
                pipe.writeEnd().write("abc".getBytes(US_ASCII));

                assertThat(pipe.readEnd().read(2)).containsExactly('a', 'b');
                assertThat(pipe.readEnd().read(2)).containsExactly('c');
            }
        }

        @Test
        void a_pipe_that_nobody_reads_is_epipe() throws PosixException {
            try (Pipe pipe = Pipe.open()) {
                pipe.readEnd().close();

                assertRefused("EPIPE", () -> pipe.writeEnd().write(new byte[] {1}));
            }
        }

        @Test
        void writing_nothing_is_nothing() throws PosixException {
            try (Pipe pipe = Pipe.open()) {
                pipe.writeEnd().write(new byte[0]);
                pipe.writeEnd().close();

                assertThat(pipe.readEnd().read(1)).isEmpty();
            }
        }
    }

    @Nested
    class Closing {

        @Test
        void a_closed_descriptor_says_so_instead_of_using_another_file() throws PosixException {
            Descriptor closed = Descriptor.openWrite(file, true);
            String name = closed.toString();
            closed.close();
            closed.close();

            assertThatIllegalStateException()
                    .isThrownBy(() -> closed.write(new byte[] {1}))
                    .withMessage(name + " is already closed");
        }

        @Test
        void only_the_standard_three_are_standard() {
            assertThat(Descriptor.standard(2).number()).isEqualTo(2);
            assertThatIllegalArgumentException().isThrownBy(() -> Descriptor.standard(3));
            assertThatIllegalArgumentException().isThrownBy(() -> Descriptor.standard(-1));
        }
    }

    @Nested
    class Waiting {

        @Test
        void only_what_has_bytes_or_has_ended_can_be_read() throws PosixException {
            try (Pipe silent = Pipe.open();
                    Pipe full = Pipe.open();
                    Pipe over = Pipe.open()) {
                full.writeEnd().write(new byte[1]);
                over.writeEnd().close();

                boolean[] ready = Descriptor.awaitReadable(10_000, silent.readEnd(), full.readEnd(), over.readEnd());

                assertThat(ready).containsExactly(false, true, true);
            }
        }

        @Test
        void the_wait_ends_with_its_time() throws PosixException {
            try (Pipe silent = Pipe.open()) {
                assertThat(Descriptor.awaitReadable(20, silent.readEnd())).containsExactly(false);
                assertThat(Descriptor.awaitReadable(20)).isEmpty();
            }
        }

        @Test
        void a_non_blocking_end_refuses_to_wait() throws PosixException {
            try (Pipe silent = Pipe.open()) {
                silent.readEnd().makeNonBlocking();

                assertRefused("EAGAIN", () -> silent.readEnd().read(1));
            }
        }
    }

    @Nested
    class Copies {

        @Test
        void a_duplicate_keeps_the_file_open() throws PosixException {
            try (Pipe pipe = Pipe.open()) {
                Descriptor duplicate = pipe.readEnd().duplicate();
                pipe.readEnd().close();
                pipe.writeEnd().write("x".getBytes(US_ASCII));

                assertThat(duplicate.read(9)).isEqualTo("x".getBytes(US_ASCII));
                duplicate.close();
            }
        }

        @Test
        void an_end_opened_both_ways_never_finds_the_pipe_broken() throws PosixException {
            Pipe pipe = Pipe.open();
            try (Descriptor bothWays = pipe.writeEnd().reopenBothWays()) {
                pipe.close();

                bothWays.write("x".getBytes(US_ASCII));

                assertThat(bothWays.read(9)).isEqualTo("x".getBytes(US_ASCII));
            }
        }
    }

    @Nested
    class Transfer {

        @Test
        void bytes_go_out_and_come_in_unchanged_a_piece_at_a_time() throws PosixException {
            TransferBuffer buffer = new TransferBuffer(4);
            byte[] read = new byte[9];
            try (Pipe pipe = Pipe.open()) {
                assertThat(buffer.write(pipe.writeEnd(), "abcdefgh".getBytes(US_ASCII), 1, 6))
                        .isEqualTo(4);
                assertThat(buffer.read(pipe.readEnd(), read, 3)).isEqualTo(3);
                assertThat(read).startsWith("bcd".getBytes(US_ASCII));
                assertThat(buffer.read(pipe.readEnd(), read, 100)).isEqualTo(1);
                pipe.writeEnd().close();
                assertThat(buffer.read(pipe.readEnd(), read, 100)).isZero();
            }
        }

        @Test
        void a_mode_is_given_whatever_the_umask_and_content_is_on_the_disk() throws PosixException, IOException {
            try (Descriptor open = Descriptor.openWrite(file, true)) {
                open.write("x".getBytes(US_ASCII));
                open.setMode(0746);
                open.sync();
            }

            assertThat(Files.getPosixFilePermissions(path))
                    .isEqualTo(java.nio.file.attribute.PosixFilePermissions.fromString("rwxr--rw-"));
        }
    }

    private static void write(Descriptor descriptor, String text) throws PosixException {
        descriptor.write(text.getBytes(US_ASCII));
        descriptor.close();
    }

    private static void assertRefused(String errno, ThrowingCallable call) {
        assertThatExceptionOfType(PosixException.class)
                .isThrownBy(call)
                .extracting(PosixException::errno)
                .isEqualTo(errno);
    }
}
