package io.github.pekkosupervisor.runit.export;

import static io.github.pekkosupervisor.runit.export.ShownTree.patiently;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * What somebody does by hand to a directory in which a tree is shown: it comes right by itself with the next change, it
 * is said once, and the tree is as ever.
 */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
final class ExportHarmTest {

    @TempDir
    Path temp;

    private Path directory() {
        return temp.resolve("service");
    }

    private ExportHost host() throws IOException {
        ExportHost host =
                ExportHost.start(directory(), "cache", "other", "sleeper").awaitUp();
        awaitStatus("run: sleeper: ", "sleeper");
        return host;
    }

    private void awaitStatus(String line, String name) {
        patiently()
                .untilAsserted(() -> assertThat(
                                ShownTree.sv(directory(), "status", name).line())
                        .startsWith(line));
    }

    private static void remove(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** Renews all children, so that each is to be written; the last one has been when this returns. */
    private void renewAll() throws IOException {
        Path last = directory().resolve("sleeper/supervise/pid");
        String before = Files.readString(last);
        Files.writeString(directory().resolve("@tree/supervise/control"), "t", StandardOpenOption.WRITE);
        patiently()
                .until(() -> !Files.readString(last).isBlank()
                        && !Files.readString(last).equals(before));
    }

    private static List<String> said(ExportHost host, String what) throws IOException {
        return host.log().lines().filter(line -> line.contains(what)).toList();
    }

    private static Object inode(Path file) throws IOException {
        return Files.getAttribute(file, "unix:ino", LinkOption.NOFOLLOW_LINKS);
    }

    @Test
    void what_all_children_share_is_made_again() throws Exception {
        try (ExportHost host = host()) {
            Path shared = directory().resolve(".pekko-supervisor");
            remove(shared);

            renewAll();
            patiently()
                    .until(() ->
                            !said(host, "was removed, and has been made again").isEmpty());

            awaitStatus("run: cache: ", "cache");
            assertThat(inode(shared.resolve("lock")))
                    .isEqualTo(inode(directory().resolve("cache/supervise/lock")));
            assertThat(ShownTree.sv(directory(), "stop", "cache").line()).startsWith("ok: down: cache: ");
            ShownTree.whileClosed(directory(), "other", () -> {});
            awaitStatus("down: other: ", "other");
            assertThat(ShownTree.sv(directory(), "start", "cache", "other").exit())
                    .isZero();
            try (ExportHost second = ExportHost.start(directory(), "cache", "required")) {
                assertThat(second.awaitEnd()).isNotZero();
                assertThat(second.log()).contains("process " + host.pid());
            }
            assertThat(said(host, "was removed")).hasSize(1);
            assertThat(said(host, "could not be written")).isEmpty();
            host.kill();
            awaitStatus("fail: cache: runsv not running", "cache");
        }
    }

    @Test
    void the_whole_directory_is_made_again_even_if_somebody_else_has_made_one_of_that_name() throws Exception {
        for (boolean isMadeByHand : new boolean[] {false, true}) {
            try (ExportHost host = host()) {
                long pid = Long.parseLong(Files.readString(directory().resolve("sleeper/supervise/pid"))
                        .strip());
                remove(directory());
                if (isMadeByHand) {
                    Files.createDirectory(directory());
                    Files.setPosixFilePermissions(directory(), PosixFilePermissions.fromString("rwxr-xr-x"));
                }

                ProcessHandle.of(pid).orElseThrow().destroyForcibly();

                awaitStatus("run: sleeper: ", "sleeper");
                awaitStatus("run: cache: ", "cache");
                assertThat(ShownTree.sv(directory(), "stop", "cache").line()).startsWith("ok: down: cache: ");
                assertThat(ShownTree.sv(directory(), "start", "cache").line()).startsWith("ok: run: cache: ");
                assertThat(said(host, "was removed while a tree was shown there"))
                        .hasSize(1);
                assertThat(said(host, "could not be written")).isEmpty();
                host.stop();
                awaitStatus("fail: cache: runsv not running", "cache");
            }
            remove(directory());
        }
    }

    @Test
    void a_file_or_a_link_in_the_place_of_a_child_is_said_once_and_the_child_comes_back_when_it_has_gone()
            throws Exception {
        Path elsewhere = Files.createDirectory(temp.resolve("elsewhere"));
        Path cache = temp.resolve("service/cache");
        try (ExportHost host = host()) {
            for (boolean isLink : new boolean[] {false, true}) {
                int before = said(host, "cache is no directory; remove it").size();
                remove(cache);
                if (isLink) {
                    Files.createSymbolicLink(cache, elsewhere);
                } else {
                    Files.writeString(cache, "mine");
                }

                renewAll();
                patiently()
                        .until(() ->
                                said(host, "cache is no directory; remove it").size() > before);
                renewAll();
                awaitStatus("run: other: ", "other");
                assertThat(said(host, "cache is no directory; remove it")).hasSize(before + 1);
                Files.delete(cache);

                awaitStatus("run: cache: ", "cache");
            }
            assertThat(elsewhere).isEmptyDirectory();
            assertThat(ShownTree.sv(directory(), "stop", "cache").line()).startsWith("ok: down: cache: ");
        }
    }

    /** In a namespace of its own, where the file that says which groups there are is another. */
    @Test
    void a_group_that_comes_later_is_let_in_then() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root can have files of its own for groups");
        Path groups = Files.writeString(temp.resolve("group"), "root:x:0:\n");
        List<String> before = List.of(
                "unshare", "-m", "sh", "-c", "mount --bind \"$0\" /etc/group && exec \"$@\"", groups.toString());
        assumeTrue(
                ShownTree.run(Stream.concat(before.stream(), Stream.of("true")).toArray(String[]::new))
                                .exit()
                        == 0,
                "a mount namespace can be had");
        try (ExportHost host =
                ExportHost.start(before, directory(), "group=later", "cache").awaitUp()) {
            awaitStatus("run: cache: ", "cache");
            Path supervise = directory().resolve("cache/supervise");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(supervise)))
                    .isEqualTo("rwx------");
            assertThat(said(host, "there is no such group")).hasSize(1);

            Files.writeString(groups, "later:x:54321:\n", StandardOpenOption.APPEND);

            patiently()
                    .until(() -> PosixFilePermissions.toString(Files.getPosixFilePermissions(supervise))
                            .equals("rwxr-x---"));
            patiently().until(() -> ShownTree.sv(directory(), "status", "cache").exit() == 0);
            for (String file : List.of("", "ok", "control")) {
                patiently()
                        .untilAsserted(() -> assertThat(Files.getAttribute(supervise.resolve(file), "unix:gid"))
                                .as(file)
                                .isEqualTo(54321));
            }
            assertThat(ShownTree.sv(directory(), "stop", "cache").line()).startsWith("ok: down: cache: ");
            patiently()
                    .untilAsserted(() -> assertThat(said(host, "is shown to group [later] now"))
                            .hasSize(1));
        }
    }
}
