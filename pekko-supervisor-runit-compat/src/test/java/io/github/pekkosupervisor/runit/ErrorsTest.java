package io.github.pekkosupervisor.runit;

import static io.github.pekkosupervisor.runit.Tree.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.Posix;
import io.github.pekkosupervisor.runit.Tree.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An error, for which Pekko by itself would end the JVM, in the work on one service: no other service notices. */
@Order(1)
class ErrorsTest extends InTree {

    private static final PuppetPosix POSIX = PuppetPosix.create();
    private static final String SLEEP = "exec sleep 1000";

    private Service neighbour;

    @Override
    ActorTestKit newKit() {
        return ActorTestKit.create(POSIX.system("errors"));
    }

    @BeforeEach
    void plant_the_neighbour() throws IOException {
        neighbour = tree.service("neighbour").script("run", SLEEP);
    }

    @AfterEach
    void let_processes_be_made() {
        POSIX.onSpawn(Posix::spawn);
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

        POSIX.onSpawn((real, request) -> {
            throw error.get();
        });
        Service web = tree.service("web").script("run", SLEEP);
        tree.awaitMessage("supervision of web failed and is taken up again");
        POSIX.onSpawn(Posix::spawn);

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

        assertThat(web.awaitLines("log/main/current", 3))
                .extracting(line -> line.substring(line.indexOf(' ') + 1))
                .containsExactly("one", "two", "three");
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
}
