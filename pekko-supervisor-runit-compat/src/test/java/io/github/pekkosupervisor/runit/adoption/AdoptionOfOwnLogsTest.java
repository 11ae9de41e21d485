package io.github.pekkosupervisor.runit.adoption;

import static io.github.pekkosupervisor.runit.adoption.Estate.patiently;
import static io.github.pekkosupervisor.runit.adoption.Estate.status;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The acceptance case of adoption that is about logs which the launcher writes itself; {@code LogKilledTest} and
 * {@code LogSpoolTest} are about the same without a launcher.
 */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class AdoptionOfOwnLogsTest extends InEstate {

    private static final int KILLS = LONG ? 200 : 5;
    private static final int NO_END = 1_000_000_000;

    private static void config(Path web, String... lines) throws IOException {
        for (Path made : List.of(web, web.resolve("log"), web.resolve("log/main"))) {
            Files.createDirectories(made);
            Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        Files.writeString(web.resolve("service.conf"), "log { directory = main }\n");
        Files.write(web.resolve("log/main/config"), List.of(lines));
    }

    private static List<Path> files(Path web) throws IOException {
        try (Stream<Path> files = Files.list(web.resolve("log/main"))) {
            return files.filter(file -> file.getFileName().toString().matches("@.*|current"))
                    .sorted()
                    .toList();
        }
    }

    private static long bytes(Path web) throws IOException {
        long sum = 0;
        for (Path file : files(web)) {
            try {
                sum += Files.size(file);
            } catch (NoSuchFileException e) {
                // it has just been renamed
                sum += 0;
            }
        }
        return sum;
    }

    @Test
    void case_20_own_log_loses_and_doubles_nothing_with_its_launcher() throws Exception {
        Path web = estate.service("web", WrittenLines.command(estate.writer(), 0, NO_END, estate.directory("web")));
        config(web, "n0", "s20000");
        Random random = new Random(20);
        estate.start();
        estate.awaitUp(web, web.resolve("log"));
        int writer = status(web).pid();

        for (int kill = 0; kill < KILLS; kill++) {
            long due = bytes(web) + 1 + random.nextInt(500_000);
            patiently().until(() -> bytes(web) >= due);
            estate.lose();
        }
        estate.awaitUp(web, web.resolve("log"));
        assertThat(status(web).pid()).isEqualTo(writer);
        assertThat(Copies.problems(estate.all())).isEmpty();
        estate.stop();

        Path all = Files.createFile(estate.root().resolve("all"));
        for (Path file : files(web)) {
            Files.writeString(all, Files.readString(file, ISO_8859_1), ISO_8859_1, StandardOpenOption.APPEND);
        }
        assertThat(WrittenLines.problems(all, web.resolve("notes"))).isEmpty();
        assertThat(estate.complaints()).isEmpty();
    }
}
