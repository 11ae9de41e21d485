package io.github.pekkosupervisor.runit.export;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.github.pekkosupervisor.actor.SupervisorLog;
import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.EventLoop;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.process.KeptProcesses;
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
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what is marked in the table of one tree, and has letters that come in obeyed. The only one that touches the
 * files, by its {@link ShownEntries}; what cannot be written now is written later, and the tree does not wait for it.
 */
final class Exporter implements ExporterActor.Worker {

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
    private final Course course;
    private boolean isOpening;

    /** What has come since it rests; null while it does not. */
    private @Nullable List<ExporterMessage> later;

    /** How far the showing of a tree is, for who goes on with it when one has failed. */
    private static final class Course {
        /** Who waits until all is written. */
        final List<CompletableFuture<Void>> waiting = new ArrayList<>();

        /** What has come for children that are about to be taken up: they run, and would seem to be down. */
        final List<Came> early = new ArrayList<>();

        boolean isUp;
        boolean isAgain;
        boolean ends;
    }

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
            Course course,
            boolean isAnew) {
        this.context = context;
        this.timers = timers;
        this.settings = settings;
        this.table = table;
        this.commands = new ExportCommands(table, callers, context.getSelf(), timers);
        this.entries = new ShownEntries(settings, table, callers, complaints, this::read, timers);
        this.loop = loop;
        this.opening = opening;
        this.complaints = complaints;
        this.course = course;
        OpenExport here = opened();
        if (isAnew) {
            table.closed().forEach(commands::reopenLater);
            retryLater();
        } else if (here == null) {
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
        Course course = new Course();
        return ExporterActor.create(new ExporterActor.Workshop() {
            @Override
            public ExporterActor.Worker make(
                    ActorContext<ExporterMessage> context, TimerScheduler<ExporterMessage> timers, boolean isAnew) {
                return new Exporter(
                        context, timers, settings, table, callers, loop, opening, complaints, course, isAnew);
            }

            @Override
            public void failed(Throwable failure) {
                if (complaints.isNew(failure)) {
                    LOG.error(
                            "what is shown in [{}] failed and is taken up again, please report this",
                            settings.directory(),
                            failure);
                }
            }

            @Override
            public void over() {
                course.waiting.forEach(reached -> reached.complete(null));
                over.complete(null);
            }
        });
    }

    @Override
    public boolean take(ExporterMessage message) {
        if (message instanceof ExporterMessage.Rest asked) {
            asked.answer().complete(comesToRest());
            return true;
        } else if (message == ExporterMessage.GoOn.INSTANCE) {
            return goOn();
        } else if (later != null) {
            later.add(message);
            return true;
        }
        return act(message);
    }

    /** Empty if it cannot now; else what is to stay open meanwhile. */
    private Optional<List<Descriptor>> comesToRest() {
        OpenExport here = opened();
        if (commands.areUnderWay() || isOpening || course.ends) {
            return Optional.empty();
        }
        later = new ArrayList<>();
        List<Descriptor> lasting = new ArrayList<>(entries.lasting());
        if (here != null) {
            lasting.addAll(here.directory().shared().lasting());
        }
        return Optional.of(lasting);
    }

    private boolean goOn() {
        List<ExporterMessage> told = later == null ? List.of() : later;
        later = null;
        return told.stream().allMatch(this::act);
    }

    private boolean act(ExporterMessage message) {
        if (message == Write.INSTANCE) {
            return write();
        } else if (message == End.INSTANCE) {
            return end();
        } else if (message instanceof Came came) {
            came(came);
        } else if (message instanceof Answered answered) {
            commands.answered(answered.place(), answered.call(), answered.answer());
        } else if (message instanceof Reopen reopen) {
            commands.reopen(reopen.place());
        } else if (message instanceof LinesOver lines) {
            commands.linesOver(lines.place());
        } else {
            ofDirectory(message);
        }
        return true;
    }

    private void ofDirectory(ExporterMessage message) {
        if (message instanceof FirstOpened first) {
            firstOpened(first);
        } else if (message instanceof Vanish vanish) {
            entries.vanish(vanish.place(), opened());
            ifAllIsWritten();
        } else if (message instanceof Remove remove) {
            entries.remove(remove, opened());
        } else if (message == Retry.INSTANCE) {
            retry();
        } else if (message == LookForGroup.INSTANCE) {
            lookForGroup();
        } else if (message == TreeIsUp.INSTANCE) {
            treeIsUp();
        } else if (message == Sweep.INSTANCE) {
            sweep();
        }
    }

    // ---- what is marked

    private boolean write() {
        List<Mark> marks = table.take(AT_ONCE);
        for (Mark mark : marks) {
            // before all else, since who comes after one that has failed does not have these marks
            if (mark instanceof ExportTable.ToTell told) {
                course.waiting.add(told.reached());
            }
        }
        for (Mark mark : marks) {
            if (mark instanceof ExportTable.ToWrite one) {
                write(one.place());
            }
        }
        ifAllIsWritten();
        if (!marks.isEmpty()) {
            goesOn();
        }
        return !marks.isEmpty() || !course.ends;
    }

    /** Also when what could not be written needs not be any more: who waits is told. */
    private void ifAllIsWritten() {
        if (opened() != null && entries.areWritten()) {
            course.isAgain = false;
            course.waiting.forEach(reached -> reached.complete(null));
            course.waiting.clear();
        }
    }

    private void write(ShownPlace place) {
        OpenExport here = opened();
        ShownEntries.Outcome outcome = entries.write(place, here, course.ends);
        if (outcome == ShownEntries.Outcome.LOST && here != null) {
            entries.lose(here);
            opening.now().set(null);
        }
        if (outcome != ShownEntries.Outcome.WRITTEN) {
            retryLater();
        }
    }

    private @Nullable OpenExport opened() {
        return opening.now().get();
    }

    /** As long as the tree starts it has the processors, and is shown bit by bit. */
    private void goesOn() {
        if (course.isUp) {
            context.getSelf().tell(Write.INSTANCE);
        } else {
            timers.startSingleTimer(Write.INSTANCE, WHILE_STARTING);
        }
    }

    private void treeIsUp() {
        isUp();
        course.early.forEach(this::came);
        course.early.clear();
        timers.startSingleTimer(Sweep.INSTANCE, UNTIL_SWEPT);
    }

    /** From now on all is shown as soon as it is so. */
    private void isUp() {
        course.isUp = true;
        if (timers.isTimerActive(Write.INSTANCE)) {
            timers.cancel(Write.INSTANCE);
            context.getSelf().tell(Write.INSTANCE);
        }
    }

    /** Soon, since most troubles are over in a moment, and then every five seconds. */
    private void retryLater() {
        if (!course.ends && !isOpening && !timers.isTimerActive(Retry.INSTANCE)) {
            timers.startSingleTimer(Retry.INSTANCE, course.isAgain ? RETRY : FIRST_RETRY);
            course.isAgain = true;
        }
    }

    private EventLoop.Watch read(ShownPlace place, Descriptor control) throws PosixException {
        return loop.read(
                control,
                LETTERS_AT_ONCE,
                (letters, watch) -> context.getSelf().tell(new Came(place, new String(letters, ISO_8859_1), watch)));
    }

    private void came(Came came) {
        if (!course.isUp && KeptProcesses.isTreeLeft()) {
            course.early.add(came);
            return;
        }
        commands.came(came.place(), came.letters());
        if (entries.read(came.place(), came.watch())) {
            came.watch().resume();
        }
    }

    // ---- the directory

    private void firstOpened(FirstOpened first) {
        if (!isOpening) {
            // one before waited for it, has failed, and has had it closed
            return;
        }
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
        if (course.isUp && !timers.isTimerActive(Sweep.INSTANCE)) {
            timers.startSingleTimer(Sweep.INSTANCE, UNTIL_SWEPT);
        }
        table.markAll();
        table.markAgain(entries.unwritten());
        // when all of it is there again
        table.tellThen(course.waiting);
        course.waiting.clear();
    }

    // ---- the group

    private void lookForGroupLater(OpenExport here) {
        if (here.rights().isRefused() && !course.ends) {
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

    private boolean end() {
        course.ends = true;
        isUp();
        timers.cancelAll();
        if (opened() == null) {
            return false;
        }
        table.over();
        return true;
    }

    @Override
    public void leave() {
        if (isOpening) {
            opening.close();
        }
        OpenExport here = opened();
        opening.now().set(null);
        entries.close(here);
    }
}
