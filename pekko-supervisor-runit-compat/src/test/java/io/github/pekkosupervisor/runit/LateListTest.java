package io.github.pekkosupervisor.runit;

import static io.github.pekkosupervisor.runit.Tree.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.RefusedCalls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a launcher has left cannot be told at once. */
@Isolated("calls are refused in the whole JVM")
class LateListTest extends InGrove {

    private static final ActorTestKit KIT = ActorTestKit.create();

    @AfterAll
    static void shut_down() {
        KIT.shutdownTestKit();
    }

    /** As by HUP, with an entry and without; what does not run is not started for that. */
    @ParameterizedTest
    @CsvSource({"ServicesList.read, 2, 0", "ServicesList.read, 100, 1", "Leftovers.of, 2, 0"})
    void stop_that_comes_before_it_is_known_what_was_left_ends_that_too(String method, int times, int left)
            throws Exception {
        try (Tree tree = new Tree(temp, KIT)) {
            Tree.Service web = tree.service("web").script("run", "echo $$ >>starts; exec sleep 1000");
            Tree.Service gone = tree.service("gone").script("run", "echo $$ >>starts; exec sleep 1000");
            ApplicationAdoptsTest.firstLife(temp, () -> {
                web.awaitRun();
                gone.awaitRun();
                web.awaitLines("starts", 1);
                gone.awaitLines("starts", 1);
                patiently().until(() -> tree.pids().size() == 2);
            });
            Files.move(gone.path(), temp.resolve(".gone"));
            Tree.Service idle = tree.service("idle").script("run", "echo $$ >>starts; exec sleep 1000");
            if (method.equals("Leftovers.of")) {
                // those with an entry have been started by then
                idle.file("down");
            }

            try (RefusedCalls refused = new RefusedCalls("openat", "ENOMEM", method, times)) {
                tree.start();
                patiently().until(() -> refused.refused() > 0);
                assertThat(tree.pids()).hasSize(2);
                tree.stop();
            }

            patiently().until(() -> tree.pids().size() == left);
            assertThat(web.lines("starts")).hasSize(1);
            assertThat(idle.lines("starts")).isEmpty();
            tree.pids().forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
            patiently().until(() -> tree.pids().isEmpty());
        }
    }

    /** Until it is known that there is one of the same name which has to end, the other one is not started. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            the list cannot be read | ServicesList.read
            it cannot be told whether one runs | Leftovers.of
            """)
    void link_that_was_switched_leads_to_the_end_of_one_and_then_to_the_start_of_two(String what, String method)
            throws Exception {
        for (String name : List.of("one", "two")) {
            grove.service("." + name)
                    .script(
                            "run",
                            "trap 'echo end of " + name + " >>../diary; exit' TERM; echo start of " + name
                                    + " >>../diary; while :; do sleep 0.05; done");
        }
        Path link = temp.resolve("web");
        Path diary = temp.resolve("diary");
        Files.createSymbolicLink(link, temp.resolve(".one"));
        Tree.Service one = grove.service(".one");
        ApplicationAdoptsTest.firstLife(temp, () -> {
            patiently().until(() -> Files.exists(diary));
            one.awaitRun();
        });
        Files.delete(link);
        Files.createSymbolicLink(link, temp.resolve(".two"));

        try (RefusedCalls refused = new RefusedCalls("openat", "ENOMEM", method, 2)) {
            assertThat(Grove.get(grove.start().root().startChild(grove.services())))
                    .isNotNull();
            patiently().until(() -> Files.readAllLines(diary).size() == 3);

            assertThat(refused.refused()).as(what).isEqualTo(2);
        }

        assertThat(Files.readAllLines(diary)).containsExactly("start of one", "end of one", "start of two");
    }
}
