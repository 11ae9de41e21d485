package io.github.pekkosupervisor.examples;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A scan directory and the service directories that its symbolic links lead to.
 *
 * @param root holds everything, and the log of the supervisor
 * @param services all service directories; those after the first {@code linked} wait for {@link #link}
 */
public record ServiceTree(Path root, List<SupervisedService> services) {

    private static final String RUN = "#!/bin/sh\nexec sleep 100000\n";

    public ServiceTree {
        services = List.copyOf(services);
    }

    /**
     * Makes a fresh tree, with the scan directory's time set back so that runsvdir's same-second sleep is not charged.
     */
    static ServiceTree create(Path root, int linked, int waiting) throws IOException {
        Files.createDirectories(root.resolve("scan"));
        List<SupervisedService> services = new ArrayList<>();
        for (int i = 0; i < linked + waiting; i++) {
            Path directory = Files.createDirectories(root.resolve("service").resolve("s" + i));
            Path run = Files.writeString(directory.resolve("run"), RUN);
            Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwxr-xr-x"));
            services.add(new SupervisedService(directory));
        }
        ServiceTree tree = new ServiceTree(root, services);
        for (SupervisedService service : services.subList(0, linked)) {
            tree.link(service);
        }
        Files.setLastModifiedTime(tree.scan(), FileTime.from(Instant.now().minus(Duration.ofHours(1))));
        return tree;
    }

    Path scan() {
        return root.resolve("scan");
    }

    Path log() {
        return root.resolve("log");
    }

    void link(SupervisedService service) throws IOException {
        Files.createSymbolicLink(entry(service), service.directory());
    }

    void unlink(SupervisedService service) throws IOException {
        Files.delete(entry(service));
    }

    private Path entry(SupervisedService service) {
        return scan().resolve(service.directory().getFileName().toString());
    }

    /** Again if need be: a supervisor that has just been killed may have had a file in the making. */
    public static void delete(Path root) {
        for (int attempt = 0; attempt < 10 && Files.exists(root); attempt++) {
            try {
                Files.walkFileTree(root, new Deletion());
            } catch (IOException e) {
                Await.pass(Duration.ofMillis(50));
            }
        }
        if (Files.exists(root)) {
            RunitBenchmark.say("could not delete " + root);
        }
    }

    private static final class Deletion extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure) throws IOException {
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
        }
    }
}
