package io.github.pekkosupervisor.runit.launcher;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.NativeLibrary;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.runit.tools.Tool;
import io.github.pekkosupervisor.runit.tools.Tools;
import io.github.pekkosupervisor.runit.top.Top;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/**
 * Uses the tools on a service directory made up for them, so that a JVM that archives its classes at exit meets all
 * that they need. And puts the native library where they need not unpack it. As {@link ArchiveTraining}, for another
 * archive.
 */
final class ToolsTraining {

    /** The status of a service that runs, as process 1. */
    private static final byte[] RUNNING = {0x40, 0, 0, 0, 0x60, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 'u', 0, 1};

    private ToolsTraining() {}

    /** @param words of {@link TrainingGround} */
    static void run(List<OsString> words) {
        try {
            TrainingGround ground = TrainingGround.prepare(words);
            NativeLibrary.copyTo(ground.library().resolve("native"));
            try {
                play(ground.scratch());
            } finally {
                ground.clear();
            }
            Exit.now(0);
        } catch (IOException | RuntimeException e) {
            Exit.usage("pekko-supervisor: no class archive was made, the tools stay slow: " + e + "\n", 111);
        }
    }

    private static void play(Path scratch) throws IOException {
        Path service = Files.createDirectory(scratch.resolve("service"));
        Files.createDirectory(service.resolve("log"));
        Path check = Files.writeString(service.resolve("check"), "#!/bin/sh\nexit 0\n");
        Files.setPosixFilePermissions(check, PosixFilePermissions.fromString("rwx------"));
        askOfSupervised(scratch, service);
        call("sv", "status", service.toString());
        call("chpst", "-x");
        changeAll(scratch);
        call("runsvchdir", ".");
        // our own input is empty
        call("svlogd", "-tt", scratch.resolve("variables").toString());
    }

    private static void askOfSupervised(Path scratch, Path service) throws IOException {
        try (Directory directory = Directory.open(OsString.of(service.toString()))) {
            directory.makeDirectory(OsString.of("supervise"), 0700);
            directory.makeFifo(OsString.of("supervise/ok"), 0600);
            directory.makeFifo(OsString.of("supervise/control"), 0600);
            Files.write(service.resolve("supervise/status"), RUNNING);
            try (Descriptor ok = directory.openReadWrite(OsString.of("supervise/ok"));
                    Descriptor control = directory.openReadWrite(OsString.of("supervise/control"))) {
                ok.number();
                control.number();
                call("sv", "status", service.toString());
                call("sv", "-v", "-w", "0", "restart", service.toString(), scratch.toString());
                call("sv", "-w0", "down", service.toString());
                call("status", scratch.toString());
                call("status", "--json", scratch.toString());
                call("tree", scratch.toString());
                Top.rehearse(OsString.of(scratch.toString()), Clock.systemUTC());
            }
        }
    }

    private static void changeAll(Path scratch) throws IOException {
        Path variables = Files.createDirectory(scratch.resolve("variables"));
        Files.writeString(variables.resolve("NAME"), "value\n");
        Files.createFile(variables.resolve("GONE"));
        call(
                "chpst",
                "-v",
                "-P",
                "-e",
                variables.toString(),
                "-n",
                "0",
                "-L",
                scratch.resolve("lock").toString(),
                "-u",
                "root",
                "-U",
                ":0:0",
                "-c",
                "0",
                "/dev/null/nothing");
    }

    private static void call(String name, String... words) {
        Tool tool = Tools.named(name);
        if (tool != null) {
            List<OsString> arguments = new ArrayList<>();
            for (String word : words) {
                arguments.add(OsString.of(word));
            }
            tool.run(OsString.of(name), arguments);
        }
    }
}
