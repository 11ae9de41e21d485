package io.github.pekkosupervisor.config;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Slips of the pen, and what was meant. */
public final class Slips {

    private Slips() {}

    /** Which of these a word was meant to be; empty if it is like none of them. */
    public static Optional<String> meant(String slip, List<String> words) {
        return words.stream()
                .filter(word -> unlikeness(slip, word) < Integer.MAX_VALUE)
                .min(Comparator.comparing(word -> unlikeness(slip, word)));
    }

    /** How far a slip of the pen is from what is right: 0 for the same letters, the most for no slip at all. */
    static int unlikeness(String slip, String right) {
        String from = plain(slip);
        String to = plain(right);
        int shortWord = 3;
        int most = from.length() <= shortWord ? 1 : 2;
        int steps = steps(from, to);
        if (steps <= most) {
            return steps;
        }
        boolean partOfIt = from.length() > shortWord && (right.contains(slip) || slip.contains(right));
        return partOfIt ? most + 1 : Integer.MAX_VALUE;
    }

    private static String plain(String key) {
        return key.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
    }

    /** How many letters have to be added, removed or replaced, or changed with the next. */
    private static int steps(String from, String to) {
        int[][] steps = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                steps[i][j] = i == 0 || j == 0 ? i + j : least(steps, from, to, i, j);
            }
        }
        return steps[from.length()][to.length()];
    }

    private static int least(int[][] steps, String from, String to, int i, int j) {
        int replaced = steps[i - 1][j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        int least = Math.min(replaced, Math.min(steps[i - 1][j], steps[i][j - 1]) + 1);
        boolean changed =
                i > 1 && j > 1 && from.charAt(i - 1) == to.charAt(j - 2) && from.charAt(i - 2) == to.charAt(j - 1);
        return changed ? Math.min(least, steps[i - 2][j - 2] + 1) : least;
    }
}
