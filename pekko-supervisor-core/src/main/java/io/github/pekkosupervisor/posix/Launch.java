package io.github.pekkosupervisor.posix;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What this JVM was started with, as far as its children are to see it: taken from {@code /proc/self} once, or, where
 * this process was another program before, what that one was started with ({@link Succession}).
 *
 * @param environment entries {@code NAME=value}, bytes unchanged
 * @param arguments the whole command line, bytes unchanged
 * @param blockedSignals signal n in bit n-1; without TERM and CHLD, which a supervised process always gets
 * @param ignoredSignals signals that were ignored, without TERM and CHLD; signal n in bit n-1
 */
public record Launch(List<OsString> environment, List<OsString> arguments, long blockedSignals, long ignoredSignals) {

    private static final long ALWAYS_RECEIVED = bit(Signal.TERM) | bit(Signal.CHLD);

    /**
     * The environment as a script found it that started this JVM: a shell adds to it and drops what it cannot hold as a
     * variable.
     */
    static final String UNCHANGED_ENVIRONMENT = "PEKKO_SUPERVISOR_ENVIRONMENT";

    /** Set by such a script too: what was ignored then, before the JVM put handlers of its own. */
    static final String IGNORED_SIGNALS = "pekko-supervisor.ignored";

    /**
     * Set by such a script, which gives the JVM a locale that can spell any file's name: {@code =} and the value of
     * {@code LC_ALL} as it was, or nothing if there was none.
     */
    static final String UNCHANGED_LOCALE = "PEKKO_SUPERVISOR_LOCALE";

    private static final String LOCALE = "LC_ALL";

    private static final class Holder {
        static final Launch OF_THIS_JVM = new Launch(
                environmentEntries(),
                commandLine(),
                everyBlockedSignal() & ~ALWAYS_RECEIVED,
                everyIgnoredSignal() & ~ALWAYS_RECEIVED);
        static final long BLOCKED = everyBlockedSignal();
        static final long IGNORED = everyIgnoredSignal();
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
        Optional<Succession> left = Succession.ofThisJvm();
        if (left.isPresent()) {
            return left.get().environment();
        }
        try {
            List<OsString> entries = strings("/proc/self/environ");
            for (OsString entry : entries) {
                if (entry.startsWith(UNCHANGED_ENVIRONMENT + "=")) {
                    return split(fromHex(entry.slice(UNCHANGED_ENVIRONMENT.length(), entry.length())));
                }
            }
            return withUnchangedLocale(entries);
        } catch (PosixException e) {
            // no /proc here; the JVM has kept what its locale can hold
            List<OsString> entries = new ArrayList<>();
            System.getenv().forEach((name, value) -> entries.add(OsString.of(name + "=" + value)));
            return withUnchangedLocale(entries);
        }
    }

    private static List<OsString> withUnchangedLocale(List<OsString> entries) {
        String prefix = UNCHANGED_LOCALE + "=";
        for (OsString told : entries) {
            if (told.startsWith(prefix)) {
                List<OsString> unchanged = new ArrayList<>();
                for (OsString entry : entries) {
                    if (!entry.equals(told) && !entry.startsWith(LOCALE + "=")) {
                        unchanged.add(entry);
                    }
                }
                if (told.length() > prefix.length()) {
                    unchanged.add(OsString.of(LOCALE).plus(told.slice(prefix.length(), told.length())));
                }
                return unchanged;
            }
        }
        return entries;
    }

    /** Takes what is the script's out of an environment that was made from this JVM's own. */
    static void restore(Map<String, String> environment) {
        environment.remove(UNCHANGED_ENVIRONMENT);
        String locale = environment.remove(UNCHANGED_LOCALE);
        if (locale != null) {
            environment.remove(LOCALE);
            if (!locale.isEmpty()) {
                environment.put(LOCALE, locale.substring(1));
            }
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
        Optional<Succession> left = Succession.ofThisJvm();
        return left.isPresent() ? left.get().blocked() : mask("SigBlk");
    }

    /**
     * Every signal that was ignored, TERM and CHLD too; signal n in bit n-1. Without a script that tells it is what
     * this process ignores now: the JVM takes QUIT, PIPE and a few others for itself, whatever they were.
     */
    public static long everyIgnoredSignal() {
        Optional<Succession> left = Succession.ofThisJvm();
        if (left.isPresent()) {
            return left.get().ignored();
        }
        long now = mask("SigIgn");
        String told = System.getProperty(IGNORED_SIGNALS, "");
        return told.isEmpty() ? now : now | hexadecimal(told) | lostInTheShell();
    }

    /**
     * Most shells wait for their children and so stop ignoring CHLD before a script can look. A process that ignores it
     * hands that down, so our parent is the best witness there is.
     */
    private static long lostInTheShell() {
        String parent = ProcFs.ownStatus("PPid");
        return parent.isEmpty() ? 0 : hexadecimal(ProcFs.status(parent, "SigIgn")) & bit(Signal.CHLD);
    }

    /** {@link #everyBlockedSignal} of when the launch was read; this process may have blocked others since. */
    public static long blockedAtLaunch() {
        return Holder.BLOCKED;
    }

    /** {@link #everyIgnoredSignal} of when the launch was read; this process may ignore others since. */
    public static long ignoredAtLaunch() {
        return Holder.IGNORED;
    }

    private static long mask(String key) {
        return hexadecimal(ProcFs.ownStatus(key));
    }

    private static long hexadecimal(String digits) {
        return digits.isEmpty() ? 0 : Long.parseUnsignedLong(digits, 16);
    }

    static long bit(Signal signal) {
        return 1L << (signal.number() - 1);
    }
}
