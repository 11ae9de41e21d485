package io.github.pekkosupervisor.examples;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.Set;

/**
 * What to measure, and how much of it.
 *
 * @param services number of services up during every measurement
 * @param samples services per round that are killed, and that are stopped and started again
 * @param rounds fresh starts of each contender
 * @param ours directory that holds our runsvdir and runsv; empty for the one that the build makes
 * @param on where the services lie
 * @param only the measurements to make
 * @param quick shorter windows for idle CPU and fewer links, for trying the benchmark itself
 * @param strict whether a missed target makes the exit code 1
 * @param help whether only the help text is wanted
 */
record BenchmarkOptions(
        int services,
        int samples,
        int rounds,
        Optional<Path> ours,
        Ground on,
        Set<Measurement> only,
        boolean quick,
        boolean strict,
        boolean help) {

    static final String HELP = """
            usage: benchmark.sh [options]
            Starts real runit and our runsvdir in turns over the same kind of services and compares them.

              --services N   services up at a time (default 900; real runsvdir stops at 1000)
              --samples N    services killed, and stopped and started, per round (default 200)
              --rounds N     fresh starts of each contender (default 3)
              --ours DIR     directory of our runsvdir and runsv (default: the built dist/bin)
              --on WHERE     directory for the services, or tmpfs (default: the one for temporary files)
              --only LIST    some of %s, with commas (default: all)
              --quick        50 services, 20 samples, 1 round, short idle windows, 50 kills until warm
              --strict       exit 1 when a target is missed
              --help         this text

            Real runit is the runsvdir found in PATH; without one ours is measured alone. Cold is as it answers when it has
            been launched, warm after 1,000 kills.
            Exit code: 0 measured, 1 target missed (--strict), 2 bad usage, 3 something could not be measured.
            """.formatted(Measurement.words());

    BenchmarkOptions {
        only = Set.copyOf(only);
    }

    boolean wants(Measurement measurement) {
        return only.contains(measurement);
    }

    static BenchmarkOptions parse(List<String> arguments) throws UsageException {
        Queue<String> words = new ArrayDeque<>(arguments);
        OptionalInt services = OptionalInt.empty();
        OptionalInt samples = OptionalInt.empty();
        OptionalInt rounds = OptionalInt.empty();
        Optional<Path> ours = Optional.empty();
        Ground on = Ground.TEMPORARY;
        Set<Measurement> only = EnumSet.allOf(Measurement.class);
        boolean quick = false;
        boolean strict = false;
        boolean help = false;
        for (String word = words.poll(); word != null; word = words.poll()) {
            switch (word) {
                case "--services" -> services = OptionalInt.of(number(word, words));
                case "--samples" -> samples = OptionalInt.of(number(word, words));
                case "--rounds" -> rounds = OptionalInt.of(number(word, words));
                case "--ours" -> ours = Optional.of(Path.of(argument(word, words)));
                case "--on" -> on = Ground.of(argument(word, words));
                case "--only" -> only = measurements(argument(word, words));
                case "--quick" -> quick = true;
                case "--strict" -> strict = true;
                case "--help" -> help = true;
                default -> throw new UsageException("unknown option \"" + word + "\"; --help lists the options");
            }
        }
        int up = services.orElse(quick ? 50 : 900);
        int sampled = samples.orElse(Math.min(up, quick ? 20 : 200));
        if (sampled > up) {
            throw new UsageException(
                    "--samples must not exceed --services, was %d of %d; each sample takes a service of its own"
                            .formatted(sampled, up));
        }
        return new BenchmarkOptions(up, sampled, rounds.orElse(quick ? 1 : 3), ours, on, only, quick, strict, help);
    }

    private static String argument(String option, Queue<String> rest) throws UsageException {
        String argument = rest.poll();
        if (argument == null) {
            throw new UsageException(option + " needs a value after it");
        }
        return argument;
    }

    private static int number(String option, Queue<String> rest) throws UsageException {
        String argument = argument(option, rest);
        if (!argument.matches("[1-9][0-9]{0,5}")) {
            throw new UsageException(option + " must be a whole number from 1 to 999999, was \"" + argument + "\"");
        }
        return Integer.parseInt(argument);
    }

    private static Set<Measurement> measurements(String list) throws UsageException {
        Set<Measurement> chosen = EnumSet.noneOf(Measurement.class);
        for (String word : list.toLowerCase(Locale.ROOT).split(",", -1)) {
            chosen.add(Measurement.of(word)
                    .orElseThrow(() ->
                            new UsageException("--only takes " + Measurement.words() + ", was \"" + word + "\"")));
        }
        return chosen;
    }
}
