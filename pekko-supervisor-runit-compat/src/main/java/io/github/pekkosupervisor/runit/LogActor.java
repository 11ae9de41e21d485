package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.EventLoop;
import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.Intake;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.ProcessActor;
import io.github.pekkosupervisor.process.ProcessEvent;
import io.github.pekkosupervisor.process.Processes;
import io.github.pekkosupervisor.runit.supervise.Reporter;
import io.github.pekkosupervisor.runit.svlogd.LogSpool;
import io.github.pekkosupervisor.runit.svlogd.LogWriter;
import io.github.pekkosupervisor.runit.svlogd.Processors;
import io.github.pekkosupervisor.runit.svlogd.Progress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/**
 * Writes the log of one service in the place of a logger process. To runsv it behaves like such a process, with this
 * JVM's process id: it starts, obeys TERM, HUP, ALRM, STOP, CONT and KILL, and ends.
 *
 * <p>One chunk is moved from the pipe, by way of a {@link LogSpool}, when all before it is in the log: whatever holds
 * up the disk holds up, through the pipe, this service and nobody else. Where there can be no spool it leaves the pipe
 * when it is in the log. The actor runs on {@link #dispatcher()}, where it may wait for the disk.
 */
final class LogActor {

    private static final Duration PAUSE = Duration.ofSeconds(3);
    private static final int CHUNK = 64 * 1024;
    private static final int SMALL_CHUNK = 1024;
    private static final int UNUSABLE = 111;

    /** Nothing stays in it between two reads, so the actors of a thread share it. */
    private static final ThreadLocal<byte[]> BUFFER = ThreadLocal.withInitial(() -> new byte[CHUNK]);

    private static final String AGE = "age";

    private final ActorContext<Object> context;
    private final TimerScheduler<Object> timers;
    private final Processes processes;
    private final OwnLog log;
    private final LogWriter writer;
    private final Descriptor pipe;
    private final Intake intake;
    private final Reporter reporter;
    private final Clock clock;
    private final Owner owner;
    private EventLoop.@Nullable Watch watch;
    private boolean paused;
    private boolean waiting;
    private boolean readable;
    private boolean reopening;
    private boolean rotating;
    private Optional<ExitStatus> ending = Optional.empty();

    private enum Tell {
        /** There is something in the pipe, or its end. */
        READABLE,
        /** What was refused is to be tried again. */
        AGAIN,
        /** A processor has ended. */
        PROCESSOR_OVER,
        /** A file has reached its age. */
        AGED
    }

    private interface Owner {
        void tell(ProcessEvent event);
    }

    private LogActor(
            ActorContext<Object> context,
            TimerScheduler<Object> timers,
            OwnLog log,
            Descriptor pipe,
            Reporter reporter,
            Clock clock,
            Owner owner) {
        this.context = context;
        this.timers = timers;
        this.processes = Processes.get(context.getSystem());
        this.log = log;
        this.pipe = pipe;
        this.intake = new Intake(pipe, SMALL_CHUNK);
        this.reporter = reporter;
        this.clock = clock;
        this.owner = owner;
        ActorRef<Object> self = context.getSelf();
        log.onProcessorOver(() -> self.tell(Tell.PROCESSOR_OVER));
        this.writer = log.writer(
                reporter, clock, log.counting(Processors.of(processes.posix(), log::environment, log::processorOver)));
    }

    /** Where the actors of logs run: they wait for disks. */
    static DispatcherSelector dispatcher() {
        return DispatcherSelector.fromConfig("pekko-supervisor.runit.log-dispatcher");
    }

    /**
     * Begins to write a log.
     *
     * @param pipe where the service's lines come from; closed by the actor
     * @param successor whether the owner has been told of the start already
     */
    static <T> Behavior<ProcessActor.Command> create(
            OwnLog log,
            Descriptor pipe,
            boolean successor,
            Reporter reporter,
            Clock clock,
            ActorRef<T> owner,
            Function<? super ProcessEvent, ? extends T> translation) {
        return Behaviors.<Object>setup(context -> Behaviors.withTimers(timers -> {
                    Owner translated = event -> owner.tell(translation.apply(event));
                    return new LogActor(context, timers, log, pipe, reporter, clock, translated).start(successor);
                }))
                .narrow();
    }

    private Behavior<Object> start(boolean successor) throws PosixException {
        if (!successor) {
            int pid = Math.toIntExact(ProcessHandle.current().pid());
            owner.tell(new ProcessEvent.Started(
                    // without a descriptor to spare its start time cannot be read, and need not be
                    ProcessIdentity.ofRunning(pid).orElseGet(() -> new ProcessIdentity(pid, 0, "")),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty()));
        }
        if (!log.isOpen() && !open()) {
            return unusable();
        }
        pipe.makeNonBlocking();
        Behavior<Object> next = work();
        return next == Behaviors.same() ? writing() : next;
    }

    private Behavior<Object> writing() {
        return Behaviors.receive(Object.class)
                .onMessage(Tell.class, this::told)
                .onMessage(ProcessActor.SendSignal.class, send -> signal(send.signal()))
                .onMessage(ProcessActor.Stop.class, stop -> signal(Signal.TERM))
                .onMessage(ProcessActor.Settle.class, this::settle)
                .onMessage(ProcessActor.GoOn.class, goOn -> Behaviors.same())
                .onSignal(PostStop.class, stop -> stopped())
                .build();
    }

    /** Killed between two lines it loses none; but nobody is to start a second processor on the same file. */
    private Behavior<Object> settle(ProcessActor.Settle asked) {
        if (!log.isProcessing()) {
            asked.settled().run();
        }
        return Behaviors.same();
    }

    private Behavior<Object> stopped() {
        closePipe();
        if (log.isGivenUp() || log.isOfLogger()) {
            // it may go on without us
            log.abandon();
        }
        return Behaviors.same();
    }

    private boolean open() {
        try {
            log.openSpool(writer, reporter);
        } catch (PosixException e) {
            reporter.warnOfOurs("log: unable to open " + log.intake(), e);
            return false;
        }
        boolean usable = writer.open();
        log.setOpen(usable);
        return usable;
    }

    private Behavior<Object> unusable() {
        closePipe();
        owner.tell(new ProcessEvent.Exited(ExitStatus.ofCode(UNUSABLE)));
        return Behaviors.stopped();
    }

    /**
     * What has been read stays with the writer, in memory and where it can be in a file, and goes from the pipe; not if
     * nobody will ever write it.
     */
    private void closePipe() {
        if (watch != null) {
            watch.close();
            watch = null;
        }
        // what would stay there would be read, and written, twice
        boolean gone = log.isGivenUp() || log.spool().isPresent() || done(0) || done(0);
        assert gone || waiting;
        pipe.close();
    }

    /** What is written goes from the pipe; false if that is to be tried again. */
    private boolean done(int kept) {
        try {
            intake.done(kept);
            return true;
        } catch (PosixException e) {
            return pause("unable to read the pipe", e);
        }
    }

    /** How far the log has got survives this process; false if that is to be tried again. */
    private boolean kept() {
        try {
            writer.keep();
            return true;
        } catch (PosixException e) {
            return pause("unable to write " + log.intake(), e);
        }
    }

    /** Everything stays as it is for a while. */
    private boolean pause(String why, PosixException cause) {
        reporter.warnOfOurs("log: pausing: " + why, cause);
        tryAgainLater();
        return false;
    }

    private void tryAgainLater() {
        waiting = true;
        timers.startSingleTimer(Tell.AGAIN, Tell.AGAIN, PAUSE);
    }

    private Behavior<Object> told(Tell news) {
        if (news == Tell.AGED) {
            writer.rotateAged();
        } else if (news == Tell.READABLE) {
            readable = true;
        } else {
            waiting = false;
        }
        return work();
    }

    private Behavior<Object> signal(Signal signal) {
        switch (signal) {
            case TERM -> ending = Optional.of(ending.orElse(ExitStatus.ofCode(0)));
            case HUP -> reopening = true;
            case ALRM -> rotating = true;
            case STOP -> paused = true;
            case CONT -> paused = false;
            case KILL -> {
                return killed();
            }
            default -> {
                // nothing that a log could do
            }
        }
        return work();
    }

    /** Ends at once, whatever is not written; a successor goes on with it. */
    private Behavior<Object> killed() {
        closePipe();
        owner.tell(new ProcessEvent.Exited(ExitStatus.ofSignal(Signal.KILL.number())));
        return Behaviors.stopped();
    }

    /** Does what is due until the disk, the pipe or the end says no. */
    private Behavior<Object> work() {
        while (!waiting && settled()) {
            if (rotating) {
                rotating = false;
                writer.rotate();
            } else if (reopening) {
                reopening = false;
                writer.closeForReopening();
                log.setOpen(false);
            } else if (!log.isOpen()) {
                if (ending.isPresent()) {
                    return ended(ending.get());
                }
                if (!open()) {
                    return unusable();
                }
            } else if (ending.isPresent()) {
                writer.close();
                log.setOpen(false);
            } else if (!paused
                    && (readable || log.spool().filter(LogSpool::hasMore).isPresent())) {
                readable = false;
                read();
            } else {
                askForMore();
                break;
            }
        }
        return Behaviors.same();
    }

    private void read() {
        byte[] chunk = BUFFER.get();
        int count;
        try {
            count = log.spool().isPresent() ? log.spool().get().next(pipe, chunk) : intake.next(chunk, CHUNK);
        } catch (PosixException e) {
            readable = true;
            unreadable(e);
            return;
        }
        if (count > 0) {
            int taken = writer.take(chunk, count);
            log.spool().ifPresent(spool -> spool.took(taken));
        } else if (count != Intake.NOTHING) {
            writer.endOfStream();
            ending = Optional.of(ExitStatus.ofCode(0));
        }
    }

    private void unreadable(PosixException why) {
        if (why.call().equals("splice") && why.is("ENOSPC") && writer.makeRoom()) {
            return;
        }
        if (why.call().equals("splice") && !why.mayPass()) {
            try {
                log.leaveSpool(why, reporter);
            } catch (PosixException e) {
                pause("unable to write " + log.intake(), e);
            }
            return;
        }
        pause("unable to read the pipe", why);
    }

    private Behavior<Object> ended(ExitStatus status) {
        closePipe();
        owner.tell(new ProcessEvent.Exited(status));
        return Behaviors.stopped();
    }

    /** Whether everything taken has been written; if not, somebody will say when to go on. */
    private boolean settled() {
        Progress progress = writer.advance();
        switch (progress) {
            case DONE -> {
                log.progressed();
                return log.spool().isPresent() ? kept() : done(writer.unfinished());
            }
            case PAUSE -> tryAgainLater();
            case PROCESSOR -> {
                waiting = true;
                log.waitsForProcessor();
            }
        }
        return false;
    }

    private void askForMore() {
        Instant deadline = writer.deadline();
        if (!deadline.equals(Instant.MAX) && !timers.isTimerActive(AGE)) {
            Duration left = Duration.between(clock.instant(), deadline).plusMillis(1);
            timers.startSingleTimer(AGE, Tell.AGED, left.isNegative() ? Duration.ZERO : left);
        }
        if (paused) {
            return;
        }
        if (watch != null) {
            watch.resume();
            return;
        }
        ActorRef<Object> self = context.getSelf();
        try {
            watch = processes.posix().loop().readable(pipe, source -> self.tell(Tell.READABLE));
        } catch (PosixException e) {
            pause("unable to wait for the pipe", e);
        }
    }
}
