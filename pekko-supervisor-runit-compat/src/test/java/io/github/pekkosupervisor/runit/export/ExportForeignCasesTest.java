package io.github.pekkosupervisor.runit.export;

import static io.github.pekkosupervisor.runit.export.ShownTree.actor;
import static io.github.pekkosupervisor.runit.export.ShownTree.oneForOne;
import static io.github.pekkosupervisor.runit.export.ShownTree.patiently;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.SupervisionTree.Options;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.RestartType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What is in a directory before a tree is shown there, and is somebody's, or could be made to lead elsewhere. */
@Execution(ExecutionMode.CONCURRENT)
final class ExportForeignCasesTest {

    @TempDir
    Path temp;

    private Path directory = Path.of("");
    private Path web = Path.of("");

    @BeforeEach
    void make() throws IOException {
        directory = make(temp.resolve("service"), "rwxr-xr-x");
        web = make(directory.resolve("web"), "rwxr-xr-x");
    }

    private static Path make(Path path, String mode) throws IOException {
        Files.createDirectory(path);
        return mode(path, mode);
    }

    private static Path mode(Path path, String mode) throws IOException {
        return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    private static String modeOf(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private Options options(ServiceExport export) {
        return Options.defaults().withJvmShutdownHook(false).withExport(export);
    }

    /** Why a child is not shown in what is there. */
    private String refusal() throws IOException {
        try (Directory base = Directory.open(OsString.of(directory.toString()))) {
            FoundDirectory.refuse(base, OsString.of("web"));
            return "";
        } catch (ExportRefused e) {
            return String.valueOf(e.getMessage()).replace(web.toString(), "D/web");
        }
    }

    @Test
    void a_service_directory_is_left_alone_and_the_child_is_shown_when_it_has_gone() throws Exception {
        Files.writeString(web.resolve("run"), "#!/bin/sh\nexec sleep 1000\n");
        Files.writeString(web.resolve("check"), "#!/bin/sh\nmine\n");
        Files.writeString(make(web.resolve("supervise"), "rwx------").resolve("status"), "mine");
        ServiceExport export = ServiceExport.to(directory);
        try (SupervisionTree tree = SupervisionTree.start(oneForOne(actor("web"), actor("other")), options(export))) {
            patiently()
                    .until(() ->
                            ShownTree.sv(directory, "status", "other").line().startsWith("run: "));
            CompletableFuture<Void> written = export.written().toCompletableFuture();
            assertThat(written).isNotDone();
            assertThat(web.resolve("check")).hasContent("#!/bin/sh\nmine\n");
            assertThat(web.resolve("supervise")).isDirectoryNotContaining(file -> !file.endsWith("status"));
            assertThat(refusal()).startsWith("D/web is a service directory, since it has a run; ");

            Files.delete(web.resolve("run"));
            assertThat(refusal()).startsWith("D/web/check is not ours; move it away, ");
            Files.delete(web.resolve("check"));

            ShownTree.get(written.thenApply(done -> true));
            assertThat(ShownTree.sv(directory, "restart", "web").line()).startsWith("ok: run: web: ");
            assertThat(tree.root().path()).isEqualTo("/");
        }
    }

    @Test
    void a_check_that_somebody_has_put_into_the_place_of_ours_stays_when_the_child_goes() throws Exception {
        Files.createFile(web.resolve("down"));
        try (ShownTree shown = ShownTree.start(directory, oneForOne(actor("cache"), actor("web")))) {
            Path check = shown.supervise("cache").resolveSibling("check");
            Files.delete(check);
            Files.writeString(check, "#!/bin/sh\nmine\n");

            ShownTree.get(shown.root().terminateChild("cache"));
            ShownTree.get(shown.root().deleteChild("cache"));
            ShownTree.get(shown.root().deleteChild("web"));

            // one after the other, and what is ours of web goes last
            patiently()
                    .until(() -> !Files.exists(shown.supervise("web"))
                            && !Files.exists(shown.supervise("cache"))
                            && !Files.exists(web.resolve("check")));
            assertThat(check).hasContent("#!/bin/sh\nmine\n");
            assertThat(web).isDirectoryContaining(file -> file.endsWith("down"));
        }
    }

    /** As somebody in the group could do who makes {@code D/web} for a file {@code down} under a umask of 002. */
    @Test
    void nothing_is_written_where_others_could_lead_us() throws Exception {
        Path elsewhere = make(temp.resolve("elsewhere"), "rwxr-xr-x");
        Files.writeString(elsewhere.resolve("status"), "mine");
        Files.createSymbolicLink(web.resolve("supervise"), elsewhere);
        mode(web, "rwxrwxr-x");
        ServiceExport export = ServiceExport.to(directory);
        try (SupervisionTree tree = SupervisionTree.start(oneForOne(actor("web"), actor("other")), options(export))) {
            patiently()
                    .until(() ->
                            ShownTree.sv(directory, "status", "other").line().startsWith("run: "));
            CompletableFuture<Void> written = export.written().toCompletableFuture();
            assertThat(written).isNotDone();
            assertThat(refusal())
                    .isEqualTo("D/web can be written to by others than its owner (mode 775); chmod go-w it, for nothing"
                            + " is shown there");
            mode(web, "rwxr-xr-x");
            assertThat(refusal())
                    .isEqualTo("D/web/supervise is no directory; remove it, for nothing can be shown there");
            assertThat(modeOf(elsewhere)).isEqualTo("rwxr-xr-x");
            assertThat(elsewhere).isDirectoryNotContaining(file -> !file.endsWith("status"));
            Files.delete(web.resolve("supervise"));

            ShownTree.get(written.thenApply(done -> true));
            assertThat(tree.root().path()).isEqualTo("/");
            assertThat(ShownTree.sv(directory, "status", "web").line()).startsWith("run: web: ");
        }
    }

    @Test
    void nothing_is_removed_where_others_could_lead_us() throws Exception {
        Path elsewhere = make(temp.resolve("elsewhere"), "rwxr-xr-x");
        for (String file : List.of("status", "lock", "ok")) {
            Files.writeString(elsewhere.resolve(file), "mine");
        }
        try (ShownTree shown = ShownTree.start(directory, oneForOne(actor("web")))) {
            ShownTree.run("rm", "-r", shown.supervise("web").toString());
            Files.createSymbolicLink(shown.supervise("web"), elsewhere);

            ShownTree.get(shown.root().terminateChild("web"));
            ShownTree.get(shown.root().deleteChild("web"));

            patiently().until(() -> !Files.exists(web.resolve("check")));
            for (String file : List.of("status", "lock", "ok")) {
                assertThat(elsewhere.resolve(file)).hasContent("mine");
            }
        }
    }

    @Test
    void what_an_earlier_version_has_left_is_taken_over() throws Exception {
        assertThat(new String(SharedFiles.check(), java.nio.charset.StandardCharsets.US_ASCII))
                .startsWith(FoundDirectory.MADE_BY_US);
        Files.writeString(web.resolve("check"), FoundDirectory.MADE_BY_US + "in another way\n");
        assertThat(refusal()).isEmpty();
        Files.delete(web.resolve("check"));
        Files.createSymbolicLink(web.resolve("check"), Path.of("/bin/true"));
        make(web.resolve("run"), "rwxr-xr-x");
        assertThat(refusal()).isEmpty();

        try (ShownTree shown = ShownTree.start(directory, oneForOne(actor("web")))) {
            assertThat(shown.sv("check", "web").line()).startsWith("ok: run: web: ");
        }
    }

    @Test
    void the_directory_that_all_share_is_not_to_be_written_to_by_others_either() throws Exception {
        mode(make(directory.resolve(".pekko-supervisor"), "rwx------"), "rwxrwx---");
        ChildSpec child = actor("web");

        assertThatThrownBy(() -> SupervisionTree.start(
                        oneForOne(child), options(ServiceExport.to(directory).withRequired())))
                .isInstanceOf(SupervisionTree.StartFailedException.class)
                .hasMessageContaining(".pekko-supervisor can be written to by others than its owner (mode 770)");
    }

    /** Where it is alone; what is shown of others, or was in this JVM, has the same lock. */
    @Test
    void what_was_shown_before_the_tree_had_a_name_goes() throws Exception {
        ShownTree.start(directory, oneForOne(actor("web"), actor("cache"))).close();
        Files.createFile(directory.resolve("cache/down"));

        try (ShownTree shown =
                ShownTree.start(directory, oneForOne(actor("web")), export -> export.withName("orders"))) {
            assertThat(shown.sv("status", "orders", "orders.web").exit()).isZero();
            assertThat(shown.sv("status", "cache").line()).isEqualTo("fail: cache: runsv not running");

            patiently().until(() -> !Files.exists(directory.resolve("@tree")) && !Files.exists(web));
            assertThat(directory.resolve("cache")).isDirectoryContaining(file -> file.endsWith("down"));
            assertThat(directory.resolve("cache/supervise")).doesNotExist();
            assertThat(shown.sv("status", "orders", "orders.web").exit()).isZero();
        }
    }

    /** Where its name is a file of somebody else; it is tried again until the child is forgotten. */
    @Test
    void who_waits_until_all_is_written_does_not_wait_for_one_that_has_gone() throws Exception {
        Files.createFile(directory.resolve("t"));
        try (ShownTree shown = ShownTree.start(directory, oneForOne(actor("other")))) {
            ShownTree.get(shown.root().startChild(actor("t").withRestart(RestartType.TEMPORARY)));
            CompletableFuture<Void> written = shown.export().written().toCompletableFuture();
            assertThat(written).isNotDone();

            shown.tell("end", "t");
            ShownTree.get(written.thenApply(done -> true));
            patiently()
                    .until(() ->
                            !shown.events(SupervisorEvent.ChildFinished.class).isEmpty());
            assertThat(directory.resolve("t")).isRegularFile();
        }
    }
}
