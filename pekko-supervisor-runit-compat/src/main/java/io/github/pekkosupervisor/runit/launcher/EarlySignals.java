package io.github.pekkosupervisor.runit.launcher;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.EventLoop;
import io.github.pekkosupervisor.posix.Launch;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.posix.SignalPipe;
import io.github.pekkosupervisor.posix.Succession;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * Signals on their way to an actor that may not be there yet: none that comes while we start is lost or kills us. They
 * arrive by the event loop, so no thread has to be made for one.
 */
final class EarlySignals<T> {

    private static final int AT_ONCE = 256;

    private final SignalPipe pipe;
    private final Map<Signal, Consumer<ActorRef<T>>> reactions = new EnumMap<>(Signal.class);
    private final Set<Signal> disregarded = EnumSet.noneOf(Signal.class);
    private final Set<Signal> ignored = EnumSet.noneOf(Signal.class);
    private Optional<Descriptor> before = Optional.empty();

    private EarlySignals(SignalPipe pipe) {
        this.pipe = pipe;
    }

    /** To be called before anything else is opened or started. */
    static <T> EarlySignals<T> open() {
        try {
            return new EarlySignals<>(SignalPipe.open());
        } catch (PosixException e) {
            throw new IllegalStateException("signals cannot be heard: " + e.getMessage(), e);
        }
    }

    /** From now on the signal is this message to the actor, even if it was ignored until now. */
    void on(Signal signal, T message) {
        reactions.put(signal, actor -> actor.tell(message));
        pipe.hear(signal);
    }

    /** The same, but a signal that was ignored at the launch stays so. */
    void unlessIgnored(Signal signal, T message) {
        reactions.put(signal, actor -> actor.tell(message));
        if ((Launch.everyIgnoredSignal() >>> (signal.number() - 1) & 1) != 0) {
            ignored.add(signal);
        } else if (Succession.ofThisJvm().isEmpty()) {
            pipe.hearUnlessIgnored(signal);
        } else {
            // ignored only until it could be heard
            pipe.hear(signal);
        }
    }

    /** All are heard again, after an attempt to become another program. */
    void again() {
        for (Signal signal : reactions.keySet()) {
            if (!ignored.contains(signal)) {
                pipe.hear(signal);
            }
        }
        disregarded.forEach(pipe::disregard);
    }

    /** From now on nothing comes of this signal. */
    void disregard(Signal signal) {
        disregarded.add(signal);
        pipe.disregard(signal);
    }

    /** What this process has heard before it became this program, and not acted upon, comes first. */
    void begin(Descriptor heard) {
        before = Optional.of(heard);
    }

    /** What it hears and has not acted upon is here. */
    Descriptor unread() {
        return pipe.readEnd();
    }

    /** From now on the signal has this done, on the event loop's thread, once that is there. */
    void on(Signal signal, Runnable reaction) {
        reactions.put(signal, actor -> reaction.run());
        pipe.hear(signal);
    }

    /** The actor is there; no signal is added any more. */
    void deliverTo(ActorRef<T> actor, EventLoop loop) {
        try {
            if (before.isPresent()) {
                byte[] numbers = before.get().tryRead(AT_ONCE).orElse(new byte[0]);
                before.get().close();
                for (Signal signal : SignalPipe.signals(numbers)) {
                    reactions.getOrDefault(signal, nobody -> {}).accept(actor);
                }
            }
            loop.read(pipe.readEnd(), AT_ONCE, (numbers, watch) -> {
                for (Signal signal : SignalPipe.signals(numbers)) {
                    reactions.getOrDefault(signal, nobody -> {}).accept(actor);
                }
                watch.resume();
            });
        } catch (PosixException e) {
            throw new IllegalStateException("signals cannot be heard: " + e.getMessage(), e);
        }
    }
}
