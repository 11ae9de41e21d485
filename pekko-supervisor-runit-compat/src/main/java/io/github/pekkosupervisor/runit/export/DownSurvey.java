package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.posix.OsString;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which children of a tree have a file {@code down}, where many are asked about one after another, as at its start: all
 * are looked at together then, and for a moment nobody waits for a look at one that had none. May be used from any
 * thread.
 */
final class DownSurvey {

    /** Who asks again within this asks for many. */
    private static final long NEXT = Duration.ofMillis(5).toNanos();

    /** How long a look at all is good for. */
    private static final long FRESH = Duration.ofMillis(50).toNanos();

    private static final CompletableFuture<Boolean> NONE = CompletableFuture.completedFuture(false);

    private final DownLooks looks;
    private final LongSupplier clock;
    private @Nullable Seen seen;
    private @Nullable Long askedAt;

    /** @param in what was looked at, which another may take the place of */
    private record Seen(Object in, Set<OsString> down, long until) {}

    /**
     * Before the first.
     *
     * @param clock in nanoseconds, set by nobody
     */
    DownSurvey(DownLooks looks, LongSupplier clock) {
        this.looks = looks;
        this.clock = clock;
    }

    /**
     * Whether one of them has such a file.
     *
     * @param in where they are
     * @param name of this one, which is not asked for where none has any
     * @param all looks at all, and returns the names of those that have one; empty if they cannot be listed
     * @param one looks at this one alone
     */
    CompletableFuture<Boolean> look(
            Object in, Supplier<OsString> name, Supplier<Optional<Set<OsString>>> all, Supplier<Boolean> one) {
        boolean isOneOfMany;
        synchronized (this) {
            long now = clock.getAsLong();
            Set<OsString> known = known(in, now);
            if (known != null && hasNone(known, name)) {
                askedAt = now;
                return NONE;
            }
            isOneOfMany = known == null && askedAt != null && now - askedAt < NEXT;
            askedAt = now;
        }
        return looks.look(() -> !(isOneOfMany && hasNone(in, name, all)) && one.get());
    }

    /** Those that have one there, if that is known. */
    private @Nullable Set<OsString> known(Object in, long now) {
        Seen last = seen;
        if (last == null || last.in() != in) {
            return null;
        }
        return now - last.until() < 0 ? last.down() : null;
    }

    /** By a look at all, if there can be one. */
    private boolean hasNone(Object in, Supplier<OsString> name, Supplier<Optional<Set<OsString>>> all) {
        Optional<Set<OsString>> down = all.get();
        synchronized (this) {
            long now = clock.getAsLong();
            askedAt = now;
            down.ifPresent(names -> seen = new Seen(in, names, now + FRESH));
            return down.isPresent() && hasNone(down.get(), name);
        }
    }

    private static boolean hasNone(Set<OsString> down, Supplier<OsString> name) {
        return down.isEmpty() || !down.contains(name.get());
    }
}
