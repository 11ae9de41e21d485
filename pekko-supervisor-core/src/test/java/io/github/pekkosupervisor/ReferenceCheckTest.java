package io.github.pekkosupervisor;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReferenceCheckTest {

    private static final Config ALL = ConfigFactory.defaultReference();

    @Test
    void the_settings_of_all_jars_are_there() {
        assertThatCode(() -> ReferenceCheck.check(ALL)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "pekko.actor.provider, pekko-actor",
        "pekko.actor.typed, pekko-actor-typed",
        "pekko-supervisor, pekko-supervisor-core"
    })
    void settings_that_are_missing_are_named_with_what_to_do(String path, String jar) {
        assertThatThrownBy(() -> ReferenceCheck.check(ALL.withoutPath(path)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("has the settings of " + jar + " (")
                .hasMessageContaining("AppendingTransformer");
    }
}
