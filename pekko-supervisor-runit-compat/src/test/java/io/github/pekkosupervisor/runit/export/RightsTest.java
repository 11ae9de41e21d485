package io.github.pekkosupervisor.runit.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.runit.supervise.Modes;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whom a pattern of {@code withAccess} names. */
final class RightsTest {

    @ParameterizedTest
    @CsvSource({
        "workers.*,   workers.w1,     true",
        "workers.*,   workers,        false",
        "workers*,    workers,        true",
        "*,           '',             true",
        "*,           a.b.c,          true",
        "*.w1,        workers.w1,     true",
        "*.w1,        workers.w1.w2,  false",
        "w?,          w1,             true",
        "w?,          w,              false",
        "w?,          w12,            false",
        "a*b*c,       aXbYbZc,        true",
        "a*b*c,       aXbYbZ,         false",
        "ö*,          öl,             true",
        // what means something elsewhere is itself
        "workers.[,   workers.[,      true",
        "workers.[,   workers.w,      false",
        "'{a,b}',     a,              false",
        "a.b,         aXb,            false"
    })
    void it_is_text_with_stars_and_question_marks(String pattern, String name, boolean matches) {
        assertThat(Rights.matches(pattern, name)).isEqualTo(matches);
    }

    private static final ExportSettings SETTINGS = ExportSettings.of(ExportPlace.of(Path.of("/run/app/service")));

    @Test
    void a_group_may_command_if_nobody_says_otherwise() {
        assertThat(SETTINGS.modes()).isEqualTo(Modes.OF_OWNER);
        assertThat(SETTINGS.withGroup(Optional.of("ops")).modes()).isEqualTo(Modes.CONTROL_FOR_GROUP);
    }

    @Test
    void who_says_otherwise_may_say_it_first_or_last() {
        ExportSettings first = SETTINGS.withModes(Modes.OF_OWNER).withGroup(Optional.of("ops"));
        ExportSettings last = SETTINGS.withGroup(Optional.of("ops")).withModes(Modes.OF_OWNER);

        assertThat(first.modes()).isEqualTo(Modes.OF_OWNER);
        assertThat(first).isEqualTo(last);
    }
}
