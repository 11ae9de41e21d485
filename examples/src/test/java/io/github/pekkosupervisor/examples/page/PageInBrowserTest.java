package io.github.pekkosupervisor.examples.page;

import static io.github.pekkosupervisor.examples.page.Browser.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.protocol.TreeSnapshot.State;
import io.github.pekkosupervisor.runit.ServiceDirectories;
import io.github.pekkosupervisor.runit.page.LivePage;
import io.github.pekkosupervisor.runit.page.PageSettings;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.RestartDelay;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** The page of a tree in Chromium: what is seen, what is clicked, and what must not happen. */
final class PageInBrowserTest {

    /** What somebody calls at once. */
    private static final long AT_ONCE_MILLIS = 200;

    private static Browser browser;

    @TempDir
    Path temp;

    private final List<AutoCloseable> open = new ArrayList<>();

    @BeforeAll
    static void open_the_browser() {
        assertThat(Browser.isThere() || !"true".equals(System.getenv("CI")))
                .as("Chromium is there in CI")
                .isTrue();
        assumeTrue(Browser.isThere(), "Chromium is not installed; .ci/run installs it");
        browser = Browser.open();
    }

    @AfterAll
    static void close_the_browser() {
        if (browser != null) {
            browser.close();
        }
    }

    @AfterEach
    void close() throws Exception {
        browser.go("about:blank");
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

    private SupervisionTree tree(SupervisorSpec spec) {
        return kept(SupervisionTree.start(
                spec, SupervisionTree.Options.defaults().withLogging(false).withTransitions(true)));
    }

    private LivePage page(SupervisionTree tree) throws IOException {
        LivePage page = kept(LivePage.open(tree, PageSettings.loopback().withCommands(true)));
        browser.go(page.url().toString());
        return page;
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

    // ---- what is seen

    /** From the end of a process to the change on the page, with all that lies between; the best of some. */
    @Test
    void a_crash_shows_at_once() throws Exception {
        SupervisionTree tree = tree(patient().withChild(sleeper("web")).withChild(sleeper("db")));
        page(tree);
        browser.untilText(row("/web") + " .state", "running");

        Browser.until(() -> shownAfterMillis(tree) < AT_ONCE_MILLIS);

        browser.untilText(row("/web") + " .pid", String.valueOf(pid(tree, "/web")));
        assertThat(browser.count(row("/web") + " .spark rect")).isPositive();
        assertThat(Integer.parseInt(browser.text(row("/web") + " .restarts"))).isPositive();
        assertThat(browser.text(row("/db") + " .restarts")).isEmpty();
    }

    private static long shownAfterMillis(SupervisionTree tree) throws Exception {
        long pid = pid(tree, "/web");
        browser.untilText(row("/web") + " .pid", String.valueOf(pid));
        browser.run("""
            const row = document.querySelector(arguments[0]), pid = arguments[1];
            window.seen = null;
            new MutationObserver((all, observer) => {
              if (row.querySelector(".pid").textContent !== pid) { window.seen = Date.now(); observer.disconnect(); }
            }).observe(row, { subtree: true, childList: true, characterData: true, attributes: true });
            """, row("/web"), String.valueOf(pid));
        long before = System.currentTimeMillis();
        kill(pid);
        Browser.until(() -> browser.run("return window.seen") != null);
        long after = ((Number) browser.run("return window.seen")).longValue() - before;
        System.out.println("a crash has shown after " + after + " ms");
        return after;
    }

    @Test
    void a_tree_is_drawn_with_all_that_there_is_to_see() throws Exception {
        Path services = Files.createDirectory(temp.resolve("services"));
        script(services.resolve("web/run"), "echo it begins; exec sleep 1000");
        script(services.resolve("web/log/run"), "mkdir -p main; exec cat >>main/current");
        script(services.resolve("awaited/run"), "exec sleep 1000");
        Files.writeString(services.resolve("awaited/service.conf"), "ready { unix-socket = \"/nowhere/s\" }\n");
        SupervisionTree tree = tree(SupervisorSpec.oneForOne()
                .withUnlimitedRestarts()
                .withChild(slow("database"))
                .withChild(ChildSpec.supervisor(
                                "workers",
                                SupervisorSpec.restForOne()
                                        .withIntensity(1_000, Duration.ofMinutes(10))
                                        .withChild(sleeper("importer"))
                                        .withChild(sleeper("exporter")))
                        .withRestartDelay(RestartDelay.fixed(Duration.ofSeconds(1))))
                .withChild(ChildSpec.supervisor(
                                "pair",
                                SupervisorSpec.oneForAll()
                                        .withIntensity(1_000, Duration.ofMinutes(10))
                                        .withChild(sleeper("left"))
                                        .withChild(sleeper("right")))
                        .withRestartDelay(RestartDelay.fixed(Duration.ofSeconds(1))))
                .withChild(slow("crashing"))
                .withChild(ServiceDirectories.scanned("services", services)
                        .withRestartDelay(RestartDelay.fixed(Duration.ofSeconds(1))))
                .withChild(slow("idle")));
        page(tree);
        browser.untilText(row("/idle") + " .state", "running");
        browser.untilText(row("/services/awaited") + " .note", "awaits");
        browser.untilText(row("/services/web") + " .state", "running");
        for (int i = 0; i < 4; i++) {
            long pid = pid(tree, "/workers/importer");
            kill(pid);
            browser.untilText(row("/workers/importer") + " .restarts", String.valueOf(i + 1));
            Browser.until(() -> node(tree, "/workers/importer").process().isPresent());
        }
        kill(pid(tree, "/crashing"));
        browser.untilText(row("/crashing") + " .state", "restarting");
        browser.click(row("/workers/importer") + " .id");
        Browser.until(() -> browser.count("#deaths li") == 4);
        assertThat(browser.text(row("/workers") + " .strategy title")).isEqualTo("rest for one");
        assertThat(browser.count(row("/workers") + " .strategy circle[fill=currentColor]"))
                .isEqualTo(2);
        assertThat(browser.text(row("/crashing") + " .note")).contains("next start in", "last: killed");

        browser.picture("light-wide");
        browser.colours("dark");
        browser.picture("dark-wide");
        browser.size(430, 800);
        browser.picture("dark-narrow");
        browser.colours("light");
        browser.picture("light-narrow");
        browser.size(1280, 800);

        browser.click(row("/services/web") + " .id");
        browser.untilText("#log", "it begins");
        browser.picture("log");
        assertThat(browser.complaints()).isEmpty();
    }

    private static ChildSpec slow(String id) {
        return sleeper(id).withRestartDelay(RestartDelay.fixed(Duration.ofHours(1)));
    }

    private static void script(Path file, String lines) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\nexec 2>&1\n" + lines + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    // ---- what is clicked

    @Test
    void buttons_do_what_is_written_on_them_and_are_there_when_that_is_possible() throws Exception {
        SupervisionTree tree = tree(patient().withChild(sleeper("web")));
        page(tree);
        browser.click(row("/web") + " .id");
        long first = pid(tree, "/web");
        assertThat(browser.count("[data-do=start]")).isZero();

        browser.click("[data-do=restart]");
        browser.untilText("#answer", "restarted");
        assertThat(pid(tree, "/web")).isNotEqualTo(first);

        browser.click("[data-do=stop]");
        browser.untilText(row("/web") + " .state", "stopped");
        assertThat(node(tree, "/web").state()).isEqualTo(State.STOPPED);
        Browser.until(() -> browser.count("[data-do=stop]") == 0);

        browser.click("[data-do=start]");
        browser.untilText(row("/web") + " .state", "running");
        browser.run("document.querySelector('select').value = 'KILL'");
        browser.click("[data-do=signal]");
        browser.untilText(row("/web") + " .restarts", "1");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void without_commands_there_are_no_buttons() throws Exception {
        SupervisionTree tree = tree(patient().withChild(sleeper("web")));
        LivePage page = kept(LivePage.open(tree, PageSettings.loopback()));
        browser.go(page.url().toString());

        browser.click(row("/web") + " .id");

        browser.untilText("#details h2", "/web");
        browser.untilText("#details", "No ends since the page is there");
        assertThat(browser.count("[data-do]")).isZero();
    }

    @Test
    void all_can_be_done_by_keys() throws Exception {
        SupervisionTree tree = tree(patient()
                .withChild(ChildSpec.supervisor(
                        "group", patient().withChild(sleeper("a")).withChild(sleeper("b"))))
                .withChild(sleeper("last")));
        page(tree);
        browser.untilText(row("/last") + " .state", "running");
        WebElement list = browser.find("#scroll");

        list.sendKeys(Keys.HOME, Keys.ARROW_DOWN);
        Browser.until(() -> current().equals("/group"));
        list.sendKeys(Keys.ARROW_LEFT);
        Browser.until(() -> browser.count(row("/group/a")) == 0);
        assertThat(browser.find(row("/group")).getAttribute("aria-expanded")).isEqualTo("false");
        list.sendKeys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT);
        Browser.until(() -> current().equals("/group/a"));
        list.sendKeys(Keys.END);
        Browser.until(() -> current().equals("/last"));
        list.sendKeys(Keys.ENTER);
        browser.untilText("#details h2", "/last");
        list.sendKeys(Keys.ESCAPE);
        Browser.until(() -> !browser.find("#details").isDisplayed());
        list.sendKeys("/");
        browser.driver().switchTo().activeElement().sendKeys("b");
        Browser.until(() -> browser.count(".row") == 3);
        assertThat(browser.count(row("/group/b"))).isEqualTo(1);
        browser.driver().switchTo().activeElement().sendKeys(Keys.ESCAPE);
        Browser.until(() -> browser.count(".row") == 5);
        assertThat(browser.run("return document.activeElement.id")).isEqualTo("scroll");
    }

    private static String current() {
        return String.valueOf(browser.run("""
            const at = document.getElementById("scroll").getAttribute("aria-activedescendant");
            return at && document.getElementById(at) ? document.getElementById(at).dataset.key : "";
            """));
    }

    // ---- what must not happen

    @Test
    void names_that_mean_harm_are_text() throws Exception {
        List<String> names = List.of(
                "<img src=x onerror=\"window.hacked=1\">",
                "</script><script>window.hacked=2</script>",
                "'\"`;window.hacked=3//",
                "\u202Egnp.exe",
                "a\u0007\u001b[31mb\r\nc",
                "x".repeat(255),
                "{{nonce}}",
                "__proto__",
                "#token=x&do=stop");
        SupervisorSpec spec = patient();
        for (String name : names) {
            spec = spec.withChild(sleeper(name));
        }
        page(tree(spec));
        Browser.until(() -> browser.count(".row") == names.size() + 1);

        for (int i = 1; i <= names.size(); i++) {
            browser.click("#row-" + i + " .id");
            browser.untilText("#details", "No ends since the page is there");
        }

        assertThat(browser.run("return window.hacked === undefined")).isEqualTo(true);
        assertThat(browser.count("img")).isZero();
        assertThat(browser.count("script")).isEqualTo(1);
        assertThat(browser.text("#row-1 .id")).isEqualTo(names.get(0));
        assertThat(browser.text("#row-4 .id")).isEqualTo("\u27E8202E\u27E9gnp.exe");
        assertThat(browser.text("#row-5 .id"))
                .isEqualTo("a\u27E80007\u27E9\u27E8001B\u27E9[31mb\u27E8000D\u27E9\u27E8000A\u27E9c");
        browser.picture("hostile");
        assertThat(browser.complaints()).isEmpty();
    }

    /** Another page in the same browser, even one that has come to know the token. */
    @Test
    void a_page_of_another_origin_gets_and_does_nothing() throws Exception {
        SupervisionTree tree = tree(patient().withChild(sleeper("web")));
        LivePage page = page(tree);
        long before = pid(tree, "/web");
        String at = "http://127.0.0.1:" + page.url().getPort();
        String token = page.url().getFragment().substring("token=".length());
        HttpServer other = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        try {
            other.createContext("/", exchange -> {
                byte[] body = "<!DOCTYPE html><title>other</title>".getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().set("Content-Type", "text/html");
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
                exchange.close();
            });
            other.start();
            browser.go("http://127.0.0.1:" + other.getAddress().getPort() + "/");
            for (String path : List.of("/tree", "/events", "/health/ready")) {
                assertThat(fetched(at + path, "GET", token)).startsWith("refused");
            }
            assertThat(fetched(at + "/command?key=/web&do=stop", "POST", token)).startsWith("refused");
            assertThat(browser.later("""
                const done = arguments[arguments.length - 1];
                fetch(arguments[0], { method: "POST", mode: "no-cors" }).then(r => done(r.type), f => done("refused"));
                """, at + "/command?key=/web&do=stop")).isIn("opaque", "refused");
            assertThat(browser.later("""
                const done = arguments[arguments.length - 1], frame = document.createElement("iframe");
                frame.onload = () => { try { done(frame.contentDocument === null ? "closed" : "open"); }
                  catch (e) { done("closed"); } };
                frame.src = arguments[0];
                document.body.append(frame);
                """, at + "/")).isEqualTo("closed");
        } finally {
            other.stop(0);
        }
        assertThat(pid(tree, "/web")).isEqualTo(before);
        assertThat(node(tree, "/web").state()).isEqualTo(State.RUNNING);
    }

    private static String fetched(String url, String method, String token) {
        return String.valueOf(browser.later("""
            const done = arguments[arguments.length - 1];
            fetch(arguments[0], { method: arguments[1], headers: {
              Authorization: "Bearer " + arguments[2], "X-Pekko-Supervisor": "command" } })
              .then(r => done("answered " + r.status), f => done("refused " + f));
            """, url, method, token));
    }

    // ---- many, and nobody there

    @Test
    void of_ten_thousand_children_only_those_in_sight_are_drawn() throws Exception {
        SupervisionTree tree = tree(patient()
                .withChildren(IntStream.range(0, 10_000)
                        .mapToObj(i -> ChildSpec.actor("job" + i, Behaviors.empty()))
                        .toList()));
        page(tree);
        Browser.until(() -> "10001".equals(browser.run("return document.body.dataset.places")));
        assertThat(browser.count(".row")).isBetween(10, 199);

        browser.run("const at = document.getElementById('scroll'); at.scrollTop = at.scrollHeight;");
        browser.untilText(row("/job9999") + " .state", "running");
        assertThat(browser.count(".row")).isLessThan(200);

        get(tree.root().terminateChild("job9999"));
        browser.untilText(row("/job9999") + " .state", "stopped");
        browser.find("#filter").sendKeys("job777");
        Browser.until(() -> browser.count(".row") == 12);
        browser.picture("filtered");
    }

    @Test
    void a_page_that_is_gone_is_told_and_comes_back() throws Exception {
        SupervisionTree tree = tree(patient().withChild(sleeper("web")));
        LivePage page = page(tree);
        browser.untilText("#connection", "live");
        int port = page.url().getPort();

        page.close();
        browser.untilText("#banner", "Not connected");
        browser.untilText("#connection", "not connected");
        assertThat(browser.text(row("/web") + " .state")).isEqualTo("running");
        browser.picture("stale");

        LivePage next = kept(LivePage.open(tree, PageSettings.loopback().withPort(port)));
        Browser.until(() -> browser.find("#ask").isDisplayed());
        browser.find("#token").sendKeys(next.url().getFragment().substring("token=".length()), Keys.ENTER);
        browser.untilText("#connection", "live");
        Browser.until(() -> !browser.find("#banner").isDisplayed());
        assertThat(browser.run("return location.hash")).isEqualTo("");
    }

    @Test
    void the_end_of_the_tree_is_told() throws Exception {
        SupervisionTree tree = tree(patient().withChild(sleeper("web")));
        page(tree);
        browser.untilText("#connection", "live");

        tree.close();

        browser.untilText("#connection", "the tree has ended");
        browser.untilText("#banner", "The tree has ended");
    }
}
