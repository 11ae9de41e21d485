package io.github.pekkosupervisor.examples.guide;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import io.github.pekkosupervisor.examples.Await;
import io.github.pekkosupervisor.examples.MarkedProcesses;
import io.github.pekkosupervisor.examples.guide.Page.Block;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The sessions of one page, played in one shell in an empty directory: files are written and commands typed as they
 * stand on the page, and what is said is compared. Numbers of processes, times and the width of columns are not, nor
 * what the shell says of its jobs, and {@code …} is any text. A command that only looks is typed again until it says
 * what it should.
 */
final class Session implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final Pattern LOOKS = Pattern.compile(
            "(?:sv (?:status|check)|cat|grep|ls|head|tail|pgrep|ps|curl|pekko-supervisor (?:status|tree))\\b.*",
            Pattern.DOTALL);
    private static final Pattern CHANGES = Pattern.compile(String.join(
            "|",
            "(?<=pid |process |\\brun {1,9})\\d+",
            "\\d{4}-\\d\\d-\\d\\d[T_][\\d:.]+Z?",
            "\\b\\d+(?:\\.\\d+)? ?(?:s|ms|min|h|seconds?)\\b"));
    private static final Pattern GAP = Pattern.compile(" {2,}");
    private static final Pattern OF_JOBS =
            Pattern.compile("(?m)^bash: line \\d+: +\\d+ (?:Killed|Terminated|Hangup) .*\\R?");
    private static final String OVER = "-- over " + UUID.randomUUID();

    private static final String END = "\n" + OVER + "\n";

    private final MarkedProcesses processes =
            new MarkedProcesses(UUID.randomUUID().toString());
    private final Path home;
    private final Path said;
    private final Process shell;
    private final Writer keys;
    private final List<String> transcript = new ArrayList<>();

    /**
     * A command, and what it is to say.
     *
     * @param typed without its prompt
     * @param says until the next prompt
     */
    record Step(String typed, String says) {
        static List<Step> of(String block) {
            return Arrays.stream(("\n" + block).split("\\n\\$ "))
                    .filter(text -> !text.isBlank())
                    .map(Step::parse)
                    .toList();
        }

        /** A line that begins with > belongs to the command before it. */
        private static Step parse(String text) {
            List<String> lines = text.lines().toList();
            int end = 1;
            while (end < lines.size() && lines.get(end).startsWith("> ")) {
                end++;
            }
            String typed = lines.get(0)
                    + lines.subList(1, end).stream()
                            .map(line -> "\n" + line.substring(2))
                            .collect(joining());
            return new Step(typed, String.join("\n", lines.subList(end, lines.size())));
        }

        boolean isLook() {
            return LOOKS.matcher(typed).matches();
        }

        boolean accepts(String output) {
            String pattern = Arrays.stream(plain(says).split("…", -1))
                    .map(Pattern::quote)
                    .collect(joining(".*"));
            return Pattern.compile(pattern, Pattern.DOTALL)
                    .matcher(plain(output))
                    .matches();
        }

        private static String plain(String text) {
            String fixed = CHANGES.matcher(OF_JOBS.matcher(text).replaceAll("").stripTrailing())
                    .replaceAll("N");
            return GAP.matcher(fixed).replaceAll(" ");
        }
    }

    /**
     * Begins one.
     *
     * @param home an empty directory
     * @param path where programs are looked for first
     */
    Session(Path home, List<Path> path) throws IOException {
        this.home = home;
        this.said = Files.createTempFile("guide", ".said");
        ProcessBuilder builder = new ProcessBuilder("bash", "--noprofile", "--norc")
                .directory(home.toFile())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile());
        builder.environment()
                .put(
                        "PATH",
                        path.stream().map(Path::toString).collect(joining(":")) + ":"
                                + System.getenv().getOrDefault("PATH", "/usr/bin:/bin"));
        builder.environment().put("HOME", home.toString());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("LC_ALL", "C.UTF-8");
        // of a machine that is busy
        builder.environment().put("SVWAIT", "60");
        builder.environment().remove("SVDIR");
        this.shell = processes.start(builder);
        this.keys = shell.outputWriter(UTF_8);
    }

    /** What is wrong, if anything is: the first mistake ends it. */
    Optional<String> play(Page page) throws IOException {
        for (Block block : page.blocks()) {
            if (block.isFile()) {
                write(block);
            } else if (block.isSession()) {
                for (Step step : Step.of(block.text())) {
                    Optional<String> wrong = play(step);
                    if (wrong.isPresent()) {
                        return wrong.map(
                                why -> block.where() + ": " + why + "\nbefore that:\n" + String.join("\n", transcript));
                    }
                }
            }
        }
        return Optional.empty();
    }

    private void write(Block block) throws IOException {
        Path file = home.resolve(block.source().substring("file=".length()));
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, block.text());
        if (block.text().startsWith("#!")) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    private Optional<String> play(Step step) throws IOException {
        long start = Await.now();
        String output = type(step.typed());
        while (!step.accepts(output) && step.isLook() && Await.millisSince(start) < PATIENCE.toMillis()) {
            Await.pass(PAUSE);
            output = type(step.typed());
        }
        if (!step.accepts(output)) {
            return Optional.of("[" + step.typed() + "] is to say\n" + step.says() + "\nand has said\n" + output);
        }
        transcript.add("$ " + step.typed() + "\n" + output.stripTrailing());
        return Optional.empty();
    }

    /** What it has said when the shell is ready for the next; its exit code is kept for that. */
    private String type(String command) throws IOException {
        int before = Files.readString(said).length();
        keys.write(command + "\n{ code=$?; echo; echo '" + OVER + "'; (exit $code); }\n");
        keys.flush();
        boolean over = Await.reached(() -> soFar(before).contains(END) || !shell.isAlive(), PATIENCE);
        String output = soFar(before);
        int end = output.indexOf(END);
        return over && end >= 0 ? output.substring(0, end) : output + "\n(and has not ended)";
    }

    private String soFar(int before) {
        try {
            return Files.readString(said).substring(before);
        } catch (IOException e) {
            return "(unreadable: " + e + ")";
        }
    }

    /** Whoever goes on after this session, but for its shell. */
    List<Long> left() {
        shell.destroyForcibly();
        Await.reached(() -> processes.find().isEmpty(), Duration.ofSeconds(10));
        return processes.find();
    }

    @Override
    public void close() throws IOException {
        processes.close();
        shell.destroyForcibly();
        processes.killAll();
        Files.deleteIfExists(said);
    }
}
