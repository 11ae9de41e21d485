package io.github.pekkosupervisor.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.process.Readiness;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Test classes as users write them, run by {@link ServersTest}. */
@SuppressWarnings("NullAway") // fields are filled by the extension
final class Samples {

    /** What the samples were given, in order. */
    static final List<TestServer> GIVEN = new ArrayList<>();

    static final String PARTS = "echo begins >&2; echo it is up; exec sleep 86390";

    private Samples() {}

    /** A server in Java, that answers with what it is told. */
    static final class Echo implements ServerRecipe {
        @Override
        public SupervisorSpec tree(ServerPlace place) {
            String java =
                    Path.of(System.getProperty("java.home"), "bin", "java").toString();
            return place.tree(
                    place.program("touch", "made").withOneshot(),
                    place.program(
                                    java,
                                    "-Xshare:auto",
                                    "-XX:TieredStopAtLevel=1",
                                    "-cp",
                                    EchoServer.place(),
                                    EchoServer.class.getName(),
                                    "" + place.port())
                            .withReady(Readiness.tcp(place.port())));
        }
    }

    @Server(
            command = {"sh", "-c", PARTS},
            line = "up$")
    static class OfCommand {
        @Test
        void first(TestServer server) {
            GIVEN.add(server);
        }

        @Test
        void second(TestServer server) {
            GIVEN.add(server);
        }
    }

    @Server(
            command = {"sh", "-c", PARTS},
            line = "up$")
    static class OfSameCommand {
        @Test
        void it_is_another(TestServer server) {
            GIVEN.add(server);
        }
    }

    @Server(
            id = "shared",
            command = {"sh", "-c", PARTS},
            line = "up$",
            lifetime = Lifetime.SUITE)
    static class SharesOne {
        @Test
        void it_is_there(TestServer server) {
            GIVEN.add(server);
        }
    }

    @Server(
            id = "shared",
            command = {"sh", "-c", PARTS},
            line = "up$",
            lifetime = Lifetime.SUITE)
    static class SharesItToo {
        @Test
        void it_is_there(TestServer server) {
            GIVEN.add(server);
        }
    }

    @Server(id = "echo", recipe = Echo.class)
    static class OfRecipe {
        @Test
        void it_answers_again_after_its_death(TestServer server) throws Exception {
            assertThat(EchoServer.ask(server.address(), "hello")).isEqualTo("hello");
            assertThat(server.directory().resolve("made")).exists();
            long before = EchoServer.pid(server.address());

            server.restart();
            long after = EchoServer.pid(server.address());
            assertThat(after).isNotEqualTo(before);

            ProcessHandle.of(after).orElseThrow().destroyForcibly();
            EchoServer.awaitOther(server.address(), after);
            GIVEN.add(server);
        }
    }

    static class InFields {
        @Server(
                id = "field",
                command = {"sh", "-c", PARTS},
                line = "up$")
        private static TestServer server;

        @BeforeAll
        static void it_is_there_before_all() {
            GIVEN.add(server);
        }

        @Test
        void it_is_there() {
            assertThat(server).isSameAs(GIVEN.get(GIVEN.size() - 1));
        }
    }

    static class InFieldOfAnInstance {
        @Server(
                id = "field",
                command = {"sh", "-c", PARTS},
                line = "up$")
        TestServer server;

        @Test
        void it_is_there() {
            assertThat(server.output()).contains("it is up");
            GIVEN.add(server);
        }

        @Test
        void it_is_the_same_for_each_test() {
            it_is_there();
            assertThat(GIVEN).allMatch(server::equals);
        }
    }

    static class InFieldOfAnotherType {
        @Server(
                id = "field",
                command = {"sh", "-c", PARTS},
                line = "up$")
        static RedisServer server;

        @Test
        void it_is_there() {
            GIVEN.add(server);
        }
    }

    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    @Server(
            id = "one",
            command = {"sh", "-c", PARTS},
            line = "up$")
    @Server(
            id = "other",
            command = {"sh", "-c", PARTS},
            line = "up$")
    static class OfTwo {
        private final TestServer other;

        OfTwo(@FromServer("other") TestServer other) {
            this.other = other;
        }

        @Test
        void each_is_told_by_its_id(@FromServer("one") TestServer one) {
            assertThat(one.id()).isEqualTo("one");
            assertThat(other.id()).isEqualTo("other");
            assertThat(other.directory()).isNotEqualTo(one.directory());
            GIVEN.addAll(List.of(one, other));
        }

        @Nested
        @Server(
                id = "one",
                command = {"sh", "-c", PARTS},
                line = "up$")
        class Inside {
            @Test
            void the_nearest_is_meant(@FromServer("one") TestServer nearest, @FromServer("other") TestServer outer) {
                assertThat(GIVEN).doesNotContain(nearest).contains(outer);
            }
        }
    }

    @Server(
            id = "one",
            command = {"sh", "-c", PARTS},
            line = "up$")
    @Server(
            id = "other",
            command = {"sh", "-c", PARTS},
            line = "up$")
    static class OfWhichOfTwo {
        @Test
        void which(TestServer server) {
            GIVEN.add(server);
        }
    }

    @Server(
            command = {"sh", "-c", PARTS},
            line = "up$")
    @Server(
            command = {"sh", "-c", PARTS},
            line = "it is up$")
    static class OfTwoAlike {
        @Test
        void which(TestServer server) {
            GIVEN.add(server);
        }
    }

    @Server(
            command = {"sh", "-c", PARTS},
            line = "up$")
    static class OfAnotherType {
        @Test
        void which(RedisServer server) {
            GIVEN.add(server);
        }
    }

    @Server(
            command = {"sh", "-c", "echo no such luck; exit 3"},
            line = "up$")
    static class ThatDoesNotStart {
        @Test
        void never() {}
    }

    @Server(command = "no-such-program-anywhere")
    static class ThatIsMissing {
        @Test
        void never() {}
    }

    @Server(command = "no-such-program-anywhere", optional = true)
    static class ThatMayBeMissing {
        @Test
        void never() {}
    }

    @Server
    static class OfNothing {
        @Test
        void never() {}
    }

    @Server(id = "web", command = "true", http = "status")
    static class OfAWrongPath {
        @Test
        void never() {}
    }

    @Server(
            command = {"sh", "-c", "echo up; while read -r line; do :; done; exec sleep 86390"},
            line = "up$")
    static class ThatFails {
        @Test
        void what_the_server_wrote_is_told(TestServer server) throws Exception {
            // as the server does
            Files.writeString(
                    server.directory().resolveSibling(server.directory().getFileName() + ".output"),
                    "division by zero\n",
                    StandardOpenOption.APPEND);
            throw new AssertionError("the answer was 500");
        }
    }

    /** It says more than once that it is up; the next one does so when it has begun to listen, which takes a while. */
    @Server(
            command = {
                "sh",
                "-c",
                "if [ -e again ]; then sleep 1; touch listens; fi; echo it is up;"
                        + " until [ -e again ]; do sleep 0.01; done; echo it is up; echo and so on; exec sleep 86391"
            },
            line = "it is up")
    static class ThatSaysItAgain {
        @Test
        void the_next_one_has_to_say_it_itself(TestServer server) throws Exception {
            Files.createFile(server.directory().resolve("again"));
            await().atMost(Duration.ofSeconds(60)).until(() -> server.output().contains("and so on"));

            server.restart();

            assertThat(server.directory().resolve("listens")).exists();
        }
    }

    @Server(
            command = {"sh", "-c", PARTS},
            line = "up$")
    static class ThatWaits {
        @Test
        void for_its_end(TestServer server) throws Exception {
            System.out.println(server.directory());
            System.out.flush();
            new CountDownLatch(1).await();
        }
    }
}
