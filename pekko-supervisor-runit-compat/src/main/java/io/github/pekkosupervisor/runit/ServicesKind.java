package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.actor.ChildRunner;
import io.github.pekkosupervisor.actor.SnapshotPlace;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.process.Processes;
import io.github.pekkosupervisor.spec.ChildKind;
import io.github.pekkosupervisor.spec.InvalidSpecException.Problem;
import io.github.pekkosupervisor.spec.Shutdown;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.typed.Props;

/** What the kinds of children that are service directories have in common: their actor is a {@link ServicesChild}. */
interface ServicesKind extends ChildKind, ChildRunner {

    /** As {@code sv force-stop} has it: how long it waits until it kills. */
    Duration SHUTDOWN = Duration.ofSeconds(7);

    /** As other kinds have it. */
    Duration START_TIMEOUT = Duration.ofSeconds(30);

    /** Killed are first services, a second later what was started then, then loggers; and all may be slow to die. */
    Duration KILL_GRACE = Duration.ofSeconds(15);

    @Override
    default Shutdown defaultShutdown() {
        return Shutdown.timeout(SHUTDOWN);
    }

    /** The path from the root of all files. */
    static OsString fromRoot(OsString path) {
        return path.startsWith("/")
                ? path
                : OsString.of(Path.of("").toAbsolutePath() + "/").plus(path);
    }

    /** With what it is run. */
    RunsvdirSettings settings();

    @Override
    default List<Problem> problems(String path) {
        return settings().mistakes().sentences().stream()
                .map(sentence -> new Problem(
                        path, "invalid_settings", settings().directory().toString(), sentence))
                .toList();
    }

    @Override
    default Optional<Duration> defaultStartTimeout() {
        return Optional.of(START_TIMEOUT);
    }

    @Override
    default Duration defaultKillGrace() {
        return KILL_GRACE;
    }

    @Override
    default boolean isSeenByItself() {
        return true;
    }

    @Override
    default Props props() {
        return Processes.dispatcher();
    }

    @Override
    default Class<?> messages() {
        return ServicesChild.Command.class;
    }

    @Override
    default Optional<Object> stopRequest(Duration within) {
        return Optional.of(ServicesChild.Order.STOP);
    }

    @Override
    default Optional<Object> killRequest() {
        return Optional.of(ServicesChild.Order.KILL);
    }

    @Override
    default Optional<Object> snapshotRequest(SnapshotPlace place) {
        return Optional.of(new ServicesChild.Asked(place));
    }
}
