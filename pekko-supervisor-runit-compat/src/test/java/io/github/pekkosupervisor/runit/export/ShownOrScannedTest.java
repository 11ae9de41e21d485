package io.github.pekkosupervisor.runit.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.OsString;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whoever comes second to a directory, or one in it, is refused; numbers stand for directories. */
final class ShownOrScannedTest {

    private static final OsString SHOWN = OsString.of("/shown");
    private static final OsString SCANNED = OsString.of("/scanned");

    private final ShownOrScanned all = new ShownOrScanned();

    private static FileStatus.Id id(long number) {
        return new FileStatus.Id(1, number);
    }

    /** Number 5 is in 4, and that in 3, ... in 1. */
    private static ShownOrScanned.Place shown(long number) {
        return new ShownOrScanned.Place(
                SHOWN,
                LongStream.rangeClosed(1, number)
                        .mapToObj(ShownOrScannedTest::id)
                        .toList());
    }

    @ParameterizedTest
    @CsvSource({"3, 2, true", "3, 3, true", "3, 1, true", "3, 4, false", "3, 9, false"})
    void one_of_the_two_is_refused(long shown, long scanned, boolean refused) {
        Optional<OsString> first = all.shows("shower", shown(shown));
        Optional<OsString> second = all.scans("scanner", SCANNED, id(scanned));
        ShownOrScanned others = new ShownOrScanned();
        Optional<OsString> firstScan = others.scans("scanner", SCANNED, id(scanned));
        Optional<OsString> secondShow = others.shows("shower", shown(shown));

        assertThat(first).isEmpty();
        assertThat(second).isEqualTo(refused ? Optional.of(SHOWN) : Optional.empty());
        assertThat(firstScan).isEmpty();
        assertThat(secondShow).isEqualTo(refused ? Optional.of(SCANNED) : Optional.empty());
    }

    @Test
    void when_it_is_over_others_may() {
        all.shows("shower", shown(3));
        all.showsNoMore("shower");
        assertThat(all.scans("scanner", SCANNED, id(2))).isEmpty();
        all.scans("scanner", SCANNED, id(7));
        assertThat(all.shows("shower", shown(3))).isEmpty();
        all.scansNoMore("scanner");
        assertThat(all.shows("shower", shown(8))).isEmpty();
    }

    @Test
    void who_was_refused_is_no_obstacle() {
        all.scans("scanner", SCANNED, id(2));
        assertThat(all.shows("shower", shown(3))).isPresent();
        all.scansNoMore("scanner");

        assertThat(all.scans("another", SCANNED, id(3))).isEmpty();
    }

    @Test
    void a_place_is_a_directory_with_all_above_it(@TempDir Path temp) throws Exception {
        Path below = Files.createDirectories(temp.resolve("a/b"));
        List<FileStatus.Id> above;
        try (Directory directory = Directory.open(OsString.of(temp.toString()))) {
            above = ShownOrScanned.place(SHOWN, directory).ids();
        }
        Files.createSymbolicLink(temp.resolve("link"), below);
        try (Directory directory =
                Directory.open(OsString.of(temp.resolve("link").toString()))) {
            List<FileStatus.Id> ids = ShownOrScanned.place(SHOWN, directory).ids();

            assertThat(ids)
                    .hasSize(above.size() + 2)
                    .doesNotHaveDuplicates()
                    .endsWith(above.toArray(FileStatus.Id[]::new));
            assertThat(ids.get(0)).isEqualTo(directory.status().id());
        }
    }
}
