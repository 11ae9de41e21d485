package io.github.pekkosupervisor.runit;

import static io.github.pekkosupervisor.runit.Tree.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.RefusedCalls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a launcher has left cannot be told at once. */
@Isolated("calls are refused in the whole JVM")
class LateListTest extends InGrove {

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
        ApplicationAdoptsTest.firstLife(temp, () -> patiently().until(() -> Files.exists(diary)));
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
