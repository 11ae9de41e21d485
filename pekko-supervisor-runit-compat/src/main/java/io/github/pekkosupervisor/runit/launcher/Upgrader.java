package io.github.pekkosupervisor.runit.launcher;

import io.github.pekkosupervisor.posix.BoundSocket;
import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.EventLoop;
import io.github.pekkosupervisor.posix.Found;
import io.github.pekkosupervisor.posix.KeptDescriptors;
import io.github.pekkosupervisor.posix.NotifySocket;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.OwnProcess;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.posix.Succession;
import io.github.pekkosupervisor.process.Processes;
import io.github.pekkosupervisor.runit.Runsvdir;
import io.github.pekkosupervisor.runit.supervise.Printable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.japi.function.Function;

/**
 * Has this launcher become another one, by {@code execve(2)}, when it is asked to: the process stays the same, so its
 * services stay its children. First the other one is tried, then everything comes to rest, with all that has to be
 * known in the records, as for a launcher that comes after the death of this one; locks and FIFOs stay open. Until the
 * last moment whatever goes wrong is said to who has asked, and all goes on as before.
 */
final class Upgrader {

    private static final Duration LOOK = Duration.ofSeconds(5);
    private static final Duration FIRST_LOOK = Duration.ofMillis(200);
    private static final Duration REST_AGAIN = Duration.ofMillis(300);

    /** For as long it is tried to come to rest. */
    private static final Duration LONGEST_UNREST = Duration.ofSeconds(30);

    /** What cannot be told after that keeps nobody waiting any more. */
    private static final Duration LONGEST_ARRIVAL = Duration.ofSeconds(30);

    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(8);
    private static final String UNANSWERED = "unanswered";
    private static final String GUARD = "guard";
    private static final String GUARD_PIPE = "guard-pipe-";

    /** The FIFO by which somebody asks: who asks while one becomes the other is heard by that one. */
    private static final String REQUESTS = "requests";

    private final ActorContext<Command> context;
    private final TimerScheduler<Command> timers;
    private final Supervision supervision;
    private final Launched launched;
    private final Arrival arrival;
    private final LongSupplier nanos;
    private final UpgradeRequests requests;
    private final EventLoop loop;
    private final OsString javaHome;
    private int attempts;

    /** Whether the event loop is held, and everything else with it. */
    private boolean holds;

    /** What comes to rest before, and is taken up after. */
    interface Supervision {
        /** Why this cannot be at all, in words; empty if it may be. */
        default CompletionStage<Optional<String>> refusal() {
            return CompletableFuture.completedFuture(Optional.empty());
        }

        /** All is to come to rest; the event loop is held. */
        void settle(ActorRef<? super Runsvdir.Rest> replyTo);

        /** All goes on. */
        void goOn();

        /** To be told when it is known of all that was left to this launcher what becomes of it. */
        void awaitDecided(ActorRef<? super Done> replyTo);

        /** The words by which the new program is asked, before anything else happens, whether it can do the same. */
        default Optional<List<OsString>> check() {
            return Optional.empty();
        }

        /** What the next launcher is to be told beside all the rest. */
        default Map<String, OsString> words() {
            return Map.of();
        }

        /** What else is to stay open and is known by a name; asked when all rests. */
        default Map<String, Descriptor> lastingByName() {
            return Map.of();
        }

        /** That of a services directory. */
        static Supervision of(ActorRef<Runsvdir.Command> runsvdir) {
            return new Supervision() {
                @Override
                public void settle(ActorRef<? super Runsvdir.Rest> replyTo) {
                    runsvdir.tell(new Runsvdir.Settle(replyTo));
                }

                @Override
                public void goOn() {
                    runsvdir.tell(Runsvdir.GoOn.INSTANCE);
                }

                @Override
                public void awaitDecided(ActorRef<? super Done> replyTo) {
                    runsvdir.tell(new Runsvdir.AwaitDecided(replyTo.unsafeUpcast()));
                }
            };
        }
    }

    /**
     * What the next launcher is to go on with.
     *
     * @param services the services directory
     * @param state where the list of services is, if it is not there
     * @param words the program and its words, as they are now
     * @param descriptors what else is to stay open, by the words by which the next one finds it
     * @param listenAgain signals are heard again
     */
    record Launched(
            OsString services,
            Optional<OsString> state,
            Supplier<List<OsString>> words,
            Map<String, Descriptor> descriptors,
            Runnable listenAgain) {}

    /**
     * What the launcher before this one has left.
     *
     * @param left by the one that has become this one; empty if this one was started as any other
     * @param takenUp to be called when it is known of all that what becomes of it: nobody needs what else was kept
     */
    record Arrival(Optional<Succession> left, Consumer<ActorSystem<?>> takenUp) {

        /** Of this JVM. */
        static Arrival ofThisJvm() {
            return new Arrival(Succession.ofThisJvm(), system -> {
                KeptDescriptors.ofThisJvm().closeAll();
                LaunchedSystem.reapTheRest(system);
            });
        }
    }

    /** What happens to it. */
    private sealed interface Command {}

    private record Asked(UpgradeRequests.Request request) implements Command {}

    private record Checked(UpgradeCheck.Verdict verdict) implements Command {}

    private record Rested(int attempt, Runsvdir.Rest rest) implements Command {}

    private record Refused(String why) implements Command {}

    private enum Tick implements Command {
        /** Whether there is a FIFO. */
        LOOK,
        /** All is to come to rest once more. */
        REST,
        /** It is known what becomes of all that the launcher before this one has left. */
        ARRIVED,
        /** That takes too long. */
        ARRIVAL_OVERDUE
    }

    private Upgrader(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            Supervision supervision,
            Launched launched,
            Arrival arrival,
            LongSupplier nanos) {
        this.arrival = arrival;
        this.nanos = nanos;
        this.context = context;
        this.timers = timers;
        this.supervision = supervision;
        this.launched = launched;
        this.loop = Processes.get(context.getSystem()).posix().loop();
        ActorRef<Command> self = context.getSelf();
        this.requests = new UpgradeRequests(
                launched.services(), launched.state(), loop, request -> self.tell(new Asked(request)));
        this.javaHome = arrival.left()
                .flatMap(left -> Optional.ofNullable(left.words().get("java-home")))
                .orElse(OsString.of(""));
    }

    /**
     * To be spawned where it may block for a moment.
     *
     * @param nanos never go back, see {@link System#nanoTime()}
     */
    static Behavior<?> create(Supervision supervision, Launched launched, Arrival arrival, LongSupplier nanos) {
        return Behaviors.<Command>setup(context -> Behaviors.withTimers(
                timers -> new Upgrader(context, timers, supervision, launched, arrival, nanos).begin()));
    }

    private Behavior<Command> begin() {
        if (arrival.left().isEmpty()) {
            timers.startSingleTimer(Tick.LOOK, Tick.LOOK, FIRST_LOOK);
            return listening();
        }
        Succession left = arrival.left().get();
        left.descriptor(REQUESTS).ifPresent(requests::goOnWith);
        ActorRef<Command> self = context.getSelf();
        ActorRef<Done> arrived = context.spawnAnonymous(Behaviors.receiveMessage(done -> {
            self.tell(Tick.ARRIVED);
            return Behaviors.stopped();
        }));
        supervision.awaitDecided(arrived);
        timers.startSingleTimer(Tick.ARRIVAL_OVERDUE, Tick.ARRIVAL_OVERDUE, LONGEST_ARRIVAL);
        List<Asked> early = new ArrayList<>();
        return Behaviors.receive(Command.class)
                .onMessageEquals(Tick.ARRIVED, () -> {
                    Behavior<Command> next = arrived(left);
                    early.forEach(self::tell);
                    return next;
                })
                .onMessageEquals(Tick.ARRIVAL_OVERDUE, () -> {
                    early.forEach(this::refuseEarly);
                    return late(left);
                })
                .onMessage(Asked.class, asked -> {
                    early.add(asked);
                    return Behaviors.same();
                })
                .onSignal(PostStop.class, stopped -> closed())
                .onAnyMessage(late -> Behaviors.same())
                .build();
    }

    private Behavior<Command> arrived(Succession left) {
        timers.cancel(Tick.ARRIVAL_OVERDUE);
        takenUp(left);
        // whoever is told that it is done may ask for the next one
        Behavior<Command> next = look();
        answer(
                left,
                "done, with Java " + Runtime.version()
                        + OwnDist.directory().map(dist -> ", of " + dist).orElse(""));
        return next;
    }

    /**
     * Who has asked waits no longer. All that was kept for those who are not taken up yet stays as it is: their locks
     * are nobody else's, and their ends are not missed.
     */
    private Behavior<Command> late(Succession left) {
        lookForRequests();
        answer(
                left,
                "done, but after " + LONGEST_ARRIVAL.toSeconds()
                        + " seconds some services are not taken up yet; the launcher says why");
        return Behaviors.receive(Command.class)
                .onMessageEquals(Tick.ARRIVED, () -> {
                    takenUp(left);
                    return look();
                })
                .onMessageEquals(Tick.LOOK, () -> {
                    lookForRequests();
                    return Behaviors.same();
                })
                .onMessage(Asked.class, this::refuseEarly)
                .onSignal(PostStop.class, stopped -> closed())
                .onAnyMessage(other -> Behaviors.same())
                .build();
    }

    private Behavior<Command> refuseEarly(Asked asked) {
        return refuse(asked, "some services of the launcher before this one are not taken up yet; this one says why");
    }

    private void takenUp(Succession left) {
        arrival.takenUp().accept(context.getSystem());
        dismissGuard(left);
    }

    private static void answer(Succession left, String how) {
        left.descriptor("answers").ifPresent(open -> new Answers(open).last(how));
    }

    /**
     * Whoever is guarded has another guard by now, from when he was taken up. The one before takes the end of its pipes
     * for ours, so it ends before those.
     */
    private void dismissGuard(Succession left) {
        OsString told = left.words().get(GUARD);
        if (told == null) {
            return;
        }
        List<Descriptor> pipes = left.named().keySet().stream()
                .filter(word -> word.startsWith(GUARD_PIPE))
                .flatMap(word -> left.descriptor(word).stream())
                .toList();
        String[] identity = told.toString().split(" ", -1);
        ProcessIdentity guard =
                new ProcessIdentity(Integer.parseInt(identity[0]), Long.parseLong(identity[1]), identity[2]);
        try {
            Found found = Processes.get(context.getSystem()).posix().adopt(guard, 0, false);
            if (found instanceof Found.Running running) {
                running.process().exit().thenRun(() -> pipes.forEach(Descriptor::close));
                running.process().signal(Signal.KILL);
            } else {
                pipes.forEach(Descriptor::close);
            }
        } catch (PosixException e) {
            // it goes on guarding those that it knows for as long as we live, which does no harm
        }
    }

    private Behavior<Command> look() {
        lookForRequests();
        return listening();
    }

    private void lookForRequests() {
        requests.look();
        timers.startSingleTimer(Tick.LOOK, Tick.LOOK, LOOK);
    }

    private Behavior<Command> listening() {
        return Behaviors.receive(Command.class)
                .onMessageEquals(Tick.LOOK, this::look)
                .onMessage(Asked.class, asked -> check(asked.request()))
                .onSignal(PostStop.class, stopped -> closed())
                .onAnyMessage(late -> Behaviors.same())
                .build();
    }

    private Behavior<Command> closed() {
        requests.close();
        return Behaviors.same();
    }

    // ---- is the other one any good?

    private Behavior<Command> check(UpgradeRequests.Request request) {
        Optional<Descriptor> open = requests.answersTo(request);
        if (open.isEmpty()) {
            return Behaviors.same();
        }
        Answers answers = new Answers(open.get());
        answers.say("pid " + OwnProcess.pid());
        OsString dist = request.dist().length() > 0
                ? request.dist()
                : OwnDist.directory().orElse(OsString.of(""));
        if (dist.length() == 0) {
            answers.last("refused this launcher was not started by the script of a distribution; say --dist DIR");
            return Behaviors.same();
        }
        OsString jdk = request.javaHome().length() > 0 ? request.javaHome() : javaHome;
        Plan plan = new Plan(dist, jdk, answers, List.of());
        answers.say("note trying " + Printable.onTerminal(dist));
        context.pipeToSelf(
                supervision
                        .refusal()
                        .thenCompose(why -> why.isPresent()
                                ? CompletableFuture.completedFuture(UpgradeCheck.Verdict.no(why.get()))
                                : UpgradeCheck.of(
                                        plan.dist(), plan.javaHome(), supervision.check(), context.getSystem())),
                (verdict, failure) -> new Checked(
                        failure == null ? verdict : UpgradeCheck.Verdict.no(String.valueOf(failure.getMessage()))));
        return checking(plan);
    }

    /**
     * What is to be done.
     *
     * @param javaHome empty for the same JDK as before
     * @param command as the check has told it
     */
    private record Plan(OsString dist, OsString javaHome, Answers answers, List<OsString> command) {}

    private Behavior<Command> checking(Plan plan) {
        return busy(plan, Checked.class, checked -> {
            UpgradeCheck.Verdict verdict = checked.verdict();
            return verdict.refusal().isPresent()
                    ? refuse(plan, verdict.refusal().get())
                    : rest(new Plan(plan.dist(), plan.javaHome(), plan.answers(), verdict.command()), Duration.ZERO);
        });
    }

    private Behavior<Command> refuse(Plan plan, String why) {
        plan.answers().last((why.equals(Runsvdir.BEING_STOPPED) ? "ends " : "refused ") + why);
        return look();
    }

    private <T extends Command> Behavior<Command> busy(
            Plan plan, Class<T> awaited, Function<T, Behavior<Command>> then) {
        return Behaviors.receive(Command.class)
                .onMessage(awaited, message -> {
                    try {
                        return then.apply(message);
                    } catch (Exception | Error e) {
                        // nothing would go on, and nobody would be told
                        goOn();
                        return refuse(plan, "an internal failure, please report this: " + e);
                    }
                })
                .onMessage(Asked.class, asked -> refuse(asked, "somebody else has asked for another one just now"))
                .onSignal(PostStop.class, stopped -> {
                    plan.answers().last("ends " + Runsvdir.BEING_STOPPED);
                    goOn();
                    return closed();
                })
                .onAnyMessage(late -> Behaviors.same())
                .build();
    }

    private Behavior<Command> refuse(Asked asked, String why) {
        requests.answersTo(asked.request()).ifPresent(open -> new Answers(open).last("refused " + why));
        return Behaviors.same();
    }

    // ---- all comes to rest

    private Behavior<Command> rest(Plan plan, Duration soFar) {
        attempts++;
        int attempt = attempts;
        loop.hold();
        holds = true;
        ActorRef<Command> self = context.getSelf();
        ActorRef<Runsvdir.Rest> rested = context.spawnAnonymous(Behaviors.receiveMessage(rest -> {
            self.tell(new Rested(attempt, rest));
            return Behaviors.stopped();
        }));
        supervision.settle(rested);
        // nothing is heard while that lasts
        timers.startSingleTimer(
                UNANSWERED,
                new Rested(attempt, new Runsvdir.NotSettled("it is busy with something else")),
                LONGEST_SILENCE);
        long began = nanos.getAsLong();
        return busy(plan, Rested.class, message -> {
            if (message.attempt() != attempt) {
                return Behaviors.same();
            }
            timers.cancel(UNANSWERED);
            if (message.rest() instanceof Runsvdir.Settled settled) {
                return become(plan, settled.lasting());
            }
            goOn();
            String why = ((Runsvdir.NotSettled) message.rest()).why();
            Duration passed =
                    soFar.plus(Duration.ofNanos(nanos.getAsLong() - began)).plus(REST_AGAIN);
            if (passed.compareTo(LONGEST_UNREST) > 0) {
                return refuse(plan, why);
            }
            timers.startSingleTimer(Tick.REST, Tick.REST, REST_AGAIN);
            return busy(plan, Tick.class, tick -> tick == Tick.REST ? rest(plan, passed) : Behaviors.same());
        });
    }

    private void goOn() {
        if (holds) {
            holds = false;
            supervision.goOn();
            loop.release();
        }
    }

    // ---- the last step

    private Behavior<Command> become(Plan plan, List<Descriptor> lasting) {
        Map<String, Descriptor> named = new HashMap<>(launched.descriptors());
        named.put("answers", plan.answers().open());
        requests.fifo().ifPresent(fifo -> named.put(REQUESTS, fifo));
        Map<String, OsString> words = new HashMap<>(supervision.words());
        if (plan.javaHome().length() > 0) {
            words.put("java-home", plan.javaHome());
        }
        Map<String, Descriptor> sockets = new HashMap<>(NotifySocket.all());
        sockets.putAll(supervision.lastingByName());
        sockets.putAll(BoundSocket.all());
        Processes.get(context.getSystem())
                .guard(pipe -> named.put(GUARD_PIPE + named.size(), pipe))
                .ifPresent(guard ->
                        words.put(GUARD, OsString.of(guard.pid() + " " + guard.startTicks() + " " + guard.bootId())));
        ActorRef<Command> self = context.getSelf();
        Consumer<String> refused = why -> self.tell(new Refused(why));
        try {
            Become.next(
                    new Become.Next(
                            plan.command(),
                            launched.words().get(),
                            new ArrayList<>(lasting),
                            sockets,
                            named,
                            words,
                            LaunchedSystem.limitForServices(context.getSystem()),
                            requests.nameless()),
                    refused);
        } catch (PosixException e) {
            refused.accept(String.valueOf(e.getMessage()));
        } catch (RuntimeException | Error e) {
            // no thread can be made, for one: all goes on as before
            refused.accept(e.toString());
        }
        return busy(plan, Refused.class, message -> {
            launched.listenAgain().run();
            goOn();
            return refuse(plan, "the launcher could not become the other one: " + message.why());
        });
    }
}
