package io.github.pekkosupervisor.runit.adoption;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Processes that are none of a launcher's business, and the judge of whether one of them has been signalled. */
final class Strangers implements AutoCloseable {

    private static final String PROGRAM = "$| = 1; my $file = shift; for my $s (qw(TERM CONT HUP INT QUIT ALRM USR1"
            + " USR2)) { $SIG{$s} = sub { open(my $f, '>>', $file); print $f \"$s\\n\" } }"
            + " print \"ready\\n\"; sleep 1 while 1";

    private final Path signals;
    private final List<Process> processes = new ArrayList<>();

    /** @param signals where they note which they get */
    Strangers(Path signals) {
        this.signals = signals;
    }

    /** One that notes each signal and goes on. */
    Process start() throws IOException {
        Process stranger = new ProcessBuilder("perl", "-e", PROGRAM, signals.toString())
                .directory(Path.of("/").toFile())
                .start();
        processes.add(stranger);
        return ready(stranger);
    }

    /** The same, with this pid, which nobody may have. */
    Process startAs(long pid, Path lastPid) throws IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            // others may be quicker to take it
            Files.writeString(lastPid, String.valueOf(pid - 1));
            Process stranger = start();
            if (stranger.pid() == pid || attempt == 200) {
                return stranger;
            }
            processes.remove(stranger);
            stranger.destroyForcibly().waitFor();
        }
    }

    private static Process ready(Process stranger) throws IOException {
        assertThat(stranger.inputReader().readLine()).isEqualTo("ready");
        return stranger;
    }

    /** What has become of them, a line for each signal and each that has ended. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        Estate.lines(signals).forEach(signal -> problems.add("a stranger got " + signal));
        processes.stream()
                .filter(stranger -> !stranger.isAlive())
                .forEach(stranger -> problems.add("stranger " + stranger.pid() + " has ended"));
        return problems;
    }

    @Override
    public void close() {
        processes.forEach(Process::destroyForcibly);
    }
}
