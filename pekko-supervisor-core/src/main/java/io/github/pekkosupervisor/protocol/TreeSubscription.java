package io.github.pekkosupervisor.protocol;

/** What a {@link TreeSubscriber} has got. */
public interface TreeSubscription extends AutoCloseable {

    /** It is told nothing more, but for what it is just being told. May be called from any thread, and again. */
    @Override
    void close();
}
