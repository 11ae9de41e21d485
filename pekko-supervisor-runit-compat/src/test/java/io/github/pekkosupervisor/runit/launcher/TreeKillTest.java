package io.github.pekkosupervisor.runit.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class TreeKillTest {

    @Test
    void who_is_killed_again_and_again_is_told_of_once() {
        List<String> told = new ArrayList<>();
        Consumer<String> once = TreeKill.once(told::add);

        once.accept("/a");
        once.accept("/b");
        once.accept("/a");

        assertThat(told).containsExactly("/a", "/b");
    }
}
