package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.actor.Audience;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.process.Processes;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.runit.supervise.Reporter;
import io.github.pekkosupervisor.spec.TreePath;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.pekko.actor.ActorInitializationException;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * Where runsvdir tells what happens to the service directories while no runsv is at work there, and what is wrong with
 * the directory that they lie in. Messages are said first, in the actor; an application's listeners have threads of
 * their own.
 */
final class RunsvdirStream {

    private static final int SAID_AT_ONCE = 3;
    private static final Duration SAID_AGAIN = Duration.ofMinutes(1);

    private final ActorSystem<?> system;
    private final StreamPlace place;
    private final Optional<Audience> audience;
    private final Consumer<? super ServiceEvent> listener;
    private final Consumer<OsString> messages;
    private final Reporter words;
    private final Clock clock;

    /** By path: the last failure of ours that was said. */
    private final Map<String, Said> said = new HashMap<>();

    private record Said(String what, Instant at, int times, int unsaid) {}

    RunsvdirStream(ActorSystem<?> system, RunsvdirSettings settings, StreamPlace place) {
        this.system = system;
        this.place = place;
        this.audience = audience(system, settings.listeners());
        this.listener = audience.<Consumer<? super ServiceEvent>>map(own -> both(place.listener(), own))
                .orElse(place.listener());
        this.messages = settings.messages();
        this.clock = settings.clock();
        this.words = new Reporter("runsvdir", settings.directory(), messages);
    }

    private static Optional<Audience> audience(ActorSystem<?> system, List<Consumer<? super ServiceEvent>> listeners) {
        if (listeners.isEmpty()) {
            return Optional.empty();
        }
        List<Consumer<? super TreeEvent>> all = listeners.stream()
                .<Consumer<? super TreeEvent>>map(one -> TreeEvent.only(ServiceEvent.class, one))
                .toList();
        return Optional.of(Audience.of(system, all));
    }

    private static Consumer<ServiceEvent> both(
            Consumer<? super ServiceEvent> one, Consumer<? super ServiceEvent> other) {
        return event -> {
            one.accept(event);
            other.accept(event);
        };
    }

    /** Whoever is told of everything, by each runsv too; from any thread. */
    Consumer<? super ServiceEvent> listener() {
        return listener;
    }

    /** For what is wrong with the directory. */
    Reporter reporter(OsString directory) {
        return new Reporter("runsvdir", directory, new Reporter.Sink() {
            @Override
            public void say(boolean fatal, String text, OsString line) {
                ServiceEvent.Severity severity = fatal ? ServiceEvent.Severity.FATAL : ServiceEvent.Severity.WARNING;
                tell(new ServiceEvent.Warned(path(), severity, text, line));
            }

            @Override
            public void copy(OsString lines) {
                messages.accept(lines);
            }
        });
    }

    String path() {
        return place.path();
    }

    /**
     * How a service directory stands whose supervision is to begin.
     *
     * @param before if its supervision has ended here before; its entry may have had another name then
     */
    Standing standingOf(OsString name, Optional<Standing> before) {
        String path = place.below(name.toString());
        if (before.isPresent() && before.get().known().path().equals(path)) {
            return before.get();
        }
        before.ifPresent(standing ->
                standing.tell(new ServiceEvent.Forgotten(standing.known().path(), Optional.empty()), this::tell));
        tell(new ServiceEvent.Found(path));
        return new Standing(ServiceSnapshot.beginning(path));
    }

    /**
     * Its entry has another name.
     *
     * @param gone the name before, unless another service directory has that
     */
    void renamed(Handover handover, Optional<OsString> gone, OsString name) {
        String path = handover.known().path();
        tell(handover, new ServiceEvent.Renamed(path, gone.map(OsString::toString), Optional.of(name.toString())));
    }

    /** The same of the same is said on standard error a few times, and then once a minute; all of it is told. */
    void failed(Handover handover, Throwable thrown, Instant now) {
        // one that could not even begin
        Throwable begun = thrown instanceof ActorInitializationException ? thrown.getCause() : thrown;
        Throwable cause = begun == null ? thrown : begun;
        String path = handover.known().path();
        String what = "the supervision of " + TreePath.lastId(path)
                + " failed and is taken up again, please report this: " + cause;
        Said before = said.get(path);
        Said last = before != null && before.what().equals(what) ? before : new Said(what, now, 0, 0);
        boolean again = !now.isBefore(last.at().plus(SAID_AGAIN));
        if (last.times() < SAID_AT_ONCE || again) {
            words.warnOfOurs(what + (last.unsaid() == 0 ? "" : "; and before, " + last.unsaid() + " times"));
            said.put(path, new Said(what, now, last.times() + 1, 0));
        } else {
            said.put(path, new Said(what, last.at(), last.times(), last.unsaid() + 1));
        }
        tell(handover, new ServiceEvent.SupervisionFailed(path, cause));
    }

    void delayed(Handover handover, Duration length, Instant now) {
        tell(handover, new ServiceEvent.SupervisionDelayed(handover.known().path(), length, now.plus(length)));
    }

    /**
     * Always true.
     *
     * @param gone the name of its entry, unless another service directory has that
     */
    boolean forgotten(Handover handover, Optional<OsString> gone) {
        said.remove(handover.known().path());
        tell(handover, new ServiceEvent.Forgotten(handover.known().path(), gone.map(OsString::toString)));
        return true;
    }

    /** All is being stopped, and its supervision fails each time. */
    void givenUp(Handover handover, Reporter reporter) {
        String path = handover.known().path();
        reporter.warnOfOurs("the supervision of " + TreePath.lastId(path) + " fails each time, and is not waited for; "
                + (place.isInTree() ? "its processes are killed" : "what runs there goes on"));
        lost(handover);
    }

    /** Nobody is at work there any more, for whatever reason: in a tree no process of it is left. */
    void lost(Handover handover) {
        if (place.isInTree()) {
            handover.killAll(Processes.get(system), clock.instant());
        }
        handover.directory().close();
    }

    /** What no runsv tells of a service directory. */
    private void tell(Handover handover, ServiceEvent event) {
        handover.tell(event, this::tell);
    }

    /** The same for those who listen only: it is no message of runit's. */
    void warn(Handover handover, ServiceEvent.Warned warned) {
        handover.tell(warned, listener);
    }

    private void tell(ServiceEvent event) {
        if (event instanceof ServiceEvent.Warned warned) {
            messages.accept(warned.line());
        }
        listener.accept(event);
    }

    /** To be done when an application's listeners have heard what was told until now, or are given up on. */
    void whenHeard(Runnable done) {
        if (audience.isEmpty()) {
            done.run();
        } else {
            audience.get().heard().thenRun(done);
        }
    }
}
