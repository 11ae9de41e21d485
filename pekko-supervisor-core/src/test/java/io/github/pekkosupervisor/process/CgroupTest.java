package io.github.pekkosupervisor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pekkosupervisor.posix.Cgroup;
import io.github.pekkosupervisor.posix.CgroupLimits;
import io.github.pekkosupervisor.posix.GroupMember;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.process.ProcessEvent.Exited;
import io.github.pekkosupervisor.process.ProcessEvent.StartFailed;
import io.github.pekkosupervisor.process.ProcessEvent.Started;
import io.github.pekkosupervisor.process.ProcessEvent.Warned;
import io.github.pekkosupervisor.process.ProcessSpec.ProcessGroup;
import io.github.pekkosupervisor.process.ProcessSpec.WhenSupervisorDies;
import io.github.pekkosupervisor.testing.NoProcessLeft;
import io.github.pekkosupervisor.testing.ProcessView;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Real processes in control groups of their own. What the machine does not let us have is skipped with the reason. */
@ExtendWith(NoProcessLeft.class)
final class CgroupTest {

    private static final ActorTestKit KIT = ActorTestKit.create();
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final CgroupLimits NONE = CgroupLimits.none();

    /** One of its own session, that no signal to a process group reaches, and that says when it is there. */
    private static final String DAEMON = "setsid sh -c 'echo $$ >daemon.new; mv daemon.new daemon; exec sleep 100000'"
            + " </dev/null >/dev/null 2>&1 & until [ -e daemon ]; do sleep 0.01; done; ";

    @TempDir
    Path scratch;

    /** Nobody else's, and the same within a test. */
    private final String name = Cgroup.nameOf("test", UUID.randomUUID().toString());

    @AfterAll
    static void shut_down() {
        KIT.shutdownTestKit();
    }

    /** Skips a test where a group with these limits is not to be had. */
    private static void assumeGroupsCanBeMade(CgroupLimits limits) {
        String why = "";
        try {
            Cgroup.prepare(Cgroup.nameOf("test", UUID.randomUUID().toString()), limits)
                    .remove();
        } catch (PosixException e) {
            why = String.valueOf(e.getMessage());
        }
        assumeTrue(why.isEmpty(), why);
    }

    private ProcessSpec script(String text) {
        return ProcessSpec.of("sh", "-c", text)
                .withDirectory(scratch)
                .withStdout(Stdio.file(scratch.resolve("out")))
                .withWhenSupervisorDies(WhenSupervisorDies.KEEP)
                .withCgroupName(name);
    }

    private static TestProbe<ProcessEvent> owner() {
        return KIT.createTestProbe();
    }

    private static ActorRef<ProcessActor.Command> start(ProcessSpec spec, TestProbe<ProcessEvent> owner) {
        return KIT.spawn(ProcessActor.create(spec, owner.getRef()), Processes.dispatcher());
    }

    private boolean isThere() {
        return Cgroup.left(name, NONE).isPresent();
    }

    private String daemon() throws Exception {
        return Files.readString(scratch.resolve("daemon")).strip();
    }

    private static boolean runs(String pid) {
        return new ProcessView(Long.parseLong(pid)).runs();
    }

    @Test
    void it_is_in_its_group_from_its_first_instruction_on_and_nothing_is_left_of_that() throws Exception {
        assumeGroupsCanBeMade(NONE);
        TestProbe<ProcessEvent> owner = owner();

        start(script("grep ^0:: /proc/self/cgroup").withCgroup(NONE), owner);

        owner.expectMessageClass(Started.class, PATIENCE);
        assertThat(owner.expectMessageClass(Exited.class, PATIENCE).status()).hasToString("exit code 0");
        assertThat(Files.readString(scratch.resolve("out")).strip())
                .startsWith("0::/")
                .endsWith("/" + name);
        assertThat(isThere()).isFalse();
    }

    @Test
    void without_one_it_is_where_the_jvm_is() throws Exception {
        TestProbe<ProcessEvent> owner = owner();

        start(script("cat /proc/self/cgroup"), owner);

        owner.expectMessageClass(Started.class, PATIENCE);
        owner.expectMessageClass(Exited.class, PATIENCE);
        assertThat(Files.readString(scratch.resolve("out"))).isEqualTo(Files.readString(Path.of("/proc/self/cgroup")));
    }

    @Test
    void who_outlives_one_that_is_a_cgroup_is_ended_and_one_that_ignores_that_killed_and_named() throws Exception {
        assumeGroupsCanBeMade(NONE);
        TestProbe<ProcessEvent> owner = owner();
        String deaf = "setsid sh -c 'trap \"\" TERM; echo $$ >deaf.new; mv deaf.new deaf; exec sleep 100000'"
                + " </dev/null >/dev/null 2>&1 & until [ -e deaf ]; do sleep 0.01; done; ";

        start(script(DAEMON + deaf + "exit 3").withProcessGroup(ProcessGroup.CGROUP), owner);

        owner.expectMessageClass(Started.class, PATIENCE);
        Exited exited = owner.expectMessageClass(Exited.class, PATIENCE);
        assertThat(exited.status()).hasToString("exit code 3");
        assertThat(exited.overrun()).extracting(GroupMember::command).containsExactly("sleep 100000");
        assertThat(exited.overrun().get(0).pid())
                .hasToString(Files.readString(scratch.resolve("deaf")).strip());
        assertThat(runs(daemon())).isFalse();
        assertThat(isThere()).isFalse();
    }

    @Test
    void a_stop_reaches_all_of_a_cgroup_at_once() throws Exception {
        assumeGroupsCanBeMade(NONE);
        TestProbe<ProcessEvent> owner = owner();
        ActorRef<ProcessActor.Command> actor =
                start(script(DAEMON + "exec sleep 100000").withProcessGroup(ProcessGroup.CGROUP), owner);
        owner.expectMessageClass(Started.class, PATIENCE);
        await().atMost(PATIENCE).until(() -> Files.exists(scratch.resolve("daemon")));

        actor.tell(new ProcessActor.Stop(Duration.ZERO));

        assertThat(owner.expectMessageClass(Exited.class, PATIENCE).status()).hasToString("signal KILL");
        assertThat(runs(daemon())).isFalse();
        assertThat(isThere()).isFalse();
    }

    @Test
    void who_outlives_another_is_only_named_and_the_group_kept_for_him() throws Exception {
        assumeGroupsCanBeMade(NONE);
        TestProbe<ProcessEvent> owner = owner();

        start(script(DAEMON + "exit 0").withCgroup(NONE), owner);

        owner.expectMessageClass(Started.class, PATIENCE);
        assertThat(owner.expectMessageClass(Warned.class, PATIENCE).what())
                .isEqualTo("has ended, and others go on in its cgroup " + name + ": " + daemon() + " sleep 100000");
        owner.expectMessageClass(Exited.class, PATIENCE);
        assertThat(runs(daemon())).isTrue();
        Cgroup group = Cgroup.left(name, NONE).orElseThrow();
        group.kill();
        await().atMost(PATIENCE).until(() -> !group.isInhabited());
        group.remove();
        assertThat(isThere()).isFalse();
    }

    @Test
    void those_whom_nobody_has_seen_to_their_end_are_gone_before_the_next_start() throws Exception {
        assumeGroupsCanBeMade(NONE);
        TestProbe<ProcessEvent> owner = owner();
        start(script(DAEMON + "exit 0").withCgroup(NONE), owner);
        owner.expectMessageClass(Started.class, PATIENCE);
        owner.expectMessageClass(Warned.class, PATIENCE);
        owner.expectMessageClass(Exited.class, PATIENCE);
        String left = daemon();

        start(
                script("[ ! -e /proc/" + left + " ] || grep -q ^State:.Z /proc/" + left + "/status; echo $?")
                        .withProcessGroup(ProcessGroup.CGROUP),
                owner);

        assertThat(owner.expectMessageClass(Warned.class, PATIENCE).what())
                .isEqualTo("is to be started, and those whom an earlier run has left in its cgroup " + name
                        + " are killed before: " + left + " sleep 100000");
        owner.expectMessageClass(Started.class, PATIENCE);
        owner.expectMessageClass(Exited.class, PATIENCE);
        assertThat(Files.readString(scratch.resolve("out"))).isEqualTo("0\n");
        assertThat(isThere()).isFalse();
    }

    @Test
    void two_of_one_name_have_two_groups() throws Exception {
        assumeGroupsCanBeMade(NONE);
        TestProbe<ProcessEvent> first = owner();
        TestProbe<ProcessEvent> second = owner();
        ActorRef<ProcessActor.Command> running =
                start(script("exec sleep 100000").withProcessGroup(ProcessGroup.CGROUP), first);
        Started alive = first.expectMessageClass(Started.class, PATIENCE);

        start(script("grep ^0:: /proc/self/cgroup").withProcessGroup(ProcessGroup.CGROUP), second);

        second.expectMessageClass(Started.class, PATIENCE);
        second.expectMessageClass(Exited.class, PATIENCE);
        assertThat(Files.readString(scratch.resolve("out")))
                .doesNotContain(name)
                .contains("/sv-sh-");
        assertThat(runs(String.valueOf(alive.identity().pid()))).isTrue();
        running.tell(new ProcessActor.Stop(Duration.ZERO));
        first.expectMessageClass(Exited.class, PATIENCE);
    }

    @Test
    void a_process_that_makes_groups_in_its_own_leaves_none_of_them() throws Exception {
        assumeGroupsCanBeMade(NONE);
        TestProbe<ProcessEvent> owner = owner();
        String home = Cgroup.prepare(name, NONE).directory().toString();

        start(
                script("mkdir '" + home + "/inner'; echo $$ >'" + home + "/inner/cgroup.procs'; exit 0")
                        .withProcessGroup(ProcessGroup.CGROUP),
                owner);

        owner.expectMessageClass(Started.class, PATIENCE);
        assertThat(owner.expectMessageClass(Exited.class, PATIENCE).status()).hasToString("exit code 0");
        assertThat(isThere()).isFalse();
    }

    @Test
    void a_limit_that_is_not_to_be_had_refuses_the_start_in_words() {
        CgroupLimits limits = NONE.withMemoryMax(64 << 20).withCpuMax(50).withPidsMax(20);
        String why = "";
        try {
            Cgroup.prepare(name, limits).remove();
        } catch (PosixException e) {
            why = String.valueOf(e.getMessage());
        }
        assumeTrue(!why.isEmpty(), "all of them are to be had here");
        TestProbe<ProcessEvent> owner = owner();

        start(script("echo begun >begun").withCgroup(limits), owner);

        assertThat(owner.expectMessageClass(StartFailed.class, PATIENCE).cause())
                .hasMessageStartingWith("cgroup " + name + ": ");
        assertThat(scratch.resolve("begun")).doesNotExist();
        assertThat(isThere()).isFalse();
    }

    @Test
    void there_are_no_more_processes_than_it_may_have() throws Exception {
        CgroupLimits limits = NONE.withPidsMax(1);
        assumeGroupsCanBeMade(limits);
        TestProbe<ProcessEvent> owner = owner();

        start(script("cat /proc/self/cgroup; echo begun").withCgroup(limits), owner);

        owner.expectMessageClass(Started.class, PATIENCE);
        assertThat(owner.expectMessageClass(Exited.class, PATIENCE).status().code())
                .isNotZero();
        assertThat(scratch.resolve("out")).isEmptyFile();
    }

    @Test
    void who_is_killed_for_want_of_memory_is_told_as_that() {
        CgroupLimits limits = NONE.withMemoryMax(32 << 20);
        assumeGroupsCanBeMade(limits);
        TestProbe<ProcessEvent> owner = owner();

        // all that a pipe has goes into one line
        start(script("exec tail -n 1 /dev/zero").withCgroup(limits), owner);

        owner.expectMessageClass(Started.class, PATIENCE);
        Exited exited = owner.expectMessageClass(Exited.class, PATIENCE);
        assertThat(exited.outOfMemory()).contains("out of memory (cgroup " + name + ", memory-max 32MiB)");
        assertThat(exited.description())
                .isEqualTo("signal KILL, out of memory (cgroup " + name + ", memory-max 32MiB)");
    }

    @Test
    void a_kill_by_somebody_else_is_not() {
        assumeGroupsCanBeMade(NONE);
        TestProbe<ProcessEvent> owner = owner();

        start(script("kill -KILL $$").withCgroup(NONE), owner);

        owner.expectMessageClass(Started.class, PATIENCE);
        assertThat(owner.expectMessageClass(Exited.class, PATIENCE).outOfMemory())
                .isEmpty();
    }

    @Test
    void who_takes_a_process_up_finds_its_group() throws Exception {
        assumeGroupsCanBeMade(NONE);
        TestProbe<ProcessEvent> owner = owner();
        ProcessSpec spec = script(DAEMON + "exec sleep 100000")
                .withProcessGroup(ProcessGroup.CGROUP)
                .withOwnerLost(ProcessSpec.OwnerLost.KEEP);
        ActorRef<ProcessActor.Command> first = start(spec, owner);
        Started started = owner.expectMessageClass(Started.class, PATIENCE);
        await().atMost(PATIENCE).until(() -> Files.exists(scratch.resolve("daemon")));
        KIT.stop(first, PATIENCE);
        var process = Processes.get(KIT.system()).find(started.identity()).orElseThrow();

        ActorRef<ProcessActor.Command> next = KIT.spawn(
                ProcessActor.adopt(spec, process, ProcessActor.Left.READY, owner.getRef(), event -> event),
                Processes.dispatcher());
        next.tell(new ProcessActor.Stop(Duration.ZERO));

        owner.expectMessageClass(Exited.class, PATIENCE);
        assertThat(runs(daemon())).isFalse();
        assertThat(isThere()).isFalse();
    }

    @Test
    void a_command_that_looks_at_it_is_not_in_its_group() throws Exception {
        assumeGroupsCanBeMade(NONE);
        TestProbe<ProcessEvent> owner = owner();
        ProcessSpec spec = script("exec sleep 100000")
                .withProcessGroup(ProcessGroup.CGROUP)
                .withReady(Readiness.command(
                        "sh", "-c", "grep ^0:: /proc/self/cgroup >looked.new && mv looked.new looked"));
        ActorRef<ProcessActor.Command> actor = start(spec, owner);

        owner.expectMessageClass(Started.class, PATIENCE);
        owner.expectMessage(PATIENCE, ProcessEvent.Ready.INSTANCE);
        assertThat(Files.readString(scratch.resolve("looked"))).doesNotContain(name);
        actor.tell(new ProcessActor.Stop(Duration.ZERO));
        owner.expectMessageClass(Exited.class, PATIENCE);
        assertThat(isThere()).isFalse();
    }

    /** A service of a launcher whose group is not the sweeper's, and one that is about to begin. */
    @Test
    void another_launcher_sweeps_no_group_in_which_somebody_runs_or_is_about_to() throws Exception {
        assumeGroupsCanBeMade(NONE);
        TestProbe<ProcessEvent> owner = owner();
        ActorRef<ProcessActor.Command> actor =
                start(script(DAEMON + "exec sleep 100000").withProcessGroup(ProcessGroup.CGROUP), owner);
        Started started = owner.expectMessageClass(Started.class, PATIENCE);
        await().atMost(PATIENCE).until(() -> Files.exists(scratch.resolve("daemon")));
        String beginning = Cgroup.nameOf("test", UUID.randomUUID().toString());
        Cgroup prepared = Cgroup.prepare(beginning, NONE);

        HostJvm another = new HostJvm(SweepingHost.class, scratch);
        another.awaitFile("swept");
        another.kill();

        assertThat(isThere()).isTrue();
        assertThat(runs(daemon())).isTrue();
        assertThat(runs(String.valueOf(started.identity().pid()))).isTrue();
        // who was about to begin has it swept as empty, and begins all the same
        assertThat(Cgroup.left(beginning, NONE)).isEmpty();
        TestProbe<ProcessEvent> late = owner();
        start(script("grep ^0:: /proc/self/cgroup").withCgroupName(beginning).withCgroup(NONE), late);
        late.expectMessageClass(Started.class, PATIENCE);
        late.expectMessageClass(Exited.class, PATIENCE);
        assertThat(Files.readString(scratch.resolve("out")).strip()).endsWith("/" + beginning);
        prepared.remove();
        actor.tell(new ProcessActor.Stop(Duration.ZERO));
        owner.expectMessageClass(Exited.class, PATIENCE);
    }
}
