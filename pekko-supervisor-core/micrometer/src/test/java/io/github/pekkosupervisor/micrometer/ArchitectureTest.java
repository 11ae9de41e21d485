package io.github.pekkosupervisor.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Modifier;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is promised to users. The release makes Javadoc for it. */
class ArchitectureTest {

    private static final List<String> PROMISED = List.of("TreeMetrics");

    @Test
    void what_is_promised_is_public_and_nothing_else() {
        assertThat(PROMISED).containsExactly(TreeMetrics.class.getSimpleName());
        assertThat(List.of(TreeMeters.class)).noneMatch(type -> Modifier.isPublic(type.getModifiers()));
    }
}
