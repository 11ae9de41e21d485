package io.github.pekkosupervisor.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.ProcessSpec.ProcessGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * What is written down of a process that is to outlive this JVM, so that the next one can take it over, or stop it. Its
 * bytes are lines of a word and what it stands for, the last with a sum over those before.
 *
 * @param path the child that it is, in its tree
 * @param identity which process; while its start is under way number 0, and the tick before that
 * @param pidfdInode what tells it from one that has its number later; 0 if that is not known
 * @param group who belongs to it
 * @param stop how it is asked to end
 * @param stopWithin how long that may take; empty for any time
 * @param specification a digest of what it was started from
 * @param mark an entry that is in its environment, and in that of what it has started
 */
public record KeptProcess(
        String path,
        ProcessIdentity identity,
        long pidfdInode,
        ProcessGroup group,
        StopSequence stop,
        Optional<Duration> stopWithin,
        String specification,
        String mark) {

    static final int VERSION = 1;

    /** More than any: a path has at most 100,000 characters. */
    static final int LONGEST = 1 << 20;

    private static final String HEAD = "pekko-supervisor-process ";
    private static final String SUM = "sum ";

    /** Whether it is not known which process it is: its start is under way, or was. */
    public boolean isBeingStarted() {
        return identity.pid() == 0;
    }

    /** The same, started. */
    public KeptProcess startedAs(ProcessIdentity who, long inode, ProcessGroup actual) {
        return new KeptProcess(path, who, inode, actual, stop, stopWithin, specification, mark);
    }

    /** Whether it leads a process group. */
    public boolean leadsGroup() {
        return group != ProcessGroup.NONE;
    }

    // ---- to bytes

    byte[] toBytes() {
        String text = HEAD + VERSION + "\n"
                + "path " + escaped(path) + "\n"
                + "process " + identity.pid() + " " + identity.startTicks() + " " + identity.bootId() + " " + pidfdInode
                + "\n"
                + "group " + group + "\n"
                + "stop " + shots() + "\n"
                + "within "
                + stopWithin.map(within -> String.valueOf(within.toMillis())).orElse("-") + "\n"
                + "specification " + specification + "\n"
                + "mark " + escaped(mark) + "\n";
        return (text + SUM + sum(text) + "\n").getBytes(UTF_8);
    }

    private String shots() {
        StringBuilder text = new StringBuilder();
        for (StopSequence.Step step : stop.steps()) {
            text.append(text.length() == 0 ? "" : " ")
                    .append(step.after().toMillis())
                    .append(' ')
                    .append(step.signal().number());
        }
        return text.toString();
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\n", "\\n");
    }

    private static String unescaped(String text) {
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < text.length()) {
                i++;
                plain.append(text.charAt(i) == 'n' ? '\n' : text.charAt(i));
            } else {
                plain.append(c);
            }
        }
        return plain.toString();
    }

    private static String sum(String text) {
        CRC32C sum = new CRC32C();
        sum.update(text.getBytes(UTF_8));
        return Long.toHexString(sum.getValue());
    }

    // ---- from bytes

    /** Whether a later version of this program has written it. */
    static boolean isNewer(byte[] bytes) {
        String text = new String(bytes, UTF_8);
        int end = text.indexOf('\n');
        try {
            return text.startsWith(HEAD) && end > 0 && Integer.parseInt(text.substring(HEAD.length(), end)) > VERSION;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    /** Empty if it is not whole, or not what {@link #toBytes()} makes. */
    static Optional<KeptProcess> parse(byte[] bytes) {
        String text = new String(bytes, UTF_8);
        int last = text.lastIndexOf("\n" + SUM) + 1;
        if (last == 0
                || !text.startsWith(HEAD + VERSION + "\n")
                || !text.substring(last).equals(SUM + sum(text.substring(0, last)) + "\n")) {
            return Optional.empty();
        }
        Map<String, String> values = new HashMap<>();
        for (String line : text.substring(0, last).split("\n", -1)) {
            int blank = line.indexOf(' ');
            if (blank > 0) {
                values.put(line.substring(0, blank), line.substring(blank + 1));
            }
        }
        try {
            return Optional.of(of(values));
        } catch (RuntimeException e) {
            // the sum is right, but somebody else has made it
            return Optional.empty();
        }
    }

    private static KeptProcess of(Map<String, String> values) {
        String[] process = values.getOrDefault("process", "").split(" ", -1);
        String within = values.getOrDefault("within", "");
        return new KeptProcess(
                unescaped(values.getOrDefault("path", "")),
                new ProcessIdentity(Integer.parseInt(process[0]), Long.parseLong(process[1]), process[2]),
                Long.parseLong(process[3]),
                ProcessGroup.valueOf(values.getOrDefault("group", "")),
                stop(values.getOrDefault("stop", "").split(" ", -1)),
                within.equals("-") ? Optional.empty() : Optional.of(Duration.ofMillis(Long.parseLong(within))),
                values.getOrDefault("specification", ""),
                unescaped(values.getOrDefault("mark", "")));
    }

    private static StopSequence stop(String[] words) {
        List<StopSequence.Step> steps = new ArrayList<>();
        for (int i = 0; i < words.length; i += 2) {
            int number = Integer.parseInt(words[i + 1]);
            Signal signal = Signal.ofNumber(number)
                    .orElseThrow(() -> new IllegalArgumentException("no signal has the number " + number));
            steps.add(new StopSequence.Step(Duration.ofMillis(Long.parseLong(words[i])), signal));
        }
        return new StopSequence(steps);
    }
}
