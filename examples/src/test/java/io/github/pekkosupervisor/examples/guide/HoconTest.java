package io.github.pekkosupervisor.examples.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.config.ConfiguredTree;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.InvalidSpecException;
import io.github.pekkosupervisor.spec.Shutdown;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the page on trees from a file shows. */
class HoconTest {

    @TempDir
    private Path place;

    private File file(String text) throws IOException {
        return Files.writeString(place.resolve("tree.conf"), text).toFile();
    }

    @Test
    void a_tree_is_read() throws IOException {
        File file = file("tree.children = [ { id = cache, process.command = [sleep, 1d] } ]");
        // guide: read
        Config config = ConfigFactory.parseFile(file).resolve();
        SupervisorSpec spec = ConfiguredTree.read(config.getConfig("tree"));
        // guide: end

        assertThat(spec.children()).hasSize(1);
    }

    // guide: mixed
    private static final String MIXED = """
            tree {
              strategy = rest-for-one
              children = [
                { id = cache, process.command = [sleep, 1d] }
                { id = orders, from-code = order-service, shutdown = 30s }
              ]
            }
            """;
    // guide: end

    static final class Orders implements AutoCloseable {
        @Override
        public void close() {}
    }

    @Test
    void code_has_its_place() throws IOException {
        Config config = ConfigFactory.parseFile(file(MIXED)).resolve();
        // guide: from-code
        ChildSpec orders = ChildSpec.closeable("orders", Orders::new);
        SupervisorSpec spec = ConfiguredTree.read(config.getConfig("tree"), Map.of("order-service", orders));
        // guide: end

        try (SupervisionTree tree = SupervisionTree.start(spec)) {
            assertThat(tree.snapshot().toCompletableFuture().join().find("/orders"))
                    .isPresent();
        }
        assertThat(spec.children().get(1).shutdown()).isEqualTo(Shutdown.timeout(Duration.ofSeconds(30)));
    }

    // guide: wrong
    private static final String WRONG = """
            tree {
              strategie = one-for-all
              children = [
                { id = cache, process { command = "redis-server", ready { tcp = 99999 } }, shutdown = 5 }
              ]
            }
            """;
    // guide: end

    // guide: mistakes
    private static final String MISTAKES = """
            4 mistakes:
            \t/cache: tree.conf: 4: "command" must be a list of program and arguments, was "redis-server"; \
            for a line of shell use [sh, -c, "exec ..."] [invalid_config]
            \t/cache: tree.conf: 4: "ready.tcp" must have a port from 1 to 65535, was 99999 [invalid_config]
            \t/cache: tree.conf: 4: "shutdown" must be "brutal-kill", "infinite" or a time with its unit, such as 5s, was 5 \
            [invalid_config]
            \t/: tree.conf: 2: key "strategie" is not known here; did you mean "strategy"? [invalid_config]
            """;
    // guide: end

    @Test
    void all_mistakes_are_told_with_their_lines() throws IOException {
        Config config = ConfigFactory.parseFile(file(WRONG)).resolve();

        assertThatThrownBy(() -> ConfiguredTree.read(config.getConfig("tree")))
                .isInstanceOf(InvalidSpecException.class)
                .satisfies(failure -> assertThat(String.valueOf(failure.getMessage())
                                .replace(place.resolve("tree.conf").toString(), "tree.conf"))
                        .isEqualTo(MISTAKES.strip()));
    }
}
