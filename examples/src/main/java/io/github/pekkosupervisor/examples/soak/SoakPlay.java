package io.github.pekkosupervisor.examples.soak;

import io.github.pekkosupervisor.examples.Await;
import io.github.pekkosupervisor.examples.MarkedProcesses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * One soak: rounds, each of which is a storm and then a calm, in which all has to come to be as it should, first as it
 * was wanted during the storm, then everything up. At the end of a calm the launcher is measured.
 */
final class SoakPlay {

    private static final Duration STORM = Duration.ofSeconds(8);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(400);
    /** Milliseconds between two things that are done, at most. */
    private static final int PACE = 150;

    private static final int LINES_PER_SECOND = 10;
    private static final int SHOWN = 15;

    private final SoakOptions options;
    private final MarkedProcesses marked;
    private final Path messages;
    private final Random random;
    private final List<SoakService> services = new ArrayList<>();
    private final Launcher launcher;
    private final Storm storm;
    private final Watch watch;
    private final List<Gauge> gauges = new ArrayList<>();
    private final long begun = Await.now();
    private List<Gauge> longest = List.of();
    private long gaugesOf;
    private long violations;
    private double longestCalm;
    private int rounds;

    SoakPlay(
            SoakOptions options, Collection<Fault> faults, Path dist, Path root, SmallDisk disk, MarkedProcesses marked)
            throws IOException {
        this.options = options;
        this.marked = marked;
        this.messages = root.resolve("messages");
        this.random = new Random(options.seed());
        Path scan = Files.createDirectories(root.resolve("scan"));
        SoakService.writePrograms(root);
        for (int i = 0; i < options.services(); i++) {
            SoakService service = SoakService.make(root, i, LINES_PER_SECOND);
            // some of each kind
            if (disk.isMounted() && (faults.contains(Fault.ENOSPC) || faults.contains(Fault.EROFS)) && i / 2 % 2 == 0) {
                service.superviseOn(disk);
            }
            services.add(service);
        }
        this.launcher = Launcher.start(dist, scan, messages, marked);
        this.storm = new Storm(services, scan, launcher, disk, random, faults);
        this.watch = new Watch(services, launcher, options.patience(), this::violation);
    }

    /** How much was wrong. */
    long play() throws IOException {
        storm.linkAll();
        calm();
        while (violations == 0 && Await.now() - begun < options.length().toNanos()) {
            rounds++;
            storm.nextRound();
            storm();
            calm();
        }
        end();
        report();
        return violations;
    }

    private void storm() throws IOException {
        long until =
                Math.min(Await.now() + STORM.toNanos(), begun + options.length().toNanos());
        long nextLook = 0;
        long nextAct = 0;
        while (Await.now() < until) {
            storm.endThoseThatAreDue();
            if (Await.now() >= nextLook) {
                watch.look(storm.isOfLauncher());
                nextLook = Await.now() + BETWEEN_LOOKS.toNanos();
            }
            if (Await.now() >= nextAct) {
                storm.act();
                nextAct = Await.now() + Duration.ofMillis(random.nextInt(PACE)).toNanos();
            }
            Await.pass(Duration.ofMillis(5));
        }
        storm.endAll();
    }

    private void calm() throws IOException {
        long since = Await.now();
        boolean isWell = watch.awaitsAllWell(() -> true);
        longestCalm = Math.max(longestCalm, Await.millisSince(since) / 1000);
        storm.linkAll();
        services.forEach(SoakService::toBeUp);
        since = Await.now();
        isWell &= watch.awaitsAllWell(this::isSaidUp);
        longestCalm = Math.max(longestCalm, Await.millisSince(since) / 1000);
        if (isWell) {
            measure();
            watch.forget();
        } else if (violations == 0) {
            violation("not well after a calm: " + watch.wrong());
        }
    }

    /** Says it to those of which it is not known. */
    private boolean isSaidUp() {
        boolean isSaid = true;
        for (SoakService service : services) {
            try {
                if (!service.isUp() || !service.wantsUp()) {
                    service.sayUp(Await.now());
                    isSaid = false;
                }
                // what runs may do so without a launcher that is at work yet
                isSaid &= service.hasControl() && launcher.holds(service.control());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return isSaid;
    }

    private void measure() throws IOException {
        if (gaugesOf != launcher.pid()) {
            gaugesOf = launcher.pid();
            gauges.clear();
        }
        gauges.add(launcher.gauge());
        Gauge.growing(gauges).forEach(this::violation);
        if (gauges.size() > longest.size()) {
            longest = List.copyOf(gauges);
        }
    }

    private void end() throws IOException {
        if (!launcher.hangsUp()) {
            violation("the launcher has not ended with 111 after HUP");
        }
        if (!Await.reached(() -> marked.find().isEmpty(), options.patience())) {
            violation("after the end of the launcher these are left: " + marked.find());
        }
        watch.look(true);
    }

    private void violation(String what) {
        violations++;
        System.out.printf(
                Locale.ROOT,
                "VIOLATION at %.3f s, round %d (%s): %s%n",
                Await.millisSince(begun) / 1000,
                rounds,
                storm.ofThisRound().stream().map(Fault::word).sorted().toList(),
                what);
    }

    private void report() throws IOException {
        if (violations > 0) {
            System.out.print("What was done before:\n" + storm.journal() + "What the launcher said last:\n");
            List<String> said = Files.readAllLines(messages, StandardCharsets.UTF_8);
            said.subList(Math.max(0, said.size() - SHOWN), said.size())
                    .forEach(line -> System.out.println("  " + line));
        }
        System.out.printf(Locale.ROOT, "%n| what | times |%n|---|---|%n");
        // also those that were never possible: nothing is known of them then
        for (Fault fault : storm.faults()) {
            System.out.printf(
                    Locale.ROOT, "| %s | %d |%n", fault.word(), storm.done().getOrDefault(fault, 0));
        }
        System.out.printf(
                Locale.ROOT,
                "| rounds | %d |%n| looks by all judges | %d |%n| bytes of numbered lines | %d |%n| violations | %d"
                        + " |%n%n",
                rounds,
                watch.looks(),
                watch.bytes(),
                violations);
        System.out.printf(
                Locale.ROOT,
                "longest until all was as it should: %.1f s (bound %d s)%n",
                longestCalm,
                options.patience().toSeconds());
        if (!longest.isEmpty()) {
            Gauge least = longest.stream().reduce(Gauge::min).orElseThrow();
            Gauge most = longest.stream().reduce(Gauge::max).orElseThrow();
            System.out.printf(
                    Locale.ROOT,
                    "the launcher that was there longest, at %d quiet points: %d to %d descriptors, %d to %d threads,"
                            + " %d to %d MB (bound: %d, %d, %d more than at the first two)%n",
                    longest.size(),
                    least.descriptors(),
                    most.descriptors(),
                    least.threads(),
                    most.threads(),
                    least.megabytes(),
                    most.megabytes(),
                    Gauge.SLACK.descriptors(),
                    Gauge.SLACK.threads(),
                    Gauge.SLACK.megabytes());
        }
        System.out.printf(
                Locale.ROOT, "seed %d: %s%n", options.seed(), violations == 0 ? "nothing was wrong" : "WRONG");
    }
}
