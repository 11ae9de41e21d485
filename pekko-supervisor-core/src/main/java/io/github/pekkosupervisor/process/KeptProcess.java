package io.github.pekkosupervisor.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.ProcessSpec.ProcessGroup;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

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
 * @param signs what else it is known by while its start is under way; empty when it has been started
 * @param sign whether it has given its sign of readiness; empty if it needs none
 * @param isPaused whether it has been stopped on purpose, so that it is not looked at whether it works
 */
public record KeptProcess(
        String path,
        ProcessIdentity identity,
        long pidfdInode,
        ProcessGroup group,
        StopSequence stop,
        Optional<Duration> stopWithin,
        String specification,
        String mark,
        Optional<Signs> signs,
        Optional<Sign> sign,
        boolean isPaused) {

    static final int VERSION = 1;

    /** More than any: a path has at most 100,000 characters. */
    static final int LONGEST = 1 << 20;

    private static final String HEAD = "pekko-supervisor-process ";
    private static final String SUM = "sum ";

    /** One that has been started, or is known by its mark alone. */
    public KeptProcess(
            String path,
            ProcessIdentity identity,
            long pidfdInode,
            ProcessGroup group,
            StopSequence stop,
            Optional<Duration> stopWithin,
            String specification,
            String mark) {
        this(path, identity, pidfdInode, group, stop, stopWithin, specification, mark, Optional.empty());
    }

    /** One that needs no sign of readiness. */
    public KeptProcess(
            String path,
            ProcessIdentity identity,
            long pidfdInode,
            ProcessGroup group,
            StopSequence stop,
            Optional<Duration> stopWithin,
            String specification,
            String mark,
            Optional<Signs> signs) {
        this(path, identity, pidfdInode, group, stop, stopWithin, specification, mark, signs, Optional.empty());
    }

    /** One that goes on. */
    public KeptProcess(
            String path,
            ProcessIdentity identity,
            long pidfdInode,
            ProcessGroup group,
            StopSequence stop,
            Optional<Duration> stopWithin,
            String specification,
            String mark,
            Optional<Signs> signs,
            Optional<Sign> sign) {
        this(path, identity, pidfdInode, group, stop, stopWithin, specification, mark, signs, sign, false);
    }

    /**
     * Of a process that is ready by a sign.
     *
     * @param isGiven whether it has given it
     * @param socket the name of its {@code NOTIFY_SOCKET}; empty if it has none
     * @param said what it has said there
     */
    public record Sign(boolean isGiven, Optional<String> socket, ProcessSaid said) {
        /** Of one that has said nothing. */
        public Sign(boolean isGiven, Optional<String> socket) {
            this(isGiven, socket, ProcessSaid.NOTHING);
        }

        /** It has given its sign. */
        public Sign given() {
            return new Sign(true, socket, said);
        }

        /** It has said this. */
        public Sign with(ProcessSaid other) {
            return new Sign(isGiven, socket, other);
        }
    }

    /** The same, with this about its readiness. */
    public KeptProcess withSign(Sign given) {
        return new KeptProcess(
                path,
                identity,
                pidfdInode,
                group,
                stop,
                stopWithin,
                specification,
                mark,
                signs,
                Optional.of(given),
                isPaused);
    }

    /** The same, stopped on purpose or going on. */
    public KeptProcess paused(boolean now) {
        return new KeptProcess(
                path, identity, pidfdInode, group, stop, stopWithin, specification, mark, signs, sign, now);
    }

    /**
     * What a process has of who is about to start it, and of what it is started from, as far as that can be seen
     * beforehand. A program that is started without its environment, or writes over it, has this and no mark.
     *
     * @param starterGroup the process group of who starts it
     * @param starterSession his session
     * @param directory where it begins
     * @param outputs what its descriptors 1 and 2 are to be; devices tell nothing, and are left out
     */
    public record Signs(
            int starterGroup, int starterSession, Optional<FileStatus.Id> directory, List<FileStatus.Id> outputs) {
        /** Copies the list. */
        public Signs {
            outputs = List.copyOf(outputs);
        }
    }

    /** Whether it is not known which process it is: its start is under way, or was. */
    public boolean isBeingStarted() {
        return identity.pid() == 0;
    }

    /** The same, started. */
    public KeptProcess startedAs(ProcessIdentity who, long inode, ProcessGroup actual) {
        return new KeptProcess(
                path, who, inode, actual, stop, stopWithin, specification, mark, Optional.empty(), sign, isPaused);
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
                + "mark " + escaped(mark) + "\n"
                + signs.map(KeptProcess::signs).orElse("")
                + sign.map(KeptProcess::sign).orElse("")
                + (isPaused ? "paused yes\n" : "");
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

    private static String signs(Signs signs) {
        StringBuilder text = new StringBuilder("starter ")
                .append(signs.starterGroup())
                .append(' ')
                .append(signs.starterSession())
                .append('\n');
        signs.directory()
                .ifPresent(id -> text.append("directory ").append(text(id)).append('\n'));
        if (!signs.outputs().isEmpty()) {
            text.append("outputs ")
                    .append(signs.outputs().stream().map(KeptProcess::text).collect(joining(" ")))
                    .append('\n');
        }
        return text.toString();
    }

    private static String sign(Sign sign) {
        return "sign " + (sign.isGiven() ? "given " : "awaited ")
                + sign.socket().orElse("-") + "\n"
                + said(sign.said());
    }

    private static String said(ProcessSaid said) {
        return said.phase().map(phase -> "says " + phase + "\n").orElse("")
                + said.main()
                        .map(main -> "main " + main.pid() + " " + main.startTicks() + " " + main.bootId() + "\n")
                        .orElse("")
                + said.silence().map(time -> "silence " + micros(time) + "\n").orElse("");
    }

    private static long micros(Duration time) {
        return TimeUnit.NANOSECONDS.toMicros(time.toNanos());
    }

    private static String text(FileStatus.Id id) {
        return id.device() + " " + id.inode();
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
                unescaped(values.getOrDefault("mark", "")),
                Optional.ofNullable(values.get("starter")).map(starter -> signs(starter.split(" ", -1), values)),
                Optional.ofNullable(values.get("sign")).map(sign -> sign(sign.split(" ", -1), said(values))),
                values.containsKey("paused"));
    }

    private static ProcessSaid said(Map<String, String> values) {
        return new ProcessSaid(
                Optional.ofNullable(values.get("says")).map(ProcessNotice.Phase::valueOf),
                Optional.ofNullable(values.get("main"))
                        .map(main -> main.split(" ", -1))
                        .map(main -> new ProcessIdentity(Integer.parseInt(main[0]), Long.parseLong(main[1]), main[2])),
                Optional.ofNullable(values.get("silence"))
                        .map(micros -> Duration.of(Long.parseLong(micros), ChronoUnit.MICROS))
                        .filter(Liveness::isSilence));
    }

    private static Sign sign(String[] words, ProcessSaid said) {
        return new Sign(
                words[0].equals("given"), words[1].equals("-") ? Optional.empty() : Optional.of(words[1]), said);
    }

    private static Signs signs(String[] starter, Map<String, String> values) {
        return new Signs(
                Integer.parseInt(starter[0]),
                Integer.parseInt(starter[1]),
                files(values.get("directory")).stream().findFirst(),
                files(values.get("outputs")));
    }

    private static List<FileStatus.Id> files(@Nullable String text) {
        if (text == null) {
            return List.of();
        }
        String[] words = text.split(" ", -1);
        List<FileStatus.Id> files = new ArrayList<>();
        for (int i = 0; i < words.length; i += 2) {
            files.add(new FileStatus.Id(Long.parseLong(words[i]), Long.parseLong(words[i + 1])));
        }
        return files;
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
