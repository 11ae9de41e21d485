package io.github.pekkosupervisor.spec;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A supervisor below a supervisor.
 *
 * @param init asked at each start
 * @param known what it returns, if that is known beforehand
 */
public record SupervisorKind(
        Callable<SupervisorSpec> init, @Nullable SupervisorSpec known) implements ChildKind {

    private static final Duration KILL_GRACE = Duration.ofSeconds(10);

    @Override
    public String name() {
        return "supervisor";
    }

    @Override
    public boolean isSupervisor() {
        return true;
    }

    @Override
    public Optional<Duration> defaultStartTimeout() {
        return Optional.empty();
    }

    @Override
    public boolean isAwaited() {
        if (known == null) {
            return false;
        }
        // a loop, for there may be thousands of supervisors below one another
        for (ChildSpec child : known.children()) {
            if (child.kind().isAwaited()) {
                return true;
            }
        }
        return false;
    }

    @Override
    public ChildKind spent() {
        return new SupervisorKind(
                () -> {
                    throw new IllegalStateException("a temporary supervisor was started a second time");
                },
                null);
    }

    @Override
    public Duration defaultKillGrace() {
        return KILL_GRACE;
    }
}
