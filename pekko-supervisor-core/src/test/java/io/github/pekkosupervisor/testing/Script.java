package io.github.pekkosupervisor.testing;

import io.github.pekkosupervisor.spec.ExitReason;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What a worker of a test bed does; changes count from its next start or stop. */
public final class Script {
    public final AtomicInteger starts = new AtomicInteger();
    public volatile @Nullable Object info;
    public volatile boolean ignores;
    public volatile @Nullable ExitReason failsWith;
    public volatile @Nullable RuntimeException startThrows;
    public volatile Runnable beforeItThrows = () -> {};
    public volatile Duration startTakes = Duration.ZERO;
    public volatile Duration stopTakes = Duration.ZERO;
    public volatile @Nullable ExitReason stopSays;
    public volatile @Nullable RuntimeException stopThrows;
    public volatile boolean neverStops;

    /** Its starts throw from now on. */
    public void failsToStart(String why) {
        failsToStart(why, () -> {});
    }

    /** The same, after having done something. */
    public void failsToStart(String why, Runnable first) {
        beforeItThrows = first;
        startThrows = new IllegalStateException(why);
    }

    /** What its failed starts end with. */
    public ExitReason thrown() {
        return ExitReason.crash(Objects.requireNonNull(startThrows));
    }

    /** Its starts throw no longer. */
    public void startsAgain() {
        startThrows = null;
    }
}
