package io.github.pekkosupervisor.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;

/**
 * Plays the same death on runit, s6 and ours: the supervisor is killed with KILL while its services write, and started
 * again. Counts copies, restarts, services that obey the new one, and lines of the logs that are lost or doubled.
 *
 * <p>{@code examples/adoption-benchmark.sh --help} lists the options.
 */
public final class AdoptionBenchmark {
    private static final int PLAYED = 0;
    private static final int BROKEN = 1;
    private static final int BAD_USAGE = 2;
    private static final int NOT_PLAYED = 3;

    private static final Path DIST = Path.of("pekko-supervisor-runit-compat", "target", "dist", "bin");

    static final String HELP = """
            usage: adoption-benchmark.sh [options]
            Kills the supervisor of services that write numbered lines, starts it again, and counts what became of them.

              --services N   services (default 100)
              --loggers N    how many of them have a logger (default: three of ten)
              --rate N       lines a second that each of these writes (default 20)
              --only NAMES   some of runit,s6,ours, with commas (default: all that are installed)
              --patience S   seconds for all to obey, and for one whose link is removed to end (default 10)
              --on WHERE     directory for the services, or tmpfs (default: the one for temporary files)
              --strict       exit 1 when ours has a copy, a restart, a service that does not obey, or a line lost or doubled
              --help         this text

            Exit code: 0 played, 1 see --strict, 2 bad usage, 3 something could not be played.
            """;

    private static final Set<String> CONTENDERS = Set.of("runit", "s6", "ours");

    private record Options(DeathPlay.Size size, Set<String> only, Ground on, boolean strict, boolean help) {

        static Options parse(List<String> arguments) throws UsageException {
            Queue<String> words = new ArrayDeque<>(arguments);
            int services = 100;
            OptionalInt loggers = OptionalInt.empty();
            int rate = 20;
            int patience = 10;
            Set<String> only = CONTENDERS;
            Ground on = Ground.TEMPORARY;
            boolean strict = false;
            boolean help = false;
            for (String word = words.poll(); word != null; word = words.poll()) {
                switch (word) {
                    case "--services" -> services = number(word, words.poll());
                    case "--loggers" -> loggers = OptionalInt.of(number(word, words.poll()));
                    case "--rate" -> rate = number(word, words.poll());
                    case "--patience" -> patience = number(word, words.poll());
                    case "--only" -> only = contenders(value(word, words.poll()));
                    case "--on" -> on = Ground.of(value(word, words.poll()));
                    case "--strict" -> strict = true;
                    case "--help" -> help = true;
                    default -> throw new UsageException("unknown option \"" + word + "\"; --help lists the options");
                }
            }
            int logged = loggers.orElse(services * 3 / 10);
            if (logged > services) {
                throw new UsageException("--loggers must not exceed --services, was " + logged + " of " + services);
            }
            return new Options(
                    new DeathPlay.Size(services, logged, rate, Duration.ofSeconds(patience)), only, on, strict, help);
        }

        private static Set<String> contenders(String list) throws UsageException {
            Set<String> chosen = Set.of(list.split(",", -1));
            if (!CONTENDERS.containsAll(chosen)) {
                throw new UsageException("--only takes runit,s6,ours, was \"" + list + "\"");
            }
            return chosen;
        }

        private static String value(String option, String word) throws UsageException {
            if (word == null) {
                throw new UsageException(option + " needs a value after it");
            }
            return word;
        }

        private static int number(String option, String word) throws UsageException {
            if (!value(option, word).matches("[1-9][0-9]{0,3}")) {
                throw new UsageException(option + " must be a whole number from 1 to 9999, was \"" + word + "\"");
            }
            return Integer.parseInt(word);
        }
    }

    private AdoptionBenchmark() {}

    /** Exits with 0, 1, 2 or 3, as the help text says. */
    public static void main(String[] arguments) {
        System.exit(run(List.of(arguments)));
    }

    private static int run(List<String> arguments) {
        try {
            Options options = Options.parse(arguments);
            if (options.help()) {
                System.out.print(HELP);
                return PLAYED;
            }
            return play(options, Path.of(System.getProperty("benchmark.home", ".")));
        } catch (UsageException e) {
            System.err.println("benchmark: " + e.getMessage());
            return BAD_USAGE;
        } catch (IOException e) {
            System.err.println("benchmark: " + e);
            return NOT_PLAYED;
        }
    }

    private static int play(Options options, Path home) throws IOException {
        Path dist = home.resolve(DIST).toAbsolutePath().normalize();
        if (!Files.isExecutable(dist.resolve("runsvdir"))) {
            RunitBenchmark.say(dist + " has no executable runsvdir; build the project");
            return NOT_PLAYED;
        }
        MarkedProcesses marked = new MarkedProcesses(UUID.randomUUID().toString());
        Path work = options.on().makeDirectory("adoption-benchmark");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> cleanUp(marked, work), "clean-up"));
        DeathPlay.Size size = options.size();
        System.out.printf(
                Locale.ROOT,
                "%d services, %d with a logger, %d lines/s each, on %s%n%n",
                size.services(),
                size.loggers(),
                size.rate(),
                Ground.fileSystem(work));
        System.out.println(
                "| killed | copies | restarted | obey again | after | end with their link | lines lost | doubled |");
        System.out.println("|---|---|---|---|---|---|---|---|");
        int code = PLAYED;
        for (Death death : deaths(dist, options.only())) {
            RunitBenchmark.say(death.name());
            Fate fate = new DeathPlay(death, size, work.resolve("play-" + UUID.randomUUID()), marked).play();
            System.out.println(row(death, size, fate));
            boolean broken = death.isOurs() && !fate.isNothingLost(size.services());
            code = broken && options.strict() ? BROKEN : code;
        }
        return code;
    }

    private static List<Death> deaths(Path dist, Set<String> only) {
        List<Death> deaths = new ArrayList<>();
        String path = System.getenv().getOrDefault("PATH", "");
        if (only.contains("runit")) {
            Contender.inPath(path, dist)
                    .ifPresentOrElse(
                            runit -> deaths.addAll(Death.ofRunit(runit.directory())),
                            () -> RunitBenchmark.say("NO RUNIT: PATH has no runsvdir and runsv"));
        }
        if (only.contains("s6")) {
            Death.inPath(path, "s6-svscan")
                    .ifPresentOrElse(
                            s6 -> deaths.addAll(Death.ofS6(s6)),
                            () -> RunitBenchmark.say("NO S6: PATH has no s6-svscan"));
        }
        if (only.contains("ours")) {
            deaths.add(Death.ofOurs(dist));
        }
        return deaths;
    }

    private static String row(Death death, DeathPlay.Size size, Fate fate) {
        OptionalDouble after = fate.millisToLast();
        return String.format(
                Locale.ROOT,
                "| %s | %d | %d | %d of %d | %s | %s | %d of %d | %d |",
                death.name(),
                fate.copies(),
                fate.restarted(),
                fate.obeying(),
                size.services(),
                after.isPresent() ? String.format(Locale.ROOT, "%.0f ms", after.getAsDouble()) : "never all",
                fate.endsWithLink() ? "yes" : "no",
                fate.lines().lost(),
                fate.lines().written(),
                fate.lines().doubled());
    }

    /** Also after Ctrl-C or a failure: whatever happened, nothing stays. */
    private static void cleanUp(MarkedProcesses marked, Path work) {
        marked.close();
        marked.killAll();
        ServiceTree.delete(work);
    }
}
