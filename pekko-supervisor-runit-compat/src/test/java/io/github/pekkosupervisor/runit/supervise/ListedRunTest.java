package io.github.pekkosupervisor.runit.supervise;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Known;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The lines of the file that says which process each service is, and which launchers were here. */
class ListedRunTest {

    private static final String BOOT = "0f6ae6f4-6cb4-4d0f-b3a8-5d8ec3c6e3a1";

    private static final ListedRun WEB = new ListedRun(
            new FileStatus.Id(8, 77),
            1_795_933_828_000_000_001L,
            new Known(new ProcessIdentity(4711, 123_456, BOOT), 99, true));

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    @Test
    void line_is_of_constant_length_and_comes_back() {
        ListedRun largest = new ListedRun(
                new FileStatus.Id(-1, -1),
                -1,
                new Known(new ProcessIdentity(Integer.MAX_VALUE, Long.MAX_VALUE, BOOT), -1, false));
        ListedRun withoutBoot =
                new ListedRun(new FileStatus.Id(0, 1), 0, new Known(new ProcessIdentity(1, 0, ""), 0, false));

        assertThat(WEB.toLine()).hasSize(ListedRun.LENGTH).startsWith("8 77 4711 123456 99 1 ".getBytes(US_ASCII));
        assertThat(largest.toLine()).hasSize(ListedRun.LENGTH);
        assertThat(ListedRun.parse(joined(WEB.toLine(), ListedRun.none(), largest.toLine(), withoutBoot.toLine())))
                .containsExactly(WEB, largest, withoutBoot);
    }

    /** As it was before it said when a directory was made. */
    @Test
    void line_of_before_is_read_as_of_a_directory_of_which_that_is_not_known() {
        String text = "8 77 4711 123456 99 1 " + BOOT;
        CRC32C sum = new CRC32C();
        sum.update(text.getBytes(US_ASCII));
        String line = text + " " + Long.toHexString(sum.getValue());
        byte[] before = (line + " ".repeat(ListedRun.LENGTH - 1 - line.length()) + "\n").getBytes(US_ASCII);

        assertThat(ListedRun.read(before))
                .isEqualTo(new ListedRun.Lines(List.of(new ListedRun(WEB.id(), 0, WEB.run())), 0));
    }

    @Test
    void lines_that_tell_nothing_are_counted() {
        byte[] later = WEB.toLine();
        later[ListedRun.LENGTH - 2] = 'x';
        byte[] half = java.util.Arrays.copyOf(WEB.toLine(), 20);

        assertThat(ListedRun.read(joined(ListedRun.none(), WEB.toLine(), later, half)))
                .isEqualTo(new ListedRun.Lines(List.of(WEB), 2));
        assertThat(ListedRun.read(new byte[0])).isEqualTo(new ListedRun.Lines(List.of(), 0));
    }

    /** What is not known tells nothing. */
    @ParameterizedTest
    @CsvSource({
        "5, 5, true, false",
        "5, 6, false, true",
        "0, 5, false, false",
        "5, 0, false, false",
        "0, 0, false, false"
    })
    void directory_is_known_by_when_it_was_made(long listed, long seen, boolean surely, boolean another) {
        ListedRun run = new ListedRun(WEB.id(), listed, WEB.run());
        FileStatus directory = new FileStatus(WEB.id(), 0, 0, 0, 1, 0, Instant.EPOCH, seen);

        assertThat(run.isSurelyOf(directory)).isEqualTo(surely);
        assertThat(run.isOfAnother(directory)).isEqualTo(another);
    }

    @Test
    void no_line_with_another_byte_is_believed() {
        byte[] line = WEB.toLine();
        int text = new String(line, US_ASCII).stripTrailing().length();

        for (int at = 0; at < text; at++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] flipped = line.clone();
                flipped[at] ^= (byte) (1 << bit);
                assertThat(ListedRun.parse(flipped))
                        .as("bit %s of byte %s", bit, at)
                        .isEmpty();
            }
            byte[] cut = java.util.Arrays.copyOf(line, at);
            assertThat(ListedRun.parse(cut)).as("cut at %s", at).isEmpty();
        }
    }

    @Test
    void launchers_are_found_among_services() {
        ListedLauncher one = new ListedLauncher(new ProcessIdentity(1, 2, BOOT));
        ListedLauncher other = new ListedLauncher(new ProcessIdentity(3, 4, BOOT));
        byte[] service = "8 77 web /etc/sv/web\n".getBytes(US_ASCII);

        byte[] file = joined(one.toLine(), service, service, other.toLine(), service);

        assertThat(ListedLauncher.parse(file)).containsExactly(one, other);
        assertThat(ListedService.parse(file)).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "launcher 1 2 boot", "launcher 1 2\n", "launcher x 2 boot\n", "launcher 1 2 boot more\n"})
    void what_is_no_such_line_is_left_out(String line) {
        assertThat(ListedLauncher.parse(("launcher 7 8 b\n" + line).getBytes(US_ASCII)))
                .containsExactly(new ListedLauncher(new ProcessIdentity(7, 8, "b")));
    }
}
