package io.github.pekkosupervisor.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptDescriptorsTest {

    @TempDir
    Path temp;

    private final KeptDescriptors kept = new KeptDescriptors();

    private Descriptor open(String name) throws PosixException {
        return Descriptor.openAppend(OsString.of(temp.resolve(name).toString()), 0600);
    }

    /** Another thread may have got the number meanwhile. */
    private boolean isOpen(int number, String name) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/fd/" + number)).equals(temp.resolve(name));
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void one_that_was_kept_takes_the_place_of_another_of_its_file_with_its_lock() throws PosixException {
        try (Descriptor before = open("lock")) {
            before.lock();
            kept.add(before.number());

            Descriptor mine = kept.inPlaceOf(open("lock"));

            assertThat(mine.number()).isEqualTo(before.number());
            mine.lock();
        }
    }

    @Test
    void one_of_another_file_stays_as_it_is() throws PosixException {
        try (Descriptor before = open("lock");
                Descriptor other = open("other")) {
            kept.add(before.number());

            assertThat(kept.inPlaceOf(other)).isSameAs(other);
        }
    }

    @Test
    void what_is_open_anew_is_closed_here() throws PosixException {
        int number = open("fifo").number();
        assertThat(isOpen(number, "fifo")).isTrue();
        kept.add(number);
        try (Descriptor anew = open("fifo")) {
            kept.isOpen(anew);

            assertThat(isOpen(number, "fifo")).isFalse();
            assertThat(kept.find(anew.status().id())).isEmpty();
            assertThat(kept.numbers()).containsExactly(number);
        }
    }

    @Test
    void socket_is_found_by_its_name_once() throws PosixException {
        try (NotifySocket socket = NotifySocket.open(
                "kept-descriptors-test-" + ProcessHandle.current().pid())) {
            kept.addSocket("name", socket.descriptor().number());

            assertThat(kept.takeSocket("name").orElseThrow().number())
                    .isEqualTo(socket.descriptor().number());
            assertThat(kept.takeSocket("name")).isEmpty();
            assertThat(NotifySocket.all()).containsKey(socket.address().substring(1));
        }
    }

    @Test
    void what_nobody_asks_for_is_closed_in_the_end() throws PosixException {
        int number = open("file").number();
        kept.add(number);

        kept.closeAll();

        assertThat(isOpen(number, "file")).isFalse();
    }
}
