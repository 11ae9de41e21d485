package io.github.pekkosupervisor.junit;

import io.github.pekkosupervisor.ProcessRun;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.Readiness;
import io.github.pekkosupervisor.process.StopSequence;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** PostgreSQL with an empty cluster, which is made once in a JVM and copied for each server. */
final class PostgresRecipe implements ServerRecipe {

    private static final Object MAKING = new Object();
    private static final String ROOT = "root";

    /** Nothing of a test needs to be there after the machine has failed. */
    private static final List<String> QUICK = List.of(
            "fsync=off",
            "synchronous_commit=off",
            "full_page_writes=off",
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=");

    private final Path programs;
    private final List<String> settings;
    private final Path template;

    /** @param template where the cluster is that is copied, or will be */
    PostgresRecipe(Path programs, List<String> settings, Path template) {
        this.programs = programs;
        this.settings = settings;
        this.template = template;
    }

    @Override
    public SupervisorSpec tree(ServerPlace place) {
        Optional<String> user = user();
        user.ifPresent(name -> give(place.directory(), name));
        Path data = place.directory().resolve("data");
        fill(data, user);
        String port = String.valueOf(place.port());
        List<String> command =
                new ArrayList<>(List.of(programs.resolve("postgres").toString(), "-D", data.toString(), "-p", port));
        QUICK.forEach(setting -> command.addAll(List.of("-c", setting)));
        settings.forEach(setting -> command.addAll(List.of("-c", setting)));
        ProcessSpec postgres = as(place.program(command.toArray(String[]::new)), user)
                .withName("postgres")
                .withReady(Readiness.command(
                        programs.resolve("pg_isready").toString(), "-q", "-h", "127.0.0.1", "-p", port))
                // those who are connected are not waited for
                .withStop(StopSequence.of(Signal.INT));
        return place.tree(postgres);
    }

    /** As whom it is run, since it refuses to be root. */
    private static Optional<String> user() {
        if (!ROOT.equals(System.getProperty("user.name"))) {
            return Optional.empty();
        }
        return Optional.of(exists("postgres") ? "postgres" : "nobody");
    }

    private static boolean exists(String user) {
        try {
            FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(user);
            return true;
        } catch (UserPrincipalNotFoundException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException("the user " + user + " cannot be looked up: " + e.getMessage(), e);
        }
    }

    private static void give(Path directory, String user) {
        try {
            Files.setOwner(
                    directory,
                    FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(user));
        } catch (IOException e) {
            throw new UncheckedIOException(directory + " cannot be given to " + user + ": " + e.getMessage(), e);
        }
    }

    private static ProcessSpec as(ProcessSpec spec, Optional<String> user) {
        return user.map(spec::withUser).orElse(spec);
    }

    private void fill(Path data, Optional<String> user) {
        synchronized (MAKING) {
            if (!Files.exists(template)) {
                run(
                        user,
                        programs.resolve("initdb").toString(),
                        "-D",
                        data.toString(),
                        "-U",
                        PostgresServer.USER,
                        "-A",
                        "trust",
                        "-E",
                        "UTF8",
                        "--no-locale",
                        "--no-sync",
                        "--no-instructions");
                whole(template, made -> run(Optional.empty(), "cp", "-a", data.toString(), made.toString()));
                return;
            }
        }
        run(Optional.empty(), "cp", "-a", template.toString(), data.toString());
    }

    /** A copy that is cut off, where the disk is full for instance, is not taken for one. */
    static void whole(Path directory, Consumer<Path> copy) {
        Path half = directory.resolveSibling(directory.getFileName() + ".half");
        run(Optional.empty(), "rm", "-rf", half.toString());
        copy.accept(half);
        try {
            Files.move(half, directory);
        } catch (IOException e) {
            throw new UncheckedIOException(half + " cannot be renamed: " + e.getMessage(), e);
        }
    }

    private static void run(Optional<String> user, String program, String... arguments) {
        try {
            ProcessRun.of(as(ProcessSpec.of(program, arguments).withDirectory(Path.of("/")), user))
                    .run()
                    .orThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a cluster was made", e);
        }
    }
}
