package io.github.pekkosupervisor.runit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * Asks each runsv how its service directory stands. For one that is not there, fails meanwhile or does not answer in
 * time, what was known of it is the answer; nobody waits for one that cannot answer.
 */
final class Inquiry {

    /** Each has but to look at two files. Whoever asks for a whole tree waits a second for all of this. */
    static final Duration PATIENCE = Duration.ofMillis(500);

    private final List<ServiceSnapshot> snapshots;
    private final Set<Integer> awaited = new HashSet<>();
    private final Consumer<String> seen;
    private final Consumer<? super List<ServiceSnapshot>> answer;

    /**
     * Who is asked.
     *
     * @param known what is known of its service directory
     * @param runsv it may have ended
     */
    record Asked(ServiceSnapshot known, ActorRef<Runsv.Command> runsv) {}

    private record Gone(int number) {}

    private enum TooLate {
        INSTANCE
    }

    private Inquiry(List<Asked> asked, Consumer<String> seen, Consumer<? super List<ServiceSnapshot>> answer) {
        this.snapshots = new ArrayList<>(asked.stream().map(Asked::known).toList());
        this.seen = seen;
        this.answer = answer;
    }

    /**
     * Asks all and ends.
     *
     * @param answer given all, in the order of those who were asked
     */
    static Behavior<Object> create(List<Asked> asked, Consumer<? super List<ServiceSnapshot>> answer) {
        return create(asked, path -> {}, answer);
    }

    /**
     * Asks all and ends.
     *
     * @param seen told of the path of each that answers, in its turn
     * @param answer given all, in the order of those who were asked
     */
    static Behavior<Object> create(
            List<Asked> asked, Consumer<String> seen, Consumer<? super List<ServiceSnapshot>> answer) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startSingleTimer(TooLate.INSTANCE, PATIENCE);
            return new Inquiry(asked, seen, answer).asking(context, asked);
        }));
    }

    private Behavior<Object> asking(ActorContext<Object> context, List<Asked> asked) {
        for (int number = 0; number < asked.size(); number++) {
            ActorRef<Runsv.Command> runsv = asked.get(number).runsv();
            awaited.add(number);
            context.watchWith(runsv, new Gone(number));
            runsv.tell(new Runsv.Snapshot(number, seen, context.getSelf()));
        }
        return awaited.isEmpty() ? over() : waiting();
    }

    private Behavior<Object> waiting() {
        return Behaviors.receive(Object.class)
                .onMessage(Runsv.Answer.class, heard -> {
                    snapshots.set(heard.number(), heard.snapshot());
                    return without(heard.number());
                })
                .onMessage(Gone.class, gone -> without(gone.number()))
                .onMessage(TooLate.class, late -> over())
                .build();
    }

    private Behavior<Object> without(int number) {
        awaited.remove(number);
        return awaited.isEmpty() ? over() : Behaviors.same();
    }

    private Behavior<Object> over() {
        answer.accept(List.copyOf(snapshots));
        return Behaviors.stopped();
    }
}
