package io.github.pekkosupervisor.examples;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Queue;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;

/**
 * What it costs that a tree is shown as service directories: the same tree of actors, shown and not shown, in turns.
 *
 * <p>All run on the same machine in the same minutes, so read the ratios. {@code examples/export-benchmark.sh --help}
 * lists the options.
 */
final class ExportBenchmark {

    private static final String USAGE = """
        usage: export-benchmark.sh [options]
        Starts a tree of actors that is shown as service directories, and the same tree that is not, in turns, and
        holds what it costs against bars.

          --children N      actors in the tree (default 10000)
          --warm-up N       starts of each that are not measured, until the JVM has compiled what
                            they need (default 20)
          --rounds N        measured, of each (default 3)
          --restarts N      crashes of one actor in a round (default 20000)
          --on tmpfs|DIR    where the service directories lie (default tmpfs)
          --quick           1000 actors, 5 starts not measured, 1 round, 2000 crashes
          --strict          exit 1 when a bar is missed
          --help            this text

        sv restart is measured where sv and runsv are installed, beside a runsv of its own.
        Exit code: 0 measured, 1 bar missed (--strict), 2 bad usage, 3 something could not be measured.
        """;

    /** Nobody writes a log here. */
    private static final String CONFIG =
            "pekko.loglevel = OFF\npekko.stdout-loglevel = OFF\npekko.log-dead-letters = off";

    private static final int CHANGES = 500;
    private static final Duration IDLE = Duration.ofSeconds(5);
    private static final int COMMANDS = 5;

    private int children = 10_000;
    private int warmUp = 20;
    private int rounds = 3;
    private int restarts = 20_000;
    private boolean strict;
    private Ground ground = Ground.TEMPORARY;

    private final ExportResults shown = new ExportResults();
    private final ExportResults peer = new ExportResults();

    private ExportBenchmark() {}

    public static void main(String[] arguments) {
        System.exit(run(List.of(arguments)));
    }

    static int run(List<String> arguments) {
        try {
            if (arguments.contains("--help")) {
                System.out.print(USAGE);
                return 0;
            }
            ExportBenchmark benchmark = new ExportBenchmark();
            benchmark.read(new ArrayDeque<>(arguments));
            return benchmark.measure();
        } catch (UsageException e) {
            System.err.println("export-benchmark: " + e.getMessage());
            return 2;
        } catch (IOException e) {
            System.err.println("export-benchmark: " + e);
            return 3;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 3;
        }
    }

    private void read(Queue<String> words) throws UsageException {
        String on = "tmpfs";
        for (String word = words.poll(); word != null; word = words.poll()) {
            switch (word) {
                case "--children" -> children = number(word, words.poll());
                case "--warm-up" -> warmUp = number(word, words.poll());
                case "--rounds" -> rounds = number(word, words.poll());
                case "--restarts" -> restarts = number(word, words.poll());
                case "--on" -> on = String.valueOf(words.poll());
                case "--strict" -> strict = true;
                case "--quick" -> {
                    children = 1_000;
                    warmUp = 5;
                    rounds = 1;
                    restarts = 2_000;
                }
                default -> throw new UsageException("unknown option \"" + word + "\"; --help lists the options");
            }
        }
        ground = Ground.of(on);
    }

    private static int number(String option, @Nullable String word) throws UsageException {
        if (word == null || !word.matches("[1-9][0-9]{0,5}")) {
            throw new UsageException(option + " must be a whole number from 1 to 999999, was \"" + word + "\"");
        }
        return Integer.parseInt(word);
    }

    private int measure() throws IOException, InterruptedException {
        Path place = ground.makeDirectory("export-benchmark");
        String fileSystem = Ground.fileSystem(place);
        ActorSystem<Object> system = ActorSystem.create(Behaviors.empty(), "benchmark", config());
        try {
            for (int start = 0; start < warmUp; start++) {
                Path directory = Files.createDirectory(place.resolve("start" + start));
                once(system, Optional.empty());
                once(system, Optional.of(directory.resolve("many")));
                remove(directory);
            }
            for (int round = 0; round < rounds; round++) {
                Path directory = Files.createDirectory(place.resolve("round" + round));
                round(system, Optional.empty(), peer);
                round(system, Optional.of(directory), shown);
                remove(directory);
            }
            shown.median(ExportBar.HEAP)
                    .ifPresent(
                            of -> peer.median(ExportBar.HEAP).ifPresent(by -> shown.add(ExportBar.HEAP_MORE, of - by)));
            ExportCommands.measure(system, place, COMMANDS, shown, peer);
        } finally {
            system.terminate();
            remove(place);
        }
        return report(fileSystem);
    }

    /** The settings of a tree's own actor system. */
    private static Config config() {
        Config standard = ConfigFactory.load();
        return ConfigFactory.parseString(CONFIG)
                .withFallback(standard.getConfig("pekko-supervisor.own-system"))
                .withFallback(standard);
    }

    private void once(ActorSystem<?> system, Optional<Path> where) {
        try (ExportedActors tree = ExportedActors.start(system, children, where, event -> {})) {
            tree.awaitShown();
        }
    }

    private void round(ActorSystem<?> system, Optional<Path> where, ExportResults to)
            throws IOException, InterruptedException {
        new ExportRound(system, where.map(directory -> directory.resolve("many")), to).many(children, CHANGES, IDLE);
        new ExportRound(system, where.map(directory -> directory.resolve("one")), to).one(restarts);
    }

    // ---- what comes of it

    private int report(String fileSystem) {
        System.out.printf(
                "%d children, %d starts not measured, %d rounds, %d crashes, on %s; %d processors, JDK %s%n%n",
                children,
                warmUp,
                rounds,
                restarts,
                fileSystem,
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("java.version"));
        String format = "%-38s %12s %12s %8s  %s%n";
        System.out.printf(format, "measurement", "not shown", "shown", "ratio", "bar");
        boolean missed = false;
        for (ExportBar bar : ExportBar.values()) {
            OptionalDouble of = shown.median(bar);
            OptionalDouble by = peer.median(bar);
            OptionalDouble ratio = bar.ratio(of, by);
            missed |= bar.isMissed(of, by);
            System.out.printf(
                    format,
                    bar.text,
                    bar.value(by),
                    bar.value(of),
                    ratio.isPresent() ? String.format("%.2fx", ratio.getAsDouble()) : "",
                    bar.verdict(of, by));
        }
        System.out.printf("%nsv restart: beside an actor that is shown, a sleep under runsv.%n");
        return missed && strict ? 1 : 0;
    }

    private static void remove(Path place) throws IOException {
        try (Stream<Path> files = Files.walk(place)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
