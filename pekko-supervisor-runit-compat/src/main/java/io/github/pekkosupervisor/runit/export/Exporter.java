package io.github.pekkosupervisor.runit.export;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.github.pekkosupervisor.posix.EventLoop;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.runit.export.ExportTable.Mark;
import io.github.pekkosupervisor.runit.export.ExportTable.View;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.pekko.actor.DeadLetterSuppression;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/**
 * Writes what is marked in the table of one tree, and has letters that come in obeyed. The only one that touches the
 * files; what cannot be written now is written later, and the tree does not wait for it.
 */
final class Exporter {

    private static final int AT_ONCE = 100;

    /** The most that is read of a FIFO at once. */
    private static final int LETTERS_AT_ONCE = 64;

    private static final Duration WHILE_STARTING = Duration.ofMillis(100);
    private static final Duration FIRST_RETRY = Duration.ofMillis(200);
    private static final Duration RETRY = Duration.ofSeconds(5);
    private static final Duration CLOSED = Duration.ofSeconds(5);

    /** Longer than sv waits. */
    private static final Duration SHOWN_WHEN_FORGOTTEN = Duration.ofSeconds(10);

    private static final Duration UNTIL_SWEPT = Duration.ofSeconds(10);

    private final ActorContext<Command> context;
    private final TimerScheduler<Command> timers;
    private final ExportSettings settings;
    private final ExportTable table;
    private final Callers callers;
    private final EventLoop loop;
    private final AtomicReference<@Nullable Opened> opened;
    private final ExportComplaints complaints;
    private final Map<ShownPlace, ShownDirectory> directories = new HashMap<>();
    private final Set<ShownPlace> unwritten = new LinkedHashSet<>();
    private final List<CompletableFuture<Void>> waiting = new ArrayList<>();
    private final Set<OsString> refused = new HashSet<>();
    private boolean isUp;
    private boolean isAgain;
    private @Nullable CompletableFuture<Void> ends;

    /** The directory, and by whom a child's files may be used there. */
    record Opened(ExportDirectory directory, Rights rights) {}

    /** What it takes; when it has ended nobody misses it. */
    sealed interface Command extends DeadLetterSuppression {}

    /** Something is marked. */
    enum Write implements Command {
        INSTANCE
    }

    /** What could not be done may be tried again. */
    enum Retry implements Command {
        INSTANCE
    }

    /** The tree is up; what is none of it is to go after a while. */
    enum TreeIsUp implements Command {
        INSTANCE
    }

    private enum Sweep implements Command {
        INSTANCE
    }

    private record Came(ShownPlace place, String letters, EventLoop.Watch watch) implements Command {}

    /** A call has been answered. */
    record Answered(ShownPlace place, ExportEvent.Answered answer) implements Command {}

    private record Reopen(ShownPlace place) implements Command {}

    private record Vanish(ShownPlace place) implements Command {}

    private record Remove(ShownDirectory directory) implements Command {}

    /** The tree is over. */
    record End(CompletableFuture<Void> done) implements Command {}

    private Exporter(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            ExportSettings settings,
            ExportTable table,
            Callers callers,
            EventLoop loop,
            AtomicReference<@Nullable Opened> opened,
            ExportComplaints complaints) {
        this.context = context;
        this.timers = timers;
        this.settings = settings;
        this.table = table;
        this.callers = callers;
        this.loop = loop;
        this.opened = opened;
        this.complaints = complaints;
        Opened here = opened.get();
        if (here == null) {
            retryLater();
        } else {
            here.rights().complain(complaints);
        }
        context.getSelf().tell(Write.INSTANCE);
    }

    /**
     * The behavior.
     *
     * @param opened the directory; null if it could not be had yet, which has been said
     * @param complaints what has been said
     */
    static Behavior<Command> create(
            ExportSettings settings,
            ExportTable table,
            Callers callers,
            EventLoop loop,
            AtomicReference<@Nullable Opened> opened,
            ExportComplaints complaints) {
        return Behaviors.setup(context -> Behaviors.withTimers(
                timers -> new Exporter(context, timers, settings, table, callers, loop, opened, complaints).showing()));
    }

    private Behavior<Command> showing() {
        return Behaviors.receive(Command.class)
                .onMessage(Write.class, write -> write())
                .onMessage(Came.class, this::came)
                .onMessage(Answered.class, this::answered)
                .onMessage(Reopen.class, this::reopen)
                .onMessage(Vanish.class, this::vanish)
                .onMessage(Remove.class, remove -> remove(remove.directory()))
                .onMessage(Retry.class, retry -> retry())
                .onMessage(TreeIsUp.class, up -> {
                    isUp();
                    timers.startSingleTimer(Sweep.INSTANCE, UNTIL_SWEPT);
                    return Behaviors.same();
                })
                .onMessage(Sweep.class, sweep -> sweep())
                .onMessage(End.class, this::end)
                .onSignal(PostStop.class, stopped -> {
                    free();
                    return Behaviors.same();
                })
                .build();
    }

    // ---- what is marked

    private Behavior<Command> write() {
        List<Mark> marks = table.take(AT_ONCE);
        for (Mark mark : marks) {
            if (mark.reached() != null) {
                waiting.add(mark.reached());
            }
            if (mark.place() != null) {
                write(mark.place());
            }
        }
        if (opened.get() != null && unwritten.isEmpty()) {
            waiting.forEach(reached -> reached.complete(null));
            waiting.clear();
        }
        if (!marks.isEmpty()) {
            goesOn();
        } else if (ends != null) {
            return Behaviors.stopped();
        }
        return Behaviors.same();
    }

    /** As long as the tree starts it has the processors, and is shown bit by bit. */
    private void goesOn() {
        if (isUp) {
            context.getSelf().tell(Write.INSTANCE);
        } else {
            timers.startSingleTimer(Write.INSTANCE, WHILE_STARTING);
        }
    }

    /** From now on all is shown as soon as it is so. */
    private void isUp() {
        isUp = true;
        if (timers.isTimerActive(Write.INSTANCE)) {
            timers.cancel(Write.INSTANCE);
            context.getSelf().tell(Write.INSTANCE);
        }
    }

    private void write(ShownPlace place) {
        Opened here = opened.get();
        if (here == null) {
            unwritten.add(place);
            return;
        }
        if (!here.directory().claim(place.name, table)) {
            if (refused.add(place.name)) {
                callers.log(
                        place,
                        log -> log.error(
                                "it is not shown in [{}], where another tree has the name [{}]; name one of the trees",
                                here.directory(),
                                place.name));
            }
            return;
        }
        View view = table.view(place);
        ShownDirectory directory = directories.computeIfAbsent(
                place,
                first -> new ShownDirectory(
                        here.directory(),
                        place,
                        here.rights().of(place.name),
                        here.rights().group(),
                        control -> loop.read(
                                control,
                                LETTERS_AT_ONCE,
                                (letters, watch) -> context.getSelf()
                                        .tell(new Came(place, new String(letters, ISO_8859_1), watch)))));
        try {
            if (ends == null) {
                directory.write(view.shown(), view.supervision());
            } else {
                writeLast(directory, view);
            }
            isWritten(place);
        } catch (PosixException e) {
            isNotWritten(place, e);
        }
        if (view.isForgotten()) {
            timers.startSingleTimer(new Vanish(place), new Vanish(place), SHOWN_WHEN_FORGOTTEN);
        }
    }

    /** There is no later, so what is refused is tried once more at once. */
    private void writeLast(ShownDirectory directory, View view) throws PosixException {
        try {
            directory.writeLast(view.shown(), view.supervision());
        } catch (PosixException e) {
            complaints.tell(couldNotBeWritten(), e);
            directory.writeLast(view.shown(), view.supervision());
        }
    }

    private String couldNotBeWritten() {
        return "what is to be shown in " + settings.directory() + " could not be written";
    }

    private void isWritten(ShownPlace place) {
        unwritten.remove(place);
        if (unwritten.isEmpty()) {
            isAgain = false;
            complaints.clear();
        }
    }

    private void isNotWritten(ShownPlace place, PosixException e) {
        complaints.tell(couldNotBeWritten(), e);
        unwritten.add(place);
        if (ends == null) {
            retryLater();
        }
    }

    /** Soon, since most troubles are over in a moment, and then every five seconds. */
    private void retryLater() {
        if (!timers.isTimerActive(Retry.INSTANCE)) {
            timers.startSingleTimer(Retry.INSTANCE, isAgain ? RETRY : FIRST_RETRY);
            isAgain = true;
        }
    }

    private Behavior<Command> retry() {
        if (opened.get() == null) {
            try {
                Opened now = open(settings);
                opened.set(now);
                now.rights().complain(complaints);
            } catch (IOException e) {
                complaints.tell(settings.refusal(), e);
                retryLater();
                return Behaviors.same();
            }
            table.markAll();
        }
        List<ShownPlace> again = List.copyOf(unwritten);
        unwritten.clear();
        table.markAgain(again);
        return Behaviors.same();
    }

    /** Opens the directory that is to be shown in. */
    static Opened open(ExportSettings settings) throws IOException {
        ExportDirectory directory = ExportDirectory.open(settings.place());
        return new Opened(directory, Rights.of(settings, directory));
    }

    // ---- commands

    private Behavior<Command> came(Came came) {
        ShownDirectory directory = directories.get(came.place());
        for (char letter : came.letters().toCharArray()) {
            if (ExportRule.LETTERS.indexOf(letter) >= 0) {
                callers.log(came.place(), log -> log.info("control FIFO: {}", letter));
                decide(came.place(), new ExportEvent.Letter(letter));
            }
        }
        if (directory != null && directory.reads(came.watch())) {
            came.watch().resume();
        }
        return Behaviors.same();
    }

    private Behavior<Command> answered(Answered answered) {
        decide(answered.place(), answered.answer());
        return Behaviors.same();
    }

    private void decide(ShownPlace place, ExportEvent event) {
        boolean wasClosed = table.known(place).closed();
        List<Call> calls = table.decided(
                place, event, () -> callers.log(place, log -> log.info("it is ignored: {}", place.kind.whyIgnored())));
        for (Call call : calls) {
            callers.call(
                    place,
                    table.handle(place),
                    call,
                    done -> context.getSelf().tell(new Answered(place, new ExportEvent.Answered(call, done))));
        }
        if (!wasClosed && table.known(place).closed()) {
            timers.startSingleTimer(new Reopen(place), new Reopen(place), CLOSED);
        }
    }

    private Behavior<Command> reopen(Reopen reopen) {
        decide(reopen.place(), ExportEvent.Reopened.INSTANCE);
        return Behaviors.same();
    }

    // ---- what goes

    private Behavior<Command> vanish(Vanish vanish) {
        ShownPlace place = vanish.place();
        Opened here = opened.get();
        if (!table.vanishes(place)) {
            return Behaviors.same();
        }
        unwritten.remove(place);
        ShownDirectory directory = directories.remove(place);
        if (here != null && directory != null) {
            here.directory().giveUp(place.name, table);
            remove(directory);
        }
        return Behaviors.same();
    }

    private Behavior<Command> remove(ShownDirectory directory) {
        try {
            directory.remove();
        } catch (PosixException e) {
            complaints.tell(couldNotBeRemoved(), e);
            timers.startSingleTimer(directory, new Remove(directory), RETRY);
        }
        return Behaviors.same();
    }

    private String couldNotBeRemoved() {
        return "what is shown no longer could not be removed from " + settings.directory();
    }

    /** What an earlier JVM has left and this one does not have. */
    private Behavior<Command> sweep() {
        Opened here = opened.get();
        if (here == null) {
            timers.startSingleTimer(Sweep.INSTANCE, UNTIL_SWEPT);
            return Behaviors.same();
        }
        ExportDirectory directory = here.directory();
        try {
            for (OsString name : directory.base().list()) {
                if (!name.equals(ExportDirectory.HIDDEN)
                        && settings.mayHaveMade(name)
                        && !directory.isClaimed(name)
                        && ShownDirectory.isOurs(directory, name)) {
                    ExportRemains.remove(directory.base(), name);
                }
            }
        } catch (PosixException e) {
            complaints.tell(couldNotBeRemoved(), e);
            timers.startSingleTimer(Sweep.INSTANCE, RETRY);
        }
        return Behaviors.same();
    }

    // ---- the end

    private Behavior<Command> end(End end) {
        ends = end.done();
        isUp();
        timers.cancelAll();
        if (opened.get() == null) {
            return Behaviors.stopped();
        }
        table.over();
        return Behaviors.same();
    }

    private void free() {
        directories.values().forEach(ShownDirectory::close);
        directories.clear();
        Opened here = opened.get();
        if (here != null) {
            here.directory().close(table);
            opened.set(null);
        }
        waiting.forEach(reached -> reached.complete(null));
        if (ends != null) {
            ends.complete(null);
        }
    }
}
