package io.github.pekkosupervisor.examples.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.SupervisionTree.Options;
import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.RefusedLinks;
import io.github.pekkosupervisor.runit.export.ServiceExport;
import io.github.pekkosupervisor.spec.ChildSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Where files cannot have several names each child that is shown has files of its own, and all is as it is elsewhere.
 */
final class ExportWithoutLinksTest {

    @TempDir
    private Path temp;

    private SupervisionTree start(String... children) {
        ServiceExport export = ServiceExport.to(temp.resolve("service"));
        SupervisionTree tree = SupervisionTree.start(
                ProcessLane.root()
                        .withChildren(List.of(children).stream()
                                .map(id -> ChildSpec.actor(id, Behaviors.empty()))
                                .toList()),
                Options.defaults().withLogging(false).withJvmShutdownHook(false).withExport(export));
        ProcessLane.done(export.written());
        return tree;
    }

    private int check(String name) throws Exception {
        return new ProcessBuilder(temp.resolve("service/" + name + "/check").toString())
                .start()
                .waitFor();
    }

    @Test
    void each_child_has_files_of_its_own() throws Exception {
        try (RefusedLinks refused = new RefusedLinks();
                Directory directory = Directory.open(OsString.of(temp.toString()))) {
            OsString ok = OsString.of("service/a/supervise/ok");
            assertThat(refused).isNotNull();
            try (SupervisionTree tree = start("a", "b")) {
                directory.openWrite(ok).close();
                try (Descriptor lock = directory.openAppend(OsString.of("service/a/supervise/lock"), 0600)) {
                    assertThatExceptionOfType(PosixException.class)
                            .isThrownBy(lock::lock)
                            .matches(e -> e.is("EAGAIN"));
                }
                assertThat(check("a")).isZero();

                ProcessLane.done(tree.root().terminateChild("a"));
                await().atMost(Duration.ofSeconds(20)).until(() -> check("a") == 1);
                ProcessLane.done(tree.root().renewChild("b"));
                await().atMost(Duration.ofSeconds(20)).until(() -> check("b") == 0);
            }
            assertThatExceptionOfType(PosixException.class)
                    .isThrownBy(() -> directory.openWrite(ok))
                    .matches(e -> e.is("ENXIO"));
            try (SupervisionTree next = start("b")) {
                assertThat(next.root().path()).isEqualTo("/");
                assertThat(check("b")).isZero();
                await().atMost(Duration.ofSeconds(20)).until(() -> !Files.exists(temp.resolve("service/a")));
            }
        }
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(openBelow(temp)).isEmpty());
    }

    /** What this JVM has open there; what it has opened elsewhere for the first time is its own affair. */
    private static List<String> openBelow(Path directory) throws IOException {
        List<String> open = new ArrayList<>();
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors.toList()) {
                try {
                    open.add(Files.readSymbolicLink(descriptor).toString());
                } catch (IOException e) {
                    // it was for this look
                }
            }
        }
        return open.stream()
                .filter(target -> target.startsWith(directory + "/"))
                .toList();
    }
}
