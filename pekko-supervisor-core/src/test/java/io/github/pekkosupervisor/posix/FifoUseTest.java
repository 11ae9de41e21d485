package io.github.pekkosupervisor.posix;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a FIFO tells of those who have it open. */
class FifoUseTest {

    private static final OsString FIFO = OsString.of("fifo");

    @TempDir
    private Path temp;

    private Directory directory;

    @BeforeEach
    void make() throws PosixException {
        directory = Directory.open(OsString.of(temp.toString()));
        directory.makeFifo(FIFO, 0600);
    }

    @AfterEach
    void close() {
        directory.close();
    }

    private FifoUse use() throws PosixException {
        return directory.useOfFifo(FIFO);
    }

    @Test
    void one_that_nobody_has_open_is_in_nobodys_use() throws Exception {
        assertThat(use()).isEqualTo(FifoUse.NOBODY);
        assertThat(use()).as("to have asked leaves no trace").isEqualTo(FifoUse.NOBODY);
    }

    @Test
    void reader_alone_is_seen() throws Exception {
        try (Descriptor reader = directory.openFifoToRead(FIFO)) {
            assertThat(use()).isEqualTo(new FifoUse(true, false));
            assertThat(reader.read(1)).as("nobody has written").isEmpty();
        }
    }

    @Test
    void writer_alone_is_seen() throws Exception {
        Descriptor both = directory.openFifoBothWays(FIFO);
        try (Descriptor writer = directory.openWrite(FIFO)) {
            both.close();

            assertThat(use()).isEqualTo(new FifoUse(false, true));
            assertThat(writer.number()).isNotNegative();
        }
    }

    @Test
    void who_has_it_both_ways_is_both_and_loses_nothing() throws Exception {
        try (Descriptor both = directory.openFifoBothWays(FIFO)) {
            assertThat(use()).isEqualTo(new FifoUse(true, true));
            both.write("line\n".getBytes(US_ASCII));

            assertThat(use()).as("when there is something in it").isEqualTo(new FifoUse(true, true));
            assertThat(both.read(10)).isEqualTo("line\n".getBytes(US_ASCII));
        }
    }

    @Test
    void reader_of_what_is_left_in_it_has_no_writer() throws Exception {
        try (Descriptor reader = directory.openFifoToRead(FIFO)) {
            try (Descriptor writer = directory.openWrite(FIFO)) {
                writer.write("line\n".getBytes(US_ASCII));
            }

            assertThat(use()).isEqualTo(new FifoUse(true, false));
            assertThat(reader.read(10)).isEqualTo("line\n".getBytes(US_ASCII));
        }
    }

    @Test
    void what_is_no_fifo_is_refused() throws Exception {
        Files.createFile(temp.resolve("file"));
        Files.createSymbolicLink(temp.resolve("link"), temp.resolve("fifo"));

        assertThatExceptionOfType(PosixException.class)
                .isThrownBy(() -> directory.useOfFifo(OsString.of("file")))
                .satisfies(e -> assertThat(e.errno()).isEqualTo("EINVAL"));
        assertThatExceptionOfType(PosixException.class)
                .isThrownBy(() -> directory.useOfFifo(OsString.of("link")))
                .satisfies(e -> assertThat(e.errno()).isEqualTo("ELOOP"));
    }
}
