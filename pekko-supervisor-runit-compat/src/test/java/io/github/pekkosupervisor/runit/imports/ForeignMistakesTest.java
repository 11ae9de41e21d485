package io.github.pekkosupervisor.runit.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is no file of its format, or cannot be run by anybody, is refused with its line. */
class ForeignMistakesTest {

    @TempDir
    private Path temp;

    private static void refused(String text, ForeignFormat format, String message) {
        ForeignFile file = new ForeignFile("file", Path.of("/srv"), text.replace("~", "\n"));

        assertThatThrownBy(() -> format.translate(file))
                .isInstanceOf(ForeignFileException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            value = {
                "'' ! file:1: no line of it is NAME: COMMAND",
                "# nothing~these are words ! file:1: no line of it is NAME: COMMAND",
            })
    void procfile(String text, String message) {
        refused(text, ForeignFormat.PROCFILE, message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            value = {
                "command=x ! file:1: a file of supervisord begins with a [section]",
                "[supervisord]~nodaemon=true ! file:1: there is no [program:]",
                "[program:a]~words ! file:2: neither a [section] nor KEY=VALUE",
                "[program:a] ! file:1: command is not there",
                "[program:a]~command= ! file:2: command is not there",
                "[program:a]~command=a 'b ! file:2: command cannot be split into words: a quote ' is not closed",
                "[program:a]~command=a~startsecs=soon ! file:3: startsecs must be a number, was soon",
                "[program:a]~command=a~startretries=-1 ! file:3: startretries must not be negative",
                "[program:a]~command=a~autorestart=often ! file:3: autorestart must be true or false, was often",
                "[program:a]~command=a~exitcodes=0,300 ! file:3: exitcodes must be numbers from 0 to 255",
                "[program:a]~command=a~environment=A ! file:3: environment cannot be read",
                "[program:a]~command=a~numprocs=2 ! file:3: numprocs needs a process_name",
                "[program:a]~command=a~numprocs=9999 ! file:3: numprocs must be from 1 to 1000",
                "[program:a]~command=a~[group:g]~programs=a,b ! file:4: there is no [program:b]",
                "[program:a]~command=a~[group:g] ! file:3: [group:g] has no programs",
                "[fcgi-program:a]~command=a~socket=words ! file:3: socket must be tcp://HOST:PORT or unix:///PATH, was words",
                "[fcgi-program:a]~command=a~socket=tcp://h:%(ENV_P)s ! file:3: socket can have no variable at this place",
                "[supervisord]~environment=A~[program:a]~command=a ! file:2: environment cannot be read",
            })
    void supervisord(String text, String message) {
        refused(text, ForeignFormat.SUPERVISORD, message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            value = {
                "'' ! file:1: it is empty",
                "a: [ ! file:1: this is no YAML",
                "services:~  a: &a~    <<: *a ! file:2: this is merged into itself",
                "services: ! file:1: there are no services",
                "volumes: {} ! file:1: there are no services",
                "services:~  a: word ! file:2: here must be a mapping",
                "services:~  a: {}~  a: {} ! file:3: a is there in line 2 too",
                "services:~  a: { command: { b: c } } ! file:2: here must be one value",
                "services:~  a: { command: \"b 'c\" } ! file:2: this cannot be split into words",
                "services:~  a: { depends_on: [b] }~  b: { depends_on: [a] } ! need each other in a circle: a, b",
                "services:~  a: { depends_on: [b] } ! file:2: a depends on b, which is not there",
                "services:~  a: { restart: often } ! file:2: restart must be no, always",
                "services:~  a: { restart: 'on-failure:x' } ! file:2: restart must be on-failure",
                "services:~  a: { stop_grace_period: soon } ! file:2: this must be a time, such as 1m30s, was soon",
                "services:~  a: { stop_grace_period: $T } ! file:2: a variable cannot be taken over here",
                "services:~  a: { ulimits: { nofile: many } } ! file:2: this must be a number",
                "services:~  a: { healthcheck: { test: [RUN, x] } } ! file:2: test must begin with CMD",
                "services:~  a: { healthcheck: { test: x, retries: few } } ! file:2: this must be a number",
                "--- {}~--- {} ! this is no YAML",
            })
    void compose(String text, String message) {
        refused(text, ForeignFormat.COMPOSE, message);
    }

    @Test
    void yaml_of_which_each_line_has_ten_times_more_than_the_last_is_refused() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x]\n");
        for (int at = 1; at < 12; at++) {
            String before = "*a" + (at - 1);
            bomb.append("a" + at + ": &a" + at + " [" + (before + ", ").repeat(9) + before + "]\n");
        }

        refused(bomb.toString(), ForeignFormat.COMPOSE, "this is no YAML");
    }

    @Test
    void yaml_of_lists_in_lists_without_end_is_refused() {
        refused("a: " + "[".repeat(100_000), ForeignFormat.COMPOSE, "file:1: ");
    }

    @Test
    void file_that_cannot_be_read_is_named() throws IOException {
        Path big = Files.write(temp.resolve("big"), new byte[(1 << 20) + 1]);
        Path binary = Files.write(temp.resolve("binary"), new byte[] {(byte) 0xff});

        assertThatThrownBy(() -> ForeignFile.read(temp.resolve("none")))
                .hasMessage(temp + "/none: it cannot be read: there is no such file");
        assertThatThrownBy(() -> ForeignFile.read(temp)).hasMessageContaining("it is a directory");
        assertThatThrownBy(() -> ForeignFile.read(big)).hasMessageContaining("more than 1 MiB");
        assertThatThrownBy(() -> ForeignFile.read(binary)).hasMessageContaining("not text in UTF-8");
    }

    @Test
    void file_of_variables_beside_a_procfile_is_read_by_each_of_its_processes() throws Exception {
        Files.writeString(temp.resolve(".env"), "A=b\n");
        Path file = Files.writeString(temp.resolve("Procfile"), "web: node web.js\n");

        assertThat(ForeignFormat.PROCFILE.translate(ForeignFile.read(file)).text())
                .contains("environment-files = [\".env\"]", "here = \"" + temp + "\"");
    }

    @Test
    void file_of_variables_that_need_not_be_there_is_left_out_when_it_is_not() throws Exception {
        Files.writeString(temp.resolve("there.env"), "A=b\n");
        Path file = Files.writeString(temp.resolve("compose.yaml"), """
            services:
              a:
                entrypoint: [sleep, "1"]
                env_file:
                  - path: ./there.env
                    required: false
                  - path: none.env
                    required: false
                  - always.env
            """);

        Translation translation = ForeignFormat.COMPOSE.translate(ForeignFile.read(file));

        assertThat(translation.text())
                .contains("environment-files = [${variables.here}\"/there.env\", ${variables.here}\"/always.env\"]");
        assertThat(translation.told())
                .singleElement()
                .asString()
                .startsWith(file + ":7: env_file: none.env is not there now");
    }
}
