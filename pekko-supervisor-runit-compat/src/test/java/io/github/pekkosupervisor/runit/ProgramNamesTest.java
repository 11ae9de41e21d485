package io.github.pekkosupervisor.runit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a process is called that has come of a script. */
class ProgramNamesTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            exec chpst -u www /usr/sbin/nginx -g 'daemon off;' | run exec chpst -u www nginx -g daemon off
            #!/bin/sh\\nexec "$DIR"/postgres                 | run exec DIR postgres
              # exec sleep\\nexec 2>&1                         | run exec 2 1
            exec a-program-with-a-long-name                   | run exec a-program-with-
            /                                                 | run
            exec app@v1.2                                     | run exec app@v1.2
            """)
    void words_of_a_script_are_names(String script, String expected) {
        assertThat(ProgramNames.in(script.replace("\\n", "\n")))
                .containsExactlyInAnyOrderElementsOf(List.of(expected.split(" ", -1)));
    }
}
