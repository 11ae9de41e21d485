package io.github.pekkosupervisor.junit;

import io.github.pekkosupervisor.spec.SupervisorSpec;

/**
 * How a server is started: as one process, as several, with what has to be done before. Has a constructor without
 * parameters.
 *
 * <pre>{@code
 * final class Nats implements ServerRecipe {
 *     @Override
 *     public SupervisorSpec tree(ServerPlace place) {
 *         return place.tree(place.program("nats-server", "-p", "" + place.port()));
 *     }
 * }
 * }</pre>
 */
@FunctionalInterface
public interface ServerRecipe {

    /**
     * The tree that is the server. It is started whole, so what the tests use has to be ready by then; its processes
     * ought to be made by {@link ServerPlace#program}, so that what they write is kept.
     *
     * @param place what it has for itself
     * @throws MissingProgramException if what it needs is not installed
     */
    SupervisorSpec tree(ServerPlace place);

    /** {@link Server#command} says what it is. */
    final class OfCommand implements ServerRecipe {
        private OfCommand() {}

        @Override
        public SupervisorSpec tree(ServerPlace place) {
            throw new UnsupportedOperationException("there is a command in its place");
        }
    }
}
