package io.github.pekkosupervisor.posix;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a process leaves to itself when it becomes another program, or the same in another version, by
 * {@code execve(2)}: how it was started once, as far as its children are to see it, and which descriptors it has kept
 * open. A file without a name, whose descriptor an entry of the environment tells.
 *
 * <p>A line each, a word and what it says; a line with a word that a reader does not know is nothing to him. Bytes are
 * in hexadecimal digits.
 *
 * @param environment of the launch, entries {@code NAME=value}
 * @param blocked signals that were blocked at the launch, signal n in bit n-1
 * @param ignored signals that were ignored at the launch, signal n in bit n-1
 * @param openFilesLimit the soft limit that children get; -1 if they get that of this process
 * @param given the numbers of descriptors that whoever started it handed over, beside the standard ones
 * @param kept the numbers of those that were kept open
 * @param sockets the same of sockets, by their names
 * @param named the same of such as one asks for by a word
 * @param words whatever else is to be told
 */
public record Succession(
        List<OsString> environment,
        long blocked,
        long ignored,
        long openFilesLimit,
        List<Integer> given,
        List<Integer> kept,
        Map<String, Integer> sockets,
        Map<String, Integer> named,
        Map<String, OsString> words) {

    /** The entry of the environment. */
    public static final String VARIABLE = "PEKKO_SUPERVISOR_SUCCESSION";

    /** Which of these this program can read, and writes. */
    public static final int VERSION = 1;

    /** The property by which {@code InheritedDescriptors} is told what was handed over. */
    static final String DESCRIPTORS = "pekko-supervisor.descriptors";

    private static final String HEAD = "pekko-supervisor-succession ";
    private static final HexFormat HEX = HexFormat.of();

    private static volatile @Nullable Succession ofThisJvm;

    /** Copies. */
    public Succession {
        environment = List.copyOf(environment);
        given = List.copyOf(given);
        kept = List.copyOf(kept);
        sockets = Map.copyOf(sockets);
        named = Map.copyOf(named);
        words = Map.copyOf(words);
    }

    /** Never shows the environment: it holds secrets. */
    @Override
    public String toString() {
        return "Succession[" + kept.size() + " descriptors]";
    }

    /** What this process has left to itself; empty if it was started as any other, or {@link #take} was not called. */
    public static Optional<Succession> ofThisJvm() {
        return Optional.ofNullable(ofThisJvm);
    }

    /**
     * Takes over what was left; to be called before anything is asked of {@code Launch} or
     * {@code InheritedDescriptors}.
     *
     * @return what is wrong with it, in words: then it is as if nothing had been left; empty if nothing is, or was
     */
    public static Optional<String> take() {
        String told = System.getenv(VARIABLE);
        if (told == null) {
            return Optional.empty();
        }
        try {
            int number = Integer.parseInt(told);
            DescriptorCalls.seek(number, 0, VARIABLE);
            Succession left = parse(DescriptorCalls.readAll(number, VARIABLE));
            DescriptorCalls.close(number);
            for (int one : left.kept) {
                KeptDescriptors.ofThisJvm().add(one);
            }
            for (Map.Entry<String, Integer> one : left.sockets.entrySet()) {
                KeptDescriptors.ofThisJvm().addSocket(one.getKey(), one.getValue());
            }
            for (int one : left.named.values()) {
                KeptDescriptors.ofThisJvm().isKept(one);
            }
            StringBuilder given = new StringBuilder("0,1,2,");
            left.given.forEach(one -> given.append(one).append(','));
            System.setProperty(DESCRIPTORS, given.toString());
            ofThisJvm = left;
            return Optional.empty();
        } catch (PosixException | IllegalArgumentException e) {
            return Optional.of("what the launcher before this one has left in " + VARIABLE + "=" + told
                    + " cannot be used: " + e.getMessage());
        }
    }

    /** The descriptor of this word, to be asked for once; empty if there is none. */
    public Optional<Descriptor> descriptor(String word) {
        return Optional.ofNullable(named.get(word)).map(Descriptor::new);
    }

    // ---- the bytes

    /** What is to be written. */
    public byte[] toBytes() {
        StringBuilder text = new StringBuilder(HEAD).append(VERSION).append('\n');
        environment.forEach(entry -> line(text, "environment", HEX.formatHex(entry.bytes())));
        line(text, "blocked", Long.toHexString(blocked));
        line(text, "ignored", Long.toHexString(ignored));
        line(text, "open-files-limit", Long.toString(openFilesLimit));
        given.forEach(number -> line(text, "given", Integer.toString(number)));
        kept.forEach(number -> line(text, "kept", Integer.toString(number)));
        sockets.forEach((name, number) -> line(text, "socket", number + " " + name));
        named.forEach((word, number) -> line(text, "named", number + " " + word));
        words.forEach((word, said) -> line(text, "word", word + " " + HEX.formatHex(said.bytes())));
        line(text, "end", "");
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static void line(StringBuilder text, String word, String said) {
        text.append(word).append(' ').append(said).append('\n');
    }

    /** @throws IllegalArgumentException with what is wrong, if it is not whole, or of another version */
    static Succession parse(byte[] bytes) {
        String[] lines = new String(bytes, StandardCharsets.US_ASCII).split("\n", -1);
        if (!lines[0].equals(HEAD + VERSION)) {
            throw new IllegalArgumentException("it is of another version");
        }
        List<OsString> environment = new ArrayList<>();
        List<Integer> given = new ArrayList<>();
        List<Integer> kept = new ArrayList<>();
        Map<String, Integer> sockets = new HashMap<>();
        Map<String, Integer> named = new HashMap<>();
        Map<String, OsString> words = new HashMap<>();
        long blocked = 0;
        long ignored = 0;
        long limit = -1;
        boolean isWhole = false;
        for (String line : lines) {
            String said = line.substring(line.indexOf(' ') + 1);
            switch (line.substring(0, Math.max(0, line.indexOf(' ')))) {
                case "environment" -> environment.add(OsString.of(HEX.parseHex(said)));
                case "blocked" -> blocked = Long.parseUnsignedLong(said, 16);
                case "ignored" -> ignored = Long.parseUnsignedLong(said, 16);
                case "open-files-limit" -> limit = Long.parseLong(said);
                case "given" -> given.add(Integer.parseInt(said));
                case "kept" -> kept.add(Integer.parseInt(said));
                case "socket" -> sockets.put(after(said), Integer.parseInt(before(said)));
                case "named" -> named.put(after(said), Integer.parseInt(before(said)));
                case "word" -> words.put(before(said), OsString.of(HEX.parseHex(after(said))));
                case "end" -> isWhole = true;
                default -> {
                    // of a later version, which can do without
                }
            }
        }
        if (!isWhole) {
            throw new IllegalArgumentException("it is not whole");
        }
        return new Succession(environment, blocked, ignored, limit, given, kept, sockets, named, words);
    }

    private static String before(String said) {
        return said.substring(0, said.indexOf(' '));
    }

    private static String after(String said) {
        return said.substring(said.indexOf(' ') + 1);
    }
}
