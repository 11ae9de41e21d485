package io.github.pekkosupervisor.process;

import static io.github.pekkosupervisor.testing.Programs.A_DAY;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.posix.PosixSettings;
import io.github.pekkosupervisor.testing.ProcessView;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of processes when a JVM that was launched for the purpose is killed. */
final class HostGuardTest {

    private static final Duration A_SECOND = Duration.ofSeconds(1);
    private static final long HUP_INT_QUIT_TERM = 0x4007;

    @Nested
    class KnownProcesses {

        private final Path place;
        private final HostJvm host;

        KnownProcesses(@TempDir Path place) throws IOException {
            this.place = place;
            this.host = new HostJvm(GuardedHost.class, place, A_DAY);
        }

        @AfterEach
        void end_everything() {
            host.killWith(GuardedHost.ALL);
        }

        @Test
        void nothing_but_what_is_kept_outlives_a_killed_jvm() throws IOException {
            List<ProcessView> doomed = List.of(
                    host.process("alone"),
                    host.process("group"),
                    host.process("member"),
                    host.process("orphan"),
                    host.process("deaf"));
            ProcessView kept = host.process("kept");
            ProcessView guard = host.guard();
            host.awaitFile("x");
            host.awaitFile("many");
            // only now, since who outlives the leader of its group is killed five seconds later in any case
            Files.createFile(place.resolve("leave"));
            ProcessView leader = host.process("leader");
            await().atMost(HostJvm.PATIENCE).until(() -> !leader.runs());
            assertThat(doomed).allMatch(ProcessView::runs);

            host.kill();

            await().atMost(HostJvm.PATIENCE).until(() -> doomed.stream().noneMatch(ProcessView::runs));
            await().atMost(HostJvm.PATIENCE).until(() -> !guard.runs());
            assertThat(kept.runs()).isTrue();
        }

        @Test
        void the_same_when_the_guard_was_killed_before() throws IOException {
            List<ProcessView> doomed = new ArrayList<>(GuardedHost.doomed(host));
            ProcessView first = host.guard();
            ProcessHandle.of(first.pid()).orElseThrow().destroyForcibly();
            await().atMost(HostJvm.PATIENCE).until(() -> host.guards().anyMatch(guard -> guard.pid() != first.pid()));
            ProcessView second = host.guard();
            // it is known to run before it has been told of anything; who starts another process has waited for that
            Files.createFile(place.resolve("again"));
            doomed.add(host.process("late"));

            host.kill();

            await().atMost(HostJvm.PATIENCE).until(() -> doomed.stream().noneMatch(ProcessView::runs));
            assertThat(second.pid()).isNotEqualTo(first.pid());
        }

        @Test
        void the_guard_has_a_session_of_its_own_and_nothing_of_the_jvm() {
            host.process("kept");

            ProcessView guard = host.guard();

            assertThat(guard.session()).isEqualTo(guard.pid());
            // while it reads lines it has one more
            await().untilAsserted(() -> assertThat(guard.descriptors()).containsExactly("0", "1", "2"));
            assertThat(guard.descriptor(2)).isEqualTo(Path.of("/dev/null"));
            assertThat(guard.read("environ"))
                    .startsWith("SCRIPT=")
                    .containsOnlyOnce("\0")
                    .endsWith("\0");
            assertThat(guard.read("cmdline")).startsWith("/bin/sh\0-c\0eval \"$SCRIPT\"\0pekko-supervisor-guard\0");
        }

        @Test
        void the_guard_is_deaf_to_what_ends_others() throws IOException, InterruptedException {
            host.process("alone");
            ProcessView guard = host.guard();
            // which is what it does first, when it gets a processor
            await().atMost(HostJvm.PATIENCE)
                    .until(() -> (Long.parseUnsignedLong(guard.status("SigIgn"), 16) & HUP_INT_QUIT_TERM)
                            == HUP_INT_QUIT_TERM);

            for (String signal : List.of("-HUP", "-INT", "-TERM", "-QUIT")) {
                new ProcessBuilder("kill", signal, String.valueOf(guard.pid()))
                        .start()
                        .waitFor();
            }

            await().during(Duration.ofMillis(300)).until(guard::runs);
        }
    }

    /** On a machine that has the time; it may be held up, but not always. */
    @Test
    void it_takes_less_than_a_second(@TempDir Path place) throws IOException {
        Duration took = A_SECOND;
        for (int attempt = 0; attempt < 3 && took.compareTo(A_SECOND) >= 0; attempt++) {
            HostJvm host =
                    new HostJvm(GuardedHost.class, Files.createDirectory(place.resolve("host" + attempt)), A_DAY);
            try {
                List<ProcessView> doomed = GuardedHost.doomed(host);
                host.guard();

                host.kill();

                long since = System.nanoTime();
                await().atMost(HostJvm.PATIENCE)
                        .pollDelay(Duration.ZERO)
                        .until(() -> doomed.stream().noneMatch(ProcessView::runs));
                took = Duration.ofNanos(System.nanoTime() - since);
            } finally {
                host.killWith(GuardedHost.ALL);
            }
        }
        assertThat(took).isLessThan(A_SECOND);
    }

    /** Ends with the input that the JVM gives it, as a language server does, before the guard looks for it. */
    @Test
    void a_group_is_killed_whose_leader_has_just_ended_by_itself(@TempDir Path place) throws Exception {
        Process leader = new ProcessBuilder("setsid", "sh", "-c", "sleep " + A_DAY + " & echo $!").start();
        ProcessView member;
        try (BufferedReader output = leader.inputReader(UTF_8)) {
            member = new ProcessView(Long.parseLong(output.readLine()));
        }
        long group = member.group();
        leader.waitFor();
        Process guard = new ProcessBuilder("/bin/sh", "-c", HostGuard.script(), "guard", "mark")
                .redirectOutput(new File("/dev/null"))
                .redirectError(new File("/dev/null"))
                .start();
        try (Writer lines = guard.outputWriter(UTF_8)) {
            lines.write("+ " + group + " 1 g 1\n");
        }

        await().atMost(HostJvm.PATIENCE).until(() -> !member.runs());
        assertThat(guard.waitFor()).isZero();
    }

    /** The group may have left the number: all who are left may have sessions of their own. */
    @Test
    void nobody_is_killed_who_has_got_the_number_of_a_leader_that_has_ended(@TempDir Path place) throws IOException {
        HostJvm host = new HostJvm(EndedLeaderHost.class, place, A_DAY);
        try {
            ProcessView stranger = host.process("stranger");
            ProcessView doomed = host.process("doomed");
            await().atMost(HostJvm.PATIENCE).until(() -> stranger.group() == stranger.pid());
            ProcessView guard = host.guard();

            host.kill();

            await().atMost(HostJvm.PATIENCE).until(() -> !doomed.runs() && !guard.runs());
            assertThat(stranger.runs()).isTrue();
        } finally {
            host.killWith("stranger", "doomed");
        }
    }

    @Nested
    class ProcessesBeingStarted {

        private final Path place;

        ProcessesBeingStarted(@TempDir Path place) {
            this.place = place;
        }

        @ParameterizedTest
        @EnumSource(
                value = PosixSettings.Backend.class,
                names = {"NATIVE", "PORTABLE"})
        void a_process_is_killed_that_the_jvm_never_got_to_know(PosixSettings.Backend backend) throws IOException {
            HostJvm host = new HostJvm(StartingHost.class, place, A_DAY, backend.name());
            try {
                ProcessView leader = host.process("leader");
                ProcessView member = host.process("member");
                ProcessView guard = host.guard();

                host.kill();

                await().atMost(HostJvm.PATIENCE).until(() -> !leader.runs());
                await().atMost(HostJvm.PATIENCE).until(() -> !guard.runs());
                await().atMost(HostJvm.PATIENCE).until(() -> !member.runs());
            } finally {
                host.killWith("leader", "member");
            }
        }

        /** As a service directory's; what follows is the end of its run. */
        @ParameterizedTest
        @ValueSource(
                strings = {
                    // is there
                    "exec sleep $day",
                    // a shell is at it
                    "cd /; sleep $day; true",
                    // was there, as the shell has left it in the environment
                    "cd /; exec sleep $day",
                    // leads to its logger
                    "exec env -i -C / /bin/sleep $day >supervise/.log"
                })
        void a_process_without_a_mark_is_killed_that_the_jvm_never_got_to_know(String end) throws IOException {
            Path directory = runs(end);
            HostJvm host = new HostJvm(StartingHost.class, place, A_DAY, "NATIVE", directory.toString());
            try {
                ProcessView leader = host.process("leader");
                ProcessView member = host.process("member");
                ProcessView guard = host.guard();
                assertThat(leader.read("environ")).doesNotContain("PEKKO_SUPERVISOR_START");

                host.kill();

                await().atMost(HostJvm.PATIENCE).until(() -> !leader.runs() && !member.runs());
                await().atMost(HostJvm.PATIENCE).until(() -> !guard.runs());
            } finally {
                host.killWith("leader", "member");
            }
        }

        /** A directory beside it has a name that begins like its own, and it may have been begun there. */
        @Test
        void nobody_is_killed_who_may_be_somebody_else() throws IOException {
            Path directory = runs("cd /; exec sleep $day");
            Files.createDirectory(place.resolve("web2"));
            HostJvm host = new HostJvm(StartingHost.class, place, A_DAY, "NATIVE", directory.toString());
            try {
                ProcessView leader = host.process("leader");
                // the last that leads there is what the shell has read
                await().atMost(HostJvm.PATIENCE)
                        .until(() -> leader.read("cmdline").startsWith("sleep")
                                && !leader.openFiles()
                                        .contains(directory.resolve("run").toString()));
                ProcessView guard = host.guard();

                host.kill();

                await().atMost(HostJvm.PATIENCE).until(() -> !guard.runs());
                assertThat(leader.runs()).isTrue();
            } finally {
                host.killWith("leader", "member");
            }
        }

        private Path runs(String end) throws IOException {
            Path directory = Files.createDirectories(place.resolve("web"));
            Files.createDirectory(directory.resolve("supervise"));
            Path run = Files.writeString(
                    directory.resolve("run"),
                    "#!/bin/sh\nday=" + A_DAY + "\nsleep $day & echo $! >../member\n"
                            + "echo $$ >../leader.half\nmv ../leader.half ../leader\n" + end + "\n");
            run.toFile().setExecutable(true);
            return directory;
        }

        @RepeatedTest(5)
        void whenever_a_jvm_is_killed_nothing_of_it_is_left() throws IOException {
            HostJvm host = new HostJvm(StartingHost.class, place, A_DAY);
            try {
                host.awaitFile("many");

                host.kill();

                await().atMost(HostJvm.PATIENCE)
                        .until(() -> sleepers().findAny().isEmpty());
            } finally {
                host.killWith();
                sleepers().forEach(ProcessHandle::destroyForcibly);
            }
        }

        private static Stream<ProcessHandle> sleepers() {
            return ProcessHandle.allProcesses()
                    .filter(process -> process.info().commandLine().orElse("").endsWith("sleep " + A_DAY));
        }
    }

    /** The kernel's own way is since Linux 5.14; of groups of which a process may have made more. */
    @Test
    void who_is_in_a_control_group_is_killed_one_by_one_where_the_kernel_kills_no_group(@TempDir Path place)
            throws Exception {
        List<Process> daemons = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            daemons.add(new ProcessBuilder("sleep", A_DAY).start());
        }
        Files.createDirectories(place.resolve("group/inner/most"));
        Files.writeString(
                place.resolve("group/cgroup.procs"), "0\n" + daemons.get(0).pid() + "\n");
        Files.writeString(
                place.resolve("group/inner/cgroup.procs"), daemons.get(1).pid() + "\n");
        Files.writeString(
                place.resolve("group/inner/most/cgroup.procs"), daemons.get(2).pid() + "\n");
        Process guard = new ProcessBuilder("/bin/sh", "-c", HostGuard.script(), "guard", "mark")
                .redirectOutput(new File("/dev/null"))
                .redirectError(new File("/dev/null"))
                .start();
        try (Writer orders = guard.outputWriter(UTF_8)) {
            orders.write("@ " + daemons.get(0).pid() + " " + place.resolve("group") + "\n");
        }

        assertThat(guard.waitFor(HostJvm.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        await().atMost(HostJvm.PATIENCE)
                .until(() -> daemons.subList(0, 3).stream().noneMatch(Process::isAlive));
        assertThat(daemons.get(3).isAlive()).isTrue();
        daemons.get(3).destroyForcibly().waitFor();
    }
}
