package io.github.pekkosupervisor.examples.soak;

import io.github.pekkosupervisor.examples.Ground;
import io.github.pekkosupervisor.examples.MarkedProcesses;
import io.github.pekkosupervisor.examples.ServiceTree;
import io.github.pekkosupervisor.examples.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Disturbs services and their launcher at random, for as long as is wanted, and judges all the time what becomes of
 * them.
 *
 * <p>{@code examples/soak.sh --help} lists the options.
 */
public final class Soak {
    private static final int SOUND = 0;
    private static final int WRONG = 1;
    private static final int BAD_USAGE = 2;
    private static final int NOT_PLAYED = 3;

    private static final Path DIST = Path.of("pekko-supervisor-runit-compat", "target", "dist", "bin");

    private Soak() {}

    /** Exits with 0, 1, 2 or 3, as the help text says. */
    public static void main(String[] arguments) {
        System.exit(run(List.of(arguments)));
    }

    private static int run(List<String> arguments) {
        try {
            SoakOptions options = SoakOptions.parse(arguments);
            if (options.help()) {
                System.out.print(SoakOptions.HELP);
                return SOUND;
            }
            return play(options, Path.of(System.getProperty("benchmark.home", ".")));
        } catch (UsageException e) {
            System.err.println("soak: " + e.getMessage());
            return BAD_USAGE;
        } catch (IOException e) {
            System.err.println("soak: " + e);
            return NOT_PLAYED;
        }
    }

    private static int play(SoakOptions options, Path home) throws IOException {
        Path dist = home.resolve(DIST).toAbsolutePath().normalize();
        if (!Files.isExecutable(dist.resolve("runsvdir"))) {
            System.err.println("soak: " + dist + " has no executable runsvdir; build the project");
            return NOT_PLAYED;
        }
        MarkedProcesses marked = new MarkedProcesses(UUID.randomUUID().toString());
        Path root = options.on().makeDirectory("soak").toRealPath();
        SmallDisk disk = new SmallDisk(root.resolve("small"));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> cleanUp(marked, disk, root), "clean-up"));
        disk.mount();
        Set<Fault> faults = EnumSet.noneOf(Fault.class);
        for (Fault fault : options.faults()) {
            String reason = Possible.whyNot(fault, disk);
            if (reason.isEmpty()) {
                faults.add(fault);
            } else {
                System.out.println("left out: " + fault.word() + ": " + reason);
            }
        }
        System.out.printf(
                "seed %d, %d services for %d s on %s, faults: %s%n",
                options.seed(),
                options.services(),
                options.length().toSeconds(),
                Ground.fileSystem(root),
                String.join(",", faults.stream().map(Fault::word).toList()));
        if (faults.isEmpty()) {
            System.err.println("soak: none of these faults can be played here");
            return NOT_PLAYED;
        }
        if (!new Planted(root.resolve("planted"), marked, System.out).areAllFound()) {
            System.err.println("soak: a judge has missed what was planted");
            return WRONG;
        }
        long violations = new SoakPlay(options, faults, dist, root, disk, marked).play();
        return violations == 0 ? SOUND : WRONG;
    }

    /** Also after Ctrl-C or a failure: whatever happened, nothing stays. */
    private static void cleanUp(MarkedProcesses marked, SmallDisk disk, Path root) {
        marked.close();
        marked.killAll();
        try {
            disk.unmount();
        } catch (IOException e) {
            System.err.println("soak: " + root + " stays, with a file system in it: " + e);
            return;
        }
        ServiceTree.delete(root);
    }
}
