package io.github.pekkosupervisor;

import java.util.function.Consumer;

enum SupervisorLog implements Consumer<SupervisorEvent> {
    INSTANCE;

    @Override
    public void accept(SupervisorEvent event) {}
}
