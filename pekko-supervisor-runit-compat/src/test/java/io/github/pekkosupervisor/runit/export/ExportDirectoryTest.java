package io.github.pekkosupervisor.runit.export;

import static io.github.pekkosupervisor.runit.export.ToldEvents.NOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pekkosupervisor.posix.EventLoop;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.runit.supervise.Modes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A directory that trees are shown in, without a tree. */
final class ExportDirectoryTest {

    @TempDir
    Path temp;

    private @Nullable ExportDirectory opened;

    private ExportDirectory open(String name) throws IOException {
        ExportDirectory directory = ExportDirectory.open(ExportPlace.of(temp.resolve(name)));
        opened = directory;
        return directory;
    }

    @AfterEach
    void close() {
        if (opened != null) {
            opened.close();
        }
    }

    @Test
    void it_is_made_for_all_to_look_into() throws IOException {
        open("service");

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(temp.resolve("service"))))
                .isEqualTo("rwxr-xr-x");
    }

    @Test
    void a_link_to_one_is_followed_if_nobody_else_could_have_put_it_there() throws IOException {
        Files.createDirectory(temp.resolve("real"));
        Files.createSymbolicLink(temp.resolve("service"), temp.resolve("real"));

        open("service");

        assertThat(temp.resolve("real/.pekko-supervisor/lock")).exists();
    }

    @Test
    void a_link_that_others_could_have_put_there_is_refused() throws IOException {
        Files.createDirectory(temp.resolve("real"));
        Path shared = Files.createDirectory(temp.resolve("shared"));
        Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxrwxrwx"));
        Files.createSymbolicLink(shared.resolve("service"), temp.resolve("real"));

        assertThatThrownBy(() -> open("shared/service"))
                .isInstanceOf(ExportRefused.class)
                .hasMessageContaining("is a link in a directory that others may write to");
        assertThat(temp.resolve("real")).isEmptyDirectory();
    }

    @Test
    void what_is_no_directory_of_ours_is_not_used() throws IOException {
        Path directory = Files.createDirectory(temp.resolve("service"));
        Files.createSymbolicLink(directory.resolve(".pekko-supervisor"), Files.createDirectory(temp.resolve("else")));

        assertThatThrownBy(() -> open("service"))
                .isInstanceOf(ExportRefused.class)
                .hasMessageContaining(".pekko-supervisor is no directory; remove it");
        assertThat(temp.resolve("else")).isEmptyDirectory();
    }

    @Test
    void a_directory_of_somebody_else_is_not_used() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root can give files away");
        Path hidden = Files.createDirectories(temp.resolve("service/.pekko-supervisor"));
        ShownTree.run("chown", "65534", hidden.toString());

        assertThatThrownBy(() -> open("service"))
                .isInstanceOf(ExportRefused.class)
                .hasMessageContaining(".pekko-supervisor is a directory of user 65534; remove it");
    }

    /** Trees with different groups may be shown in one directory. */
    @Test
    void each_group_has_an_ok_of_its_own() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root can give files to any group");
        ExportDirectory directory = open("service");

        OsString ops = directory.shared().ok(Modes.CONTROL_FOR_GROUP, OptionalInt.of(54321));
        OsString dev = directory.shared().ok(Modes.CONTROL_FOR_GROUP, OptionalInt.of(54322));

        assertThat(Files.getAttribute(temp.resolve("service/" + ops), "unix:gid"))
                .isEqualTo(54321);
        assertThat(Files.getAttribute(temp.resolve("service/" + dev), "unix:gid"))
                .isEqualTo(54322);
        assertThat(directory.shared().ok(Modes.CONTROL_FOR_GROUP, OptionalInt.of(54321)))
                .isEqualTo(ops);
    }

    @Test
    void a_name_belongs_to_who_has_claimed_it() throws IOException {
        ExportDirectory directory = open("service");
        OsString name = OsString.of("cache");
        Object first = new Object();
        Object second = new Object();

        assertThat(directory.claim(name, first)).isTrue();
        assertThat(directory.claim(name, second)).isFalse();
        directory.giveUp(name, second);
        assertThat(directory.claim(name, first)).isTrue();
        directory.giveUp(name, first);
        assertThat(directory.claim(name, second)).isTrue();
    }

    /** One tree is over, and another one begins before the first has let go of the directory. */
    @Test
    void nobody_is_to_be_seen_behind_what_a_tree_has_left_though_another_one_goes_on() throws IOException {
        ExportDirectory first = ExportDirectory.open(ExportPlace.of(temp.resolve("service")));
        ShownPlace place = new ShownPlace(
                OsString.of("cache"), ShownKind.OTHER, "/", "cache", OptionalLong.empty(), ShownChild.downSince(NOON));
        ShownDirectory cache =
                new ShownDirectory(first, place, Modes.OF_OWNER, OptionalInt.empty(), control -> NO_WATCH);
        Shown down = Shown.of(place.child, Shown.Above.UP, 4711);
        first.claim(place.name, place);
        cache.write(down, "");
        cache.writeLast(Shown.of(place.child, Shown.Above.GONE, 4711), "");
        assertThat(ShownTree.sv(temp.resolve("service"), "status", "cache").line())
                .startsWith("down: cache: ");

        open("service");
        first.close(Set.of(place), () -> {
            try {
                cache.leaveToOthers();
            } catch (PosixException e) {
                throw new IllegalStateException(e);
            }
        });
        cache.close();

        assertThat(ShownTree.sv(temp.resolve("service"), "status", "cache").line())
                .isEqualTo("fail: cache: runsv not running");
    }

    private static final EventLoop.Watch NO_WATCH = new EventLoop.Watch() {
        @Override
        public void resume() {
            // nothing is read
        }

        @Override
        public void close() {
            // nothing is read
        }
    };

    private void copyOfOneThatIsLeft(String name) throws IOException {
        Files.createDirectories(temp.resolve("service/" + name + "/supervise"));
        Files.createFile(temp.resolve("service/" + name + "/supervise/lock"));
        Files.write(temp.resolve("service/" + name + "/check"), SharedFiles.check());
    }

    @Test
    void what_is_left_is_removed_behind_what_cannot_be_looked_at_and_but_for_what_is_claimed() throws IOException {
        ExportDirectory directory = open("service");
        for (String name : new String[] {"a", "b", "claimed"}) {
            copyOfOneThatIsLeft(name);
        }
        Files.createDirectory(temp.resolve("service/odd"));
        Files.createFile(temp.resolve("service/odd/supervise"));
        Files.createFile(temp.resolve("service/file"));
        Files.createFile(temp.resolve("service/b/down"));
        directory.claim(OsString.of("claimed"), this);

        assertThat(ExportSweep.sweep(directory, name -> true)).isEmpty();

        assertThat(temp.resolve("service/a")).doesNotExist();
        assertThat(temp.resolve("service/b")).isDirectoryContaining(file -> file.endsWith("down"));
        assertThat(temp.resolve("service/b/supervise")).doesNotExist();
        assertThat(temp.resolve("service/claimed/supervise/lock")).exists();
        assertThat(temp.resolve("service/odd/supervise")).exists();
        assertThat(temp.resolve("service/file")).exists();
    }

    @Test
    void who_has_a_name_is_known() throws IOException {
        ExportDirectory directory = open("service");
        OsString name = OsString.of("cache");
        directory.claim(name, this);

        assertThat(directory.isOfOneOf(Set.of(this), name)).isTrue();
        assertThat(directory.isOfOneOf(Set.of(directory), name)).isFalse();
        assertThat(directory.isOfOneOf(Set.of(this), OsString.of("other"))).isFalse();
    }
}
