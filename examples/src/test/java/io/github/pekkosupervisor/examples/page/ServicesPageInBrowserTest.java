package io.github.pekkosupervisor.examples.page;

import static io.github.pekkosupervisor.examples.page.Browser.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code pekko-supervisor page} shows of the services of runit's own {@code runsvdir}, in Chromium. */
final class ServicesPageInBrowserTest {

    private static final Path RUNSVDIR = Path.of("/usr/bin/runsvdir");

    private static Browser browser;

    @TempDir
    Path temp;

    private Process runsvdir;
    private @Nullable Process program;

    @BeforeAll
    static void open_the_browser() {
        boolean isThere = Browser.isThere() && Files.isExecutable(RUNSVDIR);
        assertThat(isThere || !"true".equals(System.getenv("CI")))
                .as("Chromium and runit are there in CI")
                .isTrue();
        assumeTrue(isThere, "Chromium or runit is not installed; .ci/run installs both");
        browser = Browser.open();
    }

    @AfterAll
    static void close_the_browser() {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void supervise() throws IOException {
        Files.createDirectories(services());
        service("web");
        ProcessBuilder builder =
                new ProcessBuilder(RUNSVDIR.toString(), services().toString());
        builder.environment().put("PATH", "/usr/bin:/bin");
        runsvdir = started(builder, "runsvdir");
    }

    /** By HUP runsvdir tells those below it to end, and does not wait for them. */
    @AfterEach
    void end_all() throws Exception {
        browser.go("about:blank");
        Process page = program;
        List<ProcessHandle> below = runsvdir.descendants().toList();
        try {
            if (page != null) {
                page.destroy();
                assertThat(page.waitFor(Browser.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                        .isTrue();
                assertThat(page.exitValue()).isZero();
            }
            assertThat(new ProcessBuilder("kill", "-HUP", Long.toString(runsvdir.pid()))
                            .start()
                            .waitFor())
                    .isZero();
            await().atMost(Browser.PATIENCE)
                    .until(() -> !runsvdir.isAlive() && below.stream().noneMatch(ProcessHandle::isAlive));
        } finally {
            if (page != null) {
                page.destroyForcibly();
            }
            runsvdir.destroyForcibly();
            below.forEach(ProcessHandle::destroyForcibly);
        }
    }

    private Path services() {
        return temp.resolve("services");
    }

    /** A service that is there at once. */
    private Path service(String name) throws IOException {
        Path made = Files.createDirectory(services().resolve(".new"));
        Path run = Files.writeString(made.resolve("run"), "#!/bin/sh\nexec sleep 100000\n");
        Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwxr-xr-x"));
        return Files.move(made, services().resolve(name));
    }

    private Process started(ProcessBuilder builder, String name) throws IOException {
        return builder.redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(temp.resolve(name + ".out").toFile())
                .redirectError(temp.resolve(name + ".err").toFile())
                .start();
    }

    /** The address that the program prints, in the browser. */
    private void page(String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "io.github.pekkosupervisor.runit.launcher.Main",
                "page"));
        command.addAll(List.of(options));
        command.add(services().toString());
        Process page = started(new ProcessBuilder(command), "page");
        program = page;
        await().atMost(Browser.PATIENCE).until(() -> {
            assertThat(page.isAlive())
                    .as(Files.readString(temp.resolve("page.err")))
                    .isTrue();
            return Files.readString(temp.resolve("page.out")).endsWith("\n");
        });
        browser.go(Files.readString(temp.resolve("page.out")).strip());
    }

    private String pidAfter(String former) {
        Browser.until(() -> browser.text(row("/web") + " .state").equals("running")
                && browser.text(row("/web") + " .pid").matches("\\d+")
                && !browser.text(row("/web") + " .pid").equals(former));
        return browser.text(row("/web") + " .pid");
    }

    @Test
    void a_crash_shows_and_buttons_do_what_is_written_on_them() throws Exception {
        page("--commands");
        String first = pidAfter("");

        assertThat(ProcessHandle.of(Long.parseLong(first)).orElseThrow().destroyForcibly())
                .isTrue();

        String second = pidAfter(first);
        Browser.until(() -> browser.count(row("/web") + " .spark rect") > 0);
        browser.click(row("/web") + " .id");
        Browser.until(() -> browser.count("#deaths li") == 1);

        browser.click("[data-do=restart]");
        String third = pidAfter(second);
        browser.click("[data-do=stop]");
        browser.untilText(row("/web") + " .state", "stopped");
        Browser.until(() -> ProcessHandle.of(Long.parseLong(third)).isEmpty());
        browser.click("[data-do=start]");
        pidAfter(third);
        browser.picture("services");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void without_commands_there_are_no_buttons_and_what_comes_and_goes_is_seen() throws Exception {
        page();
        pidAfter("");
        browser.click(row("/web") + " .id");
        browser.untilText("#details h2", "/web");
        browser.untilText("#details", "No ends since the page is there");
        assertThat(browser.count("[data-do]")).isZero();
        String harm = "<img src=x onerror=\"window.hacked=1\">\u001b[31m";

        Path made = service(harm);
        Browser.until(() -> browser.count(".row") == 3);

        // as it is printed by all programs of ours
        assertThat(browser.text("#scroll")).contains("<img src=x onerror=\"window.hacked=1\">\\x1b[31m");
        assertThat(browser.count("img")).isZero();
        assertThat(browser.run("return window.hacked === undefined")).isEqualTo(true);
        Files.move(made, temp.resolve("away"));
        Browser.until(() -> browser.count(".row") == 2);

        Path away = Files.move(services(), temp.resolve("all"));
        browser.untilText("#scroll", "unable to read services directory");
        Files.move(away, services());
        Browser.until(() -> !browser.text("#scroll").contains("unable to read"));
        assertThat(browser.complaints()).isEmpty();
    }
}
