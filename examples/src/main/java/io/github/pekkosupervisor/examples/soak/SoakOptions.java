package io.github.pekkosupervisor.examples.soak;

import io.github.pekkosupervisor.examples.Ground;
import io.github.pekkosupervisor.examples.UsageException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;

/**
 * What is to be played.
 *
 * @param length for how long
 * @param seed what the choices are made by
 * @param services how many
 * @param faults which
 * @param patience how long what was disturbed may take to be as it should
 * @param on where the services lie
 * @param help whether only the help text is wanted
 */
record SoakOptions(
        Duration length, long seed, int services, Set<Fault> faults, Duration patience, Ground on, boolean help) {

    static final String HELP = """
            usage: soak.sh [options]
            Disturbs services and their launcher at random, and judges all the time what becomes of them.

              --minutes N     for how long, 0.25 too (default 1; a day: 1440)
              --seed S        number that all choices are made by (default: another each time; it is printed)
              --services N    services, four of ten with a logger and numbered lines (default 20)
              --faults LIST   some of these, with commas (default: all that can be played here):
            %s  --patience S    seconds that what was disturbed may take to be as it should (default 60)
              --on WHERE      directory for the services, or tmpfs (default: the one for temporary files)
              --help          this text

            First each judge is shown a planted fault. Exit code: 0 nothing was wrong, 1 something was, or a judge has missed
            what was planted, 2 bad usage, 3 it could not be played, 130 ended by Ctrl-C (without the table).
            """.formatted(Fault.table());

    private static final double SECONDS_PER_MINUTE = 60;
    private static final int SERVICES = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    SoakOptions {
        faults = Set.copyOf(faults);
    }

    static SoakOptions parse(List<String> arguments) throws UsageException {
        Queue<String> words = new ArrayDeque<>(arguments);
        Duration length = Duration.ofMinutes(1);
        Optional<Long> seed = Optional.empty();
        int services = SERVICES;
        Set<Fault> faults = Fault.all();
        Duration patience = PATIENCE;
        Ground on = Ground.TEMPORARY;
        boolean help = false;
        for (String word = words.poll(); word != null; word = words.poll()) {
            switch (word) {
                case "--minutes" -> length = minutes(value(word, words));
                case "--seed" -> seed = Optional.of(number(word, words, "-?[0-9]{1,18}"));
                case "--services" -> services = (int) number(word, words, "[1-9][0-9]{0,3}");
                case "--patience" -> patience = Duration.ofSeconds(number(word, words, "[1-9][0-9]{0,3}"));
                case "--faults" -> faults = faults(value(word, words));
                case "--on" -> on = Ground.of(value(word, words));
                case "--help" -> help = true;
                default -> throw new UsageException("unknown option \"" + word + "\"; --help lists the options");
            }
        }
        return new SoakOptions(
                length,
                seed.orElseGet(() -> (long) new Random().nextInt(1_000_000)),
                services,
                faults,
                patience,
                on,
                help);
    }

    private static String value(String option, Queue<String> words) throws UsageException {
        String word = words.poll();
        if (word == null) {
            throw new UsageException(option + " needs a value after it");
        }
        return word;
    }

    private static Duration minutes(String word) throws UsageException {
        Duration length = word.matches("[0-9]{1,6}(\\.[0-9]{1,6})?")
                ? Duration.ofMillis((long) (Double.parseDouble(word) * SECONDS_PER_MINUTE * 1000))
                : Duration.ZERO;
        if (length.isZero()) {
            throw new UsageException("--minutes must be more than 0, such as 10 or 0.25, was \"" + word + "\"");
        }
        return length;
    }

    private static long number(String option, Queue<String> words, String pattern) throws UsageException {
        String word = value(option, words);
        if (!word.matches(pattern)) {
            throw new UsageException(option + " must be a whole number of a few digits, was \"" + word + "\"");
        }
        return Long.parseLong(word);
    }

    private static Set<Fault> faults(String list) throws UsageException {
        Set<Fault> chosen = EnumSet.noneOf(Fault.class);
        for (String word : list.split(",", -1)) {
            chosen.add(Fault.of(word)
                    .orElseThrow(() -> new UsageException(
                            "--faults takes these, with commas, was \"" + word + "\":\n" + Fault.table())));
        }
        if (chosen.contains(Fault.EROFS) && !chosen.contains(Fault.LAUNCHER_KILLED)) {
            throw new UsageException("--faults erofs happens while there is no launcher: play it with launcher-killed");
        }
        return chosen;
    }
}
