package io.github.pekkosupervisor.posix;

import static io.github.pekkosupervisor.testing.Programs.command;
import static io.github.pekkosupervisor.testing.Programs.sh;

import io.github.pekkosupervisor.posix.PosixSettings.Backend;
import io.github.pekkosupervisor.posix.SpawnRequest.Grouping;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A program for {@link LaunchTest}: shows in files of a directory what its processes are given, and ends with the exit
 * code of the last one.
 */
final class LaunchedJvm {

    private LaunchedJvm() {}

    public static void main(String[] arguments) throws Exception {
        Path place = Path.of(arguments[0]);
        try (Posix posix = Posix.open(new PosixSettings(Backend.NATIVE, OptionalLong.empty(), false))) {
            run(posix, place.resolve("environment"), command("env", "-0"));
            run(posix, place.resolve("status"), command("cat", "/proc/self/status"));
            System.exit(run(posix, place.resolve("last"), sh("exit 5")).code());
        }
    }

    private static ExitStatus run(Posix posix, Path output, List<OsString> command) throws Exception {
        try (Descriptor out = Descriptor.openWrite(OsString.of(output.toString()), false)) {
            return posix.spawn(new SpawnRequest(
                            command,
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.of(out),
                            Optional.empty(),
                            Grouping.INHERIT))
                    .exit()
                    .toCompletableFuture()
                    .get();
        }
    }
}
