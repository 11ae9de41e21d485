package io.github.pekkosupervisor.posix;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InotifyWaitTest {

    private static final long LONG = SECONDS.toMillis(30);

    @TempDir
    private Path directory;

    @Test
    void replaced_file_is_an_event() throws IOException {
        try (InotifyWait watch = watch()) {
            Files.writeString(directory.resolve("new"), "content");
            Files.move(directory.resolve("new"), directory.resolve("status"), StandardCopyOption.ATOMIC_MOVE);

            assertThat(watch.await(LONG)).isTrue();
        }
    }

    @Test
    void closing_of_the_file_that_is_held_open_is_an_event_and_of_others_is_not() throws IOException {
        Files.createFile(directory.resolve("ok"));
        Files.createFile(directory.resolve("status"));
        try (InotifyWait watch = watch()) {
            assertThat(Files.readString(directory.resolve("status"))).isEmpty();
            assertThat(watch.await(LONG)).isFalse();

            assertThat(Files.readString(directory.resolve("ok"))).isEmpty();
            assertThat(watch.await(LONG)).isTrue();
        }
    }

    @Test
    void quiet_directory_is_waited_for_no_longer_than_allowed() {
        try (InotifyWait watch = watch()) {
            assertThat(watch.await(1)).isFalse();
        }
    }

    @Test
    void directory_that_is_not_there_is_quiet() {
        try (InotifyWait watch = new InotifyWait("ok")) {
            watch.add(OsString.of(directory.resolve("missing").toString()));

            assertThat(watch.await(1)).isFalse();
        }
    }

    private InotifyWait watch() {
        InotifyWait watch = new InotifyWait("ok");
        watch.add(OsString.of(directory.toString()));
        return watch;
    }
}
