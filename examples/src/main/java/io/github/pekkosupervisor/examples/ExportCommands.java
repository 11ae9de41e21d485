package io.github.pekkosupervisor.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorSystem;

/** How long real {@code sv} takes to restart an actor that is shown, and a process under real {@code runsv}. */
final class ExportCommands {

    private ExportCommands() {}

    static void measure(ActorSystem<?> system, Path place, int times, ExportResults shown, ExportResults peer)
            throws IOException, InterruptedException {
        try (ExportedActors tree = ExportedActors.start(system, 1, Optional.of(place.resolve("sv")), event -> {})) {
            tree.awaitShown();
            restarts(place.resolve("sv/a0"), times, shown);
        }
        Path service = Files.createDirectories(place.resolve("real"));
        Path run = Files.writeString(service.resolve("run"), "#!/bin/sh\nexec sleep 100000\n");
        if (!run.toFile().setExecutable(true)) {
            throw new IOException(run + " cannot be made executable");
        }
        Optional<Process> runsv = ExportCosts.start("runsv", service.toString());
        if (runsv.isEmpty()) {
            return;
        }
        try {
            if (Await.reached(() -> ExportCosts.sv("status", service).startsWith("run:"), Duration.ofSeconds(10))) {
                restarts(service, times, peer);
            }
        } finally {
            runsv.get().destroy();
            runsv.get().waitFor();
        }
    }

    /** Each a second after the last start, since sv compares whole seconds. */
    private static void restarts(Path service, int times, ExportResults to) {
        for (int i = 0; i < times; i++) {
            Await.pass(Duration.ofMillis(1_500));
            long began = Await.now();
            String said = ExportCosts.sv("restart", service);
            double took = Await.millisSince(began);
            if (said.startsWith("ok: run:")) {
                to.add(ExportBar.SV_RESTART, took);
            }
        }
    }
}
