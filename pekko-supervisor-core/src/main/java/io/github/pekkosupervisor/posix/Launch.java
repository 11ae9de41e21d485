package io.github.pekkosupervisor.posix;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What this JVM was started with, as far as its children are to see it: taken from {@code /proc/self} once.
 *
 * @param environment entries {@code NAME=value}, bytes unchanged
 * @param arguments the whole command line, bytes unchanged
 * @param blockedSignals signal n in bit n-1; without TERM and CHLD, which a supervised process always gets
 * @param ignoredSignals signals that were ignored and still are, without TERM and CHLD; signal n in bit n-1
 */
public record Launch(List<OsString> environment, List<OsString> arguments, long blockedSignals, long ignoredSignals) {

    private static final long ALWAYS_RECEIVED = bit(Signal.TERM) | bit(Signal.CHLD);

    /**
     * The environment as a script found it that started this JVM: a shell adds to it and drops what it cannot hold as a
     * variable.
     */
    static final String UNCHANGED_ENVIRONMENT = "PEKKO_SUPERVISOR_ENVIRONMENT";

    private static final class Holder {
        static final Launch OF_THIS_JVM = new Launch(
                environmentEntries(),
                commandLine(),
                everyBlockedSignal() & ~ALWAYS_RECEIVED,
                mask("SigIgn") & ~ALWAYS_RECEIVED);
    }

    /** Copies. */
    public Launch {
        environment = List.copyOf(environment);
        arguments = List.copyOf(arguments);
    }

    /** Never shows the environment: it holds secrets. */
    @Override
    public String toString() {
        return "Launch" + arguments;
    }

    /** The launch of this JVM, read when first asked for. */
    public static Launch ofThisJvm() {
        return Holder.OF_THIS_JVM;
    }

    // loops, since programs that are over in a moment ask for this

    private static List<OsString> environmentEntries() {
        try {
            List<OsString> entries = strings("/proc/self/environ");
            for (OsString entry : entries) {
                if (entry.startsWith(UNCHANGED_ENVIRONMENT + "=")) {
                    return split(fromHex(entry.slice(UNCHANGED_ENVIRONMENT.length(), entry.length())));
                }
            }
            return entries;
        } catch (PosixException e) {
            // no /proc here; the JVM has kept what its locale can hold
            List<OsString> entries = new ArrayList<>();
            System.getenv().forEach((name, value) -> entries.add(OsString.of(name + "=" + value)));
            return entries;
        }
    }

    /** The whole command line, bytes unchanged; empty if it cannot be had. */
    public static List<OsString> commandLine() {
        try {
            return strings("/proc/self/cmdline");
        } catch (PosixException e) {
            // no /proc here
            return List.of();
        }
    }

    private static List<OsString> strings(String path) throws PosixException {
        return split(ProcFs.readBytes(path));
    }

    /** Pairs of hexadecimal digits, with blanks and newlines wherever {@code od} puts them. */
    private static byte[] fromHex(OsString digits) {
        byte[] bytes = new byte[digits.length() / 2];
        int length = 0;
        int high = -1;
        for (int i = 0; i < digits.length(); i++) {
            int digit = Character.digit(digits.at(i), 16);
            if (digit >= 0 && high >= 0) {
                bytes[length] = (byte) (high << 4 | digit);
                length++;
                high = -1;
            } else if (digit >= 0) {
                high = digit;
            }
        }
        return Arrays.copyOf(bytes, length);
    }

    private static List<OsString> split(byte[] all) {
        List<OsString> strings = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < all.length; i++) {
            if (all[i] == 0) {
                strings.add(OsString.of(Arrays.copyOfRange(all, from, i)));
                from = i + 1;
            }
        }
        return strings;
    }

    /** Every signal that was blocked, TERM and CHLD too: what a program is to find that this JVM becomes. */
    public static long everyBlockedSignal() {
        return mask("SigBlk");
    }

    private static long mask(String key) {
        String hex = ProcFs.ownStatus(key);
        return hex.isEmpty() ? 0 : Long.parseUnsignedLong(hex, 16);
    }

    private static long bit(Signal signal) {
        return 1L << (signal.number() - 1);
    }
}
