package io.github.pekkosupervisor.runit.supervise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pekkosupervisor.posix.Account;
import io.github.pekkosupervisor.posix.Custody;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What who looks at a service directory with a tree is told of it, and whom he does not believe. */
final class ShownTreeTest {

    private static final ShownTree OF_USER =
            new ShownTree(OsString.of("/home/app/service"), Optional.of(new Account(1000, List.of(1000, 4))));

    @TempDir
    Path temp;

    @BeforeEach
    void make() throws Exception {
        Files.createDirectory(temp.resolve("supervise"));
        protect(temp, "rwxr-xr-x");
        protect(temp.resolve("supervise"), "rwx------");
        try (Directory home = home()) {
            assumeTrue(Custody.breach(home).isEmpty(), "others may write to the temporary directory");
        }
    }

    private static void protect(Path path, String mode) throws Exception {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    private Directory home() throws Exception {
        return Directory.open(OsString.of(temp.toString()));
    }

    private Optional<ShownTree> read() throws Exception {
        try (Directory home = home()) {
            return ShownTree.read(home);
        }
    }

    private void write(ShownTree tree) throws Exception {
        try (Directory home = home()) {
            tree.write(home);
        }
    }

    @Test
    void it_is_read_as_it_was_written_for_its_owner_alone() throws Exception {
        ShownTree own = new ShownTree(OsString.of("/srv/a\nb\u00e4"), Optional.empty());

        write(own);
        assertThat(read()).contains(own);
        write(OF_USER);

        assertThat(read()).contains(OF_USER);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(temp.resolve("supervise/.tree"))))
                .isEqualTo("rw-------");
    }

    @Test
    void it_is_removed_where_there_is_none_any_more() throws Exception {
        write(OF_USER);
        try (Directory home = home()) {
            ShownTree.remove(home);
            ShownTree.remove(home);
        }

        assertThat(temp.resolve("supervise")).isEmptyDirectory();
        assertThat(read()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {".", "supervise", "supervise/.tree"})
    void one_that_somebody_else_could_have_written_is_not_believed(String file) throws Exception {
        write(OF_USER);

        protect(temp.resolve(file), "rwxrwxrwx");

        assertThat(read()).isEmpty();
    }

    @Test
    void a_link_is_not_followed() throws Exception {
        write(OF_USER);
        Files.move(temp.resolve("supervise/.tree"), temp.resolve("elsewhere"));
        Files.createSymbolicLink(temp.resolve("supervise/.tree"), temp.resolve("elsewhere"));

        assertThat(read()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-", "-\n", "-\nhome", "app\n/home", ":\n/home", ":1\n/home", ":x:y\n/home", "\n/home"})
    void what_is_no_such_thing_tells_nothing(String text) throws Exception {
        Files.writeString(temp.resolve("supervise/.tree"), text);
        protect(temp.resolve("supervise/.tree"), "rw-------");

        assertThat(read()).isEmpty();
    }
}
