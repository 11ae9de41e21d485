package io.github.pekkosupervisor.runit.launcher;

import static io.github.pekkosupervisor.runit.launcher.RunningFile.command;
import static io.github.pekkosupervisor.runit.launcher.RunningFile.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.runit.conformance.BuiltDist;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** {@code pekko-supervisor import} as an operator has it, and what it has printed, run. */
@Tag("dist")
@Execution(ExecutionMode.CONCURRENT)
class ImportTest {

    @TempDir
    private Path temp;

    private RunningFile run;

    @BeforeEach
    void open() throws IOException {
        run = new RunningFile(temp);
    }

    @AfterEach
    void close() {
        run.close();
    }

    /** In the directory of the test; what it says on standard error is in the file told. */
    private String imported(String words) {
        return command(
                "env",
                "JAVA_HOME=" + BuiltDist.javaHome(),
                "sh",
                "-c",
                "cd \"$0\" && \"$1\" import " + words + " 2>told",
                run.path("").toString(),
                BuiltDist.bin().resolve("pekko-supervisor").toString());
    }

    /** Runs what is printed of the file, with its sv and state here. */
    private void start(String words) throws IOException {
        Files.writeString(
                run.path("shop.conf"),
                imported(words) + "pekko-supervisor { export.directory = \"" + run.path("service")
                        + "\", state-directory = \"" + run.path("state") + "\" }\n");
        run.start();
    }

    @Test
    void procfile_runs_with_its_release_first() throws IOException {
        Files.writeString(run.path(".env"), "NAME='of the shop'\n");
        Files.writeString(run.path("Procfile"), """
            web: sh -c 'echo up $PORT $NAME >>notes; exec sleep 1000'
            release: echo released >>notes
            worker: test -s notes && exec sleep 2000
            """);

        start("Procfile");

        run.awaitPid("worker");
        patiently()
                .untilAsserted(
                        () -> assertThat(run.read("notes").lines()).containsExactly("released", "up 5000 of the shop"));
        assertThat(run.read("told"))
                .startsWith("Procfile:2: release is run before all others")
                .hasLineCount(1);
    }

    @Test
    void program_of_supervisord_is_left_alone_when_it_has_been_tried_often_enough() throws IOException {
        Files.writeString(run.path("supervisord.conf"), """
            [program:broken]
            command=sh -c "echo tried >>%(here)s/notes; exit 3"
            startretries=1
            priority=2
            [program:good]
            command=sleep 1000
            stdout_logfile=%(here)s/log
            stdout_logfile_maxbytes=0
            priority=1
            """);

        start("supervisord.conf");

        String good = run.awaitPid("good.good");
        // before its first start it is down too
        patiently().until(() -> run.read("notes").lines().count() == 2);
        patiently().until(() -> run.sv("status", "broken").startsWith("down:"));
        assertThat(run.read("notes").lines()).containsExactly("tried", "tried");
        assertThat(run.sv("up", "broken")).isEmpty();
        patiently().until(() -> run.read("notes").lines().count() > 2);
        assertThat(run.pid("good.good")).isEqualTo(good);
    }

    @Test
    void compose_file_waits_until_a_service_is_healthy_and_another_one_done() throws IOException {
        Files.writeString(run.path("compose.yaml"), """
            services:
              web:
                entrypoint: [sh, -c]
                command: ["echo web $$GREETING >>notes; exec sleep 1000"]
                environment: { GREETING: "${GREETING:-hello}" }
                depends_on:
                  db: { condition: service_healthy }
                  fill: { condition: service_completed_successfully }
              fill:
                entrypoint: sh -c "echo filled >>notes"
                depends_on: { db: { condition: service_healthy } }
              db:
                entrypoint: sh -c "echo db >>notes; touch there; exec sleep 1000"
                healthcheck: { test: "test -e there && echo healthy >>notes" }
            """);

        start("compose.yaml");

        run.awaitPid("web");
        patiently()
                .untilAsserted(() -> assertThat(run.read("notes").lines().filter(line -> !line.equals("healthy")))
                        .containsExactly("db", "filled", "web hello"));
        assertThat(run.read("notes").lines().toList().indexOf("healthy")).isEqualTo(1);
        assertThat(run.read("told")).isEmpty();
    }

    @Test
    void wrong_usage_is_100_and_a_file_that_cannot_be_read_111() {
        assertThat(imported("")).isEqualTo("exit code 100");
        assertThat(run.read("told"))
                .startsWith("pekko-supervisor import: fatal: there is no file")
                .contains("usage: pekko-supervisor import");
        assertThat(imported("none.yaml")).isEqualTo("exit code 111");
        assertThat(run.read("told"))
                .isEqualTo("pekko-supervisor import: fatal: none.yaml: it cannot be read: there is no such file\n");
    }
}
