package io.github.pekkosupervisor.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.process.ProcessSpec.ProcessGroup;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TreeLeftTest {

    private static final KeptProcess PROCESS = new KeptProcess(
            "/s/web\n1",
            new ProcessIdentity(4711, 123456, "boot"),
            99,
            ProcessGroup.WHOLE,
            ProcessSpec.of("sleep", "1").stop(),
            Optional.of(Duration.ofSeconds(5)),
            "0123456789abcdef",
            "");

    private static final TreeLeft TREE = new TreeLeft(
            new ProcessIdentity(17, 18, "boot"),
            Set.of("/off", "/ä b"),
            Set.of("/once"),
            List.of(PROCESS),
            Map.of("/", List.of(12L, 345678L), "/s", List.of(1L)),
            Map.of("/a b", 3),
            Map.of("output-1-stdout", OsString.of("half a li")));

    @Test
    void what_is_written_is_read() {
        assertThat(TreeLeft.parse(TREE.toBytes())).contains(TREE);
    }

    @Test
    void nothing_is_little_and_is_read_too() {
        TreeLeft nothing = new TreeLeft(
                new ProcessIdentity(1, 2, "b"), Set.of(), Set.of(), List.of(), Map.of(), Map.of(), Map.of());

        assertThat(TreeLeft.parse(nothing.toBytes())).contains(nothing);
    }

    @Test
    void what_is_not_whole_is_nothing() {
        byte[] bytes = TREE.toBytes();

        for (int length = 0; length < bytes.length; length++) {
            assertThat(TreeLeft.parse(Arrays.copyOf(bytes, length)))
                    .as(length + " bytes of it")
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "end 0\n",
                "pekko-supervisor-tree 2\nby 1 2 b\nend 2\n",
                "pekko-supervisor-tree 1\nby 1\nend 2\n",
                "pekko-supervisor-tree 1\nby 1 2 b\nprocess 00\nend 3\n",
                "pekko-supervisor-tree 1\nby 1 2 b\ndown xyz\nend 3\n",
                "pekko-supervisor-tree 1\nby 1 2 b\nrestarts 2f 1,,2\nend 3\n",
                "pekko-supervisor-tree 1\nby 1 2 b\ndelays 2f -1\nend 3\n"
            })
    void what_somebody_else_has_made_is_nothing(String text) {
        assertThat(TreeLeft.parse(text.getBytes(UTF_8))).isEmpty();
    }
}
