package io.github.pekkosupervisor.examples.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.SupervisionTree.Options;
import io.github.pekkosupervisor.protocol.TreeSnapshot;
import io.github.pekkosupervisor.runit.ServiceDirectories;
import io.github.pekkosupervisor.runit.export.ServiceExport;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the page on service directories shows of Java. */
class ServiceDirectoriesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static Path service(Path directory) throws IOException {
        Files.createDirectories(directory);
        Path run = Files.writeString(directory.resolve("run"), "#!/bin/sh\nexec sleep 1d\n");
        Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwxr-xr-x"));
        return directory;
    }

    private static TreeSnapshot snapshot(SupervisionTree tree) {
        return tree.snapshot().toCompletableFuture().join();
    }

    @Test
    void a_directory_is_supervised(@TempDir Path directory) throws IOException {
        service(directory.resolve("hello"));
        // guide: start
        try (SupervisionTree services = ServiceDirectories.start(directory)) { // each run has been started, or tried
            System.out.print(services.snapshot().toCompletableFuture().join());
            // guide: end
            assertThat(snapshot(services).find("/services/hello").orElseThrow().ready())
                    .isTrue();
        }
    }

    @Test
    void one_is_a_child_among_others(@TempDir Path directory) throws IOException {
        service(directory.resolve("database"));
        ChildSpec worker = ChildSpec.closeable("worker", () -> () -> {});
        // guide: one
        SupervisorSpec spec = SupervisorSpec.restForOne()
                .withChild(ServiceDirectories.one("database", directory.resolve("database")))
                .withChild(worker); // started again with it, also by sv restart
        // guide: end

        try (SupervisionTree tree = SupervisionTree.start(spec)) {
            assertThat(snapshot(tree).find("/database").orElseThrow().ready()).isTrue();
        }
    }

    @Test
    void a_tree_is_shown(@TempDir Path run) throws IOException {
        Behavior<Object> behavior = Behaviors.empty();
        // guide: export
        SupervisorSpec spec = SupervisorSpec.oneForOne().withChild(ChildSpec.actor("cache", behavior));
        Options shown =
                Options.defaults().withExport(ServiceExport.to(run.resolve("service"))); // /run/app/service, say
        try (SupervisionTree tree = SupervisionTree.start(spec, shown)) {
            // guide: end
            Path stat = run.resolve("service/cache/supervise/stat");
            await().atMost(PATIENCE)
                    .until(() -> Files.exists(stat) && Files.readString(stat).equals("run\n"));
            assertThat(tree.root().path()).isEqualTo("/");
        }
    }
}
