package io.github.pekkosupervisor.springboot;

import io.github.pekkosupervisor.SupervisionTree.Options;

/**
 * A bean that changes how the application's tree is run: an actor system of the application's, a listener, a start gate
 * or an export. All such beans are asked before each start, in the order that Spring has for beans.
 */
@FunctionalInterface
public interface TreeCustomizer {

    /**
     * The options to go on with.
     *
     * @param options as they are so far. At first they are the defaults without a shutdown hook for the JVM: Spring has
     *     one, which stops the tree in its turn
     */
    Options customize(Options options);
}
