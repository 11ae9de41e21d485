package io.github.pekkosupervisor.posix;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A string as the operating system has it: bytes without a NUL, in no particular encoding.
 *
 * <p>File names, arguments and environment entries are kept in this form, so that a name which is not valid in the
 * JVM's locale (any UTF-8 name, when the launcher runs under {@code LANG=C}) reaches the kernel unchanged.
 */
public final class OsString implements Comparable<OsString> {

    private final byte[] bytes;

    private OsString(byte[] bytes) {
        for (byte b : bytes) {
            if (b == 0) {
                throw new IllegalArgumentException("a name or argument must not contain a NUL character, was \""
                        + new String(bytes, StandardCharsets.UTF_8) + "\"; remove it");
            }
        }
        this.bytes = bytes;
    }

    /** The UTF-8 form of {@code text}. */
    public static OsString of(String text) {
        return new OsString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Exactly these bytes. */
    public static OsString of(byte[] bytes) {
        return new OsString(bytes.clone());
    }

    /** A copy of the bytes. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** Length in bytes. */
    public int length() {
        return bytes.length;
    }

    /** The byte at an index. */
    public byte at(int index) {
        return bytes[index];
    }

    /** The index of the first such ASCII character from an index on; -1 if there is none. */
    public int indexOf(char ascii, int from) {
        for (int i = from; i < bytes.length; i++) {
            if (bytes[i] == ascii) {
                return i;
            }
        }
        return -1;
    }

    /** The bytes from an index up to and without another. */
    public OsString slice(int from, int to) {
        return new OsString(Arrays.copyOfRange(bytes, from, to));
    }

    /** Whether this begins with the given ASCII text. */
    public boolean startsWith(String ascii) {
        return bytes.length >= ascii.length()
                && Arrays.equals(
                        bytes, 0, ascii.length(), ascii.getBytes(StandardCharsets.US_ASCII), 0, ascii.length());
    }

    /** This followed by {@code tail}. */
    public OsString plus(OsString tail) {
        byte[] joined = Arrays.copyOf(bytes, bytes.length + tail.bytes.length);
        System.arraycopy(tail.bytes, 0, joined, bytes.length, tail.bytes.length);
        return new OsString(joined);
    }

    /** This followed by the UTF-8 form of {@code tail}. */
    public OsString plus(String tail) {
        return plus(of(tail));
    }

    /** The bytes followed by a NUL, as a C function wants them. */
    byte[] cString() {
        return Arrays.copyOf(bytes, bytes.length + 1);
    }

    /** Each followed by a NUL; a loop, since programs that are over in a moment ask for this. */
    static List<byte[]> cStrings(List<OsString> strings) {
        List<byte[]> bytes = new ArrayList<>(strings.size());
        for (OsString string : strings) {
            bytes.add(string.cString());
        }
        return bytes;
    }

    @Override
    public int compareTo(OsString other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof OsString that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** Decoded as UTF-8; bytes that are not valid there show as the replacement character. */
    @Override
    public String toString() {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
