package io.github.pekkosupervisor.examples;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A service that writes numbered lines, and says in files beside it what it has been told: {@code started.PID},
 * {@code told.PID} after USR1, {@code count.PID} with the number of its lines after USR2, when it writes no more.
 */
public final class WritingService {

    private static final String WRITER = """
            $| = 1;
            my ($dir, $rate) = @ARGV;
            my ($n, $told, $end) = (0, 0, 0);
            sub note { my ($name, $text) = @_; open(my $f, '>', "$dir/.$name"); print $f $text; close $f;
                       rename("$dir/.$name", "$dir/$name.$$"); }
            $SIG{USR1} = sub { $told = 1 };
            $SIG{USR2} = sub { $end = 1 };
            note('started', '');
            while (1) {
                if ($told) { $told = 0; note('told', ''); }
                if ($end) { $end = 0; note('count', $n); $rate = 0; }
                if ($rate) { my $line = "$$ " . ($n + 1) . "\\n"; $n++ if syswrite(STDOUT, $line); }
                select(undef, undef, undef, $rate ? 1 / $rate : 3600);
            }
            """;

    private final Path directory;
    private Set<Long> before = Set.of();

    private WritingService(Path directory) {
        this.directory = directory;
    }

    /** Makes the program that all run. */
    static Path writer(Path root) throws IOException {
        return Files.writeString(root.resolve("writer.pl"), WRITER);
    }

    /** @param rate lines a second; 0 for a service without a logger, which writes nothing */
    static WritingService make(Path directory, Path writer, int rate, String logger) throws IOException {
        Files.createDirectories(directory);
        script(
                directory.resolve("run"),
                "exec env --ignore-signal=USR1 --ignore-signal=USR2 perl %s %s %d".formatted(writer, directory, rate));
        if (rate > 0) {
            Files.createDirectories(directory.resolve("log").resolve("main"));
            script(directory.resolve("log").resolve("run"), logger);
        }
        return new WritingService(directory);
    }

    /** Makes an executable file of a shell's command. */
    public static void script(Path file, String command) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + command + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    Path directory() {
        return directory;
    }

    boolean isWriting() {
        return !numbers("started").isEmpty();
    }

    /** Who runs now is who it was before. */
    void remember() {
        before = running();
    }

    /** The writers that have been started and have not ended. */
    Set<Long> running() {
        Set<Long> started = numbers("started").keySet();
        started.removeIf(pid -> !nameOf(pid).equals("perl"));
        return started;
    }

    int copies() {
        return Math.max(0, running().size() - 1);
    }

    boolean isRestarted() {
        return !running().containsAll(before);
    }

    boolean hasObeyed() {
        return numbers("told").keySet().containsAll(before);
    }

    /** Whether a new supervisor has come to it: by its old process, or by another one that it has started. */
    boolean isTakenUp() {
        return hasObeyed() || !before.containsAll(numbers("started").keySet());
    }

    void command(char letter) throws IOException {
        Path control = directory.resolve("supervise").resolve("control");
        // a reader too, since to open it for writing alone would wait for one
        try (FileChannel channel = FileChannel.open(control, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {(byte) letter}));
        }
    }

    /** Past every supervisor. */
    void endWriting() {
        for (long pid : running()) {
            try {
                new ProcessBuilder("kill", "-USR2", Long.toString(pid)).start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    boolean hasEnded() {
        return numbers("count").keySet().containsAll(running());
    }

    Map<Long, Long> counts() {
        return numbers("count");
    }

    /** All lines, from the oldest file on. */
    List<String> log() throws IOException {
        List<Path> files = new ArrayList<>();
        Path main = directory.resolve("log").resolve("main");
        try (var old = Files.newDirectoryStream(main, "@*")) {
            old.forEach(files::add);
        }
        files.sort(null);
        files.add(main.resolve("current"));
        List<String> lines = new ArrayList<>();
        for (Path file : files) {
            lines.addAll(Files.readAllLines(file, US_ASCII));
        }
        return lines;
    }

    private Map<Long, Long> numbers(String name) {
        return DeathPlay.numbers(directory, name);
    }

    /** The name of a process; empty if it has ended. */
    static String nameOf(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"), ISO_8859_1);
            int end = stat.lastIndexOf(')');
            return stat.startsWith("Z", end + 2) ? "" : stat.substring(stat.indexOf('(') + 1, end);
        } catch (IOException ended) {
            return "";
        }
    }
}
