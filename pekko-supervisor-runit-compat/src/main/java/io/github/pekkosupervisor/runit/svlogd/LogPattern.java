package io.github.pekkosupervisor.runit.svlogd;

/**
 * A pattern of {@code svlogd(8)}, LINE, PATTERN: {@code *} and {@code +X}, everything else stands for itself.
 *
 * <p>No backtracking: {@code *} skips to the first occurrence of the character that follows it. {@code +X} that reaches
 * the end of the line matches whatever pattern is left.
 *
 * <p>Differs: where the line is already over when {@code +X} is tried, svlogd compares with what an earlier line left
 * in memory; here that never matches.
 */
final class LogPattern {

    private LogPattern() {}

    /** Whether the pattern, which begins at {@code from}, fits the whole line. */
    static boolean matches(byte[] pattern, int from, byte[] line, int lineFrom, int lineTo) {
        int p = from;
        int s = lineFrom;
        while (p < pattern.length) {
            byte c = pattern[p++];
            if (c == '*') {
                if (p == pattern.length) {
                    return true;
                }
                s = find(pattern[p], line, s, lineTo);
                if (s < 0) {
                    return false;
                }
            } else if (c == '+') {
                if (p == pattern.length || s == lineTo || line[s] != pattern[p]) {
                    return false;
                }
                s = skip(pattern[p++], line, s, lineTo);
                if (s == lineTo) {
                    return true;
                }
            } else {
                if (s == lineTo || line[s] != c) {
                    return false;
                }
                s++;
            }
        }
        return s == lineTo;
    }

    private static int find(byte wanted, byte[] line, int from, int to) {
        for (int i = from; i < to; i++) {
            if (line[i] == wanted) {
                return i;
            }
        }
        return -1;
    }

    private static int skip(byte repeated, byte[] line, int from, int to) {
        int i = from;
        while (i < to && line[i] == repeated) {
            i++;
        }
        return i;
    }
}
