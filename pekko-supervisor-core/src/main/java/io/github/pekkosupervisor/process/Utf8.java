package io.github.pekkosupervisor.process;

import java.util.Arrays;

/** Where bytes can be cut that may be UTF-8. */
final class Utf8 {

    /** Bytes that can follow the first one of a character. */
    private static final int MOST_FOLLOWING = 3;

    private Utf8() {}

    /**
     * The largest number of bytes, up to a limit, after which no character is cut; bytes that are no UTF-8 are each one
     * by themselves.
     *
     * @param limit up to the number of bytes
     */
    static int end(byte[] bytes, int limit) {
        for (int first = limit - 1; first >= 0 && first >= limit - MOST_FOLLOWING; first--) {
            int value = bytes[first] & 0xff;
            if (!isFollowing(value)) {
                return first + length(value) > limit ? first : limit;
            }
        }
        return limit;
    }

    private static boolean isFollowing(int value) {
        return (value & 0xc0) == 0x80;
    }

    /** Of the character that begins with this byte; 1 if none does. */
    private static int length(int first) {
        if (first >= 0xc2 && first <= 0xdf) {
            return 2;
        }
        if (first >= 0xe0 && first <= 0xef) {
            return 3;
        }
        return first >= 0xf0 && first <= 0xf4 ? 4 : 1;
    }

    /** As much of it as lies within a limit. */
    static byte[] cut(byte[] bytes, int limit) {
        return bytes.length <= limit ? bytes : Arrays.copyOf(bytes, end(bytes, limit));
    }
}
