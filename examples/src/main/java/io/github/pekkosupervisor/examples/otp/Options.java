package io.github.pekkosupervisor.examples.otp;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/**
 * How much is measured.
 *
 * @param children started and stopped
 * @param rounds of each measurement, the first half to warm up
 * @param cycles crash-restart cycles, in supervisors of 1,000 each
 * @param sustained crash-restart cycles in one window
 * @param group children of the one for all supervisor
 * @param strict whether a missed target makes the exit code 1
 * @param help whether only the help text is wanted
 */
record Options(int children, int rounds, int cycles, int sustained, int group, boolean strict, boolean help) {

    static final String HELP = """
            usage: otp-benchmark.sh [options]
            Starts, crashes and stops trivial children under Erlang/OTP's supervisor, under ours, and as Pekko actors
            that are spawned and watched by hand, in one run.

              --children N   children started and stopped (default 100000)
              --rounds N     rounds of each measurement; the first half warms up (default 10)
              --quick        2000 children, 4 rounds
              --strict       exit 1 when a target is missed
              --help         this text

            Erlang is the erl found in PATH; without one the others are measured alone.
            Exit code: 0 measured, 1 target missed (--strict), 2 bad usage, 3 something could not be measured.
            """;

    static final class UsageException extends Exception {
        UsageException(String message) {
            super(message);
        }
    }

    static Options parse(List<String> arguments) throws UsageException {
        Queue<String> words = new ArrayDeque<>(arguments);
        int children = 0;
        int rounds = 0;
        boolean quick = false;
        boolean strict = false;
        boolean help = false;
        for (String word = words.poll(); word != null; word = words.poll()) {
            switch (word) {
                case "--children" -> children = number(word, words.poll());
                case "--rounds" -> rounds = number(word, words.poll());
                case "--quick" -> quick = true;
                case "--strict" -> strict = true;
                case "--help" -> help = true;
                default -> throw new UsageException("unknown option \"" + word + "\"; --help lists the options");
            }
        }
        return new Options(
                children > 0 ? children : quick ? 2_000 : 100_000,
                rounds > 0 ? rounds : quick ? 4 : 10,
                quick ? 2_000 : 20_000,
                quick ? 3_000 : 30_000,
                quick ? 100 : 1_000,
                strict,
                help);
    }

    private static int number(String option, @org.jspecify.annotations.Nullable String word) throws UsageException {
        if (word == null || !word.matches("[1-9][0-9]{0,5}")) {
            throw new UsageException(option + " must be a whole number from 1 to 999999, was \"" + word + "\"");
        }
        return Integer.parseInt(word);
    }
}
