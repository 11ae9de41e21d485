package io.github.pekkosupervisor.runit.tools;

import io.github.pekkosupervisor.posix.OsString;

/** Numbers as runit reads them: the longest run of decimal digits, none being 0, overflow wrapping around 64 bits. */
final class Numbers {

    private Numbers() {}

    /** The index of the first byte, from {@code from} on, that is not a digit. */
    static int end(OsString text, int from) {
        int at = from;
        while (at < text.length() && text.at(at) >= '0' && text.at(at) <= '9') {
            at++;
        }
        return at;
    }

    /** The number that stands at an index. */
    static long at(OsString text, int from) {
        long value = 0;
        int end = end(text, from);
        for (int i = from; i < end; i++) {
            value = value * 10 + (text.at(i) - '0');
        }
        return value;
    }
}
