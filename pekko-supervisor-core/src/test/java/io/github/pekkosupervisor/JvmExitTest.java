package io.github.pekkosupervisor;

import static io.github.pekkosupervisor.testing.Specs.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.protocol.Request;
import io.github.pekkosupervisor.protocol.SupervisorCommand;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.Shutdown;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The end of the JVM, in JVMs of their own: whoever calls exit is not waited for, and nothing keeps it for ever. */
final class JvmExitTest {

    /** As long as the child that exits may take to stop; nobody must wait for that. */
    private static final Duration OWN_TIME = Duration.ofSeconds(45);

    /** As long as any of the others may take. */
    private static final Duration OTHERS_TIME = Duration.ofSeconds(5);

    /** What a busy machine may take beyond that, and far less than who exits would have. */
    private static final Duration GRACE = Duration.ofSeconds(20);

    /** Much longer than the others need and than a listener is waited for. */
    private static final Duration BOUND = Duration.ofSeconds(20);

    /** Of a JVM, from its start. */
    private static final Duration LONGEST = Duration.ofSeconds(90);

    /** What is given up on is said. */
    private static final String WITHOUT_END = "the JVM exits without the end of its tree";

    private static final int CODE = 3;

    private static void exit() {
        say("exits");
        System.exit(CODE);
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    private static ChildSpec other(String id) {
        return ChildSpec.service(id, () -> "", any -> say("stopped " + id)).withShutdown(Shutdown.timeout(OTHERS_TIME));
    }

    /** Who calls exit, and where. */
    enum Who {
        RUNNABLE {
            @Override
            ChildSpec child() {
                return ChildSpec.runnable("x", child -> exit());
            }
        },
        SERVICE_STARTING {
            @Override
            ChildSpec child() {
                return ChildSpec.service(
                        "x",
                        () -> {
                            exit();
                            return "";
                        },
                        any -> {});
            }
        },
        SERVICE_STOPPING {
            @Override
            ChildSpec child() {
                return ChildSpec.service("x", () -> "", any -> exit());
            }

            @Override
            void then(SupervisionTree tree) {
                tree.root().terminateChild("x");
            }
        },
        ACTOR {
            @Override
            ChildSpec child() {
                return ChildSpec.actor("x", Behaviors.<Object>receiveMessage(any -> {
                    exit();
                    return Behaviors.same();
                }));
            }

            @Override
            void then(SupervisionTree tree) {
                tree.<Object>ref(Object.class, "x").tell("go");
            }
        },
        ACTOR_IN_ITS_SETUP {
            @Override
            ChildSpec child() {
                return ChildSpec.actor("x", Behaviors.setup(context -> {
                    exit();
                    return Behaviors.empty();
                }));
            }
        },
        ACTOR_FURTHER_DOWN {
            @Override
            ChildSpec child() {
                return ChildSpec.supervisor(
                                "x",
                                spec(other("d"), ACTOR.child().withId("y").withShutdown(Shutdown.timeout(OWN_TIME))))
                        .withShutdown(Shutdown.infinity());
            }

            @Override
            void then(SupervisionTree tree) {
                tree.<Object>ref(Object.class, "x", "y").tell("go");
            }
        };

        abstract ChildSpec child();

        void then(SupervisionTree tree) {}
    }

    /** Starts a tree in which somebody exits. */
    public static final class Exits {
        private Exits() {}

        public static void main(String[] arguments) {
            Who who = Who.valueOf(arguments[0]);
            ChildSpec child = who.child();
            SupervisionTree tree = SupervisionTree.start(spec(
                    other("a"),
                    other("b"),
                    child.shutdown() == Shutdown.infinity() ? child : child.withShutdown(Shutdown.timeout(OWN_TIME))));
            who.then(tree);
        }
    }

    /** What a JVM said, how it ended, and how long that took after it had said a word. */
    private record Outcome(List<String> lines, int code, Duration took) {
        List<String> stops() {
            return lines.stream().filter(line -> line.startsWith("stopped")).toList();
        }
    }

    private static Outcome run(Class<?> program, String word, boolean terminate, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
        command.addAll(List.of(arguments));
        Process jvm = new ProcessBuilder(command).redirectErrorStream(true).start();
        // to read what it says cannot be interrupted
        CompletableFuture<?> bound = CompletableFuture.runAsync(
                jvm::destroyForcibly, CompletableFuture.delayedExecutor(LONGEST.toSeconds(), TimeUnit.SECONDS));
        try (BufferedReader output = jvm.inputReader(StandardCharsets.UTF_8)) {
            List<String> lines = new ArrayList<>();
            String line = output.readLine();
            while (line != null && !line.equals(word)) {
                lines.add(line);
                line = output.readLine();
            }
            assertThat(line).as("in " + lines).isEqualTo(word);
            long since = System.nanoTime();
            if (terminate) {
                // Process.destroy() would close the stream as well
                jvm.toHandle().destroy();
            }
            output.lines().forEach(lines::add);
            assertThat(jvm.waitFor(60, TimeUnit.SECONDS)).isTrue();
            return new Outcome(lines, jvm.exitValue(), Duration.ofNanos(System.nanoTime() - since));
        } finally {
            bound.cancel(false);
            jvm.destroyForcibly();
        }
    }

    @ParameterizedTest
    @EnumSource(Who.class)
    void who_calls_exit_is_not_waited_for_and_the_others_are_stopped_in_order(Who who) throws Exception {
        Outcome outcome = run(Exits.class, "exits", false, who.name());

        assertThat(outcome.code()).as("said " + outcome.lines()).isEqualTo(CODE);
        assertThat(outcome.took()).as("said " + outcome.lines()).isLessThan(OTHERS_TIME.plus(GRACE));
        assertThat(outcome.stops())
                .containsExactlyElementsOf(
                        who == Who.ACTOR_FURTHER_DOWN
                                ? List.of("stopped d", "stopped b", "stopped a")
                                : List.of("stopped b", "stopped a"));
        assertThat(outcome.lines()).anySatisfy(line -> assertThat(line).contains("has called System.exit"));
    }

    /** Somebody exits who is no child: what follows an answer, or a listener, at once or at the very end. */
    public static final class OthersExit {
        private OthersExit() {}

        public static void main(String[] arguments) {
            String who = arguments[0];
            CountDownLatch goesOn = new CountDownLatch(1);
            SupervisionTree tree = SupervisionTree.start(
                    spec(
                            ChildSpec.service("a", () -> "", any -> say("stopped a")),
                            ChildSpec.service("b", () -> "", any -> say("stopped b"))),
                    SupervisionTree.Options.defaults().withListener(event -> {
                        if (event.getClass().getSimpleName().equals(who)) {
                            exit();
                        }
                    }));
            ChildSpec slow = ChildSpec.runnable("slow", child -> {}).withRestart(RestartType.TEMPORARY);
            if (who.equals("answer")) {
                var exits = tree.root()
                        .startChild(ChildSpec.closeable("slow", () -> {
                            goesOn.await();
                            return () -> {};
                        }))
                        .thenAccept(started -> exit());
                assertThat(exits).isNotNull();
                goesOn.countDown();
            } else if (who.equals("SupervisorStopped")) {
                tree.close();
            } else {
                var started = tree.root().startChild(slow);
                assertThat(started).isNotNull();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"answer", "ChildFinished", "SupervisorStopped"})
    void others_who_call_exit_are_not_waited_for_either(String who) throws Exception {
        Outcome outcome = run(OthersExit.class, "exits", false, who);

        assertThat(outcome.code()).as("said " + outcome.lines()).isEqualTo(CODE);
        // who is waited for in vain is named
        assertThat(outcome.took()).as("said " + outcome.lines()).isLessThan(BOUND);
        assertThat(outcome.lines())
                .noneMatch(line -> line.contains("has not returned"))
                .noneMatch(line -> line.contains(WITHOUT_END));
        if (who.equals("SupervisorStopped")) {
            assertThat(outcome.lines()).anyMatch(line -> line.contains("a listener") && line.contains("System.exit"));
        } else {
            assertThat(outcome.stops()).containsExactly("stopped b", "stopped a");
        }
    }

    /** A main that chooses its exit code when it is told of the end, in the thread that tells it. */
    public static final class ExitsAtTheEnd {
        private ExitsAtTheEnd() {}

        public static void main(String[] arguments) {
            SupervisionTree tree = SupervisionTree.start(spec(ChildSpec.actor("a", Behaviors.empty())));
            var first = tree.root().whenEnded().thenAccept(end -> say("top ended"));
            var then = tree.whenEnded().thenAccept(end -> {
                say("ends");
                System.exit(end.isFailure() ? 1 : CODE);
            });
            assertThat(first).isNotNull();
            assertThat(then).isNotNull();
            var stopped = tree.root().stop();
            assertThat(stopped).isNotNull();
        }
    }

    @Test
    void exit_when_told_of_the_end() throws Exception {
        Outcome outcome = run(ExitsAtTheEnd.class, "ends", false);

        assertThat(outcome.code()).isEqualTo(CODE);
        assertThat(outcome.took()).isLessThan(BOUND);
        assertThat(outcome.lines()).noneMatch(line -> line.contains(WITHOUT_END));
    }

    /** Its listener never returns. */
    public static final class DeafListener {
        private DeafListener() {}

        public static void main(String[] arguments) {
            CountDownLatch never = new CountDownLatch(1);
            SupervisionTree.start(
                    spec(ChildSpec.service("a", () -> "", any -> say("stopped a"))),
                    SupervisionTree.Options.defaults().withListener(event -> forEver(never)));
            say("up");
        }
    }

    private static void forEver(CountDownLatch never) {
        while (never.getCount() > 0) {
            try {
                never.await();
            } catch (InterruptedException e) {
                // goes on
            }
        }
    }

    @Test
    void a_listener_that_blocks_does_not_keep_the_jvm() throws Exception {
        Outcome outcome = run(DeafListener.class, "up", true);

        assertThat(outcome.stops()).containsExactly("stopped a");
        assertThat(outcome.took()).isLessThan(BOUND);
        assertThat(outcome.lines()).anySatisfy(line -> assertThat(line).contains("a listener", "has not returned"));
    }

    /** Something of the application's never returns in the thread of the top supervisor. */
    public static final class DeafTop {
        private DeafTop() {}

        public static void main(String[] arguments) {
            CountDownLatch never = new CountDownLatch(1);
            SupervisionTree tree = SupervisionTree.start(spec(
                    ChildSpec.actor("a", Behaviors.empty()).withShutdown(Shutdown.timeout(Duration.ofMillis(10)))));
            tree.root()
                    .actor()
                    .tell(new SupervisorCommand.Call<>(
                            new Request.Reconfigure(() -> {
                                say("up");
                                forEver(never);
                                return spec();
                            }),
                            tree.system().ignoreRef()));
        }
    }

    @Test
    void nothing_keeps_the_jvm_for_ever_and_what_it_gives_up_on_is_said() throws Exception {
        Outcome outcome = run(DeafTop.class, "up", true);

        assertThat(outcome.took()).isLessThan(Duration.ofSeconds(45));
        assertThat(outcome.lines())
                .anySatisfy(line -> assertThat(line).contains(WITHOUT_END, "supervisors [[/]] have not ended"))
                .anySatisfy(line -> assertThat(line).contains("JvmExitTest.forEver"));
    }
}
