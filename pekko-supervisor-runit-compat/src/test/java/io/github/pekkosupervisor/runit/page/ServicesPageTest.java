package io.github.pekkosupervisor.runit.page;

import static io.github.pekkosupervisor.runit.look.SupervisedServices.patiently;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.runit.Scripts;
import io.github.pekkosupervisor.runit.export.ServiceExport;
import io.github.pekkosupervisor.runit.look.SupervisedServices;
import io.github.pekkosupervisor.runit.look.SupervisedServices.By;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A page of services that somebody else supervises. */
class ServicesPageTest {

    private static final Schema SCHEMA = new Schema();

    @TempDir
    private Path temp;

    private static LivePage page(Path services, boolean commands) throws IOException {
        return LivePage.ofServices(services, PageSettings.loopback().withCommands(commands));
    }

    private static long pid(Known known, String key) {
        return known.node(key)
                .filter(node -> node.hasPath("pid"))
                .map(node -> node.getLong("pid"))
                .orElse(0L);
    }

    /** Done, or going on: how long that takes says the machine. */
    private static void obeys(PageClient client, String key, String command) throws IOException {
        assertThat(client.command("key", key, "do", command).statusCode()).isIn(200, 202);
    }

    @ParameterizedTest
    @EnumSource
    void what_happens_is_told_and_commands_are_obeyed(By by) throws Exception {
        try (SupervisedServices services = new SupervisedServices(temp, by)) {
            Path web = services.service("web", "trap '' HUP; echo hello; while :; do sleep 0.2; done");
            Path log = Files.createDirectories(web.resolve("log"));
            Scripts.write(log.resolve("run"), "#!/bin/sh\nmkdir -p main; exec cat >>main/current\n");
            // whose supervisor cannot begin
            Path nobody = services.sleeper("nobody");
            Files.createFile(nobody.resolve("supervise"));
            services.start();
            int first = services.awaitRun("web");
            services.awaitRun("web/log");
            try (LivePage page = page(services.directory(), true);
                    PageClient client = new PageClient(page)) {
                client.listen()
                        .until(known -> pid(known, "/web") == first
                                && known.state("/web").equals("running")
                                && pid(known, "/web/log") != 0);
                patiently().until(() -> client.get("/place?key=/web").body().contains("\"log\":[\"hello\""));

                SupervisedServices.kill(first);

                client.until(known -> known.state("/web").equals("running")
                        && pid(known, "/web") != 0
                        && pid(known, "/web") != first);
                client.until(known -> known.row("/web").orElseThrow().hasPath("deaths"));
                Config place = Known.parsed(client.get("/place?key=/web").body());
                assertThat(place.getConfigList("deaths").get(0).getString("reason"))
                        .isEqualTo(by == By.OURS ? "signal KILL" : "ended; runit does not say how");
                assertThat(place.getConfigList("deaths").get(0).getString("what"))
                        .isEqualTo("ended");

                obeys(client, "/web", "stop");
                client.until(known -> known.state("/web").equals("stopped"));
                assertThat(services.pid("web")).isZero();
                assertThat(client.command("key", "/web", "do", "restart").statusCode())
                        .isEqualTo(409);
                obeys(client, "/web", "start");
                client.until(known -> known.state("/web").equals("running"));
                long third = services.awaitRun("web");
                obeys(client, "/web", "restart");
                client.until(known -> known.state("/web").equals("running")
                        && pid(known, "/web") != 0
                        && pid(known, "/web") != third);
                assertThat(client.command("key", "/web", "do", "signal", "signal", "HUP")
                                .body())
                        .isEqualTo("{\"answer\":\"HUP has been sent\"}");
                assertThat(client.command("key", "/nobody", "do", "start").statusCode())
                        .isEqualTo(409);
                assertThat(client.command("key", "/web/log", "do", "stop").statusCode())
                        .isEqualTo(409);
                assertThat(client.get("/health/ready").body()).contains("\"ready\":false", "\"path\":\"/nobody\"");
                Files.move(nobody, temp.resolve("away"));
                patiently().until(() -> client.get("/health/ready").statusCode() == 200);
                client.until(known -> known.row("/nobody").isEmpty());
                is("tree", client.get("/tree").body());
                is("place", client.get("/place?key=/web").body());
                client.told().forEach(event -> is("event-" + event.name(), event.json()));
            }
            assertThat(services.pid("web")).isNotZero();
        }
    }

    private static void is(String definition, String json) {
        assertThat(SCHEMA.problems(definition, json)).as(json).isEmpty();
    }

    @Test
    void a_tree_that_an_application_shows_is_nested_with_its_strategies() throws Exception {
        Path shown = temp.resolve("shown");
        SupervisorSpec spec = SupervisorSpec.oneForAll()
                .withChild(ChildSpec.process("db", ProcessSpec.of("sleep", "1000")))
                .withChild(ChildSpec.supervisor(
                        "pool",
                        SupervisorSpec.oneForOne()
                                .withIntensity(3, Duration.ofSeconds(5))
                                .withChild(ChildSpec.process("w", ProcessSpec.of("sleep", "1000")))));
        try (SupervisionTree tree = SupervisionTree.start(
                        spec,
                        SupervisionTree.Options.defaults()
                                .withLogging(false)
                                .withJvmShutdownHook(false)
                                .withExport(ServiceExport.to(shown)));
                LivePage page = page(shown, true);
                PageClient client = new PageClient(page)) {
            assertThat(tree).isNotNull();
            client.listen().until(known -> known.state("/@tree/pool/pool.w").equals("running"));
            assertThat(client.sees(known -> known.node("/@tree")
                                    .orElseThrow()
                                    .getString("supervision.strategy")
                                    .equals("one for all")
                            && known.node("/@tree/pool").orElseThrow().getInt("supervision.limit") == 3
                            && known.state("/@tree/db").equals("running")))
                    .isTrue();
            is("tree", client.get("/tree").body());

            obeys(client, "/@tree/pool/pool.w", "stop");
            client.until(known -> known.state("/@tree/pool/pool.w").equals("stopped"));
        }
    }

    @Test
    void names_are_text_and_without_commands_nobody_is_obeyed() throws Exception {
        try (SupervisedServices services = new SupervisedServices(temp, By.OURS)) {
            services.sleeper("we\"b\033[2J<b>");
            services.start();
            services.awaitRun("we\"b\033[2J<b>");
            try (LivePage page = page(services.directory(), false);
                    PageClient client = new PageClient(page)) {
                String key = "/we\"b\\x1b[2J<b>";
                client.listen().until(known -> known.state(key).equals("running"));

                assertThat(client.command("key", key, "do", "stop").statusCode())
                        .isEqualTo(403);
                assertThat(client.send(client.request("/tree")).statusCode()).isEqualTo(401);
                assertThat(client.sees(known -> known.row(key).orElseThrow().hasPath("can")))
                        .isFalse();
            }
        }
    }

    @Test
    void a_directory_that_goes_away_is_told_and_one_that_is_not_there_is_refused() throws Exception {
        Path services = Files.createDirectories(temp.resolve("services"));
        Files.createDirectory(services.resolve("web"));
        try (LivePage page = page(services, false);
                PageClient client = new PageClient(page)) {
            client.listen().until(known -> known.state("/web").equals("stopped"));

            Path away = Files.move(services, temp.resolve("away"));

            client.until(known -> known.node("/").orElseThrow().hasPath("details.trouble"));
            assertThat(client.get("/health/live").statusCode()).isEqualTo(503);
            Files.move(away, services);
            client.until(known -> !known.node("/").orElseThrow().hasPath("details.trouble"));
        }
        assertThatThrownBy(() -> page(temp.resolve("none"), false))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("unable to read services directory " + temp.resolve("none"));
    }

    @ParameterizedTest
    @CsvSource({"TERM", "INT"})
    void the_program_prints_the_address_and_serves_until_it_is_told(String signal) throws Exception {
        Path services = Files.createDirectories(temp.resolve("services"));
        Files.createDirectory(services.resolve("web"));
        Process program = new ProcessBuilder(SupervisedServices.ours("page", "--commands", services.toString()))
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectError(temp.resolve("stderr").toFile())
                .start();
        try {
            String address = program.inputReader().readLine();

            assertThat(address).matches("http://127\\.0\\.0\\.1:[0-9]+/#token=\\S{43}");
            URI url = URI.create(address);
            String answer = PageClient.raw(
                    url,
                    "GET /tree HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer "
                            + url.getFragment().substring("token=".length()) + "\r\n\r\n");
            assertThat(answer).startsWith("HTTP/1.1 200").contains("\"path\":\"/web\"");

            new ProcessBuilder("kill", "-" + signal, "" + program.pid()).start().waitFor();

            assertThat(program.waitFor()).isZero();
            assertThat(Files.readString(temp.resolve("stderr"))).isEmpty();
        } finally {
            program.destroyForcibly();
        }
    }

    @Test
    void the_program_is_at_a_socket_with_a_file_if_it_is_told_so() throws Exception {
        Path services = Files.createDirectories(temp.resolve("services"));
        Path socket = temp.resolve("page");
        Process program = new ProcessBuilder(
                        SupervisedServices.ours("page", "--listen", "unix:" + socket, services.toString()))
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .start();
        try {
            assertThat(program.inputReader().readLine()).isEqualTo(socket.toString());
            assertThat(Files.exists(socket)).isTrue();
        } finally {
            program.destroy();
        }
        assertThat(program.waitFor()).isZero();
        assertThat(Files.exists(socket)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --help                   | 0   | usage: pekko-supervisor page [--listen address] [--commands] [dir]
            --lisen                  | 100 | pekko-supervisor page: unknown option --lisen
            --listen                 | 100 | pekko-supervisor page: --listen needs an address, such as tcp:127.0.0.1:8080
            --listen tcp:0.0.0.0:80  | 100 | pekko-supervisor page: --listen must be an address of this machine
            /a /b                    | 100 | pekko-supervisor page: there is more than one directory; a page is of one
            /none/at/all             | 111 | pekko-supervisor page: fatal: unable to read services directory /none/at/all
            """)
    void what_the_program_cannot_do_it_says(String words, int code, String said) throws Exception {
        List<String> command = new ArrayList<>(SupervisedServices.ours("page"));
        command.addAll(List.of(words.split(" ")));
        Process program = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .start();

        String all = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(all).startsWith(said);
        assertThat(program.waitFor()).isEqualTo(code);
    }
}
