package io.github.pekkosupervisor.examples.soak;

import io.github.pekkosupervisor.examples.SupervisedService;
import io.github.pekkosupervisor.examples.WritingService;
import io.github.pekkosupervisor.examples.soak.Standing.Told;
import io.github.pekkosupervisor.examples.soak.Standing.Wanted;
import io.github.pekkosupervisor.runit.supervise.StatusBytes;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One service directory of a soak: what it is to do, and how it stands. */
final class SoakService {

    /**
     * Lines {@code WRITER NUMBER}; the writer's number is its pid and its start. Notes each line that is handed over.
     */
    private static final String WRITER = """
            $| = 1;
            my ($dir, $rate) = @ARGV;
            open(my $stat, '<', '/proc/self/stat'); my $line = <$stat>; close $stat; $line =~ s/.*\\) //;
            my $id = sprintf('%d%010d', $$, (split ' ', $line)[19]);
            my ($n, $note) = (0);
            if ($rate) { open($note, '+>', "$dir/written/$id") or die; }
            while (1) {
                if ($rate && syswrite(STDOUT, "$id " . ($n + 1) . "\\n")) {
                    $n++; sysseek($note, 0, 0); syswrite($note, sprintf("%019d\\n", $n));
                }
                select(undef, undef, undef, $rate ? 1 / $rate : 3600);
            }
            """;

    /**
     * Moves lines from its pipe into the file by {@code splice}, so that none is in its hands when it is killed. That
     * does not append, so it begins at the end.
     */
    private static final String LOGGER = """
            my $number = shift;
            sysopen(my $log, 'lines', 0101, 0644) or die; sysseek($log, 0, 2);
            while (1) {
                my $moved = syscall($number, 0, 0, fileno($log), 0, 65536, 0);
                exit 0 if $moved == 0;
                select(undef, undef, undef, 0.1) if $moved < 0;
            }
            """;

    private static final Map<String, Integer> SPLICE = Map.of("amd64", 275, "aarch64", 76);

    private final String name;
    private final SupervisedService supervised;
    private final @Nullable ServiceLog log;
    private Wanted wanted = Wanted.NOTHING;
    private String link = "";
    private boolean isUncertain;
    private long lastCommand = Long.MIN_VALUE / 2;
    private int disturbances;

    private SoakService(String name, Path directory, boolean isLogged) {
        this.name = name;
        this.supervised = new SupervisedService(directory);
        this.log = isLogged
                ? new ServiceLog(name, directory.resolve("log").resolve("lines"), directory.resolve("written"))
                : null;
    }

    /** Whether a logger can be written that loses nothing: the number of {@code splice} has to be known. */
    static boolean canLog() {
        return SPLICE.containsKey(System.getProperty("os.arch"));
    }

    /** Makes the programs that all run. */
    static void writePrograms(Path root) throws IOException {
        Files.writeString(root.resolve("writer.pl"), WRITER);
        Files.writeString(root.resolve("logger.pl"), LOGGER);
    }

    /**
     * Makes one.
     *
     * @param root where the programs are
     * @param number makes a service of each kind: with and without finish, control script, logger
     * @param rate lines a second of one with a logger
     */
    static SoakService make(Path root, int number, int rate) throws IOException {
        String name = "s" + number;
        Path directory = Files.createDirectories(root.resolve("service").resolve(name));
        boolean isLogged = canLog() && number % 5 < 2;
        SoakService service = new SoakService(name, directory, isLogged);
        WritingService.script(
                directory.resolve("run"),
                "exec perl %s %s %d".formatted(root.resolve("writer.pl"), directory, isLogged ? rate : 0));
        if (number % 2 == 0) {
            WritingService.script(directory.resolve("finish"), "exec sleep 0.%d".formatted(1 + number % 4));
        }
        if (number % 3 == 0) {
            Files.createDirectories(directory.resolve("control"));
            WritingService.script(directory.resolve("control").resolve("t"), "sleep 0.2; exit 1");
        }
        if (isLogged) {
            Files.createDirectories(directory.resolve("written"));
            Files.createDirectories(directory.resolve("log"));
            WritingService.script(
                    directory.resolve("log").resolve("run"),
                    "exec perl %s %d".formatted(root.resolve("logger.pl"), SPLICE.get(System.getProperty("os.arch"))));
        }
        return service;
    }

    /** Puts its supervise directories there. */
    void superviseOn(SmallDisk disk) throws IOException {
        Files.createSymbolicLink(directory().resolve("supervise"), Files.createDirectories(disk.place(name)));
        if (log != null) {
            Files.createSymbolicLink(
                    directory().resolve("log").resolve("supervise"),
                    Files.createDirectories(disk.place(name + ".log")));
        }
    }

    String name() {
        return name;
    }

    Path directory() {
        return supervised.directory();
    }

    Optional<ServiceLog> log() {
        return Optional.ofNullable(log);
    }

    Wanted wanted() {
        return isUncertain && wanted != Wanted.NOTHING ? Wanted.ANYTHING : wanted;
    }

    /**
     * Its name with the number of times that it was disturbed, so that what is wrong before and after is not the same.
     */
    String who() {
        return name + " (disturbed " + disturbances + " times)";
    }

    void disturbed() {
        disturbances++;
    }

    // ---- its link

    boolean isLinked() {
        return !link.isEmpty();
    }

    void link(Path scan, String entry) throws IOException {
        Files.createSymbolicLink(scan.resolve(entry), directory());
        link = entry;
        wanted = Wanted.UP;
        // the one of before may not have gone yet, with what it was told
        isUncertain = true;
        disturbed();
    }

    void unlink(Path scan) throws IOException {
        Files.delete(scan.resolve(link));
        link = "";
        wanted = Wanted.NOTHING;
        disturbed();
    }

    void rename(Path scan) throws IOException {
        String next = link.equals(name) ? name + "-renamed" : name;
        Files.move(scan.resolve(link), scan.resolve(next));
        link = next;
        wanted = Wanted.UP;
        isUncertain = true;
        disturbed();
    }

    // ---- commands

    /**
     * Writes these letters; what follows for what it is to do is noted.
     *
     * @param isHeard whether somebody has the FIFO open to read them
     * @return whether there is a FIFO
     */
    boolean command(String letters, long now, boolean isHeard) throws IOException {
        try (FileChannel control = supervised.openControl()) {
            for (int i = 0; i < letters.length(); i++) {
                SupervisedService.write(control, letters.charAt(i));
            }
        } catch (NoSuchFileException notYet) {
            return false;
        }
        for (int i = 0; i < letters.length(); i++) {
            want(letters.charAt(i));
        }
        lastCommand = now;
        isUncertain = isUncertain || !isHeard;
        disturbed();
        return true;
    }

    private void want(char letter) {
        switch (letter) {
            case 'u' -> wanted = Wanted.UP;
            case 'd' -> wanted = Wanted.DOWN;
            case 'o' -> wanted = Wanted.ANYTHING;
            default -> {
                // a signal
            }
        }
    }

    /** Of its logger nothing else is wanted afterwards. */
    boolean commandLogger(String letter) throws IOException {
        disturbed();
        try (FileChannel control = new SupervisedService(directory().resolve("log")).openControl()) {
            SupervisedService.write(control, letter.charAt(0));
            return true;
        } catch (NoSuchFileException notYet) {
            return false;
        }
    }

    boolean wasToldSince(long time) {
        return lastCommand - time > 0;
    }

    boolean hasControl() {
        return Files.exists(directory().resolve("supervise").resolve("control"));
    }

    /** The FIFO, wherever its directory is. */
    Path control() throws IOException {
        return directory().resolve("supervise").toRealPath().resolve("control");
    }

    /** From now on it is to be up, whatever was before; it may have to be told again. */
    void toBeUp() {
        if (isLinked()) {
            wanted = Wanted.UP;
            isUncertain = false;
            disturbed();
        }
    }

    /** Says so: to go on if it is paused, and to be up. */
    void sayUp(long now) throws IOException {
        lastCommand = now;
        try (FileChannel control = supervised.openControl()) {
            SupervisedService.write(control, 'c');
            SupervisedService.write(control, 'u');
        } catch (NoSuchFileException notYet) {
            // it comes up by itself
        }
    }

    /** Not once: for good. */
    boolean wantsUp() {
        return status(directory()).filter(status -> status.want() == 'u').isPresent();
    }

    boolean isUp() {
        return run().isPresent();
    }

    /** Its process, as its status says and as it is. */
    Optional<Seen> run() {
        return process(directory(), "writer.pl");
    }

    Optional<Seen> logger() {
        return process(directory().resolve("log"), "logger.pl");
    }

    private static Optional<Seen> process(Path directory, String program) {
        return status(directory)
                .flatMap(status -> Seen.of(status.pid()))
                .filter(process -> process.cwd().equals(directory.toString()) && isRun(process, program));
    }

    /** Its other processes, as they are now. */
    List<Seen> scripts() throws IOException {
        return look(Seen.all()).scripts();
    }

    /** The launcher dies: what it had not read is gone with it, and what it could not record. */
    void launcherDies(long now, long nanosToHear, boolean cannotRecord) {
        char want = status(directory()).map(StatusBytes::want).orElse('?');
        boolean isHeard = want == (wanted == Wanted.DOWN ? 'd' : 'u') && now - lastCommand > nanosToHear;
        isUncertain = isUncertain || !isHeard || cannotRecord;
        disturbed();
    }

    /** With the last that had it open: what was in it then is not waited for. */
    void pipeMayBeGone() throws IOException {
        if (log != null && run().isEmpty() && logger().isEmpty()) {
            log.forgive();
        }
    }

    // ---- how it stands

    private static Optional<StatusBytes> status(Path directory) {
        try {
            byte[] read = Files.readAllBytes(directory.resolve("supervise").resolve("status"));
            if (read.length != StatusBytes.LENGTH) {
                return Optional.empty();
            }
            StatusBytes status = new StatusBytes();
            status.read(read);
            return Optional.of(status);
        } catch (IOException notYet) {
            return Optional.empty();
        }
    }

    Standing look(List<Seen> all) {
        Path logger = directory().resolve("log");
        List<Seen> runs = new ArrayList<>();
        List<Seen> scripts = new ArrayList<>();
        List<Seen> loggers = new ArrayList<>();
        for (Seen process : all) {
            if (process.hasEnded() || process.command().isEmpty()) {
                continue;
            }
            if (process.cwd().equals(directory().toString())) {
                if (isRun(process, "writer.pl")) {
                    runs.add(process);
                } else if (!isLauncher(process)) {
                    scripts.add(process);
                }
            } else if (process.cwd().equals(logger.toString()) && isRun(process, "logger.pl")) {
                loggers.add(process);
            }
        }
        return new Standing(who(), wanted(), together(runs), scripts, together(loggers), told());
    }

    private Optional<Told> told() {
        // who has no link is supervised no longer: what could not be written then is not written later
        if (!isLinked()) {
            return Optional.empty();
        }
        return status(directory())
                .map(status -> new Told(status.isRunning() ? 'r' : status.isDown() ? 'd' : 'f', status.pid()));
    }

    /** Of the launcher's, a moment before it becomes the program. */
    private static boolean isLauncher(Seen process) {
        return process.command().get(0).endsWith("java");
    }

    private static boolean isRun(Seen process, String program) {
        return process.command().stream().anyMatch(word -> word.equals("./run") || word.endsWith("/" + program));
    }

    /**
     * Those that are there at the same time: one may have ended before another was started that is in the same list.
     */
    private static List<Seen> together(List<Seen> processes) {
        if (processes.size() < 2) {
            return processes;
        }
        // one that is alive after each has been seen alive was there with all of them
        List<Seen> alive = processes.stream().filter(Seen::isAlive).toList();
        return alive.stream().filter(Seen::isAlive).toList();
    }

    /** The number that a writer puts into its lines. */
    static long writer(Seen run) {
        return Long.parseLong(String.format(Locale.ROOT, "%d%010d", run.pid(), run.start()));
    }
}
