package io.github.pekkosupervisor.examples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Compares real runit with our runsvdir: launch, latencies, links, memory and idle CPU, through the file interface
 * alone.
 *
 * <p>Both run in turns on the same machine in the same minutes, so read the ratios; the absolute times depend on the
 * machine and on what else it does. {@code examples/benchmark.sh --help} lists the options.
 */
public final class RunitBenchmark {
    private static final int MEASURED = 0;
    private static final int TARGET_MISSED = 1;
    private static final int BAD_USAGE = 2;
    private static final int NOT_MEASURED = 3;

    private static final Path DIST = Path.of("pekko-supervisor-runit-compat", "target", "dist", "bin");
    private static final Path FLOOR_SOURCE = Path.of("examples", "src", "main", "c", "fork-exec-floor.c");

    private final BenchmarkOptions options;
    private final Path home;

    private RunitBenchmark(BenchmarkOptions options, Path home) {
        this.options = options;
        this.home = home;
    }

    /** Exits with 0, 1, 2 or 3, as the help text says. */
    public static void main(String[] arguments) {
        System.exit(run(List.of(arguments)));
    }

    private static int run(List<String> arguments) {
        try {
            BenchmarkOptions options = BenchmarkOptions.parse(arguments);
            if (options.help()) {
                System.out.print(BenchmarkOptions.HELP);
                return MEASURED;
            }
            return new RunitBenchmark(options, Path.of(System.getProperty("benchmark.home", "."))).compare();
        } catch (UsageException e) {
            System.err.println("benchmark: " + e.getMessage());
            return BAD_USAGE;
        } catch (IOException e) {
            System.err.println("benchmark: " + e);
            return NOT_MEASURED;
        }
    }

    /** Progress and trouble; the table alone goes to standard output. */
    static void say(String line) {
        System.err.println("benchmark: " + line);
    }

    private int compare() throws IOException {
        Path directory =
                options.ours().orElse(home.resolve(DIST)).toAbsolutePath().normalize();
        Contender ours = new Contender("ours", directory);
        if (!ours.complete()) {
            say(directory + " has no executable runsvdir and runsv; build the project or name another with --ours");
            return NOT_MEASURED;
        }
        Optional<Contender> runit = Contender.inPath(System.getenv().getOrDefault("PATH", ""), directory);
        if (runit.isEmpty()) {
            say("NO RUNIT: PATH has no runsvdir and runsv, so ours is measured alone and no ratio is judged");
        }
        return compare(runit, ours);
    }

    private int compare(Optional<Contender> runit, Contender ours) throws IOException {
        MarkedProcesses marked = new MarkedProcesses(UUID.randomUUID().toString());
        Path work = options.on().makeDirectory("runit-benchmark");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> cleanUp(marked, work), "clean-up"));

        Optional<ForkExecFloor> floor = options.wants(Measurement.LAUNCH)
                ? ForkExecFloor.compile(home.resolve(FLOOR_SOURCE), work)
                : Optional.empty();
        Results ofOurs = new Results(ours);
        Optional<Results> ofRunit = runit.map(Results::new);
        Rounds rounds = new Rounds(options, work, marked);
        say("warming up");
        rounds.warmUp(Stream.concat(runit.stream(), Stream.of(ours)).toList());
        rounds.all(ofRunit, ofOurs, floor);

        List<Row> rows = new Report(options, ofRunit, ofOurs).rows();
        System.out.print(heading(work) + rounds.bystanders().text() + "\n\n" + Row.table(rows));
        if (ofOurs.anyFailed() || ofRunit.map(Results::anyFailed).orElse(false)) {
            return NOT_MEASURED;
        }
        boolean missed = rows.stream().anyMatch(row -> row.verdict() == Target.Verdict.MISSED);
        return missed && options.strict() ? TARGET_MISSED : MEASURED;
    }

    private String heading(Path work) throws IOException {
        return "%d services, %d samples, %d round(s) on %s; %d processors, JDK %s, Linux %s%n"
                .formatted(
                        options.services(),
                        options.samples(),
                        options.rounds(),
                        Ground.fileSystem(work),
                        Runtime.getRuntime().availableProcessors(),
                        System.getProperty("java.version"),
                        System.getProperty("os.version"));
    }

    /** Also after Ctrl-C or a failure: whatever happened, nothing stays. */
    private static void cleanUp(MarkedProcesses marked, Path work) {
        marked.close();
        int left = marked.find().size();
        if (left > 0) {
            say("*** killing " + left + " processes that were left ***");
            marked.killAll();
        }
        ServiceTree.delete(work);
    }
}
