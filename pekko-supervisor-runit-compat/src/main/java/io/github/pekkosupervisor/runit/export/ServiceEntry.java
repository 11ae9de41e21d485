package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.protocol.TreeEvent;
import java.util.Optional;

/**
 * What is told of a service directory that lies in the directory of a {@link ServicesHolder}, and of its entry there.
 * It keeps its path for as long as it is supervised, its entry may get another name meanwhile.
 */
public interface ServiceEntry extends TreeEvent {

    /** The name of an entry that is not there any more, or all there is being stopped; first of the two. */
    Optional<String> entryGone();

    /** The name of an entry that is there from now on. */
    Optional<String> entryThere();
}
