package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.ChildProcess;
import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Found;
import io.github.pekkosupervisor.posix.LeftGroup;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.Posix;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.PosixSettings;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.posix.Signal;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.Extension;
import org.apache.pekko.actor.typed.ExtensionId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The processes of one actor system: the {@link Posix} that makes them, and those that run, so that one whose actor has
 * failed can be taken up again with its exit status.
 *
 * <p>An extension: one for each actor system, made when first asked for, closed when the system has terminated. It may
 * be used from any thread.
 */
public final class Processes implements Extension {

    private static final Id ID = new Id();
    private static final Logger LOG = LoggerFactory.getLogger(Processes.class);
    private static final Duration LONGEST_BURIAL = Duration.ofSeconds(10);

    /** The owner of those that nobody has adopted. */
    private static final Object STARTED_HERE = new Object();

    private final Posix posix;
    private final Map<ProcessIdentity, Running> running = new ConcurrentHashMap<>();

    /** Of those the last one that has got each number. */
    private final Map<Integer, ProcessIdentity> byNumber = new ConcurrentHashMap<>();

    /** The ends of processes that were killed with their actors. */
    private final Map<ProcessIdentity, CompletableFuture<?>> burials = new ConcurrentHashMap<>();

    /** Where processes say how they are whose actor has been lost. */
    private final Map<ProcessIdentity, NotifyListener> listeners = new ConcurrentHashMap<>();

    private final HostGuard guard;
    private final Executor executor;
    private final Executor outputs;
    private final Executor lookups;
    private final AtomicBoolean limitationsSaid = new AtomicBoolean();

    /** For an {@code ExtensionSetup} that brings another {@link Posix}; anybody else calls {@link #get}. */
    public Processes(ActorSystem<?> system, Posix posix) {
        this.posix = posix;
        this.executor = lasting(system.dispatchers().lookup(dispatcher()));
        // looked up when there is something to do: most systems of processes never read an output
        this.outputs = lasting(task -> system.dispatchers()
                .lookup(DispatcherSelector.fromConfig("pekko-supervisor.output-dispatcher"))
                .execute(task));
        this.lookups = lasting(task -> system.dispatchers()
                .lookup(DispatcherSelector.fromConfig("pekko-supervisor.lookup-dispatcher"))
                .execute(task));
        this.guard = new HostGuard(posix, executor);
        system.getWhenTerminated()
                .thenRun(this::closeListeners)
                .thenCompose(done -> whenBuried())
                .thenCompose(done -> guard.close())
                .thenRun(posix::close);
    }

    /** What ends after the actor system has still something to do then. */
    private static Executor lasting(Executor dispatcher) {
        return task -> {
            try {
                dispatcher.execute(task);
            } catch (RejectedExecutionException | IllegalStateException terminated) {
                // the caller is the loop's thread, which nobody else needs any more
                task.run();
            }
        };
    }

    /**
     * The processes of this actor system.
     *
     * @throws IllegalStateException if the event loop gets no descriptors
     */
    public static Processes get(ActorSystem<?> system) {
        return ID.apply(system);
    }

    /** The dispatcher for actors that call {@link Posix}: such calls are short, but they block. */
    public static DispatcherSelector dispatcher() {
        return DispatcherSelector.fromConfig("pekko-supervisor.dispatcher");
    }

    /** The operating system, as this actor system uses it. */
    public Posix posix() {
        return posix;
    }

    /** A process that was started here and whose end nobody has been told yet. */
    public Optional<ChildProcess> find(ProcessIdentity identity) {
        return known(identity).map(Running::process);
    }

    /** The same process may have been written down without its start tick, or be known without it here. */
    private Optional<Running> known(ProcessIdentity who) {
        Running exactly = running.get(who);
        if (exactly != null) {
            return Optional.of(exactly);
        }
        return Optional.ofNullable(byNumber.get(who.pid())).filter(who::mayBe).map(running::get);
    }

    /** Whoever has it already, or this one from now on. */
    private Running keep(Running process) {
        ProcessIdentity who = process.process().identity();
        synchronized (running) {
            return known(who).orElseGet(() -> {
                put(process);
                return process;
            });
        }
    }

    private void put(Running process) {
        ProcessIdentity who = process.process().identity();
        running.put(who, process);
        byNumber.put(who.pid(), who);
    }

    /**
     * Takes over a process that another JVM started, which is dead; {@link #find} finds one that runs from now on. To
     * be asked again by the same owner, as often as it likes.
     *
     * @param who it is, as was written down when it was started
     * @param pidfdInode of then, see {@link ChildProcess#pidfdInode()}; 0 if that was not known
     * @param leadsGroup whether it was started as the leader of a process group
     * @param owner who asks, and is equal to nobody else: two are not to have the same process
     * @throws PosixException if it cannot be told now whether it is there; {@code EBUSY} if it was started here, or
     *     somebody else has taken it over
     */
    public Found adopt(ProcessIdentity who, long pidfdInode, boolean leadsGroup, Object owner) throws PosixException {
        Optional<Running> had = known(who);
        Running known;
        if (had.isPresent()) {
            known = had.get();
        } else {
            Found found = posix.adopt(who, pidfdInode, leadsGroup);
            if (!(found instanceof Found.Running here)) {
                return found;
            }
            Running ours = new Running(here.process(), leadsGroup, owner);
            known = keep(ours);
            if (known.process() == here.process()) {
                return found;
            }
            here.process().release();
        }
        if (!known.owner().equals(owner)) {
            throw new PosixException(
                    "adopt",
                    "process " + who.pid(),
                    "EBUSY",
                    "it belongs to something else that this program supervises; what was written down of it is a copy,"
                            + " or wrong");
        }
        return new Found.Running(known.process());
    }

    /**
     * The same of the group of one that has ended: {@link #find} finds it by the process that led it.
     *
     * @param owner who asks, as of that process
     */
    public void adopt(LeftGroup group, Object owner) {
        keep(new Running(group, true, owner));
    }

    /** Whether {@link #adopt} would refuse this owner a process, since it is somebody else's. */
    public boolean isAnothers(ProcessIdentity who, Object owner) {
        return known(who).filter(known -> !known.owner().equals(owner)).isPresent();
    }

    /**
     * Sends a signal to one that runs, alone; when this returns it has been sent, or cannot be, which the log says.
     * Without effect if it has ended.
     */
    public void signal(ProcessIdentity who, Signal signal) {
        known(who).ifPresent(known -> new SignalSender(known.process(), known.leadsGroup(), () -> LOG).one(signal));
    }

    /**
     * Kills a process that its actor has left ({@link ProcessSpec.OwnerLost#KEEP}) and that nobody will take up, with
     * its group if it leads one; does not wait for its end, but the actor system does. Without effect if it has ended.
     */
    public void killLeft(ProcessIdentity identity) {
        Optional<Running> known = known(identity);
        if (known.isEmpty()) {
            return;
        }
        Running left = known.get();
        new SignalSender(left.process(), left.leadsGroup(), () -> LOG).all(Signal.KILL);
        buries(left.process(), left.process().exit().thenAccept(status -> remove(left.process())));
    }

    /** Threads for the supervisor's own short work. */
    Executor executor() {
        return executor;
    }

    /** Threads for what is done with outputs, by loggers, streams and the application, which may take its time. */
    Executor outputs() {
        return outputs;
    }

    /** Threads that ask for the addresses of hosts, which may take long. */
    Executor lookups() {
        return lookups;
    }

    /** Says once what is not to be had here, if there is something. */
    void sayLimitations(Logger log) {
        if (!posix.limitations().isEmpty() && limitationsSaid.compareAndSet(false, true)) {
            log.warn(
                    "processes are started by the portable backend, not by the native one, which means: {}",
                    String.join("; ", posix.limitations()));
        }
    }

    /** Whether it leads a process group, as far as is known here. */
    public boolean leadsGroup(ChildProcess process) {
        Running known = running.get(process.identity());
        return known != null && known.leadsGroup();
    }

    /** A process is about to be started that must not outlive this JVM; it is to have the mark of its birth. */
    HostGuard.Birth expectGuarded(boolean leadsGroup) {
        return guard.expect(leadsGroup);
    }

    /** The same of one that is to have no mark. */
    HostGuard.Birth expectGuarded(boolean leadsGroup, OsString place) {
        return guard.expect(leadsGroup, place);
    }

    /**
     * One that was taken over ({@link #adopt}) must not outlive this JVM either, nor its group if it leads one. One
     * that was started so here is known as that already.
     */
    public void guard(ChildProcess process) {
        guard.adopt(process.identity(), leadsGroup(process));
    }

    /**
     * Has it told here, and not in the log, when those that must not outlive this JVM would: for a program whose log
     * nobody reads.
     *
     * @param told gets each message, on any thread
     */
    public void tellOfGuard(Consumer<? super String> told) {
        guard.tell(told);
    }

    /**
     * The same of all who are in the control group of one that is guarded already.
     *
     * @param cgroup where that is
     */
    void guardCgroup(ProcessIdentity process, OsString cgroup) {
        guard.cgroup(process, cgroup);
    }

    /** A process runs. */
    void add(ChildProcess process, boolean leadsGroup) {
        put(new Running(process, leadsGroup, STARTED_HERE));
    }

    /**
     * The guard of those that must not outlive this JVM; empty if none was needed.
     *
     * @param told is given what has to stay open while this process becomes another program, or the guard kills them
     *     all
     */
    public Optional<ProcessIdentity> guard(Consumer<? super Descriptor> told) {
        Optional<HostGuard.Standing> standing = guard.standing();
        standing.ifPresent(there -> there.pipes().forEach(told));
        return standing.map(HostGuard.Standing::identity);
    }

    /** A guarded process has ended, and its group has not. */
    void leaderEnded(ChildProcess process) {
        guard.leaderEnded(process.identity());
    }

    /**
     * A process has been killed with its actor.
     *
     * @param end completes when nothing of it is left; the loop goes on until then, also when the actor system has
     *     ended
     */
    void buries(ChildProcess process, CompletionStage<?> end) {
        CompletableFuture<?> burial = end.toCompletableFuture();
        burials.put(process.identity(), burial);
        var over = burial.whenComplete((done, failure) -> burials.remove(process.identity()));
        assert over != null;
    }

    /** KILL takes its time in a system that is busy, but not for ever. */
    private CompletionStage<?> whenBuried() {
        return CompletableFuture.allOf(burials.values().toArray(CompletableFuture[]::new))
                .completeOnTimeout(null, LONGEST_BURIAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * Its actor has been lost, and another one may take it up: what it says of itself meanwhile is to be heard then.
     */
    void leave(ChildProcess process, NotifyListener listener) {
        listener.pause();
        listeners.put(process.identity(), listener);
    }

    /** What was left so; empty if nothing was. */
    Optional<NotifyListener> takeListener(ChildProcess process) {
        return Optional.ofNullable(listeners.remove(process.identity()));
    }

    /** Nobody takes up here any more what was left; who takes it up elsewhere listens in the same place. */
    private void closeListeners() {
        listeners.values().forEach(NotifyListener::close);
        listeners.clear();
    }

    /** The end of a process has been told, or nobody will ask for it: nothing is kept of it any more. */
    public void remove(ChildProcess process) {
        takeListener(process).ifPresent(NotifyListener::close);
        running.remove(process.identity());
        byNumber.remove(process.identity().pid(), process.identity());
        process.release();
        guard.remove(process.identity());
    }

    /** The extension's key, for an {@code ExtensionSetup}. */
    public static ExtensionId<Processes> id() {
        return ID;
    }

    /** @param owner for whom it was adopted */
    private record Running(ChildProcess process, boolean leadsGroup, Object owner) {}

    private static final class Id extends ExtensionId<Processes> {
        @Override
        public Processes createExtension(ActorSystem<?> system) {
            PosixSettings settings = ProcessSettings.from(system.settings().config());
            try {
                return new Processes(system, Posix.open(settings));
            } catch (PosixException e) {
                throw new IllegalStateException(
                        "the event loop for processes could not be opened: " + e.getMessage()
                                + "; raise the limit it names, which for inotify_init1 is fs.inotify.max_user_instances",
                        e);
            }
        }
    }
}
