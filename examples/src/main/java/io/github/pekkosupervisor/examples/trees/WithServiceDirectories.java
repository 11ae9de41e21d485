package io.github.pekkosupervisor.examples.trees;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.runit.ServiceDirectories;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * runit's service directories and an actor that needs them, in one tree. While it runs {@code sv} works on them; TERM
 * or Ctrl-C stops the actor first and then each service in order.
 */
public final class WithServiceDirectories {

    private WithServiceDirectories() {}

    static SupervisorSpec tree(Path directory) {
        return SupervisorSpec.restForOne()
                .withChild(ServiceDirectories.scanned("services", directory))
                .withChild(ChildSpec.actor("reader", reader(directory.resolve("clock/now"))));
    }

    private static Behavior<String> reader(Path file) {
        return Behaviors.receiveMessage(word -> {
            if (word.equals("fail")) {
                throw new IllegalStateException("was told to");
            }
            System.out.println(Files.readString(file).strip());
            return Behaviors.same();
        });
    }

    /** One service directory: a clock. */
    static void prepare(Path directory) throws IOException {
        Path run = Files.createDirectories(directory.resolve("clock")).resolve("run");
        Files.writeString(run, "#!/bin/sh\nwhile date >now; do sleep 1; done\n");
        Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    public static void main(String[] arguments) throws IOException {
        Path directory = arguments.length == 0 ? Files.createTempDirectory("services") : Path.of(arguments[0]);
        prepare(directory);
        try (SupervisionTree tree = SupervisionTree.start(tree(directory))) {
            System.out.println("try: sv status " + directory.resolve("clock"));
            System.out.println(tree.snapshot().toCompletableFuture().join());
            tree.whenEnded().toCompletableFuture().join();
        }
    }
}
