package io.github.pekkosupervisor.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.protocol.TreeSnapshot.LastExit;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.protocol.TreeSnapshot.State;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a probe is told of a tree with a child in each state. */
final class TreeHealthTest {

    private static final Instant NOW = Instant.EPOCH;

    private static TreeHealth of(State top, Node child) {
        Node node = Node.of("/", "supervisor", top).withChildren(List.of(child));
        return TreeHealth.of(new TreeSnapshot(NOW, node));
    }

    @ParameterizedTest
    @CsvSource({
        "RUNNING, true, true, []",
        "RUNNING, false, false, '[/a: running, not ready]'",
        "WAITING, false, false, [/a: waiting]",
        "STARTING, false, false, [/a: starting]",
        "STOPPING, false, false, [/a: stopping]",
        "RESTARTING, false, false, [/a: restarting]",
        "STOPPED, false, true, []",
        "FINISHED, false, true, []",
        "IGNORED, false, true, []",
    })
    void a_child_that_is_to_be_up_has_to_be(State state, boolean isReady, boolean ready, String why) {
        TreeHealth health = of(State.RUNNING, Node.of("/a", "actor", state).withState(state, isReady));

        assertThat(health.live()).isTrue();
        assertThat(health.ready()).isEqualTo(ready);
        assertThat(health.notReady()).hasToString(why);
    }

    @ParameterizedTest
    @CsvSource({
        "RUNNING, true, true, []",
        "STARTING, true, false, [/: starting]",
        "STOPPING, true, false, [/: stopping]",
        "STOPPED, false, false, [/: stopped]"
    })
    void the_top_has_to_run(State top, boolean live, boolean ready, String why) {
        TreeHealth health = of(top, Node.of("/a", "actor", State.RUNNING));

        assertThat(health.live()).isEqualTo(live);
        assertThat(health.ready()).isEqualTo(ready);
        assertThat(health.notReady()).hasToString(why);
    }

    @Test
    void it_says_what_is_known_of_why() {
        Node waits = Node.of("/s/a", "actor", State.RESTARTING)
                .withRestarts(3, Optional.of(new LastExit("exit code 7", NOW)), Optional.of(NOW.plusSeconds(2)))
                .withDetails(Map.of("answer", "none within 1 s"));
        Node s = Node.of("/s", "supervisor", State.RUNNING).withChildren(List.of(waits));

        assertThat(of(State.RUNNING, s).notReady())
                .hasToString(
                        "[/s/a: restarting at 1970-01-01T00:00:02Z, answer none within 1 s, last exit: exit code 7]");
    }
}
