package io.github.pekkosupervisor.process;

import static io.github.pekkosupervisor.posix.Resource.ADDRESS_SPACE;
import static io.github.pekkosupervisor.posix.Resource.CORE_SIZE;
import static io.github.pekkosupervisor.posix.Resource.CPU_TIME;
import static io.github.pekkosupervisor.posix.Resource.FILE_SIZE;
import static io.github.pekkosupervisor.posix.Resource.OPEN_FILES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.typesafe.config.ConfigFactory;
import io.github.pekkosupervisor.posix.OwnProcess;
import io.github.pekkosupervisor.process.ProcessEvent.Exited;
import io.github.pekkosupervisor.process.ProcessEvent.StartFailed;
import io.github.pekkosupervisor.process.ProcessEvent.Started;
import io.github.pekkosupervisor.process.ProcessSpec.WhenSupervisorDies;
import io.github.pekkosupervisor.testing.NoProcessLeft;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Real processes under conditions: what they find of themselves from their first instruction on. */
@ExtendWith(NoProcessLeft.class)
final class ConditionsTest {

    private static final ActorTestKit KIT = ActorTestKit.create();
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    Path scratch;

    @AfterAll
    static void shut_down() {
        KIT.shutdownTestKit();
    }

    private ProcessSpec script(String text) {
        return ProcessSpec.of("sh", "-c", text)
                .withDirectory(scratch)
                .withStdout(Stdio.file(scratch.resolve("out")))
                .withWhenSupervisorDies(WhenSupervisorDies.KEEP);
    }

    /** What it has written when it has ended well. */
    private List<String> said(ProcessSpec spec) throws Exception {
        return said(KIT, spec);
    }

    private List<String> said(ActorTestKit kit, ProcessSpec spec) throws Exception {
        Files.deleteIfExists(scratch.resolve("out"));
        TestProbe<ProcessEvent> owner = kit.createTestProbe();
        kit.spawn(ProcessActor.create(spec, owner.getRef()), Processes.dispatcher());
        owner.expectMessageClass(Started.class, PATIENCE);
        assertThat(owner.expectMessageClass(Exited.class, PATIENCE).status()).hasToString("exit code 0");
        return Files.readAllLines(scratch.resolve("out"));
    }

    private static String refusal(ActorTestKit kit, ProcessSpec spec) {
        TestProbe<ProcessEvent> owner = kit.createTestProbe();
        kit.spawn(ProcessActor.create(spec, owner.getRef()), Processes.dispatcher());
        return String.valueOf(
                owner.expectMessageClass(StartFailed.class, PATIENCE).cause().getMessage());
    }

    @Test
    void it_is_held_as_it_was_asked_for() throws Exception {
        ProcessSpec spec = script("umask; nice; cat /proc/self/oom_score_adj; ulimit -S -n; ulimit -S -c; ulimit -S -f;"
                        + " ulimit -S -t")
                .withUmask(026)
                .withNice(7)
                .withOomScoreAdj(300)
                .withLimits(Map.of(OPEN_FILES, 77L, CORE_SIZE, 0L, FILE_SIZE, 1L << 20, CPU_TIME, 100L));

        assertThat(said(spec)).containsExactly("0026", "7", "300", "77", "0", "2048", "100");
    }

    @Test
    void hard_limits_stay_as_they_are() throws Exception {
        List<String> before = said(script("ulimit -H -n; ulimit -H -v"));

        assertThat(said(script("ulimit -H -n; ulimit -H -v")
                        .withLimits(Map.of(OPEN_FILES, 50L, ADDRESS_SPACE, 1L << 30))))
                .isEqualTo(before);
    }

    /** Neither a descriptor, nor a variable, nor a word of the command line. */
    @Test
    void nothing_of_ours_is_seen_in_it() throws Exception {
        String look = "ls /proc/self/fd | wc -l; tr '\\0' ' ' </proc/$$/cmdline; echo; env | grep -ci pekko; cat"
                + " /proc/$$/comm";
        List<String> plain = said(script(look + "; true"));

        assertThat(said(script(look + "; true").withNice(3).withUmask(077))).isEqualTo(plain);
        assertThat(plain).hasSize(4).contains("sh");
    }

    @Test
    void it_is_one_process_all_along() throws Exception {
        TestProbe<ProcessEvent> owner = KIT.createTestProbe();
        KIT.spawn(
                ProcessActor.create(
                        script("echo $$; echo $PPID").withNice(3).withLimits(Map.of(OPEN_FILES, 64L)), owner.getRef()),
                Processes.dispatcher());
        Started started = owner.expectMessageClass(Started.class, PATIENCE);
        owner.expectMessageClass(Exited.class, PATIENCE);

        assertThat(Files.readAllLines(scratch.resolve("out")))
                .containsExactly(
                        String.valueOf(started.identity().pid()),
                        String.valueOf(ProcessHandle.current().pid()));
    }

    @Test
    void it_runs_as_its_user_with_the_groups_that_were_named() throws Exception {
        assumeTrue(OwnProcess.user() == 0, "needs root");
        String who = "id -u; id -g; id -G; grep CapEff /proc/self/status";

        assertThat(said(script(who).withUser("nobody")))
                .containsExactly("65534", "65534", "65534", "CapEff:\t0000000000000000");
        assertThat(said(script(who).withUser("nobody:daemon:adm").withUmask(077).withNice(1)))
                .containsExactly("65534", "1", "1 4", "CapEff:\t0000000000000000");
        assertThat(said(script(who).withUser(":12345:54321").withOomScoreAdj(500))
                        .subList(0, 3))
                .containsExactly("12345", "54321", "54321");
    }

    @Test
    void who_is_root_may_take_precedence_for_others() throws Exception {
        assumeTrue(OwnProcess.user() == 0, "needs root");

        assertThat(said(script("nice; id -u").withUser("nobody").withNice(-3))).containsExactly("-3", "65534");
    }

    @Test
    void who_may_have_it_killed_less_willingly_may_do_that_for_others() throws Exception {
        assumeTrue(hasSysResource(), "needs the capability SYS_RESOURCE");

        assertThat(said(script("cat /proc/self/oom_score_adj; id -u")
                        .withUser("nobody")
                        .withOomScoreAdj(-700)))
                .containsExactly("-700", "65534");
    }

    private static boolean hasSysResource() throws Exception {
        String capabilities = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("CapEff:"))
                .findFirst()
                .orElseThrow()
                .substring("CapEff:".length())
                .strip();
        return (Long.parseUnsignedLong(capabilities, 16) >> 24 & 1) != 0;
    }

    @Test
    void variables_come_from_the_jvm_and_files_and_what_is_said() throws Exception {
        Files.writeString(scratch.resolve("a.env"), "A=file\nB=file\nC=file\n");
        Files.writeString(scratch.resolve("b.env"), "B=later\n");
        ProcessSpec spec = script("echo $A $B $C; env | grep -c ^HOME=")
                .withEnvironmentFiles(Path.of("a.env"), Path.of("b.env"))
                .withEnvironment("C", "said");

        assertThat(said(spec)).containsExactly("file later said", "1");
    }

    @Test
    void a_process_that_begins_where_the_jvm_is_has_its_files_too() throws Exception {
        Path file = Files.writeString(scratch.resolve("a.env"), "A=file\n");
        ProcessSpec spec = ProcessSpec.of("sh", "-c", "echo $A")
                .withStdout(Stdio.file(scratch.resolve("out")))
                .withWhenSupervisorDies(WhenSupervisorDies.KEEP)
                .withEnvironmentFiles(file);

        assertThat(said(spec)).containsExactly("file");
    }

    @Test
    void a_clear_environment_has_what_is_set_for_it_alone() throws Exception {
        Files.writeString(scratch.resolve("a.env"), "A=file\n");
        ProcessSpec env = ProcessSpec.of("env")
                .withDirectory(scratch)
                .withStdout(Stdio.file(scratch.resolve("out")))
                .withWhenSupervisorDies(WhenSupervisorDies.KEEP)
                .withClearEnvironment();

        assertThat(said(env)).isEmpty();
        assertThat(said(env.withEnvironmentFiles(Path.of("a.env")).withEnvironment("B", "1")))
                .containsExactlyInAnyOrder("A=file", "B=1");
    }

    @Test
    void what_cannot_be_had_is_refused_before_the_start() throws Exception {
        Files.writeString(scratch.resolve("bad.env"), "A=1\nhunter2\n");
        ProcessSpec spec = script("echo begun");

        assertThat(refusal(KIT, spec.withUser("no-such-user"))).startsWith("user no-such-user: there is no user");
        assertThat(refusal(KIT, spec.withEnvironmentFiles(Path.of("none.env"))))
                .startsWith("environment-files none.env: is not there; make it");
        assertThat(refusal(KIT, spec.withEnvironmentFiles(Path.of("bad.env"))))
                .isEqualTo(
                        "environment-files bad.env:2: has no =; write NAME=value, or # in front to leave the line out"
                                + " (EINVAL)");
        assertThat(refusal(KIT, spec.withLimits(Map.of(OPEN_FILES, 1L << 40))))
                .startsWith("limits open-files 1099511627776: the hard limit of the JVM is ");
        assertThat(refusal(KIT, ProcessSpec.of("/none").withNice(1).withWhenSupervisorDies(WhenSupervisorDies.KEEP)))
                .contains("the program /none is not there; install it or correct its path (ENOENT)");
        assertThat(scratch.resolve("out")).isEmptyFile();
    }

    @Test
    void the_portable_backend_sets_them_too() throws Exception {
        ActorTestKit portably =
                ActorTestKit.create(ConfigFactory.parseString("pekko-supervisor.process.backend = portable")
                        .withFallback(ActorTestKit.applicationTestConfig()));
        try {
            ProcessSpec spec = script("umask; nice; ulimit -S -n; echo $A")
                    .withUmask(026)
                    .withNice(7)
                    .withLimits(Map.of(OPEN_FILES, 77L))
                    .withEnvironment("A", "said");

            assertThat(said(portably, spec)).containsExactly("0026", "7", "77", "said");
            assertThat(refusal(portably, script("true").withUser("no-such-user")))
                    .startsWith("user no-such-user: there is no user");
        } finally {
            portably.shutdownTestKit();
        }
    }
}
