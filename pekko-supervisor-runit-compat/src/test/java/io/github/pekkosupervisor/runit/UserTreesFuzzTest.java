package io.github.pekkosupervisor.runit;

import static io.github.pekkosupervisor.runit.Tree.patiently;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pekkosupervisor.posix.OwnProcess;
import io.github.pekkosupervisor.runit.Tree.Service;
import io.github.pekkosupervisor.runit.conformance.BuiltDist;
import io.github.pekkosupervisor.runit.conformance.Needs;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Trees of a user who wants root to do something for him: {@link RootsDeeds} sees whether it does, and the services
 * beside go on. The seed is in the test's name; {@code fuzz.trees} (default 2) says how many, {@code fuzz.from} from
 * which on.
 */
class UserTreesFuzzTest extends InTree {

    private static final int USER = 64_732;
    private static final int ENTRIES = 12;
    private static final String SLEEP = "exec sleep 100000";
    private static final long TERABYTE = 1L << 40;

    @SuppressWarnings("NullAway.Init") // made by each test
    private Path home;

    /** Something hostile that is done to a service directory. */
    private interface Deed {
        void perform(Path service, Path secrets, Random random) throws IOException;
    }

    private static final List<Deed> DEEDS = List.of(
            (service, secrets, random) -> link(service.resolve("supervise"), secrets.resolve("supervise")),
            (service, secrets, random) -> link(inSupervise(service, "status"), secrets.resolve("file")),
            (service, secrets, random) -> link(inSupervise(service, "lock"), secrets.resolve("file")),
            (service, secrets, random) -> link(inSupervise(service, ".state"), secrets.resolve("file")),
            (service, secrets, random) -> link(inSupervise(service, "control"), secrets.resolve("file")),
            (service, secrets, random) -> Files.writeString(inSupervise(service, "control"), "uk"),
            (service, secrets, random) -> fifo(inSupervise(service, "status")),
            (service, secrets, random) -> fifo(service.resolve("supervise")),
            (service, secrets, random) -> Files.write(inSupervise(service, ".state"), bytes(random, 1024)),
            (service, secrets, random) -> Files.write(inSupervise(service, "status"), bytes(random, 20)),
            (service, secrets, random) -> {
                Files.deleteIfExists(service.resolve("run"));
                link(service.resolve("run"), secrets.resolve("run"));
            },
            (service, secrets, random) -> {
                Files.deleteIfExists(service.resolve("run"));
                fifo(service.resolve("run"));
            },
            (service, secrets, random) -> link(service.resolve("finish"), secrets.resolve("run")),
            (service, secrets, random) -> link(service.resolve("log"), secrets),
            (service, secrets, random) -> link(service.resolve("down"), secrets.resolve("file")),
            (service, secrets, random) -> link(in(service, "control", "t"), secrets.resolve("run")),
            (service, secrets, random) -> link(service.resolve("notification-fd"), secrets.resolve("file")),
            (service, secrets, random) -> fifo(service.resolve("service.conf")),
            (service, secrets, random) -> link(service.resolve("service.conf"), secrets.resolve("file")),
            (service, secrets, random) -> {
                try (RandomAccessFile conf =
                        new RandomAccessFile(service.resolve("service.conf").toFile(), "rw")) {
                    conf.setLength(TERABYTE);
                }
            },
            (service, secrets, random) -> conf(service, "log { directory = \"" + secrets + "\" }"),
            (service, secrets, random) -> {
                conf(service, "log { directory = main }");
                link(in(service, "log/main", "current"), secrets.resolve("file"));
            },
            (service, secrets, random) -> {
                conf(service, "log { directory = main }");
                link(in(service, "log/supervise", ".intake"), secrets.resolve("file"));
            },
            (service, secrets, random) -> conf(service, "environment-files = [\"" + secrets + "/file\"]"),
            (service, secrets, random) -> conf(service, "user = root"),
            (service, secrets, random) -> conf(service, "ready { unix-socket = \"" + secrets + "/socket\" }"),
            (service, secrets, random) -> conf(service, "live { command = [\"" + secrets + "/run\"] }"),
            (service, secrets, random) -> conf(service, "access { status = all }"),
            (service, secrets, random) -> conf(
                    service,
                    "environment { LD_DEBUG = libs, LD_DEBUG_OUTPUT = \"" + secrets
                            + "/debug\", PATH = \".\", BASH_ENV = run, ENV = run, IFS = x }"));

    private static Path in(Path service, String directory, String name) throws IOException {
        return Files.createDirectories(service.resolve(directory)).resolve(name);
    }

    private static Path inSupervise(Path service, String name) throws IOException {
        return in(service, "supervise", name);
    }

    private static void link(Path link, Path target) throws IOException {
        Files.createSymbolicLink(link, target);
    }

    private static void conf(Path service, String text) throws IOException {
        Files.writeString(service.resolve("service.conf"), text + "\n", StandardCharsets.UTF_8);
    }

    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static void fifo(Path place) throws IOException {
        try {
            Process made = new ProcessBuilder("mkfifo", place.toString()).start();
            assertThat(made.waitFor()).isZero();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static Stream<Long> seeds() {
        long from = Long.getLong("fuzz.from", 1);
        return LongStream.range(from, from + Long.getLong("fuzz.trees", 2)).boxed();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void nothing_that_is_only_roots_is_touched(long seed) throws Exception {
        assumeTrue(OwnProcess.user() == 0, "only root can have a tree of another user");
        Needs.that(Files.isExecutable(Path.of("/usr/bin/setpriv")), "no setpriv to become another user with");
        assumeTrue(BuiltDist.othersReachTemporaryFiles(), "other users do not reach the temporary directory");
        Random random = new Random(seed);
        Path place = Files.createTempDirectory("hostile");
        home = Files.createDirectories(place.resolve("service"));
        for (Path directory : List.of(place, home, temp)) {
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        try (RootsDeeds deeds = new RootsDeeds(place, home, USER)) {
            Service calm = tree.service("calm").script("run", SLEEP);
            Service app = tree.service("app");
            conf(app.path(), "tree { directory = \"" + home + "\", user = \":" + USER + ":" + USER + "\" }");
            Service good = tree.serviceAt(home.resolve("good")).script("run", SLEEP);
            for (int i = 0; i < ENTRIES; i++) {
                hostile(i, deeds, random);
            }
            placesOfTheTree(deeds, random);
            RootsDeeds.give(home, USER);

            tree.start();
            int undisturbed = calm.awaitRun();
            good.awaitRun();
            for (int i = 0; i < ENTRIES; i++) {
                meddle(home.resolve("hostile" + i), random);
            }
            int before = good.awaitRun();
            good.control("t");
            patiently().until(() -> good.awaitRun() != before);

            app.control("d");
            patiently().until(() -> app.status().state() == ServiceStatus.State.DOWN);
            assertThat(deeds.violations(tree.messages())).isEmpty();
            assertThat(calm.awaitRun()).isEqualTo(undisturbed);
        } finally {
            tree.stop();
            Process removed = new ProcessBuilder("rm", "-rf", place.toString()).start();
            assertThat(removed.waitFor()).isZero();
        }
    }

    private void hostile(int number, RootsDeeds deeds, Random random) throws IOException {
        Path service = home.resolve("hostile" + number);
        if (random.nextInt(12) == 0) {
            link(service, deeds.secrets());
            return;
        }
        tree.serviceAt(service).script("run", SLEEP);
        DEEDS.get(random.nextInt(DEEDS.size())).perform(service, deeds.secrets(), random);
    }

    private void placesOfTheTree(RootsDeeds deeds, Random random) throws IOException {
        switch (random.nextInt(4)) {
            case 0 -> link(home.resolve(".pekko-supervisor"), deeds.secrets());
            case 1 -> link(in(home, ".pekko-supervisor", "services"), deeds.secret());
            case 2 -> link(home.resolve(".service.conf"), deeds.secret());
            default -> fifo(in(home, ".pekko-supervisor", "runs"));
        }
    }

    /** Commands, and other places, while it is supervised. */
    private void meddle(Path service, Random random) throws IOException {
        Path control = service.resolve("supervise/control");
        if (random.nextBoolean() && isFifo(control)) {
            try (RandomAccessFile fifo = new RandomAccessFile(control.toFile(), "rw")) {
                fifo.write("tduohcqx".charAt(random.nextInt(8)));
            }
        } else if (random.nextInt(4) == 0 && Files.isDirectory(service, LinkOption.NOFOLLOW_LINKS)) {
            Files.move(service, service.resolveSibling("moved" + service.getFileName()));
        }
    }

    private static boolean isFifo(Path file) throws IOException {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS)
                && ((Integer) Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 0170000) == 0010000;
    }
}
