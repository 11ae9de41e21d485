package io.github.pekkosupervisor.actor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.SupervisionTree.Options;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** On which threads the code of plain Java children runs. With Java 17 what is said of virtual ones is skipped. */
final class ChildThreadsTest {

    private static Config config(String threads) {
        return ConfigFactory.parseString("pekko-supervisor.child-threads = " + threads)
                .withFallback(ConfigFactory.load());
    }

    @ParameterizedTest
    @CsvSource({
        "auto, 17, false",
        "auto, 21, false",
        "auto, 23, false",
        "auto, 24, true",
        "auto, 25, true",
        "virtual, 21, true",
        "virtual, 25, true",
        "platform, 17, false",
        "platform, 25, false"
    })
    void by_setting_and_java(String threads, int java, boolean virtual) {
        assertThat(ChildThreads.read(config(threads), java).isVirtual(java)).isEqualTo(virtual);
    }

    @Test
    void virtual_ones_are_refused_where_there_are_none() {
        assertThatThrownBy(() -> ChildThreads.read(config("virtual"), 20))
                .isInstanceOf(ConfigException.BadValue.class)
                .hasMessageContaining("virtual threads need Java 21 or later, this is 20; set it to auto");
    }

    @Test
    void what_is_none_of_these_is_refused() {
        assertThatThrownBy(() -> ChildThreads.read(config("fibers"), 25))
                .isInstanceOf(ConfigException.BadValue.class)
                .hasMessageContaining("must be auto, virtual or platform, was \"fibers\"");
    }

    private static boolean isVirtual(Thread thread) {
        return !(thread.getThreadGroup() == null)
                && "VirtualThreads".equals(thread.getThreadGroup().getName());
    }

    /** Names, interrupts, crashes and stops are the same whatever the thread is. */
    @ParameterizedTest
    @ValueSource(strings = {"auto", "virtual", "platform"})
    void a_runnable_has_its_name_and_is_interrupted(String threads) throws Exception {
        assumeTrue(!threads.equals("virtual") || Runtime.version().feature() >= 21);
        CompletableFuture<Thread> ran = new CompletableFuture<>();
        CompletableFuture<String> name = new CompletableFuture<>();
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        CompletableFuture<String> started = new CompletableFuture<>();
        CompletableFuture<String> stopped = new CompletableFuture<>();
        ActorSystem<?> system = ActorSystem.create(Behaviors.empty(), "threads", config(threads));
        SupervisorSpec spec = SupervisorSpec.oneForOne()
                .withChild(ChildSpec.service(
                        "service",
                        () -> started.complete(Thread.currentThread().getName()),
                        service -> stopped.complete(Thread.currentThread().getName())))
                .withChild(ChildSpec.runnable("runs", child -> {
                    name.complete(Thread.currentThread().getName());
                    ran.complete(Thread.currentThread());
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        interrupted.complete(true);
                        throw e;
                    }
                }));

        try (SupervisionTree tree =
                SupervisionTree.start(spec, Options.defaults().withSystem(system))) {
            boolean expected = ChildThreads.read(
                            config(threads), Runtime.version().feature())
                    .isVirtual(Runtime.version().feature());
            assertThat(isVirtual(ran.get(20, TimeUnit.SECONDS))).isEqualTo(expected);
            assertThat(tree.root().path()).isEqualTo("/");
        } finally {
            system.terminate();
        }

        assertThat(name.join()).startsWith("child runs#");
        assertThat(interrupted.get(20, TimeUnit.SECONDS)).isTrue();
        assertThat(List.of(started.join(), stopped.join())).allMatch(thread -> thread.startsWith("child service#"));
        assertThat(system.getWhenTerminated().toCompletableFuture()).succeedsWithin(Duration.ofSeconds(20));
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "platform"})
    void what_a_runnable_throws_is_its_crash(String threads) {
        ActorSystem<?> system = ActorSystem.create(Behaviors.empty(), "threads", config(threads));
        SupervisorSpec spec = SupervisorSpec.oneForOne()
                .withIntensity(0, Duration.ofSeconds(5))
                .withChild(ChildSpec.runnable("crashes", child -> {
                            throw new IllegalStateException("planted");
                        })
                        .withRestart(RestartType.PERMANENT));

        try (SupervisionTree tree =
                SupervisionTree.begin(spec, Options.defaults().withSystem(system))) {
            ExitReason reason = tree.whenEnded()
                    .toCompletableFuture()
                    .orTimeout(20, TimeUnit.SECONDS)
                    .join()
                    .reason();
            assertThat(reason.toString()).isNotEmpty();
        } finally {
            system.terminate();
        }
        assertThat(system.getWhenTerminated().toCompletableFuture()).succeedsWithin(Duration.ofSeconds(20));
    }
}
