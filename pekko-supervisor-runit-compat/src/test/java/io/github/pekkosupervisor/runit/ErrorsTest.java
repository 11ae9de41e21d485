package io.github.pekkosupervisor.runit;

import static io.github.pekkosupervisor.runit.Tree.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.ChildProcess;
import io.github.pekkosupervisor.posix.EventLoop;
import io.github.pekkosupervisor.posix.Posix;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.PosixSettings;
import io.github.pekkosupervisor.posix.SpawnRequest;
import io.github.pekkosupervisor.process.Processes;
import io.github.pekkosupervisor.runit.Tree.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.pekko.actor.setup.ActorSystemSetup;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.ExtensionSetup;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An error, for which Pekko by itself would end the JVM, in the work on one service: no other service notices. */
class ErrorsTest {

    private static final FailingPosix POSIX = new FailingPosix();
    private static final ActorTestKit KIT = ActorTestKit.create(
            ActorSystem.create(Behaviors.empty(), "errors", ActorSystemSetup.create(new ProcessesSetup())));
    private static final String SLEEP = "exec sleep 1000";

    @TempDir
    private Path temp;

    private Tree tree;
    private Service neighbour;

    @BeforeEach
    void plant() throws IOException {
        tree = new Tree(temp, KIT);
        neighbour = tree.service("neighbour").script("run", SLEEP);
    }

    @AfterEach
    void fell() {
        POSIX.error = Optional.empty();
        tree.close();
    }

    @AfterAll
    static void shut_down() {
        KIT.shutdownTestKit();
    }

    static Stream<Named<Supplier<Error>>> errors() {
        return Stream.of(
                Named.of("StackOverflowError", StackOverflowError::new),
                Named.of("OutOfMemoryError", () -> new OutOfMemoryError("provoked by a test")),
                Named.of("NoClassDefFoundError", () -> new NoClassDefFoundError("provoked by a test")),
                Named.of("InternalError", () -> new InternalError("provoked by a test")),
                Named.of("AssertionError", () -> new AssertionError("provoked by a test")));
    }

    @ParameterizedTest
    @MethodSource("errors")
    void runsv_that_meets_one_is_made_anew_and_takes_the_service_up(Supplier<Error> error) throws IOException {
        Service web = tree.service("web").script("run", SLEEP);
        tree.start();
        int pid = web.awaitRun();
        int other = neighbour.awaitRun();

        tree.clock().fail(Runsv.class, 1, error);
        web.control(".");
        tree.awaitMessage("supervision of web failed and is taken up again, please report this: "
                + "java.lang.IllegalStateException: " + error.get());
        web.control("d");
        patiently().until(() -> web.status().pid() == 0);

        assertThat(tree.pids()).doesNotContain((long) pid);
        assertThat(neighbour.awaitRun()).isEqualTo(other);
    }

    @ParameterizedTest
    @MethodSource("errors")
    void runsv_that_meets_one_at_its_beginning_is_made_anew(Supplier<Error> error) throws IOException {
        tree.start();
        int other = neighbour.awaitRun();

        tree.clock().fail(Runsv.class, 1, error);
        Service web = tree.service("web").script("run", SLEEP);
        tree.awaitMessage("supervision of web failed and is taken up again");

        assertThat(web.awaitRun()).isPositive();
        assertThat(neighbour.awaitRun()).isEqualTo(other);
    }

    @ParameterizedTest
    @MethodSource("errors")
    void start_of_a_process_that_meets_one_is_tried_again(Supplier<Error> error) throws IOException {
        tree.start();
        int other = neighbour.awaitRun();

        POSIX.error = Optional.of(error);
        Service web = tree.service("web").script("run", SLEEP);
        tree.awaitMessage("supervision of web failed and is taken up again");
        POSIX.error = Optional.empty();

        assertThat(web.awaitRun()).isPositive();
        assertThat(neighbour.awaitRun()).isEqualTo(other);
    }

    @ParameterizedTest
    @MethodSource("errors")
    void log_that_meets_one_goes_on_and_loses_no_line(Supplier<Error> error) throws IOException {
        Service web = tree.service("web").script("run", "[ -p commands ] || mkfifo commands; exec cat <>commands");
        Files.writeString(web.path().resolve("service.conf"), "log { directory = main, timestamps = utc }");
        tree.start();
        web.awaitRun();
        patiently().until(() -> Files.exists(web.path().resolve("commands")));
        Files.writeString(web.path().resolve("commands"), "one\n", java.nio.file.StandardOpenOption.WRITE);
        web.awaitLines("log/main/current", 1);
        int other = neighbour.awaitRun();

        tree.clock().fail(LogActor.class, 1, error);
        Files.writeString(web.path().resolve("commands"), "two\n", java.nio.file.StandardOpenOption.WRITE);
        tree.awaitMessage("supervision of web failed and is taken up again");
        Files.writeString(web.path().resolve("commands"), "three\n", java.nio.file.StandardOpenOption.WRITE);

        assertThat(web.awaitLines("log/main/current", 2)).last().asString().endsWith(" three");
        assertThat(neighbour.awaitRun()).isEqualTo(other);
    }

    @ParameterizedTest
    @MethodSource("errors")
    void runsvdir_that_meets_one_tries_again(Supplier<Error> error) throws IOException {
        tree.start();
        int other = neighbour.awaitRun();

        tree.clock().fail(Runsvdir.class, 3, error);
        Service web = tree.service("web").script("run", SLEEP);
        tree.awaitMessage("an internal failure, tried again, please report this: " + error.get());

        assertThat(web.awaitRun()).isPositive();
        assertThat(neighbour.awaitRun()).isEqualTo(other);
    }

    /** The real system, which may meet an error in place of a start. */
    private static final class FailingPosix implements Posix {
        private final Posix real;
        private volatile Optional<Supplier<Error>> error = Optional.empty();

        FailingPosix() {
            try {
                real = Posix.open(PosixSettings.defaults());
            } catch (PosixException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public ChildProcess spawn(SpawnRequest request) throws PosixException {
            Optional<Supplier<Error>> due = error;
            if (due.isPresent()) {
                throw due.get().get();
            }
            return real.spawn(request);
        }

        @Override
        public EventLoop loop() {
            return real.loop();
        }

        @Override
        public List<String> limitations() {
            return real.limitations();
        }

        @Override
        public void close() {
            real.close();
        }
    }

    private static final class ProcessesSetup extends ExtensionSetup<Processes> {
        ProcessesSetup() {
            super(Processes.id(), system -> new Processes(system, POSIX));
        }
    }
}
