package io.github.pekkosupervisor.runit.export;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.github.pekkosupervisor.posix.EventLoop;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.runit.export.ExportTable.Mark;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.pekko.actor.DeadLetterSuppression;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

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

    /** So many that are forgotten are shown for a while yet; of more the first go at once. */
    private static final int MOST_FORGOTTEN = 1_000;

    private static final Duration UNTIL_SWEPT = Duration.ofSeconds(10);

    /** How long commands are counted of which too many come to be said. */
    private static final Duration LINES_WINDOW = Duration.ofSeconds(10);

    private final ActorContext<Command> context;
    private final TimerScheduler<Command> timers;
    private final ExportSettings settings;
    private final ExportTable table;
    private final Callers callers;
    private final EventLoop loop;
    private final AtomicReference<@Nullable Opened> opened;
    private final ExportComplaints complaints;
    private final Map<ShownPlace, ShownEntry> entries = new HashMap<>();
    private final Set<ShownPlace> unwritten = new LinkedHashSet<>();
    private final List<CompletableFuture<Void>> waiting = new ArrayList<>();
    private final Set<OsString> refused = new HashSet<>();
    private final Set<ShownPlace> forgotten = new LinkedHashSet<>();
    private final Set<ShownPlace> claimed = new HashSet<>();
    private final CommandLines lines = new CommandLines();
    private boolean isUp;
    private boolean isAgain;
    private boolean ends;
    private final CompletableFuture<Void> over;

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

    private record Answered(ShownPlace place, Call call, Callers.Answer answer) implements Command {}

    private record LinesOver(ShownPlace place) implements Command {}

    private record Reopen(ShownPlace place) implements Command {}

    private record Vanish(ShownPlace place) implements Command {}

    private record Remove(ShownPlace place, ShownEntry entry) implements Command {}

    /** The tree is over. */
    enum End implements Command {
        INSTANCE
    }

    private Exporter(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            ExportSettings settings,
            ExportTable table,
            Callers callers,
            EventLoop loop,
            AtomicReference<@Nullable Opened> opened,
            ExportComplaints complaints,
            CompletableFuture<Void> over) {
        this.context = context;
        this.timers = timers;
        this.settings = settings;
        this.table = table;
        this.callers = callers;
        this.loop = loop;
        this.opened = opened;
        this.complaints = complaints;
        this.over = over;
        Opened here = opened.get();
        if (here == null) {
            retryLater();
        } else {
            isOpen(here);
        }
        context.getSelf().tell(Write.INSTANCE);
    }

    /**
     * The behavior.
     *
     * @param opened the directory; null if it could not be had yet, which has been said
     * @param complaints what has been said
     * @param over completes when it has ended, whatever was the reason
     */
    static Behavior<Command> create(
            ExportSettings settings,
            ExportTable table,
            Callers callers,
            EventLoop loop,
            AtomicReference<@Nullable Opened> opened,
            ExportComplaints complaints,
            CompletableFuture<Void> over) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers ->
                new Exporter(context, timers, settings, table, callers, loop, opened, complaints, over).showing()));
    }

    private Behavior<Command> showing() {
        return Behaviors.receive(Command.class)
                .onMessage(Write.class, write -> write())
                .onMessage(Came.class, this::came)
                .onMessage(Answered.class, this::answered)
                .onMessage(Reopen.class, this::reopen)
                .onMessage(Vanish.class, this::vanish)
                .onMessage(Remove.class, remove -> remove(remove.place(), remove.entry()))
                .onMessage(LinesOver.class, this::linesOver)
                .onMessage(Retry.class, retry -> retry())
                .onMessage(TreeIsUp.class, up -> {
                    isUp();
                    timers.startSingleTimer(Sweep.INSTANCE, UNTIL_SWEPT);
                    return Behaviors.same();
                })
                .onMessage(Sweep.class, sweep -> sweep())
                .onMessage(End.class, end -> end())
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
            if (mark instanceof ExportTable.ToTell told) {
                waiting.add(told.reached());
            } else if (mark instanceof ExportTable.ToWrite one) {
                write(one.place());
            }
        }
        if (opened.get() != null && unwritten.isEmpty()) {
            waiting.forEach(reached -> reached.complete(null));
            waiting.clear();
        }
        if (!marks.isEmpty()) {
            goesOn();
        } else if (ends) {
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
        ShownGroups.View view = table.view(place);
        if (view.isForgotten() && !entries.containsKey(place)) {
            // nobody has seen it
            vanish(place);
            return;
        }
        Opened here = opened.get();
        if (here == null) {
            unwritten.add(place);
        } else if (!here.directory().claim(place.name, place)) {
            isTaken(place, here);
        } else {
            claimed.add(place);
            write(place, view, here);
        }
        if (view.isForgotten()) {
            isForgotten(place);
        } else if (forgotten.remove(place)) {
            timers.cancel(new Vanish(place));
        }
    }

    private void write(ShownPlace place, ShownGroups.View view, Opened here) {
        try {
            ShownEntry entry = entry(place, here);
            if (ends) {
                writeLast(entry, view);
            } else {
                entry.write(view.shown(), view.supervision());
            }
            isWritten(place);
        } catch (IOException e) {
            isNotWritten(place, e);
        } catch (RuntimeException e) {
            // one that cannot be shown is not to take the others with it
            isNotWritten(place, new IOException(e.toString(), e));
        }
    }

    private ShownEntry entry(ShownPlace place, Opened here) throws PosixException {
        ShownEntry known = entries.get(place);
        if (known != null) {
            return known;
        }
        if (place.leadsTo != null) {
            ExportSweep.makeWay(here.directory(), place.name);
        }
        ShownEntry entry = place.leadsTo != null ? new ShownLink(here.directory(), place) : directory(place, here);
        entries.put(place, entry);
        return entry;
    }

    private ShownDirectory directory(ShownPlace place, Opened here) {
        return new ShownDirectory(
                here.directory(),
                place,
                here.rights().of(place.name),
                here.rights().group(),
                control -> loop.read(
                        control,
                        LETTERS_AT_ONCE,
                        (letters, watch) ->
                                context.getSelf().tell(new Came(place, new String(letters, ISO_8859_1), watch))));
    }

    /** Another tree has the name, or another place of this one; it is free when that is not shown any more. */
    private void isTaken(ShownPlace place, Opened here) {
        if (refused.add(place.name)) {
            boolean isOurs = here.directory().isOfOneOf(claimed, place.name);
            callers.log(
                    place,
                    log -> log.error(
                            isOurs
                                    ? "it is not shown in [{}] until what has had the name [{}] before has gone"
                                    : "it is not shown in [{}], where another tree has the name [{}]; name one of the"
                                            + " trees",
                            here.directory(),
                            place.name));
        }
        unwritten.add(place);
        retryLater();
    }

    /** It goes after a while; if too many do the first go now, since each has a descriptor. */
    private void isForgotten(ShownPlace place) {
        if (!forgotten.add(place)) {
            // one that cannot be written comes here with each attempt
            return;
        }
        timers.startSingleTimer(new Vanish(place), new Vanish(place), SHOWN_WHEN_FORGOTTEN);
        if (forgotten.size() > MOST_FORGOTTEN) {
            ShownPlace first = forgotten.iterator().next();
            timers.cancel(new Vanish(first));
            vanish(first);
        }
    }

    /** There is no later, so what is refused is tried once more at once. */
    private void writeLast(ShownEntry entry, ShownGroups.View view) throws IOException {
        try {
            entry.writeLast(view.shown(), view.supervision());
        } catch (IOException e) {
            complaints.tell(couldNotBeWritten(), e);
            entry.writeLast(view.shown(), view.supervision());
        }
    }

    private String couldNotBeWritten() {
        return "what is to be shown in " + settings.directory() + " could not be written";
    }

    private void isWritten(ShownPlace place) {
        refused.remove(place.name);
        if (unwritten.remove(place) && unwritten.isEmpty()) {
            isAgain = false;
            complaints.clear();
        }
    }

    private void isNotWritten(ShownPlace place, IOException e) {
        if (complaints.isNew(place, e)) {
            callers.log(place, log -> log.error("{}: {}", couldNotBeWritten(), e.getMessage()));
        }
        unwritten.add(place);
        retryLater();
    }

    /** Soon, since most troubles are over in a moment, and then every five seconds. */
    private void retryLater() {
        if (!ends && !timers.isTimerActive(Retry.INSTANCE)) {
            timers.startSingleTimer(Retry.INSTANCE, isAgain ? RETRY : FIRST_RETRY);
            isAgain = true;
        }
    }

    private Behavior<Command> retry() {
        if (opened.get() == null) {
            try {
                Opened now = open(settings);
                opened.set(now);
                isOpen(now);
            } catch (IOException e) {
                complaints.tell(settings.refusal(), e);
                retryLater();
                return Behaviors.same();
            }
            if (isUp) {
                timers.startSingleTimer(Sweep.INSTANCE, UNTIL_SWEPT);
            }
            table.markAll();
        }
        table.markAgain(List.copyOf(unwritten));
        return Behaviors.same();
    }

    private void isOpen(Opened here) {
        here.rights().complain(complaints);
        if (!here.directory().executes()) {
            context.getLog()
                    .info(
                            "nothing can be executed in [{}]; check is a link to /bin/true while a child is ready",
                            here.directory());
        }
    }

    /** Opens the directory that is to be shown in. */
    static Opened open(ExportSettings settings) throws IOException {
        ExportDirectory directory = ExportDirectory.open(settings.place());
        return new Opened(directory, Rights.of(settings, directory));
    }

    // ---- commands

    private Behavior<Command> came(Came came) {
        ShownPlace place = came.place();
        ShownEntry entry = entries.get(place);
        for (char letter : came.letters().toCharArray()) {
            if (ExportRule.LETTERS.indexOf(letter) >= 0) {
                say(place, log -> log.info("control FIFO: {}", letter));
                decide(place, new ExportEvent.Letter(letter));
            }
        }
        if (entry != null && entry.reads(came.watch())) {
            came.watch().resume();
        }
        return Behaviors.same();
    }

    private Behavior<Command> answered(Answered answered) {
        Callers.Answer answer = answered.answer();
        if (answer.isToBeSaid()) {
            say(answered.place(), log -> log.info("control FIFO: it was answered [{}]", answer.words()));
        }
        decide(answered.place(), new ExportEvent.Answered(answered.call(), answer.done()));
        return Behaviors.same();
    }

    /** Says something of a command, unless too many come. */
    private void say(ShownPlace place, Consumer<Logger> words) {
        if (!lines.isCounting(place)) {
            timers.startSingleTimer(new LinesOver(place), new LinesOver(place), LINES_WINDOW);
        }
        if (lines.says(place)) {
            callers.log(place, words);
        }
    }

    private Behavior<Command> linesOver(LinesOver over) {
        int unsaid = lines.close(over.place());
        if (unsaid > 0) {
            callers.log(
                    over.place(),
                    log -> log.info(
                            "control FIFO: [{}] more lines like these were not written in the last ten seconds",
                            unsaid));
        }
        return Behaviors.same();
    }

    private void decide(ShownPlace place, ExportEvent event) {
        if (table.hasVanished(place)) {
            return;
        }
        boolean wasClosed = table.known(place).closed();
        ExportRule.Decision decision = table.decided(place, event);
        if (decision.ignored()) {
            say(place, log -> log.info("it is ignored: {}", place.kind.whyIgnored()));
        }
        for (Call call : decision.calls()) {
            callers.call(
                    place,
                    table.handle(place),
                    call,
                    answer -> context.getSelf().tell(new Answered(place, call, answer)));
        }
        boolean exits = event instanceof ExportEvent.Letter letter && letter.letter() == 'x';
        if (decision.child().closed() && (!wasClosed || exits)) {
            timers.startSingleTimer(new Reopen(place), new Reopen(place), CLOSED);
        }
    }

    private Behavior<Command> reopen(Reopen reopen) {
        decide(reopen.place(), ExportEvent.Reopened.INSTANCE);
        return Behaviors.same();
    }

    // ---- what goes

    private Behavior<Command> vanish(Vanish vanish) {
        vanish(vanish.place());
        return Behaviors.same();
    }

    private void vanish(ShownPlace place) {
        forgotten.remove(place);
        if (table.vanishes(place)) {
            unwritten.remove(place);
            refused.remove(place.name);
            timers.cancel(new Reopen(place));
            ShownEntry entry = entries.remove(place);
            if (entry != null) {
                remove(place, entry);
            }
        }
    }

    /** As long as it has not been removed nobody else gets its name. */
    private Behavior<Command> remove(ShownPlace place, ShownEntry entry) {
        Opened here = opened.get();
        try {
            entry.remove();
            if (here != null) {
                here.directory().giveUp(place.name, place);
                claimed.remove(place);
            }
        } catch (PosixException e) {
            complaints.tell(couldNotBeRemoved(), e);
            timers.startSingleTimer(entry, new Remove(place, entry), RETRY);
        }
        return Behaviors.same();
    }

    private String couldNotBeRemoved() {
        return "what is shown no longer could not be removed from " + settings.directory();
    }

    /** What an earlier JVM has left and this one does not have; only when all that this one has is there. */
    private Behavior<Command> sweep() {
        Opened here = opened.get();
        if (here == null || !unwritten.isEmpty()) {
            timers.startSingleTimer(Sweep.INSTANCE, UNTIL_SWEPT);
            return Behaviors.same();
        }
        try {
            Optional<PosixException> refused = ExportSweep.sweep(here.directory(), name -> settings.mayHaveMade(name) || !here.directory().isShared());
            if (refused.isPresent()) {
                throw refused.get();
            }
        } catch (PosixException e) {
            complaints.tell(couldNotBeRemoved(), e);
            timers.startSingleTimer(Sweep.INSTANCE, RETRY);
        }
        return Behaviors.same();
    }

    // ---- the end

    private Behavior<Command> end() {
        ends = true;
        isUp();
        timers.cancelAll();
        if (opened.get() == null) {
            return Behaviors.stopped();
        }
        table.over();
        return Behaviors.same();
    }

    private void free() {
        entries.values().forEach(ShownEntry::close);
        Opened here = opened.get();
        if (here != null) {
            here.directory().close(claimed);
            opened.set(null);
        }
        entries.clear();
        waiting.forEach(reached -> reached.complete(null));
        over.complete(null);
    }
}
