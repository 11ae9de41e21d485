package io.github.pekkosupervisor.examples;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/** One play: services that write, the death of their supervisor, its successor, and what became of them. */
final class DeathPlay {
    private static final Duration LAUNCH_PATIENCE = Duration.ofSeconds(60);
    private static final Duration BEFORE = Duration.ofSeconds(2);
    private static final Duration UNATTENDED = Duration.ofMillis(200);
    private static final Duration SETTLED = Duration.ofSeconds(2);
    private static final Duration LAST_LINES = Duration.ofSeconds(5);
    /** For what is sure to come, however slow the machine is. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /**
     * How much is played.
     *
     * @param services service directories
     * @param loggers how many of them have a logger
     * @param rate lines a second of each of these
     * @param patience how long at most a supervisor may take to be obeyed by all, and to end one that has lost its link
     */
    record Size(int services, int loggers, int rate, Duration patience) {}

    private final Death death;
    private final Size size;
    private final Path root;
    private final MarkedProcesses marked;
    private final List<WritingService> services = new ArrayList<>();

    DeathPlay(Death death, Size size, Path root, MarkedProcesses marked) {
        this.death = death;
        this.size = size;
        this.root = root;
        this.marked = marked;
    }

    Fate play() throws IOException {
        try {
            make();
            Process supervisor = launch();
            if (!Await.reached(() -> services.stream().allMatch(WritingService::isWriting), LAUNCH_PATIENCE)) {
                throw new IOException(
                        death.name() + ": not all services ran after " + LAUNCH_PATIENCE.toSeconds() + " s");
            }
            Await.pass(BEFORE);
            services.forEach(WritingService::remember);
            kill(supervisor);
            Await.pass(UNATTENDED);
            long begun = Await.now();
            Process successor = launch();
            OptionalDouble millis = command(begun);
            // on a busy machine the second one of a service may be late, and it is to be seen
            Await.reached(() -> services.stream().allMatch(WritingService::isTakenUp), size.patience());
            Await.pass(SETTLED);
            int copies = services.stream().mapToInt(WritingService::copies).sum();
            int restarted =
                    (int) services.stream().filter(WritingService::isRestarted).count();
            int obeying =
                    (int) services.stream().filter(WritingService::hasObeyed).count();
            WrittenLines.Verdict lines = judge();
            boolean endsWithLink = unlink();
            if (!successor.isAlive()) {
                RunitBenchmark.say(death.name() + ": the new supervisor has exited " + successor.exitValue());
            }
            return new Fate(copies, restarted, obeying, millis, endsWithLink, lines);
        } finally {
            marked.killAll();
        }
    }

    private void make() throws IOException {
        Path scan = Files.createDirectories(root.resolve("scan"));
        Path writer = WritingService.writer(root);
        for (int i = 0; i < size.services(); i++) {
            boolean logs = i < size.loggers();
            WritingService service = WritingService.make(
                    root.resolve("service").resolve("s" + i), writer, logs ? size.rate() : 0, death.logger());
            services.add(service);
            Files.createSymbolicLink(scan.resolve("s" + i), service.directory());
        }
    }

    private Process launch() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        death.directory().resolve(death.program()).toString(),
                        root.resolve("scan").toString())
                .redirectInput(Redirect.from(new File("/dev/null")))
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(root.resolve("messages").toFile()));
        builder.environment()
                .merge("PATH", death.directory().toString(), (path, own) -> own + File.pathSeparator + path);
        return marked.start(builder);
    }

    private void kill(Process supervisor) {
        supervisor.destroyForcibly();
        for (long pid : marked.find()) {
            if (death.alsoKilled().contains(WritingService.nameOf(pid))) {
                MarkedProcesses.kill(pid);
            }
        }
        Await.reached(() -> !supervisor.isAlive(), PATIENCE);
    }

    /** Tells each service through its FIFO to say so, again and again until it has, or the patience is over. */
    private OptionalDouble command(long begun) throws IOException {
        Set<WritingService> left = new HashSet<>(services);
        while (!left.isEmpty() && Await.millisSince(begun) < size.patience().toMillis()) {
            for (WritingService service : left) {
                service.command('1');
            }
            Await.pass(Duration.ofMillis(20));
            left.removeIf(WritingService::hasObeyed);
        }
        return left.isEmpty() ? OptionalDouble.of(Await.millisSince(begun)) : OptionalDouble.empty();
    }

    /** Whether all processes of a service end when its link goes. */
    private boolean unlink() throws IOException {
        WritingService last = services.get(services.size() - 1);
        Files.delete(root.resolve("scan").resolve(last.directory().getFileName()));
        return Await.reached(() -> last.running().isEmpty(), size.patience());
    }

    private WrittenLines.Verdict judge() throws IOException {
        services.forEach(WritingService::endWriting);
        // the others have written nothing
        List<WritingService> logged = services.subList(0, size.loggers());
        Await.reached(() -> logged.stream().allMatch(WritingService::hasEnded), size.patience());
        // what a logger has read and not yet written would seem to be lost; what is lost stays so
        Await.reached(() -> isNothingLost(logged), LAST_LINES);
        return verdict(logged);
    }

    private static boolean isNothingLost(List<WritingService> logged) {
        try {
            return verdict(logged).lost() == 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static WrittenLines.Verdict verdict(List<WritingService> logged) throws IOException {
        WrittenLines.Verdict verdict = WrittenLines.Verdict.NOTHING;
        for (WritingService service : logged) {
            verdict = verdict.plus(WrittenLines.judge(service.log(), service.counts()));
        }
        return verdict;
    }

    /** The numbers in files {@code NAME.PID} of a directory. */
    static Map<Long, Long> numbers(Path directory, String name) {
        Map<Long, Long> numbers = new HashMap<>();
        try (var files = Files.newDirectoryStream(directory, name + ".*")) {
            for (Path file : files) {
                String text = Files.readString(file, US_ASCII).strip();
                String pid = file.getFileName().toString().substring(name.length() + 1);
                numbers.put(Long.valueOf(pid), text.isEmpty() ? 0 : Long.parseLong(text));
            }
        } catch (IOException e) {
            throw new IllegalStateException("no look into " + directory, e);
        }
        return numbers;
    }
}
