package io.github.pekkosupervisor.runit;

import static io.github.pekkosupervisor.runit.Tree.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.runit.Tree.Service;
import io.github.pekkosupervisor.runit.supervise.UnitRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever may write into a supervise directory has put there what leads elsewhere, or is in the way. */
@Execution(ExecutionMode.CONCURRENT)
class LinkedFilesTest {

    private static final ActorTestKit KIT = ActorTestKit.create();
    private static final String SLEEP = "exec sleep 1000";

    @TempDir
    private Path temp;

    private Path secret;
    private Path services;
    private Tree tree;
    private Service web;

    @BeforeEach
    void plant() throws IOException {
        secret = Files.writeString(temp.resolve("secret"), "untouched");
        services = Files.createDirectory(temp.resolve("services"));
        tree = new Tree(services, KIT);
        web = tree.service("web").script("run", SLEEP);
        Files.createDirectory(web.path().resolve("supervise"));
    }

    @AfterEach
    void fell() {
        tree.close();
    }

    @AfterAll
    static void shut_down() {
        KIT.shutdownTestKit();
    }

    private Path supervise(String file) {
        return web.path().resolve("supervise").resolve(file);
    }

    private Optional<ProcessIdentity> identity() throws IOException {
        return web.record().flatMap(UnitRecord::process).map(UnitRecord.Known::identity);
    }

    @ParameterizedTest
    @ValueSource(strings = {".state", ".pid", ".status", "pid.new", "stat.new", "status.new"})
    void link_is_not_written_through(String file) throws IOException {
        Files.createSymbolicLink(supervise(file), secret);
        tree.start();
        int pid = web.awaitRun();

        patiently().until(() -> identity().isPresent());

        assertThat(secret).hasContent("untouched");
        assertThat(identity()).isEqualTo(ProcessIdentity.ofRunning(pid));
        assertThat(web.lines("supervise/pid")).containsExactly(Integer.toString(pid));
        assertThat(web.lines("supervise/stat")).containsExactly("run");
        assertThat(tree.messages()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {".state", ".pid", ".status", "pid.new", "stat.new", "status.new", "lock"})
    void link_to_nowhere_makes_no_file_there(String file) throws IOException {
        Path nowhere = temp.resolve("nowhere");
        Files.createSymbolicLink(supervise(file), nowhere);
        Service other = tree.service("other").script("run", SLEEP);
        tree.start();

        other.awaitRun();
        patiently().until(() -> identity().isPresent() || !tree.messages().isEmpty());

        assertThat(nowhere).doesNotExist();
    }

    @Test
    void what_was_in_the_way_of_a_hidden_file_is_made_good_when_it_has_gone() throws IOException {
        Files.createDirectory(supervise(".state"));
        tree.start();
        int pid = web.awaitRun();
        tree.awaitMessage("runsv web: warning: unable to write supervise/.state for a successor: is a directory");

        Files.delete(supervise(".state"));
        patiently().until(() -> identity().isPresent());

        assertThat(identity()).isEqualTo(ProcessIdentity.ofRunning(pid));
        assertThat(web.record().map(record -> record.past().restarts())).contains(0);
        assertThat(tree.messages()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {".status", ".pid", "status"})
    void directory_in_the_way_of_the_spare_keeps_no_status_from_being_told(String file) throws IOException {
        tree.start();
        int first = web.awaitRun();
        Files.deleteIfExists(supervise(file));
        Files.createDirectory(supervise(file));
        ProcessHandle.of(first).orElseThrow().destroyForcibly();

        patiently().until(() -> web.awaitRun() != first);

        assertThat(web.lines("supervise/pid")).containsExactly(Integer.toString(web.awaitRun()));
        assertThat(tree.messages()).isEmpty();
    }

    @Test
    void control_that_is_a_link_to_a_fifo_is_none() throws Exception {
        assertThat(new ProcessBuilder("mkfifo", temp.resolve("fifo").toString())
                        .start()
                        .waitFor())
                .isZero();
        Files.createSymbolicLink(supervise("control"), temp.resolve("fifo"));
        tree.start();

        tree.awaitMessage("runsv web: fatal: supervise/control exists but is not a fifo");
    }

    @Test
    void ok_that_is_a_link_is_refused() throws IOException {
        Files.createSymbolicLink(supervise("ok"), secret);
        tree.start();

        tree.awaitMessage("runsv web: fatal: unable to read supervise/ok: symbolic link loop");
    }

    @Test
    void mark_of_a_rescan_is_not_written_through_a_link() throws IOException {
        Path mark = services.resolve(".forced-rescan");
        Files.createSymbolicLink(mark, secret);
        tree.start();
        web.awaitRun();

        tree.rescan();
        patiently().until(() -> Files.isRegularFile(mark, java.nio.file.LinkOption.NOFOLLOW_LINKS));

        assertThat(secret).hasContent("untouched");
    }
}
