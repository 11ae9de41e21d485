package io.github.pekkosupervisor.runit.badinput;

import static io.github.pekkosupervisor.runit.badinput.Yard.patiently;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** One launcher a directory, and the ways of starting it that the documentation gives. */
@Tag("dist")
@Execution(ExecutionMode.CONCURRENT)
class OneLauncherTest extends InYard {

    private static final String DOCUMENTED = "/opt/pekko-supervisor/bin/runsvdir";

    @Test
    void second_launcher_waits_then_names_the_first_and_exits_111() throws IOException {
        final Duration enough = Duration.ofMillis(4500);
        Path web = yard.healthy("web");
        yard.start();
        int pid = yard.awaitRun(web);
        long before = System.nanoTime();

        String second = second(yard.services());

        assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(enough);
        assertThat(second)
                .isEqualTo("runsvdir " + yard.services() + ": fatal: process " + yard.launcherPid()
                        + " supervises this directory already; stop it first\nexit code 111");
        assertThat(Yard.pid(web)).isEqualTo(pid);
        assertThat(yard.complaints()).isEmpty();
    }

    @Test
    void lock_is_on_the_directory_whatever_it_is_called() throws IOException {
        Path web = yard.healthy("web");
        Path link = Files.createSymbolicLink(yard.root().resolve("link"), yard.services());
        yard.start();
        yard.awaitRun(web);

        assertThat(second(link)).contains("process " + yard.launcherPid() + " supervises");
    }

    @Test
    void successor_takes_over_when_the_first_goes_in_time() throws IOException {
        Path web = yard.healthy("web");
        yard.start();
        int pid = yard.awaitRun(web);
        long first = yard.launcherPid();

        yard.start();
        patiently().until(() -> waitsForALock(yard.launcherPid()));
        Yard.command("kill", "-HUP", Long.toString(first));
        patiently().until(() -> Yard.pid(web) != 0 && Yard.pid(web) != pid);

        assertThat(yard.launcherPid()).isNotEqualTo(first);
        assertThat(yard.complaints()).isEmpty();
    }

    @Test
    void link_switched_to_a_directory_of_another_launcher_is_followed_when_that_has_gone() throws IOException {
        Path other = yard.root().resolve("other");
        Path old = Yard.sleeper(yard.root().resolve("mine/old"));
        Path foreign = Yard.sleeper(other.resolve("foreign"));
        Path link = Files.createSymbolicLink(yard.root().resolve("link"), Path.of("mine"));
        String runsvdir = Yard.dist().resolve("runsvdir").toString();
        yard.start(runsvdir, other.toString());
        int foreignPid = yard.awaitRun(foreign);
        long first = yard.launcherPid();
        yard.start(runsvdir, link.toString());
        int oldPid = yard.awaitRun(old);

        Yard.command("ln", "-sfn", "other", link.toString());
        yard.awaitComplaint(
                "runsvdir " + link + ": warning: process " + first + " supervises this directory already\n");

        assertThat(Yard.pid(old)).isEqualTo(oldPid);
        assertThat(Yard.pid(foreign)).isEqualTo(foreignPid);
        Yard.command("kill", "-HUP", Long.toString(first));
        patiently().until(() -> Yard.pid(foreign) != 0 && Yard.pid(foreign) != foreignPid && Yard.pid(old) == 0);
    }

    @Test
    void link_switched_there_and_back_is_followed_and_each_directory_is_given_up_with_it() throws IOException {
        Path one = Yard.sleeper(yard.root().resolve("one/here"));
        Path other = Yard.sleeper(yard.root().resolve("other/there"));
        Path link = Files.createSymbolicLink(yard.root().resolve("link"), Path.of("one"));
        yard.start(Yard.dist().resolve("runsvdir").toString(), link.toString());
        int first = yard.awaitRun(one);

        Yard.command("ln", "-sfn", "other", link.toString());
        yard.awaitRun(other);
        patiently().until(() -> Yard.pid(one) == 0);
        Yard.command("ln", "-sfn", "one", link.toString());
        patiently().until(() -> Yard.pid(one) != 0 && Yard.pid(other) == 0);

        assertThat(Yard.pid(one)).isNotEqualTo(first);
        assertThat(yard.complaints()).isEmpty();
    }

    private static boolean waitsForALock(long pid) throws IOException {
        try (Stream<String> locks = Files.lines(Path.of("/proc/locks"))) {
            return locks.anyMatch(lock -> lock.contains(" -> ") && lock.contains(" " + pid + " "));
        }
    }

    // ---- as documented

    @Test
    void documented_start_stop_daemon_starts_one_and_stops_it() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/usr/sbin/start-stop-daemon")), "no start-stop-daemon here");
        Path web = yard.healthy("web");
        Path pidFile = yard.root().resolve("pid");
        String start = documented("start-stop-daemon --start ");
        String stop = documented("start-stop-daemon --stop ");
        yard.start("sh", "-c", "PATH=$PATH:/usr/sbin " + start);
        yard.exitCode();
        yard.awaitRun(web);
        String pid = Files.readString(pidFile);

        // in the first moments the process has another name
        patiently().until(() -> Yard.command("pidof", "runsvdir").contains(pid.strip()));
        yard.start("sh", "-c", start);

        assertThat(yard.exitCode()).isEqualTo(1);
        assertThat(Files.readString(yard.root().resolve("stdout"))).contains("already running");
        assertThat(Files.readString(pidFile)).isEqualTo(pid);
        assertThat(Yard.command("sh", "-c", stop)).isEmpty();
        patiently().until(() -> yard.pids().isEmpty());
    }

    @Test
    void documented_unit_is_one_that_systemd_takes() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/systemd-analyze")), "no systemd-analyze here");
        String text = Files.readString(documentation());
        String unit = text.substring(text.indexOf("[Unit]"), text.indexOf("```", text.indexOf("[Unit]")));
        Path file = yard.root().resolve("pekko-supervisor.service");
        Files.writeString(file, localized(unit));

        String said = Yard.command("systemd-analyze", "verify", file.toString());

        assertThat(unit).contains("ExecStart=" + DOCUMENTED);
        assertThat(said.lines().filter(line -> line.contains("pekko-supervisor") || line.startsWith("exit code")))
                .isEmpty();
        Path web = yard.healthy("web");
        String command = localized(unit)
                .lines()
                .filter(line -> line.startsWith("ExecStart="))
                .findFirst()
                .orElseThrow()
                .substring("ExecStart=".length());
        yard.start(command.split(" ", -1));
        yard.awaitRun(web);
        Yard.command("kill", "-TERM", Long.toString(yard.launcherPid()));
        assertThat(yard.exitCode()).isZero();
    }

    @Test
    void documented_line_of_inittab_is_run_as_init_does() throws IOException {
        Path web = yard.healthy("web");
        String line = documented("SV:123456:respawn:");
        // sysvinit gives what has a quote in it to the shell, behind exec
        yard.start("sh", "-c", "exec " + line.split(":", 4)[3]);
        yard.awaitRun(web);

        assertThat(Yard.command("ps", "-o", "args=", "-p", Long.toString(yard.launcherPid())))
                .startsWith("runsvdir -P " + yard.services() + " log: ");
    }

    private String documented(String beginning) throws IOException {
        return localized(Files.readAllLines(documentation()).stream()
                .map(String::strip)
                .filter(line -> line.startsWith(beginning))
                .findFirst()
                .orElseThrow());
    }

    private String localized(String text) {
        return text.replace(DOCUMENTED, Yard.dist().resolve("runsvdir").toString())
                .replace("/etc/service", yard.services().toString())
                .replace("/run/pekko-supervisor.pid", yard.root().resolve("pid").toString());
    }

    private static Path documentation() {
        return Path.of("../docs/operating.md");
    }

    private static String second(Path services) {
        // one that is not refused would run for ever
        return Yard.command(
                "timeout",
                "--signal=HUP",
                "30",
                "env",
                "JAVA_HOME=" + System.getProperty("java.home"),
                Yard.dist().resolve("runsvdir").toString(),
                services.toString());
    }
}
