package io.github.pekkosupervisor.runit.export;

import static io.github.pekkosupervisor.runit.export.ShownTree.actor;
import static io.github.pekkosupervisor.runit.export.ShownTree.incarnation;
import static io.github.pekkosupervisor.runit.export.ShownTree.oneForOne;
import static io.github.pekkosupervisor.runit.export.ShownTree.patiently;
import static io.github.pekkosupervisor.runit.export.ShownTree.restForOne;
import static io.github.pekkosupervisor.runit.export.ShownTree.sleeper;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.actor.Addresses;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.protocol.ChildState;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.spec.ChildContext;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.RestartDelay;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code sv} sees and does in between: when a restart fails, a supervisor is busy or begins anew. */
@Execution(ExecutionMode.CONCURRENT)
final class ExportMomentsCasesTest {

    private static final RestartDelay A_MINUTE = RestartDelay.fixed(Duration.ofMinutes(1));

    @TempDir
    Path temp;

    private @Nullable ShownTree started;

    private ShownTree show(SupervisorSpec spec) {
        ShownTree shown = ShownTree.start(temp.resolve("service"), spec, export -> export.withDynamicChildren(10));
        started = shown;
        return shown;
    }

    @AfterEach
    void close() {
        if (started != null) {
            started.close();
        }
    }

    // ---- children of dynamic supervisors

    /** Its second start fails. */
    private static ChildSpec flaky(String id) {
        AtomicInteger starts = new AtomicInteger();
        return ChildSpec.service(id, () -> new ChildSpec.Service() {
                    @Override
                    public void start(ChildContext child) {
                        if (starts.incrementAndGet() == 2) {
                            throw new IllegalStateException("as it was told");
                        }
                    }

                    @Override
                    public void stop() {
                        // it is nothing
                    }
                })
                .withRestart(RestartType.PERMANENT)
                .withRestartDelay(A_MINUTE);
    }

    /** A pool with one child, whose restart has just failed. */
    private ShownTree poolWithFailedRestart(boolean isSimple) {
        SupervisorSpec flags = isSimple ? SupervisorSpec.simpleOneForOne(flaky("job")) : SupervisorSpec.dynamic();
        ShownTree shown = show(oneForOne(ChildSpec.supervisor("pool", flags.withUnlimitedRestarts())));
        SupervisorRef pool = shown.supervisor("pool");
        SupervisorResult begun = ShownTree.get(isSimple ? pool.startFromTemplate() : pool.startChild(flaky("job")));
        assertThat(begun).isInstanceOf(SupervisorResult.Started.class);
        shown.awaitWritten();
        shown.write("pool.job@1", "t");
        patiently().until(() -> !shown.events(SupervisorEvent.StartError.class).isEmpty());
        shown.awaitWritten();
        assertThat(shown.sv("status", "pool.job@1").line()).matches("down: pool.job@1: \\d+s, normally up, want up");
        return shown;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void one_whose_restart_has_failed_is_stopped(boolean isSimple) {
        ShownTree shown = poolWithFailedRestart(isSimple);

        assertThat(shown.sv("stop", "pool.job@1").line()).startsWith("ok: down: pool.job@1: ");

        SupervisorRef pool = shown.supervisor("pool");
        patiently().until(() -> ShownTree.get(pool.children()).isEmpty());
        patiently()
                .untilAsserted(() -> assertThat(shown.sv("status", "pool.job@1").line())
                        .matches("down: pool.job@1: \\d+s, normally up"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void one_whose_restart_has_failed_is_started_now(boolean isSimple) {
        ShownTree shown = poolWithFailedRestart(isSimple);

        shown.write("pool.job@1", "u");

        patiently().until(() -> shown.stat("pool.job@1").equals("run\n"));
        shown.awaitWritten();
        assertThat(shown.sv("check", "pool.job@1").line()).startsWith("ok: run: pool.job@1: ");
    }

    @Test
    void one_of_a_supervisor_that_was_restarted_has_a_name_that_no_other_has_had() {
        ShownTree shown = show(oneForOne(ChildSpec.supervisor("pool", SupervisorSpec.dynamic())));
        ShownTree.get(shown.supervisor("pool").startChild(actor("mail")));
        shown.awaitWritten();

        shown.write("pool", "t");
        patiently()
                .until(() -> shown.events(SupervisorEvent.SupervisorStopped.class).stream()
                        .anyMatch(event -> event.supervisor().equals("/pool")));
        patiently().until(() -> incarnation(shown.root(), "pool") == 2);
        SupervisorRef pool = shown.supervisor("pool");
        ShownTree.get(pool.startChild(actor("jobs")));
        shown.awaitWritten();

        assertThat(shown.sv("status", "pool.jobs@2").line()).startsWith("run: pool.jobs@2: ");
        assertThat(shown.sv("stop", "pool.mail@1").line()).startsWith("ok: down: pool.mail@1: ");
        assertThat(shown.sv("restart", "pool.jobs@2").line()).startsWith("ok: run: pool.jobs@2: ");
        assertThat(ShownTree.get(pool.children())).hasSize(1);
        assertThat(shown.directory().resolve("pool.jobs@1")).doesNotExist();
    }

    // ---- a supervisor that is busy

    /** Starts when it may. */
    private static ChildSpec gated(String id, AtomicBoolean isOpen) {
        return ChildSpec.service(id, () -> new ChildSpec.Service() {
            @Override
            public void start(ChildContext child) {
                patiently().until(isOpen::get);
            }

            @Override
            public void stop() {
                // it is nothing
            }
        });
    }

    @Test
    void one_that_dies_while_a_sibling_starts_is_not_shown_as_running() {
        AtomicBoolean isOpen = new AtomicBoolean(true);
        ShownTree shown = show(oneForOne(gated("store", isOpen), sleeper()));
        long pid = ShownTree.get(shown.tree().process("sleeper")).orElseThrow().pid();
        isOpen.set(false);
        shown.write("store", "t");
        patiently().until(() -> shown.story().contains("ChildStopped store"));

        ProcessHandle.of(pid).orElseThrow().destroyForcibly();

        patiently().until(() -> shown.stat("sleeper").equals("down\n"));
        // status is written after stat
        patiently()
                .untilAsserted(() -> assertThat(shown.sv("status", "sleeper").line())
                        .matches("down: sleeper: \\d+s, normally up, want up"));
        patiently()
                .until(() -> ShownTree.run(shown.directory() + "/sleeper/check").exit() != 0);
        assertThat(shown.supervise("sleeper").resolve("pid")).hasContent("");
        ShownTree.Said early = shown.sv("-w1", "start", "sleeper");
        assertThat(early.line()).startsWith("timeout: down: sleeper: ");
        assertThat(early.exit()).isEqualTo(1);

        isOpen.set(true);
        assertThat(shown.sv("start", "sleeper").line()).matches("ok: run: sleeper: \\(pid \\d+\\) \\d+s");
        assertThat(ShownTree.get(shown.tree().process("sleeper")).orElseThrow().pid())
                .isNotEqualTo(pid);
    }

    @Test
    void one_that_ends_well_meanwhile_can_be_started() {
        AtomicBoolean isOpen = new AtomicBoolean(true);
        ShownTree shown = show(oneForOne(gated("store", isOpen), actor("task").withRestart(RestartType.TRANSIENT)));
        // from now on its address leads to it, without a word of its supervisor
        shown.tell("hear", "task");
        assertThat(ShownTree.get(shown.root().children())).hasSize(2);
        isOpen.set(false);
        shown.write("store", "t");
        patiently().until(() -> shown.story().contains("ChildStopped store"));

        shown.tell("end", "task");

        patiently().until(() -> shown.stat("task").equals("down\n"));
        patiently()
                .untilAsserted(
                        () -> assertThat(shown.sv("status", "task").line()).matches("down: task: \\d+s, normally up"));
        shown.write("task", "u");
        isOpen.set(true);
        patiently().until(() -> shown.stat("task").equals("run\n"));
    }

    // ---- what is told of a child otherwise

    @Test
    void a_temporary_child_whose_renewal_was_called_off_goes() {
        ShownTree shown = show(restForOne(actor("a"), flaky("t").withRestart(RestartType.TEMPORARY))
                .withIntensity(3, Duration.ofDays(1)));
        shown.write("t", "t");
        patiently().until(() -> !shown.events(SupervisorEvent.StartError.class).isEmpty());
        patiently().until(() -> shown.stat("t").equals("down\n"));

        shown.crash(shown.root(), "a");

        patiently()
                .untilAsserted(() -> assertThat(shown.sv("status", "t").line()).matches("down: t: \\d+s, normally up"));
        patiently().until(() -> !Files.exists(shown.directory().resolve("t")));
    }

    @Test
    void a_pause_by_a_call_is_shown_and_one_by_sv_ended() {
        ShownTree shown = show(oneForOne(sleeper()));
        shown.sv("pause", "sleeper");
        patiently().until(() -> shown.stat("sleeper").equals("run, paused\n"));

        ShownTree.get(shown.root().signalChild("sleeper", Signal.CONT));
        patiently().until(() -> shown.stat("sleeper").equals("run\n"));

        ShownTree.get(shown.root().signalChild("sleeper", Signal.STOP));
        patiently().until(() -> shown.stat("sleeper").equals("run, paused\n"));
        assertThat(ShownTree.info(shown.root(), "sleeper").state()).isEqualTo(ChildState.RUNNING);
    }

    // ---- an application that keeps busy who tells it of answers

    @Test
    void commands_are_obeyed_also_when_the_application_is_told_of_no_answer() {
        ShownTree shown = show(oneForOne(actor("cache")));
        CountDownLatch goesOn = new CountDownLatch(1);
        try {
            Executor answers = new Addresses(shown.tree().system()).answers();
            for (int i = Math.max(2, Runtime.getRuntime().availableProcessors()); i > 0; i--) {
                answers.execute(() -> {
                    try {
                        goesOn.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
            }

            assertThat(shown.sv("stop", "cache").line()).startsWith("ok: down: cache: ");
            assertThat(shown.sv("start", "cache").line()).startsWith("ok: run: cache: ");
            assertThat(shown.sv("stop", "cache").line()).startsWith("ok: down: cache: ");
        } finally {
            goesOn.countDown();
        }
    }
}
