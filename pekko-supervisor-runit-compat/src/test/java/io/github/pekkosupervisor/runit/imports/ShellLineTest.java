package io.github.pekkosupervisor.runit.imports;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShellLineTest {

    /** Where exec in front would run less than the line does, or nothing at all, it is not put there. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            quoteCharacter = '#',
            value = {
                "node server.js ! true",
                "bin/web -p $PORT ! true",
                "bin/web -p ${PORT:-5000} ! true",
                "$JAVA_HOME/bin/java -jar web.jar ! true",
                "web >log 2>&1 ! true",
                "web 'a;b' \"c && d\" ! true",
                "web a\\;b ! true",
                "a && b ! false",
                "a || b ! false",
                "a | b ! false",
                "a; b ! false",
                "a & ! false",
                "A=b web ! false",
                "cd web ! false",
                "exec web ! false",
                "if true; then web; fi ! false",
                "{ web; } ! false",
                "(web) ! false",
                "web $(id -u) ! false",
                "web `id -u` ! false",
                "web 'not closed ! false",
                "[ -f x ] ! false",
                "time web ! false",
            })
    void exec_stands_before_one_simple_command_alone(String line, boolean isSimple) {
        assertThat(ShellLine.isSimple(line)).isEqualTo(isSimple);
    }
}
