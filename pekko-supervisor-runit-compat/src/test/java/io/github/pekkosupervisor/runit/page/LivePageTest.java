package io.github.pekkosupervisor.runit.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.Config;
import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.Stdio;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.runit.ServiceDirectories;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.RestartDelay;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A page over HTTP, of a tree of real processes. */
final class LivePageTest {

    private static final SupervisionTree.Options QUIET =
            SupervisionTree.Options.defaults().withLogging(false).withTransitions(true);

    @TempDir
    Path temp;

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        // who looks first, the tree last
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    private <T extends AutoCloseable> T kept(T one) {
        open.add(one);
        return one;
    }

    private static ChildSpec sleeper(String id) {
        return ChildSpec.process(id, ProcessSpec.of("sleep", "1000"));
    }

    private static SupervisorSpec patient() {
        return SupervisorSpec.oneForOne().withIntensity(1_000, Duration.ofMinutes(10));
    }

    private static List<ChildSpec> jobs(int number) {
        return IntStream.range(0, number)
                .mapToObj(i -> ChildSpec.actor("job" + i, Behaviors.empty()))
                .toList();
    }

    private SupervisionTree tree(SupervisorSpec spec) {
        return kept(SupervisionTree.start(spec, QUIET));
    }

    private PageClient page(SupervisionTree tree) throws IOException {
        return kept(
                new PageClient(kept(LivePage.open(tree, PageSettings.loopback().withCommands(true)))));
    }

    private static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private static Node node(SupervisionTree tree, String path) throws Exception {
        return get(tree.snapshot()).find(path).orElseThrow();
    }

    private static long pid(SupervisionTree tree, String path) throws Exception {
        return node(tree, path).process().orElseThrow().pid();
    }

    private static void kill(long pid) {
        assertThat(ProcessHandle.of(pid).orElseThrow().destroyForcibly()).isTrue();
    }

    // ---- last lines

    @Test
    void last_lines_are_those_that_pass_through_the_application_also_of_one_that_is_dead() throws Exception {
        ProcessSpec talks = ProcessSpec.of("sh", "-c", "echo one; echo two; exec sleep 1000")
                .withStdout(Stdio.logged());
        SupervisionTree tree = tree(SupervisorSpec.oneForOne()
                .withIntensity(1, Duration.ofHours(1))
                .withChild(ChildSpec.process("web", talks)
                        .withRestart(RestartType.PERMANENT)
                        .withRestartDelay(RestartDelay.fixed(Duration.ofMinutes(10)))));
        PageClient client = page(tree).listen();
        await().atMost(Duration.ofSeconds(60))
                .until(() -> client.get("/place?key=/web").body().contains("\"log\":[\"one\",\"two\"]"));

        kill(pid(tree, "/web"));

        client.until(known -> known.state("/web").equals("restarting"));
        assertThat(client.get("/place?key=/web").body()).contains("\"log\":[\"one\",\"two\"]");
    }

    @Test
    void one_whose_output_passes_elsewhere_has_no_last_lines() throws Exception {
        SupervisionTree tree = tree(patient().withChild(sleeper("web")));
        PageClient client = page(tree).listen();
        client.until(known -> known.state("/web").equals("running"));

        assertThat(client.get("/place?key=/web").body()).doesNotContain("\"log\"");
    }

    // ---- what Prometheus asks

    @Test
    void metrics_are_there_for_who_has_the_token_which_stays() throws Exception {
        SupervisionTree tree = tree(patient().withChild(sleeper("web")));
        Path token = temp.resolve("page.token");
        PageSettings settings = PageSettings.loopback().withMetrics(true).withTokenFile(token);
        PageClient client = kept(new PageClient(kept(LivePage.open(tree, settings))));
        kill(pid(tree, "/web"));

        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(client.get("/metrics").body().lines())
                        .contains(
                                "pekko_supervisor_up{path=\"/web\"} 1.0",
                                "pekko_supervisor_restarts_total{path=\"/web\",reason=\"killed\"} 1.0"));
        assertThat(client.get("/metrics").headers().firstValue("Content-Type"))
                .contains("text/plain; version=0.0.4; charset=utf-8");
        LivePage next = kept(LivePage.open(tree, settings));
        assertThat(next.url().getFragment())
                .isEqualTo("token=" + Files.readString(token).strip());
    }

    @Test
    void metrics_are_not_there_unless_they_are_switched_on() throws Exception {
        HttpResponse<String> answer = page(tree(patient())).get("/metrics");

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).contains("metrics are off; they are switched on where the page is opened");
    }

    // ---- what is seen

    @Test
    void a_crash_is_told_with_the_restart_that_follows() throws Exception {
        SupervisionTree tree = tree(patient().withChild(sleeper("web")).withChild(sleeper("db")));
        PageClient client = page(tree).listen();
        client.until(known -> known.state("/web").equals("running"));
        long before = pid(tree, "/web");

        kill(before);

        client.until(known -> known.node("/web").orElseThrow().getLong("restarts") == 1
                && known.node("/web").orElseThrow().getLong("pid") != before
                && known.row("/web").orElseThrow().getLongList("deaths").size() == 1);
        Config place = Known.parsed(client.get("/place?key=/web").body());
        assertThat(place.getConfigList("deaths")).hasSize(1);
        assertThat(place.getConfigList("deaths").get(0).getString("reason")).contains("killed");
        assertThat(place.getConfigList("deaths").get(0).getString("what")).isEqualTo("ended");
    }

    @Test
    void what_is_told_by_events_is_what_the_tree_says() throws Exception {
        SupervisionTree tree = tree(patient()
                .withChild(sleeper("a"))
                .withChild(ChildSpec.supervisor(
                        "below",
                        SupervisorSpec.restForOne()
                                .withIntensity(100, Duration.ofMinutes(1))
                                .withChild(sleeper("x"))
                                .withChild(sleeper("y")))));
        PageClient client = page(tree).listen();
        kill(pid(tree, "/below/x"));
        client.until(known -> known.node("/below/x").isPresent()
                && known.node("/below/x").orElseThrow().getLong("restarts") == 1
                && known.state("/below/y").equals("running"));

        assertThat(client.sees(known -> known.all().size() == 5)).isTrue();
        Config snapshot = Known.parsed(client.get("/tree").body());
        Config below = snapshot.getConfigList("top.children").get(1);
        assertThat(below.getString("path")).isEqualTo("/below");
        assertThat(below.getString("supervision.strategy")).isEqualTo("rest for one");
        assertThat(below.getConfigList("children").get(0).getLong("pid")).isEqualTo(pid(tree, "/below/x"));
    }

    @Test
    void the_end_of_the_tree_is_told_and_the_page_stays() throws Exception {
        SupervisionTree tree = tree(patient().withChild(sleeper("a")));
        PageClient client = page(tree).listen();
        client.until(known -> known.state("/a").equals("running"));

        tree.close();

        client.until(known -> known.ended().isPresent() && known.state("/").equals("stopped"));
        assertThat(client.get("/health/live").statusCode()).isEqualTo(503);
        assertThat(client.get("/tree").body()).contains("\"stopped\"");
    }

    @Test
    void names_are_told_as_they_are_whatever_they_are() throws Exception {
        String hostile = "</script><img src=x onerror=alert(1)>\"'&\u202Eabc\n\u0000\ud800é/~";
        SupervisionTree tree = tree(patient().withChild(sleeper(hostile)));
        PageClient client = page(tree).listen();
        String key = "/" + hostile.replace("~", "~0").replace("/", "~1");

        client.until(known -> known.state(key).equals("running"));
        assertThat(client.command("key", key, "do", "signal", "signal", "CONT").body())
                .contains("there is no such place");
    }

    // ---- probes

    @Test
    void probes_are_answered_and_say_why_to_who_knows_the_token() throws Exception {
        SupervisionTree tree = tree(SupervisorSpec.oneForOne()
                .withUnlimitedRestarts()
                .withChild(sleeper("fine").withRestartDelay(RestartDelay.fixed(Duration.ofSeconds(1))))
                .withChild(sleeper("delayed").withRestartDelay(RestartDelay.fixed(Duration.ofHours(1)))));
        PageClient client = page(tree).listen();
        assertThat(client.send(client.request("/health/live")).body()).isEqualTo("{\"live\":true}");
        assertThat(client.send(client.request("/health/ready")).body()).isEqualTo("{\"ready\":true}");

        kill(pid(tree, "/delayed"));
        client.until(known -> known.state("/delayed").equals("restarting"));

        HttpResponse<String> stranger = client.send(client.request("/health/ready"));
        assertThat(stranger.statusCode()).isEqualTo(503);
        assertThat(stranger.body()).isEqualTo("{\"ready\":false}");
        assertThat(client.get("/health/ready").body()).contains("\"path\":\"/delayed\"");
        assertThat(client.send(client.request("/health/live")).statusCode()).isEqualTo(200);
    }

    // ---- commands

    @Test
    void a_child_is_restarted_stopped_started_and_signalled() throws Exception {
        SupervisionTree tree = tree(patient().withChild(sleeper("web")));
        PageClient client = page(tree).listen();
        long first = pid(tree, "/web");

        assertThat(client.command("key", "/web", "do", "restart").body()).isEqualTo("{\"answer\":\"restarted\"}");
        long second = pid(tree, "/web");
        assertThat(second).isNotEqualTo(first);
        assertThat(client.command("key", "/web", "do", "stop").statusCode()).isEqualTo(200);
        client.until(known -> known.state("/web").equals("stopped"));
        assertThat(client.command("key", "/web", "do", "restart").statusCode()).isEqualTo(409);
        assertThat(client.command("key", "/web", "do", "start").statusCode()).isEqualTo(200);
        client.until(known -> known.state("/web").equals("running"));
        long third = pid(tree, "/web");
        assertThat(client.command("key", "/web", "do", "signal", "signal", "KILL")
                        .statusCode())
                .isEqualTo(200);
        client.until(known -> known.node("/web").orElseThrow().getLong("restarts") == 1);
        assertThat(pid(tree, "/web")).isNotEqualTo(third);
    }

    @Test
    void a_child_of_a_dynamic_supervisor_is_known_by_its_incarnation() throws Exception {
        SupervisionTree tree = tree(patient()
                .withChild(ChildSpec.supervisor(
                        "jobs", SupervisorSpec.dynamic().withIntensity(100, Duration.ofMinutes(5)))));
        var jobs = get(tree.supervisor("jobs")).orElseThrow();
        get(jobs.startChild(sleeper("job")));
        get(jobs.startChild(sleeper("job")));
        PageClient client = page(tree).listen();
        client.until(known -> known.size() == 4);
        String key = "/jobs/job#"
                + node(tree, "/jobs").children().get(1).incarnation().orElseThrow();
        long other =
                node(tree, "/jobs").children().get(0).process().orElseThrow().pid();

        assertThat(client.command("key", key, "do", "stop").statusCode()).isEqualTo(200);

        client.until(known -> known.size() == 3);
        assertThat(node(tree, "/jobs").children().get(0).process().orElseThrow().pid())
                .isEqualTo(other);
        assertThat(client.command("key", key, "do", "stop").statusCode()).isEqualTo(404);
    }

    @Test
    void service_directories_obey_and_show_the_end_of_their_logs() throws Exception {
        Path services = Files.createDirectory(temp.resolve("services"));
        Path web = services.resolve("web");
        script(web.resolve("run"), "echo hello; echo $$ >>starts; exec sleep 1000");
        script(web.resolve("log/run"), "mkdir -p main; exec cat >>main/current");
        SupervisionTree tree = tree(patient().withChild(ServiceDirectories.scanned("services", services)));
        PageClient client = page(tree).listen();
        client.until(known -> known.state("/services/web").equals("running"));
        await().atMost(Duration.ofSeconds(60))
                .until(() -> client.get("/place?key=/services/web").body().contains("\"log\":[\"hello\"]"));
        assertThat(client.get("/place?key=/services/web/log").body()).contains("\"log\":[\"hello\"]");

        assertThat(client.command("key", "/services/web", "do", "restart").body())
                .contains("restarted");
        await().atMost(Duration.ofSeconds(60))
                .until(() -> Files.readAllLines(web.resolve("starts")).size() == 2);
        assertThat(client.command("key", "/services/web", "do", "stop").statusCode())
                .isEqualTo(200);
        client.until(known -> known.state("/services/web").equals("stopped"));
        assertThat(client.command("key", "/services/web", "do", "start").statusCode())
                .isEqualTo(200);
        client.until(known -> known.state("/services/web").equals("running"));
        assertThat(client.command("key", "/services/web/log", "do", "stop").statusCode())
                .isEqualTo(409);
        assertThat(Known.parsed(client.get("/place?key=/services/web").body()).getConfigList("deaths"))
                .hasSizeGreaterThanOrEqualTo(2);
    }

    private static void script(Path file, String lines) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\nexec 2>&1\n" + lines + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @ParameterizedTest
    @CsvSource({
        "/a,dance,,400",
        "/a,signal,,400",
        "/a,signal,TERM,400",
        "/a,signal,SEGV,400",
        "/nobody,stop,,404",
        "/a,start,,409",
        "/,stop,,409",
        "/,restart,,409"
    })
    void what_cannot_be_done_is_refused(String key, String what, String signal, int status) throws Exception {
        SupervisionTree tree = tree(patient().withChild(sleeper("a")));
        PageClient client = page(tree);
        long before = pid(tree, "/a");

        HttpResponse<String> refused = client.command(
                "key", key, "do", what, "signal", Optional.ofNullable(signal).orElse(""));

        assertThat(refused.statusCode()).isEqualTo(status);
        assertThat(Known.parsed(refused.body()).getString("answer")).isNotBlank();
        assertThat(pid(tree, "/a")).isEqualTo(before);
    }

    @Test
    void a_page_without_commands_obeys_nobody_and_offers_none() throws Exception {
        SupervisionTree tree = tree(patient().withChild(sleeper("a")));
        PageClient client = kept(new PageClient(kept(LivePage.open(tree, PageSettings.loopback()))));
        client.listen().until(known -> known.state("/a").equals("running"));
        long before = pid(tree, "/a");

        assertThat(client.command("key", "/a", "do", "stop").statusCode()).isEqualTo(403);
        assertThat(client.sees(known -> known.row("/a").orElseThrow().hasPath("can")))
                .isFalse();
        assertThat(pid(tree, "/a")).isEqualTo(before);
    }

    // ---- who is let in

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "PUT", "DELETE", "PATCH"})
    void nothing_but_a_post_changes_anything(String method) throws Exception {
        SupervisionTree tree = tree(patient().withChild(sleeper("a")));
        PageClient client = page(tree);
        long before = pid(tree, "/a");

        HttpResponse<String> refused = client.send(client.known("/command?key=/a&do=stop")
                .header(Guard.MARK, Guard.MARK_OF_COMMAND)
                .method(method, HttpRequest.BodyPublishers.noBody()));

        assertThat(refused.statusCode()).isEqualTo(405);
        assertThat(pid(tree, "/a")).isEqualTo(before);
    }

    @Test
    void the_token_the_host_and_the_origin_are_looked_at_on_the_wire() throws Exception {
        SupervisionTree tree = tree(patient().withChild(sleeper("a")));
        PageClient client = page(tree);
        String host = "127.0.0.1:" + client.page().getPort();
        String end = "\r\nConnection: close\r\n";
        String token = "Authorization: Bearer " + client.token() + "\r\n\r\n";

        assertThat(PageClient.raw(client.page(), "GET /tree HTTP/1.1\r\nHost: " + host + end + token))
                .startsWith("HTTP/1.1 200");
        assertThat(PageClient.raw(client.page(), "GET /tree HTTP/1.1\r\nHost: evil.example" + end + token))
                .startsWith("HTTP/1.1 421");
        assertThat(PageClient.raw(client.page(), "GET /tree HTTP/1.1\r\nHost: " + host + end + "\r\n"))
                .startsWith("HTTP/1.1 401");
        assertThat(PageClient.raw(
                        client.page(),
                        "GET /tree HTTP/1.1\r\nHost: " + host + "\r\nOrigin: http://evil.example" + end + token))
                .startsWith("HTTP/1.1 403");
        assertThat(PageClient.raw(
                        client.page(), "POST /command?key=/a&do=stop HTTP/1.1\r\nHost: " + host + end + token))
                .startsWith("HTTP/1.1 403");
        assertThat(node(tree, "/a").ready()).isTrue();
    }

    @Test
    void the_page_itself_has_nothing_in_it_and_lets_nothing_in() throws Exception {
        PageClient client = page(tree(patient().withChild(sleeper("secretive"))));

        HttpResponse<String> page = client.send(client.request("/"));
        HttpResponse<String> again = client.send(client.request("/"));

        String policy = page.headers().firstValue("Content-Security-Policy").orElseThrow();
        String nonce = policy.replaceFirst(".*script-src 'nonce-([^']+)'.*", "$1");
        assertThat(policy)
                .startsWith("default-src 'none'")
                .contains("frame-ancestors 'none'")
                .doesNotContain("unsafe");
        assertThat(page.body().replace("http://www.w3.org/2000/svg", ""))
                .contains("<script nonce=\"" + nonce + "\">")
                .contains("<style nonce=\"" + nonce + "\">")
                .doesNotContain("secretive", "innerHTML", "://", client.token());
        assertThat(again.headers().firstValue("Content-Security-Policy")).isNotEqualTo(Optional.of(policy));
        assertThat(page.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
    }

    @Test
    void each_page_has_a_token_of_its_own() throws Exception {
        SupervisionTree tree = tree(patient().withChild(sleeper("a")));

        assertThat(page(tree).token()).hasSize(43).isNotEqualTo(page(tree).token());
    }

    @Test
    void a_port_that_is_in_use_is_told() throws Exception {
        SupervisionTree tree = tree(patient().withChild(sleeper("a")));
        int port = page(tree).page().getPort();

        assertThatThrownBy(() -> LivePage.open(tree, PageSettings.loopback().withPort(port)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the page cannot be at 127.0.0.1 port " + port)
                .hasMessageEndingWith("in use; name another port, such as 0, which is any that is free");
    }

    // ---- many, and slow ones

    @Test
    void ten_thousand_children_are_told_and_a_flood_of_changes_is_put_together() throws Exception {
        SupervisorSpec many = SupervisorSpec.oneForOne().withIntensity(100_000, Duration.ofHours(1));
        SupervisionTree tree = tree(many.withChildren(jobs(10_000)));
        PageClient client = page(tree).listen();
        client.until(known -> known.size() == 10_001);
        int before = client.told().size();

        get(CompletableFuture.allOf(IntStream.range(0, 10_000)
                .mapToObj(i -> tree.root().terminateChild("job" + i).toCompletableFuture())
                .toArray(CompletableFuture[]::new)));

        client.until(known -> known.state("/job9999").equals("stopped")
                && known.state("/job0").equals("stopped"));
        assertThat(client.told().size() - before).isLessThan(5_000);
    }

    @Test
    void so_many_may_listen_and_no_more_until_one_goes() throws Exception {
        SupervisionTree tree = tree(patient().withChild(sleeper("a")));
        LivePage page = kept(LivePage.open(tree, PageSettings.loopback()));
        List<PageClient> clients = new ArrayList<>();
        for (int i = 0; i < Streams.MOST; i++) {
            clients.add(kept(new PageClient(page)).listen());
        }
        PageClient more = kept(new PageClient(page));

        HttpResponse<String> refused = more.get("/events");
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).contains("5");
        assertThat(more.get("/tree").statusCode()).isEqualTo(200);

        clients.get(0).close();
        await().atMost(Duration.ofSeconds(90)).ignoreExceptions().until(() -> more.listen() != null);
        more.until(known -> known.state("/a").equals("running"));
    }

    /** More than there are threads for: who is turned away must not take along whoever turns away. */
    @Test
    void many_that_say_half_a_word_hold_up_nobody_when_they_are_gone() throws Exception {
        SupervisionTree tree = tree(patient().withChild(sleeper("a")));
        LivePage page = kept(LivePage.open(tree, PageSettings.loopback()));
        List<Socket> halves = new ArrayList<>();
        for (int i = 0; i < 6 * Streams.MOST; i++) {
            Socket half =
                    kept(new Socket(InetAddress.getLoopbackAddress(), page.url().getPort()));
            half.getOutputStream().write('G');
            halves.add(half);
        }

        for (Socket half : halves) {
            half.close();
        }

        await().atMost(Duration.ofSeconds(60))
                .ignoreExceptions()
                .until(() -> new PageClient(page).get("/tree").statusCode() == 200);
    }

    /** It reads nothing at all; what it is owed is not kept for it, and others hear in time. */
    @Test
    void one_that_does_not_read_holds_up_nobody() throws Exception {
        SupervisorSpec many = patient();
        SupervisionTree tree = tree(many.withChildren(jobs(2_000)).withChild(sleeper("last")));
        LivePage page = kept(LivePage.open(tree, PageSettings.loopback()));
        PageClient quick = kept(new PageClient(page)).listen();
        Socket slow =
                kept(new Socket(InetAddress.getLoopbackAddress(), quick.page().getPort()));
        slow.setReceiveBufferSize(1_024);
        OutputStream asking = slow.getOutputStream();
        asking.write(("GET /events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + quick.token() + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        assertThat(slow.getInputStream().read()).isEqualTo('H');

        for (int round = 0; round < 3; round++) {
            int restarts = round + 1;
            for (int i = 0; i < 2_000; i += 40) {
                get(tree.root().terminateChild("job" + i));
                get(tree.root().restartChild("job" + i));
            }
            kill(pid(tree, "/last"));
            quick.until(known ->
                    known.node("/last").map(node -> node.getLong("restarts")).orElse(0L) == restarts);
        }
    }

    // ---- a socket with a file

    @Test
    void by_a_socket_with_a_file_there_is_no_token() throws Exception {
        Path file = temp.resolve("page");
        SupervisionTree tree = tree(patient().withChild(sleeper("a")));
        LivePage page = kept(LivePage.open(tree, PageSettings.socket(file).withCommands(true)));
        long before = pid(tree, "/a");
        String end = "\r\nHost: localhost\r\nConnection: close\r\n";

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(byFile(file, "GET /tree HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200")
                .contains("\"/a\"");
        assertThat(byFile(
                        file, "POST /command?key=/a&do=restart HTTP/1.1" + end + "X-Pekko-Supervisor: command\r\n\r\n"))
                .contains("restarted");
        assertThat(pid(tree, "/a")).isNotEqualTo(before);
        assertThat(byFile(file, "GET /tree HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 421");
        assertThat(page.url()).hasToString("http://localhost/");

        page.close();
        assertThat(file).doesNotExist();
    }

    /** Who has said all may say so; the answer comes all the same. */
    @Test
    void who_ends_what_it_sends_has_the_whole_answer() throws Exception {
        Path file = temp.resolve("page");
        SupervisionTree tree = tree(patient().withChildren(jobs(200)));
        kept(LivePage.open(tree, PageSettings.socket(file)));
        String asked = "GET /tree HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        await().atMost(Duration.ofSeconds(60)).until(() -> byFile(file, asked).contains("\"/job199\""));

        for (int i = 0; i < 50; i++) {
            assertThat(byFile(file, "GET /tree HTTP/1.1\r\nHost: localhost\r\n\r\n", true))
                    .startsWith("HTTP/1.1 200")
                    .contains("\"/job199\"")
                    .endsWith("}");
        }
    }

    @Test
    void behind_the_door_only_what_comes_through_it_is_answered() throws Exception {
        SupervisionTree tree = tree(patient().withChild(sleeper("a")));
        LivePage page = kept(LivePage.open(tree, PageSettings.socket(temp.resolve("page"))));

        assertThat(PageClient.raw(page.behind(), "GET /tree HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 403");
    }

    /** Any user may connect from the port that somebody has come in by, at another address of this machine. */
    @Test
    void behind_the_door_a_port_alone_is_no_proof() throws Exception {
        Path file = temp.resolve("page");
        SupervisionTree tree = tree(patient().withChild(sleeper("a")));
        LivePage page = kept(LivePage.open(tree, PageSettings.socket(file)));
        String request = "GET /tree HTTP/1.1\r\nHost: localhost\r\n";
        try (SocketChannel through = SocketChannel.open(UnixDomainSocketAddress.of(file));
                Socket beside = new Socket()) {
            through.write(ByteBuffer.wrap((request + "\r\n").getBytes(StandardCharsets.US_ASCII)));
            assertThat(through.read(ByteBuffer.allocate(1 << 20))).isPositive();
            beside.bind(new InetSocketAddress(
                    InetAddress.getByAddress(new byte[] {127, 0, 0, 2}),
                    portTo(page.behind().getPort())));
            beside.connect(new InetSocketAddress(
                    InetAddress.getByAddress(new byte[] {127, 0, 0, 1}),
                    page.behind().getPort()));

            beside.getOutputStream().write((request + "Connection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));

            assertThat(new String(beside.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 403");
        }
    }

    /** Of the one connection to a port of this machine, as everybody can read it. */
    private static int portTo(int port) throws IOException {
        List<String> found = Stream.of("/proc/net/tcp", "/proc/net/tcp6")
                .flatMap(name -> lines(Path.of(name)))
                .filter(line -> line.contains(String.format("0100007F:%04X 01 ", port)))
                .map(line -> line.strip().split("[ :]+", -1)[2])
                .toList();
        assertThat(found).hasSize(1);
        return Integer.parseInt(found.get(0), 16);
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void a_file_that_was_left_is_replaced_and_one_that_is_in_use_is_not() throws Exception {
        Path file = temp.resolve("page");
        SupervisionTree tree = tree(patient().withChild(sleeper("a")));
        ServerSocketChannel left =
                ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(file));
        assertThatThrownBy(() -> LivePage.open(tree, PageSettings.socket(file)))
                .hasMessageContaining("is in use by another");
        left.close();
        // a process that is being started has it open, too, until its program is loaded
        await().atMost(Duration.ofSeconds(60)).until(() -> !isAnswered(file));

        kept(LivePage.open(tree, PageSettings.socket(file)));

        assertThat(byFile(file, "GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200");
    }

    @Test
    void a_file_that_is_no_socket_stays_as_it_is() throws Exception {
        Path file = Files.writeString(temp.resolve("page"), "mine");
        SupervisionTree tree = tree(patient().withChild(sleeper("a")));

        assertThatThrownBy(() -> LivePage.open(tree, PageSettings.socket(file)))
                .hasMessageContaining("is there and is no socket");
        assertThat(file).hasContent("mine");
    }

    private static boolean isAnswered(Path file) {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(file))) {
            return channel.isConnected();
        } catch (IOException e) {
            // who has left it is gone
            return false;
        }
    }

    private static String byFile(Path file, String request) throws IOException {
        return byFile(file, request, false);
    }

    private static String byFile(Path file, String request, boolean ends) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(file))) {
            channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
            if (ends) {
                channel.shutdownOutput();
            }
            ByteBuffer answer = ByteBuffer.allocate(1 << 20);
            while (channel.read(answer) >= 0) {
                assertThat(answer.hasRemaining()).isTrue();
            }
            return new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void what_is_temporary_is_not_restarted_by_the_page_unless_it_can_be() throws Exception {
        SupervisionTree tree = tree(patient().withChild(sleeper("once").withRestart(RestartType.TEMPORARY)));
        PageClient client = page(tree).listen();

        assertThat(client.command("key", "/once", "do", "stop").statusCode()).isEqualTo(200);

        client.until(known -> known.size() == 1);
    }
}
