package io.github.pekkosupervisor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import io.github.pekkosupervisor.posix.PosixSettings;
import io.github.pekkosupervisor.posix.PosixSettings.Backend;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ProcessSettingsTest {

    private static final String ORIGIN = "the test's file";

    @Test
    void the_defaults_are_those_of_reference_conf() {
        PosixSettings settings = ProcessSettings.from(ConfigFactory.defaultReference());

        assertThat(settings).isEqualTo(PosixSettings.defaults());
    }

    @ParameterizedTest
    @CsvSource({"auto, AUTO", "native, NATIVE", "portable, PORTABLE", "Native, NATIVE"})
    void a_backend_is_known_by_its_name(String name, Backend backend) {
        PosixSettings settings = ProcessSettings.from(config("backend", name));

        assertThat(settings.backend()).isEqualTo(backend);
    }

    @ParameterizedTest
    @ValueSource(longs = {3, 1024, 1_048_576, Long.MAX_VALUE})
    void a_limit_of_open_files_is_a_number(long limit) {
        PosixSettings settings = ProcessSettings.from(config("open-files-limit", String.valueOf(limit)));

        assertThat(settings.openFilesLimit()).isEqualTo(OptionalLong.of(limit));
    }

    @ParameterizedTest
    @CsvSource({
        "backend, fork, 'must be auto, native or portable, was \"fork\"'",
        "backend, '\"\"', 'must be auto, native or portable'",
        "backend, [], STRING",
        "open-files-limit, 2, 'must be \"inherit\" or at least 3, was 2'",
        "open-files-limit, -1, 'must be \"inherit\" or at least 3, was -1'",
        "open-files-limit, many, NUMBER",
        "open-files-limit, {}, STRING"
    })
    void a_wrong_value_is_refused_with_its_path_and_origin(String key, String value, String explanation) {
        Config wrong = config(key, value);

        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> ProcessSettings.from(wrong))
                .withMessageContaining("pekko-supervisor.process." + key)
                .withMessageContaining(ORIGIN)
                .withMessageContaining(explanation);
    }

    private static Config config(String key, String value) {
        ConfigParseOptions named = ConfigParseOptions.defaults().setOriginDescription(ORIGIN);
        return ConfigFactory.parseString("pekko-supervisor.process." + key + " = " + value, named)
                .withFallback(ConfigFactory.defaultReference());
    }
}
