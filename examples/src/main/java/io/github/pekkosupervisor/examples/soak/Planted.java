package io.github.pekkosupervisor.examples.soak;

import io.github.pekkosupervisor.examples.Await;
import io.github.pekkosupervisor.examples.MarkedProcesses;
import io.github.pekkosupervisor.examples.soak.Standing.Wanted;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.StatusBytes;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Shows each judge what it is to find, made of real processes and files, before anything is played: it has to say
 * nothing of what is well, and to report what is not.
 */
final class Planted {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int LEAKED = 40;

    private final Path root;
    private final MarkedProcesses marked;
    private final PrintStream out;
    private boolean allFound = true;

    Planted(Path root, MarkedProcesses marked, PrintStream out) {
        this.root = root;
        this.marked = marked;
        this.out = out;
    }

    /** Whether each judge has found what was planted, and nothing before. */
    boolean areAllFound() throws IOException {
        Files.createDirectories(root);
        SoakService.writePrograms(root);
        SoakService service = SoakService.make(root, 0, 1);
        service.link(Files.createDirectories(root.resolve("scan")), service.name());
        Process first = runOf(service);
        writeStatus(service, first.pid());
        copies(service);
        status(service, first.pid());
        first.destroyForcibly();
        up(service);
        zombie();
        leak();
        lines();
        return allFound;
    }

    /** Starts its {@code run} as a supervisor does. */
    private Process runOf(SoakService service) throws IOException {
        Process run =
                start(new ProcessBuilder("./run").directory(service.directory().toFile()));
        awaitIt(() -> runs(service).stream().anyMatch(seen -> seen.pid() == run.pid()));
        return run;
    }

    private Process start(ProcessBuilder builder) throws IOException {
        return marked.start(builder.redirectErrorStream(true).redirectOutput(Redirect.to(new File("/dev/null"))));
    }

    private static List<Seen> runs(SoakService service) {
        try {
            return service.look(Seen.all()).runs();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Look look(long launcher, SoakService... services) throws IOException {
        List<Seen> all = Seen.all();
        return new Look(
                launcher,
                List.of(services).stream().map(service -> service.look(all)).toList(),
                all);
    }

    private static void awaitIt(BooleanSupplier fact) throws IOException {
        if (!Await.reached(fact, PATIENCE)) {
            throw new IOException("what is to be planted did not come within " + PATIENCE.toSeconds() + " s");
        }
    }

    private static void writeStatus(SoakService service, long pid) throws IOException {
        Path supervise = Files.createDirectories(service.directory().resolve("supervise"));
        ServiceStatus status = new ServiceStatus(
                Instant.EPOCH,
                (int) pid,
                false,
                false,
                ServiceStatus.Want.UP,
                pid == 0 ? ServiceStatus.State.DOWN : ServiceStatus.State.RUN);
        Files.write(supervise.resolve("status"), StatusBytes.of(status));
    }

    private void copies(SoakService service) throws IOException {
        List<String> before = Judge.COPIES.wrongs(look(0, service));
        Process second = runOf(service);
        report("second copy", before, Judge.COPIES.wrongs(look(0, service)));
        second.destroyForcibly();
        awaitIt(() -> runs(service).size() == 1);
    }

    private void status(SoakService service, long pid) throws IOException {
        List<String> before = Judge.STATUS.wrongs(look(0, service));
        writeStatus(service, 0);
        report("status that says down of one that runs", before, Judge.STATUS.wrongs(look(0, service)));
        writeStatus(service, pid + 1);
        report("status with another pid", before, Judge.STATUS.wrongs(look(0, service)));
        writeStatus(service, pid);
    }

    private void up(SoakService service) throws IOException {
        awaitIt(() -> runs(service).isEmpty());
        Lasting lasting = new Lasting(1000);
        Standing down = service.look(Seen.all());
        Look wantedUp = new Look(0, List.of(wanted(down, Wanted.UP)), List.of());
        List<String> before = lasting.tooLong(Judge.UP.wrongs(wantedUp), 0);
        report("service that stays down", before, lasting.tooLong(Judge.UP.wrongs(wantedUp), 1000));
        report("status that says running of one that has ended", List.of(), Judge.STATUS.wrongs(look(0, service)));
    }

    private static Standing wanted(Standing standing, Wanted wanted) {
        return new Standing(
                standing.name(), wanted, standing.runs(), standing.scripts(), standing.loggers(), standing.told());
    }

    private void zombie() throws IOException {
        Process parent = start(new ProcessBuilder("sh", "-c", "read x; true & exec sleep 1000"));
        List<String> before = Judge.ZOMBIES.wrongs(look(parent.pid()));
        parent.outputWriter().close();
        Await.reached(() -> !zombies(parent.pid()).isEmpty(), PATIENCE);
        report("zombie", before, zombies(parent.pid()));
        parent.destroyForcibly();
    }

    private static List<String> zombies(long launcher) {
        try {
            return Judge.ZOMBIES.wrongs(look(launcher));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void leak() throws IOException {
        Process process = start(new ProcessBuilder(
                "perl", "-e", "<STDIN>; open($f[$_], '<', '/dev/null') for 1.." + LEAKED + "; sleep 1000"));
        awaitIt(() -> waitsForInput(process.pid()));
        Gauge before = Gauge.of(process.pid());
        process.outputWriter().close();
        Await.reached(() -> descriptors(process.pid()) >= before.descriptors() + LEAKED - 1, PATIENCE);
        Gauge after = Gauge.of(process.pid());
        report(
                "leaked descriptors",
                Gauge.growing(List.of(before, before, before, before)),
                Gauge.growing(List.of(before, before, after, after)));
        process.destroyForcibly();
    }

    private static long descriptors(long pid) {
        try {
            return Gauge.of(pid).descriptors();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void lines() throws IOException {
        Path directory = Files.createDirectories(root.resolve("written"));
        Files.writeString(directory.resolve("7"), "4\n");
        List<String> before = log("7 1\n7 2\n7 3\n7 4\n").grown();
        report("lost line", before, log("7 1\n7 2\n7 4\n").grown());
        report(
                "lines that have changed places",
                before,
                log("7 2\n7 1\n7 3\n7 4\n").grown());
        report("line that came twice", before, log("7 1\n7 2\n7 2\n7 3\n7 4\n").grown());
        report(
                "line that nobody wrote",
                before,
                log("7 1\n7 2\n37 4\n7 3\nx 4\n").grown());
        report(
                "last line of one that was killed, lost",
                log("7 1\n7 2\n7 3\n7 4\n").missing(),
                log("7 1\n7 2\n7 3\n").missing());
    }

    private ServiceLog log(String lines) throws IOException {
        return new ServiceLog("planted", Files.writeString(root.resolve("lines"), lines), root.resolve("written"));
    }

    private void report(String what, List<String> before, List<String> after) {
        boolean isFound = before.isEmpty() && !after.isEmpty();
        out.println("planted: " + what + " … "
                + (isFound ? "reported" : before.isEmpty() ? "MISSED" : "REPORTED BEFORE IT WAS THERE: " + before));
        allFound = allFound && isFound;
    }

    private static boolean waitsForInput(long pid) {
        return Seen.of(pid)
                .filter(seen -> seen.state() == 'S' && seen.command().contains("perl"))
                .isPresent();
    }
}
