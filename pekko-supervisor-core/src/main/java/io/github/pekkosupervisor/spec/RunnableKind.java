package io.github.pekkosupervisor.spec;

import io.github.pekkosupervisor.spec.ChildSpec.Action;
import java.time.Duration;
import java.util.Optional;

/**
 * Plain Java that runs on a thread of its own until it returns, or is interrupted.
 *
 * @param run the whole of an incarnation
 * @param neverBegun done instead where it is stopped before it began, or given up on
 */
public record RunnableKind(Action<? super ChildContext> run, Runnable neverBegun) implements ChildKind {

    private static final RunnableKind SPENT = new RunnableKind(RunnableKind::startedTwice, () -> {});

    private static void startedTwice(ChildContext child) {
        throw new IllegalStateException("child \"" + child.id() + "\" is temporary and was started a second time");
    }

    @Override
    public String name() {
        return "runnable";
    }

    @Override
    public Optional<Duration> defaultStartTimeout() {
        return ServiceKind.START_TIMEOUT;
    }

    @Override
    public ChildKind spent() {
        return SPENT;
    }
}
