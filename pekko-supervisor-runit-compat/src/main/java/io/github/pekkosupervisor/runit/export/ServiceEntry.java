package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.protocol.TreeEvent;

/** What is told of a service directory that lies in the directory of a {@link ServicesHolder}. */
public interface ServiceEntry extends TreeEvent {

    /** Whether it has an entry there from now on; else it has none any more, or all there is being stopped. */
    boolean isThere();
}
