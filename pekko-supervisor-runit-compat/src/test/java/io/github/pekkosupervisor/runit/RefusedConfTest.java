package io.github.pekkosupervisor.runit;

import static io.github.pekkosupervisor.runit.Tree.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.runit.Tree.Service;
import io.github.pekkosupervisor.runit.adoption.OurPrograms;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What follows from a {@code service.conf} that cannot be used, and how it is seen later. */
@Execution(ExecutionMode.CONCURRENT)
class RefusedConfTest extends InTree {

    private static final String HELD = "run is not started by itself, since it seems to be a oneshot";

    private final Told told = new Told();
    private final OurPrograms ours = new OurPrograms();

    private Service service(String run, String conf) throws IOException {
        Service web = tree.service("web").script("run", run);
        Files.writeString(web.path().resolve("service.conf"), conf + "\n");
        return web;
    }

    private void start() {
        tree.start(settings -> settings.withListener(told));
    }

    private static void awaitDown(Service web) {
        patiently()
                .ignoreExceptions()
                .until(() -> web.status().state() == ServiceStatus.State.DOWN
                        && web.status().want() == ServiceStatus.Want.DOWN);
    }

    private String table(Service web) throws IOException, InterruptedException {
        return ours.run("status", String.valueOf(web.path().getParent()));
    }

    private String json(Service web) throws IOException, InterruptedException {
        return ours.run("status", "--json", String.valueOf(web.path().getParent()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "oneshot = true\nstart_timeout = 60s",
                "oneshot = true\noutput = log",
                "one-shot = true",
                "oneshot = true }"
            })
    void one_that_seems_to_be_a_oneshot_is_not_started_until_it_is_asked_for_and_then_once(String conf)
            throws Exception {
        Service web = service("echo >>ran", conf);
        start();
        tree.awaitMessage(HELD + " and service.conf cannot be used");
        awaitDown(web);

        assertThat(web.lines("ran")).isEmpty();
        web.control("u");
        told.await("/web", "run ended p1, exit code 0");
        awaitDown(web);

        assertThat(web.lines("ran")).hasSize(1);
        assertThat(table(web))
                .startsWith("1 ")
                .containsPattern("web +down .*normally up, done, service.conf not used, run not started");
    }

    /** As of a file that was copied without its mode, or written on Windows; and until it has been mended. */
    @ParameterizedTest
    @CsvSource({
        "rw-r--r--, '#!/bin/sh', access denied",
        "rwxr-xr-x, '#!/no/such/shell', file does not exist",
        "rwxr-xr-x, '#!/bin/sh\r', file does not exist"
    })
    void run_that_cannot_be_started_is_told_from_one_that_ends_with_111(String mode, String first, String why)
            throws Exception {
        Service web = service("exec sleep 100000", "");
        Path run = web.path().resolve("run");
        String right = Files.readString(run);
        Files.writeString(run, first + "\nexit 0\n");
        Files.setPosixFilePermissions(run, PosixFilePermissions.fromString(mode));
        start();
        tree.awaitMessage("unable to start ./run: " + why);

        patiently().untilAsserted(() -> assertThat(table(web)).startsWith("1 ").contains("run cannot be started"));
        assertThat(json(web)).contains("{\"what\":\"run cannot be started\",\"why\":\"unable to start ./run: " + why);
        Files.writeString(run, right);
        Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwxr-xr-x"));
        web.awaitRun();

        patiently().untilAsserted(() -> assertThat(table(web)).startsWith("0 ").doesNotContain("cannot be started"));
        assertThat(web.path().resolve("supervise/.shortcomings")).doesNotExist();
    }

    @Test
    void when_it_is_right_and_read_again_it_is_started() throws Exception {
        Service web = service("echo >>ran", "oneshot = true\nfoo = 1");
        start();
        tree.awaitMessage(HELD);
        awaitDown(web);
        tree.stop();

        Files.writeString(web.path().resolve("service.conf"), "oneshot = true\n");
        start();

        web.awaitLines("ran", 1);
        awaitDown(web);
        assertThat(web.lines("ran")).hasSize(1);
        assertThat(web.path().resolve("supervise/.shortcomings")).doesNotExist();
        assertThat(table(web)).startsWith("0 ").contains("normally up, done");
    }

    @Test
    void one_that_others_could_have_written_is_not_started_either() throws Exception {
        Service web = service("echo >>ran", "oneshot = true");
        Files.setPosixFilePermissions(web.path().resolve("service.conf"), PosixFilePermissions.fromString("rw-rw-rw-"));
        start();

        tree.awaitMessage("service.conf: oneshot is not used: service.conf can be written to by others");
        tree.awaitMessage(HELD);
        awaitDown(web);
        assertThat(web.lines("ran")).isEmpty();
        assertThat(table(web)).startsWith("1 ").contains("oneshot of service.conf not used, run not started");
    }

    /** Who orders its starts has no use for oneshots here, whatever the file says of them. */
    @Test
    void one_by_otps_rules_is_started_when_its_supervisor_says_so() throws Exception {
        Path place = Files.createDirectory(temp.resolve("grove"));
        try (Grove grove = new Grove(place)) {
            Service web = grove.sleeper("web");
            Files.writeString(web.path().resolve("service.conf"), "oneshot = true\nfoo = 1\n");
            grove.start(grove.one(web));

            grove.awaitStarts(web, 1);
            assertThat(grove.messages())
                    .anyMatch(message -> message.contains("key \"foo\" is not known here"))
                    .noneMatch(message -> message.contains(HELD));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "redy { tcp = 1 } | service.conf not used | service.conf: 1: key \\\"redy\\\" is not known here",
                "log { directory = | service.conf not used | service.conf: 2: ",
                "oneshot = false, foo = 1 | service.conf not used | service.conf: 1: key \\\"foo\\\" is not known here"
            })
    void any_other_runs_as_with_runit_and_who_comes_later_sees_it(String conf, String note, String why)
            throws Exception {
        Service web = service("exec sleep 1000", conf);
        start();
        web.awaitRun();

        assertThat(table(web)).startsWith("1 ").containsPattern("web +run .* " + note + "\n");
        assertThat(json(web))
                .startsWith("1 ")
                .contains("\"shortcomings\":[{\"what\":\"" + note + "\",\"why\":\"" + why);
        assertThat(ours.run("tree", String.valueOf(web.path().getParent())))
                .startsWith("1 ")
                .contains(note);
    }

    @Test
    void a_file_of_s6_that_says_nothing_is_seen_too() throws Exception {
        Service web = tree.service("web").script("run", "exec sleep 1000");
        Files.writeString(web.path().resolve("notification-fd"), "three\n");
        start();
        web.awaitRun();

        assertThat(table(web)).startsWith("1 ").contains("notification-fd not used");
    }

    @Test
    void one_that_can_be_used_has_nothing_wrong() throws Exception {
        Service web = service("exec sleep 1000", "oneshot = false");
        start();
        web.awaitRun();

        assertThat(web.path().resolve("supervise/.shortcomings")).doesNotExist();
        assertThat(table(web)).startsWith("0 ").doesNotContain("not used");
        assertThat(json(web)).doesNotContain("shortcomings");
    }
}
