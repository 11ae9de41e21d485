package io.github.pekkosupervisor.runit.export;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.github.pekkosupervisor.actor.SupervisorLog;
import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.EventLoop;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.runit.export.ExportTable.Mark;
import io.github.pekkosupervisor.runit.export.ExporterMessage.Answered;
import io.github.pekkosupervisor.runit.export.ExporterMessage.Came;
import io.github.pekkosupervisor.runit.export.ExporterMessage.End;
import io.github.pekkosupervisor.runit.export.ExporterMessage.FirstOpened;
import io.github.pekkosupervisor.runit.export.ExporterMessage.LinesOver;
import io.github.pekkosupervisor.runit.export.ExporterMessage.LookForGroup;
import io.github.pekkosupervisor.runit.export.ExporterMessage.Remove;
import io.github.pekkosupervisor.runit.export.ExporterMessage.Reopen;
import io.github.pekkosupervisor.runit.export.ExporterMessage.Retry;
import io.github.pekkosupervisor.runit.export.ExporterMessage.Sweep;
import io.github.pekkosupervisor.runit.export.ExporterMessage.TreeIsUp;
import io.github.pekkosupervisor.runit.export.ExporterMessage.Vanish;
import io.github.pekkosupervisor.runit.export.ExporterMessage.Write;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what is marked in the table of one tree, and has letters that come in obeyed. The only one that touches the
 * files, by its {@link ShownEntries}; what cannot be written now is written later, and the tree does not wait for it.
 */
final class Exporter {

    private static final Logger LOG = LoggerFactory.getLogger(SupervisorLog.NAME);

    private static final int AT_ONCE = 100;

    /** The most that is read of a FIFO at once. */
    private static final int LETTERS_AT_ONCE = 64;

    private static final Duration WHILE_STARTING = Duration.ofMillis(100);
    private static final Duration FIRST_RETRY = Duration.ofMillis(200);
    private static final Duration RETRY = Duration.ofSeconds(5);
    private static final Duration UNTIL_SWEPT = Duration.ofSeconds(10);

    private final ActorContext<ExporterMessage> context;
    private final TimerScheduler<ExporterMessage> timers;
    private final ExportSettings settings;
    private final ExportTable table;
    private final ExportCommands commands;
    private final EventLoop loop;
    private final Opening opening;
    private final ExportComplaints complaints;
    private final ShownEntries entries;
    private final List<CompletableFuture<Void>> waiting = new ArrayList<>();
    private boolean isOpening;
    private boolean isUp;
    private boolean isAgain;
    private boolean ends;
    private final CompletableFuture<Void> over;

    /**
     * The directory, as far as it is open.
     *
     * @param first its first opening
     * @param now what is open; null if nothing is
     */
    record Opening(CompletableFuture<OpenExport> first, AtomicReference<@Nullable OpenExport> now) {
        /** One that is being opened, or has been. */
        static Opening of(CompletableFuture<OpenExport> first) {
            return new Opening(first, new AtomicReference<>());
        }

        /** If nobody has taken it by then. */
        void close() {
            var closed = first.thenAccept(opened -> opened.directory().close());
            assert closed != null;
        }
    }

    private Exporter(
            ActorContext<ExporterMessage> context,
            TimerScheduler<ExporterMessage> timers,
            ExportSettings settings,
            ExportTable table,
            Callers callers,
            EventLoop loop,
            Opening opening,
            ExportComplaints complaints,
            CompletableFuture<Void> over) {
        this.context = context;
        this.timers = timers;
        this.settings = settings;
        this.table = table;
        this.commands = new ExportCommands(table, callers, context.getSelf(), timers);
        this.entries = new ShownEntries(settings, table, callers, complaints, this::read, timers);
        this.loop = loop;
        this.opening = opening;
        this.complaints = complaints;
        this.over = over;
        OpenExport here = opened();
        if (here == null) {
            isOpening = true;
            context.pipeToSelf(opening.first(), Exporter::firstOpened);
        } else {
            isOpen(here);
        }
        context.getSelf().tell(Write.INSTANCE);
    }

    private static ExporterMessage firstOpened(@Nullable OpenExport opened, @Nullable Throwable failure) {
        IOException refusal = failure instanceof IOException refused ? refused : new IOException(failure);
        return new FirstOpened(opened, refusal);
    }

    /**
     * The behavior.
     *
     * @param opening of the directory, which is taken over
     * @param complaints what has been said
     * @param over completes when it has ended, whatever was the reason
     */
    static Behavior<ExporterMessage> create(
            ExportSettings settings,
            ExportTable table,
            Callers callers,
            EventLoop loop,
            Opening opening,
            ExportComplaints complaints,
            CompletableFuture<Void> over) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers ->
                new Exporter(context, timers, settings, table, callers, loop, opening, complaints, over).showing()));
    }

    private Behavior<ExporterMessage> showing() {
        return Behaviors.receive(ExporterMessage.class)
                .onMessage(Write.class, write -> write())
                .onMessage(FirstOpened.class, first -> after(() -> firstOpened(first)))
                .onMessage(Came.class, came -> after(() -> came(came)))
                .onMessage(
                        Answered.class,
                        answered ->
                                after(() -> commands.answered(answered.place(), answered.call(), answered.answer())))
                .onMessage(Reopen.class, reopen -> after(() -> commands.reopen(reopen.place())))
                .onMessage(LinesOver.class, lines -> after(() -> commands.linesOver(lines.place())))
                .onMessage(Vanish.class, vanish -> after(() -> entries.vanish(vanish.place(), opened())))
                .onMessage(Remove.class, remove -> after(() -> entries.remove(remove, opened())))
                .onMessage(Retry.class, retry -> after(this::retry))
                .onMessage(LookForGroup.class, look -> after(this::lookForGroup))
                .onMessage(TreeIsUp.class, up -> after(this::treeIsUp))
                .onMessage(Sweep.class, sweep -> after(this::sweep))
                .onMessage(End.class, end -> end())
                .onSignal(PostStop.class, stopped -> after(this::free))
                .build();
    }

    private static Behavior<ExporterMessage> after(Runnable action) {
        action.run();
        return Behaviors.same();
    }

    // ---- what is marked

    private Behavior<ExporterMessage> write() {
        List<Mark> marks = table.take(AT_ONCE);
        for (Mark mark : marks) {
            if (mark instanceof ExportTable.ToTell told) {
                waiting.add(told.reached());
            } else if (mark instanceof ExportTable.ToWrite one) {
                write(one.place());
            }
        }
        if (opened() != null && entries.areWritten()) {
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

    private void write(ShownPlace place) {
        OpenExport here = opened();
        ShownEntries.Outcome outcome = entries.write(place, here, ends);
        if (outcome == ShownEntries.Outcome.LOST && here != null) {
            entries.lose(here);
            opening.now().set(null);
        }
        if (outcome == ShownEntries.Outcome.WRITTEN) {
            isAgain &= !entries.areWritten();
        } else {
            retryLater();
        }
    }

    private @Nullable OpenExport opened() {
        return opening.now().get();
    }

    /** As long as the tree starts it has the processors, and is shown bit by bit. */
    private void goesOn() {
        if (isUp) {
            context.getSelf().tell(Write.INSTANCE);
        } else {
            timers.startSingleTimer(Write.INSTANCE, WHILE_STARTING);
        }
    }

    private void treeIsUp() {
        isUp();
        timers.startSingleTimer(Sweep.INSTANCE, UNTIL_SWEPT);
    }

    /** From now on all is shown as soon as it is so. */
    private void isUp() {
        isUp = true;
        if (timers.isTimerActive(Write.INSTANCE)) {
            timers.cancel(Write.INSTANCE);
            context.getSelf().tell(Write.INSTANCE);
        }
    }

    /** Soon, since most troubles are over in a moment, and then every five seconds. */
    private void retryLater() {
        if (!ends && !isOpening && !timers.isTimerActive(Retry.INSTANCE)) {
            timers.startSingleTimer(Retry.INSTANCE, isAgain ? RETRY : FIRST_RETRY);
            isAgain = true;
        }
    }

    private EventLoop.Watch read(ShownPlace place, Descriptor control) throws PosixException {
        return loop.read(
                control,
                LETTERS_AT_ONCE,
                (letters, watch) -> context.getSelf().tell(new Came(place, new String(letters, ISO_8859_1), watch)));
    }

    private void came(Came came) {
        commands.came(came.place(), came.letters());
        if (entries.read(came.place(), came.watch())) {
            came.watch().resume();
        }
    }

    // ---- the directory

    private void firstOpened(FirstOpened first) {
        isOpening = false;
        OpenExport here = first.opened();
        if (here == null) {
            complaints.tell(settings.refusal(), first.refusal());
            retryLater();
        } else {
            isOpen(here);
        }
    }

    private void retry() {
        OpenExport here = opened();
        if (here == null) {
            try {
                isOpen(OpenExport.open(settings));
            } catch (IOException e) {
                complaints.tell(settings.refusal(), e);
                retryLater();
            }
            return;
        }
        if (settings.group().isPresent()) {
            lookForGroup(here);
        }
        table.markAgain(entries.unwritten());
    }

    private void isOpen(OpenExport here) {
        opening.now().set(here);
        here.rights().complain(complaints);
        lookForGroupLater(here);
        if (!here.directory().shared().executes()) {
            context.getLog()
                    .info(
                            "nothing can be executed in [{}]; check is a link to /bin/true while a child is ready",
                            here.directory());
        }
        if (isUp && !timers.isTimerActive(Sweep.INSTANCE)) {
            timers.startSingleTimer(Sweep.INSTANCE, UNTIL_SWEPT);
        }
        table.markAll();
        table.markAgain(entries.unwritten());
    }

    // ---- the group

    private void lookForGroupLater(OpenExport here) {
        if (here.rights().isRefused() && !ends) {
            timers.startSingleTimer(LookForGroup.INSTANCE, RETRY);
        }
    }

    private void lookForGroup() {
        OpenExport here = opened();
        if (here != null) {
            lookForGroup(here);
        }
    }

    /** There may be one now, or another of this name. */
    private void lookForGroup(OpenExport here) {
        Rights before = here.rights();
        Rights now = Rights.of(settings, here.directory());
        if (now.isRefused() && before.isRefused()) {
            lookForGroupLater(here);
            return;
        }
        if (now.isRefused()) {
            now.complain(complaints);
        } else if (before.isRefused()) {
            LOG.info("[{}] is shown to group [{}] now", here.directory(), now.groupName());
        }
        OpenExport with = here.withRights(now);
        opening.now().set(with);
        lookForGroupLater(with);
        table.markAgain(entries.grant(now, before));
    }

    // ---- what goes, and the end

    /** What an earlier JVM has left and this one does not have; only when all that this one has is there. */
    private void sweep() {
        OpenExport here = opened();
        if (here == null || !entries.areWritten()) {
            timers.startSingleTimer(Sweep.INSTANCE, UNTIL_SWEPT);
        } else if (!entries.sweep(here)) {
            timers.startSingleTimer(Sweep.INSTANCE, RETRY);
        }
    }

    private Behavior<ExporterMessage> end() {
        ends = true;
        isUp();
        timers.cancelAll();
        if (opened() == null) {
            return Behaviors.stopped();
        }
        table.over();
        return Behaviors.same();
    }

    private void free() {
        if (isOpening) {
            opening.close();
        }
        entries.close(opened());
        opening.now().set(null);
        waiting.forEach(reached -> reached.complete(null));
        over.complete(null);
    }
}
