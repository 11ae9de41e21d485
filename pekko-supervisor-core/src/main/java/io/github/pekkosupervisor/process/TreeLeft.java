package io.github.pekkosupervisor.process;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a tree leaves of itself when its process becomes another program, in which the same tree goes on. Its bytes are
 * lines of a word and what it stands for, with the number of lines in the last one.
 *
 * @param by the process, which stays the same
 * @param down the paths of children that are not to be started with the tree
 * @param done those of oneshots that have done what they were for
 * @param processes those that run and are written down nowhere else
 * @param restarts when those restarts were that count still, by the paths of supervisors: ticks since boot, as of
 *     {@link io.github.pekkosupervisor.posix.Orphans#currentTick}
 * @param delays how often in a row children have waited for a restart, by their paths
 * @param unfinished what has been read of lines that are not over, by the names of the descriptors that they come from
 */
public record TreeLeft(
        ProcessIdentity by,
        Set<String> down,
        Set<String> done,
        List<KeptProcess> processes,
        Map<String, List<Long>> restarts,
        Map<String, Integer> delays,
        Map<String, OsString> unfinished) {

    /** Of what is left so, the version that this program reads and writes. */
    public static final int VERSION = 1;

    /** More than any: some 40,000 processes. */
    static final int LONGEST = 64 * 1024 * 1024;

    private static final String HEAD = "pekko-supervisor-tree ";
    private static final HexFormat HEX = HexFormat.of();

    /** Copies. */
    public TreeLeft {
        down = Set.copyOf(down);
        done = Set.copyOf(done);
        processes = List.copyOf(processes);
        restarts = Map.copyOf(restarts);
        delays = Map.copyOf(delays);
        unfinished = Map.copyOf(unfinished);
    }

    byte[] toBytes() {
        List<String> lines = new ArrayList<>();
        lines.add(HEAD + VERSION);
        lines.add("by " + by.pid() + " " + by.startTicks() + " " + by.bootId());
        down.forEach(path -> lines.add("down " + HEX.formatHex(path.getBytes(UTF_8))));
        done.forEach(path -> lines.add("done " + HEX.formatHex(path.getBytes(UTF_8))));
        processes.forEach(process -> lines.add("process " + HEX.formatHex(process.toBytes())));
        restarts.forEach((path, ticks) -> lines.add("restarts " + HEX.formatHex(path.getBytes(UTF_8)) + " "
                + ticks.stream().map(String::valueOf).collect(Collectors.joining(","))));
        delays.forEach((path, number) -> lines.add("delays " + HEX.formatHex(path.getBytes(UTF_8)) + " " + number));
        unfinished.forEach((name, bytes) -> lines.add("unfinished " + name + " " + HEX.formatHex(bytes.bytes())));
        lines.add("end " + lines.size());
        return (String.join("\n", lines) + "\n").getBytes(US_ASCII);
    }

    /** Empty if it is not whole, or of another version. */
    static Optional<TreeLeft> parse(byte[] bytes) {
        String[] lines = new String(bytes, US_ASCII).split("\n", -1);
        Set<String> down = new HashSet<>();
        Set<String> done = new HashSet<>();
        List<KeptProcess> processes = new ArrayList<>();
        Map<String, List<Long>> restarts = new HashMap<>();
        Map<String, Integer> delays = new HashMap<>();
        Map<String, OsString> unfinished = new HashMap<>();
        ProcessIdentity by = new ProcessIdentity(0, 0, "");
        int last = lines.length - 2;
        if (last < 1 || !lines[0].equals(HEAD + VERSION) || !lines[last].equals("end " + last)) {
            return Optional.empty();
        }
        try {
            for (String line : List.of(lines).subList(1, last)) {
                String[] words = line.split(" ", -1);
                switch (words[0]) {
                    case "by" ->
                        by = new ProcessIdentity(Integer.parseInt(words[1]), Long.parseLong(words[2]), words[3]);
                    case "down" -> down.add(text(words[1]));
                    case "done" -> done.add(text(words[1]));
                    case "process" ->
                        processes.add(KeptProcess.parse(HEX.parseHex(words[1])).orElseThrow());
                    case "restarts" -> restarts.put(text(words[1]), ticks(words[2]));
                    case "delays" -> delays.put(text(words[1]), Integer.parseUnsignedInt(words[2]));
                    case "unfinished" -> unfinished.put(words[1], OsString.of(HEX.parseHex(words[2])));
                    default -> {
                        // of a later version, which can do without
                    }
                }
            }
        } catch (RuntimeException e) {
            // somebody else has made it
            return Optional.empty();
        }
        return Optional.of(new TreeLeft(by, down, done, processes, restarts, delays, unfinished));
    }

    private static List<Long> ticks(String text) {
        return Stream.of(text.split(",", -1)).map(Long::parseLong).toList();
    }

    private static String text(String hex) {
        return new String(HEX.parseHex(hex), UTF_8);
    }
}
