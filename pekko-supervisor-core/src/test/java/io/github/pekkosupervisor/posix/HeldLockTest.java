package io.github.pekkosupervisor.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("it refuses system calls, and counts what is open")
class HeldLockTest {

    @TempDir
    Path temp;

    private OsString path;

    @BeforeEach
    void make_the_file() throws IOException {
        path = OsString.of(Files.createFile(temp.resolve("lock")).toString());
    }

    private Descriptor open() throws PosixException {
        return Descriptor.open(FileCalls.AT_FDCWD, path, FileCalls.O_RDWR | FileCalls.O_NONBLOCK, 0);
    }

    private HeldLock lock() throws PosixException {
        return new HeldLock(open(), this::open);
    }

    /** Whether somebody else could have it. */
    private boolean isFree() throws PosixException {
        try (Descriptor other = open()) {
            other.lock();
            return true;
        } catch (PosixException e) {
            assertThat(e.errno()).isEqualTo("EAGAIN");
            return false;
        }
    }

    private long descriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.filter(this::isOfLock).count();
        }
    }

    private boolean isOfLock(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).equals(temp.toRealPath().resolve("lock"));
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void lock_is_held_without_a_descriptor_until_it_is_closed() throws IOException {
        HeldLock lock = lock();
        assertThat(isFree()).isTrue();
        lock.take();

        assertThat(descriptors()).isZero();
        assertThat(isFree()).isFalse();

        lock.close();
        assertThat(isFree()).isTrue();
    }

    @Test
    void lock_that_is_held_is_taken_already() throws IOException {
        try (HeldLock lock = lock()) {
            lock.take();

            lock.take();

            assertThat(isFree()).isFalse();
        }
    }

    @Test
    void lock_of_somebody_else_is_refused_and_taken_later() throws IOException {
        try (HeldLock lock = lock()) {
            try (Descriptor other = open()) {
                other.lock();

                assertThatThrownBy(lock::take).hasMessageContaining("EAGAIN");
            }
            lock.take();

            assertThat(isFree()).isFalse();
        }
    }

    @Test
    void descriptor_that_is_kept_holds_the_lock_until_it_is_let_go() throws IOException {
        try (HeldLock lock = lock()) {
            lock.take();

            Descriptor kept = lock.keep().orElseThrow();

            assertThat(descriptors()).isOne();
            assertThat(kept.number()).isPositive();
            assertThat(isFree()).isFalse();
            assertThat(lock.keep()).containsSame(kept);

            lock.letGo();
            assertThat(descriptors()).isZero();
            assertThat(isFree()).isFalse();
        }
        assertThat(isFree()).isTrue();
    }

    @Test
    void nothing_is_kept_of_a_file_that_is_not_there_any_more() throws IOException {
        try (HeldLock lock = lock()) {
            lock.take();
            Files.delete(temp.resolve("lock"));

            assertThat(lock.keep()).isEmpty();
        }
    }

    @Test
    void file_that_cannot_be_mapped_keeps_its_descriptor() throws IOException {
        // what is only written cannot be
        Descriptor written = Descriptor.openAppend(path, 0600);
        try (HeldLock lock = new HeldLock(written, this::open)) {
            lock.take();

            assertThat(descriptors()).isOne();
            assertThat(isFree()).isFalse();
        }
        assertThat(isFree()).isTrue();
    }

    @Test
    void lock_that_a_mapping_does_not_hold_keeps_its_descriptor() throws IOException {
        HeldLock.forget();
        CFunction.refuse(function -> function.equals("mmap") ? Errno.ENODEV.number() : 0);
        try (HeldLock lock = lock()) {
            lock.take();

            assertThat(descriptors()).isOne();
            assertThat(isFree()).isFalse();
        } finally {
            CFunction.refuse(null);
        }
    }

    @Test
    void descriptor_that_cannot_be_had_is_told_and_the_lock_stays() throws IOException {
        try (HeldLock lock = lock()) {
            lock.take();
            CFunction.refuse(function -> function.equals("openat") ? Errno.EMFILE.number() : 0);
            try {
                assertThatThrownBy(lock::keep).hasMessageContaining("EMFILE");
            } finally {
                CFunction.refuse(null);
            }

            assertThat(isFree()).isFalse();
        }
    }
}
