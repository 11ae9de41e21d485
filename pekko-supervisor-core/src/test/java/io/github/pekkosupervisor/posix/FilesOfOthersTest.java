package io.github.pekkosupervisor.posix;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.pekkosupervisor.posix.Directory.Links;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A directory in which somebody else may have put anything under the names that we use. */
final class FilesOfOthersTest {

    private static final OsString NAME = OsString.of("name");
    private static final int LIMIT = 1000;
    private static final int MODE = 0644;

    @TempDir
    private Path path;

    private Path file;
    private Path secret;
    private Directory directory;

    @BeforeEach
    void open() throws IOException {
        directory = Directory.open(OsString.of(path.toString()));
        file = path.resolve("name");
        secret = Files.writeString(path.resolve("secret"), "before");
    }

    @AfterEach
    void close() {
        directory.close();
    }

    private static void assertRefused(String errno, ThrowingCallable call) {
        assertThatExceptionOfType(PosixException.class)
                .isThrownBy(call)
                .satisfies(refused -> assertThat(refused.errno()).isEqualTo(errno));
    }

    private static void write(Descriptor opened) throws PosixException {
        try (opened) {
            opened.write("new".getBytes(UTF_8));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, LIMIT - 1, LIMIT})
    void file_within_the_limit_is_read_whole(int length) throws IOException {
        Files.writeString(file, "x".repeat(length));

        assertThat(directory.readFile(NAME, LIMIT, Links.REFUSE)).hasSize(length);
    }

    @Test
    void long_file_is_refused_after_a_few_bytes() throws IOException {
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(1L << 40);
        }

        assertRefused("EFBIG", () -> directory.readFile(NAME, LIMIT, Links.REFUSE));
        assertRefused("EFBIG", () -> directory.readFile(NAME, 10 << 20, Links.REFUSE));
    }

    /** Whose size is told as zero. */
    @Test
    void file_of_proc_is_read_as_far_as_the_limit() throws IOException {
        try (Directory self = Directory.open(OsString.of("/proc/self"))) {
            assertThat(self.readFile(OsString.of("status"), 64 * 1024, Links.REFUSE))
                    .asString(UTF_8)
                    .contains("Umask:");
            assertRefused("EFBIG", () -> self.readFile(OsString.of("status"), 10, Links.REFUSE));
        }
    }

    @ParameterizedTest
    @EnumSource(Links.class)
    void fifo_is_refused_and_nobody_waits(Links links) throws PosixException {
        directory.makeFifo(NAME, MODE);

        assertRefused("EINVAL", () -> directory.readFile(NAME, LIMIT, links));
    }

    @ParameterizedTest
    @CsvSource({"/dev/zero,EINVAL", "/dev/full,EINVAL", "/etc,EISDIR", "nowhere,ENOENT", "name,ELOOP"})
    void followed_link_must_lead_to_a_regular_file(Path target, String errno) throws IOException {
        Files.createSymbolicLink(file, target);

        assertRefused(errno, () -> directory.readFile(NAME, LIMIT, Links.FOLLOW));
    }

    @Test
    void link_to_a_regular_file_is_read_only_where_it_is_to_be_followed() throws IOException {
        Files.createSymbolicLink(file, secret);

        assertThat(directory.readFile(NAME, LIMIT, Links.FOLLOW))
                .asString(UTF_8)
                .isEqualTo("before");
        assertRefused("ELOOP", () -> directory.readFile(NAME, LIMIT, Links.REFUSE));
        assertRefused("ELOOP", () -> directory.openRead(NAME, Links.REFUSE));
        assertRefused("ELOOP", () -> directory.openReadWrite(NAME, Links.REFUSE));
        assertRefused("ELOOP", () -> directory.openAppend(NAME, MODE, Links.REFUSE));
    }

    @Test
    void link_is_replaced_and_what_it_leads_to_stays() throws IOException {
        Files.createSymbolicLink(file, secret);
        write(directory.openOwn(NAME, MODE));
        Files.createSymbolicLink(path.resolve("another"), secret);
        write(directory.openNew(OsString.of("another"), MODE));

        assertThat(secret).hasContent("before");
        assertThat(file).hasContent("new").isRegularFile();
        assertThat(path.resolve("another")).hasContent("new").isRegularFile();
    }

    @Test
    void dangling_link_makes_no_file_elsewhere() throws IOException {
        Files.createSymbolicLink(file, path.resolve("elsewhere"));

        write(directory.openOwn(NAME, MODE));

        assertThat(path.resolve("elsewhere")).doesNotExist();
        assertThat(file).hasContent("new");
    }

    @Test
    void fifo_is_replaced_though_somebody_reads_it() throws IOException {
        directory.makeFifo(NAME, MODE);
        try (Descriptor reader = directory.openRead(NAME)) {
            write(directory.openOwn(NAME, MODE));

            assertThat(reader.read(1)).isEmpty();
        }

        assertThat(file).hasContent("new").isRegularFile();
    }

    @Test
    void other_name_of_a_file_is_not_written_to_by_a_new_one() throws IOException {
        Files.createLink(file, secret);

        write(directory.openNew(NAME, MODE));

        assertThat(secret).hasContent("before");
        assertThat(file).hasContent("new");
    }

    @Test
    void own_file_is_written_over_and_a_new_one_is_empty() throws IOException {
        Files.writeString(file, "before");
        write(directory.openOwn(NAME, MODE));
        assertThat(file).hasContent("newore");

        write(directory.openNew(NAME, MODE));
        assertThat(file).hasContent("new");
    }

    @Test
    void directory_in_the_way_is_refused() throws IOException {
        Files.createDirectory(file);

        assertRefused("EISDIR", () -> directory.openOwn(NAME, MODE));
        assertRefused("EISDIR", () -> directory.openNew(NAME, MODE));
        assertRefused("EISDIR", () -> directory.readFile(NAME, LIMIT, Links.FOLLOW));
    }
}
