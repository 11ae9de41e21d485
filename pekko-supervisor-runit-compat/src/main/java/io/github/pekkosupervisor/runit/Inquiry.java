package io.github.pekkosupervisor.runit;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * Asks each runsv how its service directory stands. For one that is not there, fails meanwhile or does not answer in
 * time, what is known of it is the answer; nobody waits for one that cannot answer.
 */
final class Inquiry {

    /** Each has but to look at two files. Whoever asks for a whole tree waits a second for all of this. */
    static final Duration PATIENCE = Duration.ofMillis(500);

    /** Until what is being told has been told. */
    private static final Duration MOMENT = Duration.ofMillis(5);

    private final TimerScheduler<Object> timers;
    private final List<Asked> asked;
    private final List<Standing.Turn> turns;
    private final TreeMap<Integer, ServiceSnapshot> snapshots = new TreeMap<>();
    private final Set<Integer> awaited = new TreeSet<>();
    private final Consumer<? super List<ServiceSnapshot>> answer;

    /**
     * Who is asked.
     *
     * @param standing of its service directory
     * @param runsv it may have ended
     */
    record Asked(Standing standing, ActorRef<RunsvCommand> runsv) {}

    private record Gone(int number) {}

    private enum TooLate {
        INSTANCE
    }

    private Inquiry(
            TimerScheduler<Object> timers,
            List<Asked> asked,
            Consumer<String> seen,
            Consumer<? super List<ServiceSnapshot>> answer) {
        this.timers = timers;
        this.asked = List.copyOf(asked);
        this.turns = asked.stream().map(one -> new Standing.Turn(seen)).toList();
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
     * @param seen told of the path of each when it has been seen: by its runsv in its turn, or as it is known
     * @param answer given all, in the order of those who were asked, without those that are forgotten by then
     */
    static Behavior<Object> create(
            List<Asked> asked, Consumer<String> seen, Consumer<? super List<ServiceSnapshot>> answer) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startSingleTimer(TooLate.INSTANCE, PATIENCE);
            return new Inquiry(timers, asked, seen, answer).asking(context);
        }));
    }

    private Behavior<Object> asking(ActorContext<Object> context) {
        for (int number = 0; number < asked.size(); number++) {
            ActorRef<RunsvCommand> runsv = asked.get(number).runsv();
            awaited.add(number);
            context.watchWith(runsv, new Gone(number));
            runsv.tell(new RunsvCommand.Snapshot(number, turns.get(number), context.getSelf()));
        }
        return next();
    }

    private Behavior<Object> waiting() {
        return Behaviors.receive(Object.class)
                .onMessage(RunsvCommand.Answer.class, heard -> {
                    snapshots.put(heard.number(), heard.snapshot());
                    awaited.remove(heard.number());
                    return next();
                })
                .onMessage(Gone.class, gone -> {
                    if (awaited.contains(gone.number())) {
                        goByWhatIsKnown(gone, gone.number());
                    }
                    return next();
                })
                .onMessage(TooLate.class, late -> {
                    List.copyOf(awaited).forEach(number -> goByWhatIsKnown(late, number));
                    return next();
                })
                .build();
    }

    /** It does not answer; if it has begun to its answer is on its way. */
    private void goByWhatIsKnown(Object message, int number) {
        Standing standing = asked.get(number).standing();
        Standing.Turn turn = turns.get(number);
        standing.seeIfQuiet(path -> {
                    boolean isMine = turn.take();
                    if (isMine) {
                        turn.seen().accept(path);
                    }
                    // who is gone and had begun to answer answers no more
                    if (isMine || message instanceof Gone) {
                        snapshots.put(number, standing.known());
                        awaited.remove(number);
                    }
                })
                .ifPresentOrElse(
                        seen -> {
                            if (seen.isForgotten()) {
                                awaited.remove(number);
                            }
                        },
                        () -> timers.startSingleTimer(message, message, MOMENT));
    }

    private Behavior<Object> next() {
        if (!awaited.isEmpty()) {
            return waiting();
        }
        answer.accept(List.copyOf(snapshots.values()));
        return Behaviors.stopped();
    }
}
