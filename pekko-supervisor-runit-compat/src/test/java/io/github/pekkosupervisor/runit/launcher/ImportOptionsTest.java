package io.github.pekkosupervisor.runit.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.runit.imports.ForeignFormat;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImportOptionsTest {

    private static List<OsString> words(String line) {
        return Arrays.stream(line.split(" "))
                .filter(word -> !word.isEmpty())
                .map(OsString::of)
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "Procfile,PROCFILE,Procfile",
        "app/Procfile.dev,PROCFILE,app/Procfile.dev",
        "shop.procfile,PROCFILE,shop.procfile",
        "/etc/supervisord.conf,SUPERVISORD,/etc/supervisord.conf",
        "web.ini,SUPERVISORD,web.ini",
        "compose.yaml,COMPOSE,compose.yaml",
        "docker-compose.yml,COMPOSE,docker-compose.yml",
        "--from compose /dev/stdin,COMPOSE,/dev/stdin",
        "--from=procfile web.conf,PROCFILE,web.conf",
        "--from procfile -- -x,PROCFILE,-x"
    })
    void format_is_as_it_is_said_or_as_the_file_is_called(String line, ForeignFormat format, String file) {
        assertThat(ImportOptions.parse(words(line))).isEqualTo(new ImportOptions(format, OsString.of(file)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            value = {
                "'' ! there is no file",
                "--from compose ! there is no file",
                "a.yaml b.yaml ! there is more than one file",
                "web.txt ! the name web.txt does not say whose file it is; say --from with one of procfile",
                "--from ! --from needs one of procfile, supervisord, compose",
                "--from runit x ! --from must be one of procfile, supervisord, compose, was runit",
                "--form compose x ! unknown option --form; did you mean --from?",
            })
    void what_is_wrong_is_said(String line, String message) {
        List<OsString> words = words(line);

        assertThatThrownBy(() -> ImportOptions.parse(words))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }
}
