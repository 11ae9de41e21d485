package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.PosixException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Extension;
import org.apache.pekko.actor.typed.ExtensionId;

/**
 * Those of an actor system that have to come to rest before this process becomes another program, which goes on with
 * what they leave; stage by stage, so that whoever rests is not asked for anything by those who do not yet.
 *
 * <p>An extension. It may be used from any thread.
 */
public final class Standstill implements Extension {

    private static final Id ID = new Id();

    private final Map<Stage, Set<Part>> parts = new EnumMap<>(Stage.class);
    private int attempts;

    /** Who rests before whom. */
    public enum Stage {
        /** Who takes commands. */
        COMMANDS,
        /** Who decides what is started and stopped. */
        DECISIONS,
        /** Who has processes. */
        PROCESSES,
        /** Who writes down what the others leave. */
        RECORDS
    }

    /** One of them. */
    public interface Part {
        /**
         * Comes to rest, until {@link #goOn()}; to be asked while the event loop is held. Must not block.
         *
         * @return completes with why it cannot, in words; empty if it rests
         */
        CompletionStage<Optional<String>> rest();

        /**
         * What is to stay open while this process becomes another program; asked when all rest.
         *
         * @throws PosixException if there is no descriptor for something
         */
        default List<Descriptor> lasting() throws PosixException {
            return List.of();
        }

        /** The same of such as have no file to be known by, under names that nobody else has. */
        default Map<String, Descriptor> lastingByName() {
            return Map.of();
        }

        /** Goes on as before; also told to one that was not asked to rest. */
        void goOn();

        /** Whether it has taken up all that was left to it by who has become this program. */
        default boolean hasTakenUp() {
            return true;
        }
    }

    /** What has come of it. */
    public sealed interface Outcome {}

    /**
     * Nothing happens any more.
     *
     * @param lasting to stay open meanwhile
     */
    public record Rests(List<Descriptor> lasting) implements Outcome {
        /** Copies. */
        public Rests {
            lasting = List.copyOf(lasting);
        }
    }

    /** Somebody cannot rest now, in words; {@link Standstill#goOn()} is to follow. */
    public record Busy(String why) implements Outcome {}

    private Standstill() {
        for (Stage stage : Stage.values()) {
            parts.put(stage, new LinkedHashSet<>());
        }
    }

    /** That of an actor system. */
    public static Standstill get(ActorSystem<?> system) {
        return ID.apply(system);
    }

    /** There is one more, until {@link #remove}. */
    public synchronized void add(Stage stage, Part part) {
        of(stage).add(part);
    }

    /** It is there no more. */
    public synchronized void remove(Stage stage, Part part) {
        of(stage).remove(part);
    }

    private Set<Part> of(Stage stage) {
        return Objects.requireNonNull(parts.get(stage), "each stage has a set");
    }

    /** Has all come to rest; to be called while the event loop is held. */
    public CompletionStage<Outcome> rest() {
        int attempt;
        synchronized (this) {
            attempts++;
            attempt = attempts;
        }
        return rest(attempt, 0);
    }

    private CompletionStage<Outcome> rest(int attempt, int at) {
        if (at == Stage.values().length) {
            return CompletableFuture.completedFuture(atRest(attempt));
        }
        List<CompletableFuture<Optional<String>>> asked = new ArrayList<>();
        synchronized (this) {
            if (attempt != attempts) {
                return CompletableFuture.completedFuture(new Busy("it was given up"));
            }
            for (Part part : of(Stage.values()[at])) {
                asked.add(part.rest().toCompletableFuture());
            }
        }
        return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new)).thenCompose(done -> {
            Optional<String> refusal =
                    asked.stream().flatMap(one -> one.join().stream()).findFirst();
            return refusal.isPresent()
                    ? CompletableFuture.completedFuture(new Busy(refusal.get()))
                    : rest(attempt, at + 1);
        });
    }

    private synchronized Outcome atRest(int attempt) {
        if (attempt != attempts) {
            return new Busy("it was given up");
        }
        List<Descriptor> lasting = new ArrayList<>();
        try {
            for (Set<Part> stage : parts.values()) {
                for (Part part : stage) {
                    lasting.addAll(part.lasting());
                }
            }
        } catch (PosixException e) {
            return new Busy(
                    "what has to stay open meanwhile cannot, each lock needs a descriptor then: " + e.getMessage());
        }
        return new Rests(lasting);
    }

    /** Those that are to stay open and are known by a name; to be asked while all rest. */
    public synchronized Map<String, Descriptor> lastingByName() {
        Map<String, Descriptor> all = new HashMap<>();
        parts.values().forEach(stage -> stage.forEach(part -> all.putAll(part.lastingByName())));
        return all;
    }

    /** All go on as before, also when the answer of {@link #rest()} has not come. */
    public synchronized void goOn() {
        attempts++;
        parts.values().forEach(stage -> stage.forEach(Part::goOn));
    }

    /** Whether all have taken up what was left to them by who has become this program. */
    public synchronized boolean hasTakenUp() {
        return parts.values().stream().allMatch(stage -> stage.stream().allMatch(Part::hasTakenUp));
    }

    private static final class Id extends ExtensionId<Standstill> {
        @Override
        public Standstill createExtension(ActorSystem<?> system) {
            return new Standstill();
        }
    }
}
