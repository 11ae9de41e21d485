package io.github.pekkosupervisor.runit;

import static io.github.pekkosupervisor.runit.Tree.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.runit.Tree.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Another directory comes to be behind an entry of the services directory that nobody touches. */
@Execution(ExecutionMode.CONCURRENT)
class ReplacedDirectoryTest {

    private static final ActorTestKit KIT = ActorTestKit.create();
    private static final String SLEEP = "exec sleep 1000";

    @TempDir
    private Path temp;

    private Path services;
    private Tree tree;

    @BeforeEach
    void plant() throws IOException {
        services = Files.createDirectory(temp.resolve("services"));
        tree = new Tree(services, KIT);
    }

    @AfterEach
    void fell() {
        tree.close();
    }

    @AfterAll
    static void shut_down() {
        KIT.shutdownTestKit();
    }

    private Service at(String place) throws IOException {
        return tree.serviceAt(temp.resolve(place));
    }

    private void link(String link, String target) throws IOException {
        Path made = temp.resolve("made");
        Files.createSymbolicLink(made, Path.of(target));
        Files.move(made, temp.resolve(link), StandardCopyOption.ATOMIC_MOVE);
    }

    private List<String> diary() throws IOException {
        Path diary = temp.resolve("diary");
        return Files.exists(diary) ? Files.readAllLines(diary) : List.of();
    }

    /** Takes a moment to end, and so does its logger; both write of it into the diary. */
    private void writing(Service service, String name) throws IOException {
        String diary = temp.resolve("diary").toString();
        service.script(
                "run",
                "trap 'sleep 0.5; echo end of " + name + " >>" + diary + "; exit' TERM\n"
                        + "echo line of " + name + "\n"
                        + "echo start of " + name + " >>" + diary + "\n"
                        + "while :; do sleep 0.05; done");
        service.script("log/run", "cat >>lines; sleep 0.5; echo end of the log of " + name + " >>" + diary + "\nexit");
    }

    @Test
    void switched_link_on_the_way_stops_the_old_one_and_then_starts_the_new_one() throws IOException {
        writing(at("release1/web"), "1");
        writing(at("release2/web"), "2");
        link("current", "release1");
        Files.createSymbolicLink(services.resolve("web"), Path.of("../current/web"));
        tree.start();
        patiently().until(() -> diary().contains("start of 1"));

        link("current", "release2");
        patiently().until(() -> diary().contains("start of 2"));

        assertThat(diary()).containsExactly("start of 1", "end of 1", "end of the log of 1", "start of 2");
        assertThat(at("release2/web").awaitLines("log/lines", 1)).containsExactly("line of 2");
        assertThat(at("release1/web").lines("log/lines")).containsExactly("line of 1");
    }

    /** Not all entries are looked at each time. */
    @Test
    void switched_link_is_seen_among_very_many_entries() throws IOException {
        Service first = at("release1").script("run", SLEEP);
        Service second = at("release2").script("run", SLEEP);
        for (int i = 0; i < 4500; i++) {
            Files.createFile(services.resolve("readme" + i));
        }
        link("current", "release1");
        Files.createSymbolicLink(services.resolve("web"), Path.of("../current"));
        tree.start();
        first.awaitRun();

        link("current", "release2");

        int pid = second.awaitRun();
        patiently().untilAsserted(() -> assertThat(tree.pids()).containsExactly((long) pid));
    }

    @Test
    void removed_and_made_again_is_another_service() throws IOException {
        Service web = at("web").script("run", SLEEP);
        Service changed = at("changed").script("run", SLEEP);
        Files.createSymbolicLink(services.resolve("web"), Path.of("../web"));
        Files.createSymbolicLink(services.resolve("changed"), Path.of("../changed"));
        tree.start();
        web.awaitRun();
        int other = changed.awaitRun();

        // as rsync does it: the directory is the same, everything in it is not
        changed.script("made", SLEEP);
        Files.move(changed.path().resolve("made"), changed.path().resolve("run"), StandardCopyOption.REPLACE_EXISTING);
        Files.move(web.path(), temp.resolve("away"));
        Service again = at("web").script("run", SLEEP);
        int second = again.awaitRun();

        patiently().untilAsserted(() -> assertThat(tree.pids()).containsExactlyInAnyOrder((long) second, (long) other));
        assertThat(changed.awaitRun()).isEqualTo(other);
    }

    @Test
    void target_that_is_gone_ends_the_service_and_comes_up_when_it_is_back() throws IOException {
        Service web = at("web").script("run", SLEEP);
        Files.createSymbolicLink(services.resolve("web"), Path.of("../web"));
        tree.start();
        long pid = web.awaitRun();
        // it is seen by its environment, which is what its shell has made of it
        patiently().until(() -> tree.pids().contains(pid));

        Files.move(web.path(), temp.resolve("away"));
        patiently().until(() -> tree.pids().isEmpty());
        assertThat(tree.messages())
                .containsExactly("runsvdir " + services + ": warning: unable to stat web: file does not exist\n");
        Files.move(temp.resolve("away"), web.path());

        assertThat(web.awaitRun()).isPositive();
    }

    @Test
    void directory_moved_over_another_goes_on_under_its_name() throws IOException {
        tree.service("old").script("run", SLEEP);
        Service made = tree.service("new").script("run", SLEEP);
        tree.start();
        tree.serviceAt(services.resolve("old")).awaitRun();
        int pid = made.awaitRun();

        Files.move(services.resolve("old"), temp.resolve("away"));
        Files.move(services.resolve("new"), services.resolve("old"));
        patiently().until(() -> tree.pids().equals(List.of((long) pid)));

        assertThat(tree.serviceAt(services.resolve("old")).awaitRun()).isEqualTo(pid);
    }

    @Test
    void link_to_a_file_that_becomes_a_directory_is_noticed() throws IOException {
        Files.writeString(temp.resolve("web"), "");
        Files.createSymbolicLink(services.resolve("web"), Path.of("../web"));
        Service other = tree.service("other").script("run", SLEEP);
        tree.start();
        other.awaitRun();

        Files.delete(temp.resolve("web"));
        Service web = at("web").script("run", SLEEP);

        assertThat(web.awaitRun()).isPositive();
    }
}
