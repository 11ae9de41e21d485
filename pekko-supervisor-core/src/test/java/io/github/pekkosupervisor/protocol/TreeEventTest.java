package io.github.pekkosupervisor.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

final class TreeEventTest {

    private record OfAnotherModule(String path) implements TreeEvent {}

    @Test
    void a_listener_of_one_type_is_not_told_of_others() {
        List<SupervisorEvent> heard = new ArrayList<>();
        Consumer<TreeEvent> listener = TreeEvent.only(SupervisorEvent.class, heard::add);
        SupervisorEvent other = new SupervisorEvent.UnexpectedMessage("/", "hello");

        listener.accept(new OfAnotherModule("/a"));
        listener.accept(other);

        assertThat(heard).containsExactly(other);
    }
}
