package io.github.pekkosupervisor.runit.imports;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is written of single keys. */
class WrittenTest {

    private static String written(String name, ForeignFormat format, String text) throws ForeignFileException {
        return format.translate(new ForeignFile(name, Path.of("/srv"), text)).text();
    }

    @Test
    void socket_and_its_owner_are_written_with_their_variables() throws Exception {
        String text = written("file", ForeignFormat.SUPERVISORD, """
                [fcgi-program:a]
                command=a
                socket=unix:///run/%(ENV_NAME)s.sock
                socket_owner=%(ENV_WHO)s
                [fcgi-program:b]
                command=b
                socket=unix://%(here)s/b.sock
                """);

        assertThat(text)
                .contains("listen = \"unix:/run/\"${NAME}\".sock\"")
                .contains("owner = ${WHO}")
                .contains("listen = \"unix:\"${variables.here}\"/b.sock\"");
    }

    @ParameterizedTest
    @CsvSource({
        "2,stop = [INT]",
        "SIGINT,stop = [INT]",
        "int,stop = [INT]",
        "9,shutdown = brutal-kill",
        "15,shutdown = 10s"
    })
    void signal_of_a_stop_has_its_name(String signal, String line) throws Exception {
        String supervisord = "[program:a]\ncommand=a\nstopsignal=" + signal + "\n";
        String compose = "services: { a: { command: x, stop_signal: " + signal + " } }\n";

        assertThat(written("file", ForeignFormat.SUPERVISORD, supervisord)).contains(line);
        assertThat(written("file", ForeignFormat.COMPOSE, compose)).contains(line);
    }

    @ParameterizedTest
    @CsvSource({"PT0S,0s", "PT0.0000001S,1ms", "PT0.001S,1ms", "PT1.5S,1500ms", "PT90S,90s", "PT2M,2m", "PT2H,2h"})
    void time_is_written_in_its_largest_unit_and_a_short_one_is_not_none(Duration time, String text) {
        assertThat(Hocon.time(time)).isEqualTo(text);
    }

    @Test
    void a_command_is_split_around_its_variables() throws Exception {
        String text = written(
                "file", ForeignFormat.COMPOSE, "services:\n  a: { command: \"${CMD:-npm run dev} --port $PORT\" }\n");

        assertThat(text)
                .contains("npm run dev")
                .contains("${CMD:-npm run dev} is one word here, as in quotes")
                .contains("$PORT is one word here")
                .doesNotContain("is no variable");
    }

    @Test
    void no_retries_of_a_health_check_are_the_usual_ones() throws Exception {
        String text = written("file", ForeignFormat.COMPOSE, """
                services:
                  a: { command: x, depends_on: { b: { condition: service_healthy } } }
                  b: { command: y, healthcheck: { test: z, retries: 0, interval: 1s, timeout: 1s } }
                """);

        assertThat(text).contains("start-timeout = 6s").contains("failures = 3");
    }

    @Test
    void name_of_a_file_is_one_line_of_a_comment() throws Exception {
        String text = written("a\ninclude \"x\"\n", ForeignFormat.SUPERVISORD, """
                [program:a]
                command=a
                [include]
                files=b
                """);

        assertThat(text.lines()).noneMatch(line -> line.strip().startsWith("include"));
        assertThat(text).contains("# a?include \"x\"?:3: ");
    }

    @Test
    void defaults_that_compose_takes_for_the_empty_too_are_remarked() throws Exception {
        String remark = "A variable that is set, and empty, is empty here";

        assertThat(written("file", ForeignFormat.COMPOSE, "services: { a: { command: \"${A:-b}\" } }"))
                .contains(remark);
        assertThat(written("file", ForeignFormat.COMPOSE, "services: { a: { command: \"${A-b}\" } }"))
                .doesNotContain(remark);
    }
}
