package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.ChildProcess;
import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.Launch;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.posix.SpawnRequest;
import io.github.pekkosupervisor.posix.SpawnRequest.Grouping;
import io.github.pekkosupervisor.process.ProcessSpec.OwnerLost;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * One operating system process.
 *
 * <p>Tells its owner first {@link Started} or {@link StartFailed}, and after {@code Started} exactly once
 * {@link Exited}; then it stops. It never starts the process again. If it is stopped from outside, {@link OwnerLost}
 * decides what becomes of the process. Spawn it with {@link Processes#dispatcher()}: it blocks its thread while the
 * program is loaded.
 */
public final class ProcessActor {

    private static final int IDENTITY_MODE = 0644;

    private final ActorContext<Command> context;
    private final TimerScheduler<Command> timers;
    private final Processes processes;
    private final ChildProcess process;
    private final boolean leadsGroup;
    private final OwnerLost ownerLost;
    private final Owner owner;

    /** What the actor can be asked to do. */
    public sealed interface Command {}

    /**
     * Sends a signal; without effect if the process has ended.
     *
     * @param signal which
     */
    public record SendSignal(Signal signal) implements Command {}

    /**
     * Ends the process: TERM and CONT, and KILL if it is still there after a while; to the whole group if it leads one.
     * The answer is {@link Exited}.
     *
     * @param within how long it may take after TERM, zero for KILL at once
     */
    public record Stop(Duration within) implements Command {
        /** Refuses a negative time. */
        public Stop {
            if (within.isNegative()) {
                throw new IllegalArgumentException("the time to stop must not be negative, was " + within);
            }
        }
    }

    private record Ended(ExitStatus status) implements Command {}

    private enum StopOverdue implements Command {
        INSTANCE
    }

    /** What the owner is told. */
    public sealed interface Event {}

    /**
     * The program has been loaded and runs.
     *
     * @param identity which process it is
     * @param identityProblem why its identity could not be written, if it could not
     * @param stdin the end of a {@link Stdio#pipe()} to write to; the receiver closes it
     * @param stdout the end of a {@link Stdio#pipe()} to read from; the receiver closes it
     * @param stderr the end of a {@link Stdio#pipe()} to read from; the receiver closes it
     */
    public record Started(
            ProcessIdentity identity,
            Optional<PosixException> identityProblem,
            Optional<Descriptor> stdin,
            Optional<Descriptor> stdout,
            Optional<Descriptor> stderr)
            implements Event {}

    /**
     * There is no process.
     *
     * @param cause {@code EAGAIN}, {@code ENOMEM}, {@code EMFILE} or {@code ENFILE} if the system refused to make one,
     *     else why the program could not be run
     */
    public record StartFailed(PosixException cause) implements Event {
        /** Whether a process was refused, so that a later attempt may do; else the program itself is at fault. */
        public boolean isRefusal() {
            return switch (cause.errno()) {
                case "EAGAIN", "ENOMEM", "EMFILE", "ENFILE" -> true;
                default -> false;
            };
        }
    }

    /**
     * The process has ended.
     *
     * @param status how
     */
    public record Exited(ExitStatus status) implements Event {}

    private interface Owner {
        void tell(Event event);
    }

    private ProcessActor(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            Processes processes,
            ChildProcess process,
            boolean leadsGroup,
            OwnerLost ownerLost,
            Owner owner) {
        this.context = context;
        this.timers = timers;
        this.processes = processes;
        this.process = process;
        this.leadsGroup = leadsGroup;
        this.ownerLost = ownerLost;
        this.owner = owner;
    }

    /** Starts a process and tells its owner. */
    public static Behavior<Command> create(ProcessSpec spec, ActorRef<? super Event> owner) {
        return create(spec, owner, event -> event);
    }

    /** Starts a process and tells its owner, in the owner's own words. */
    public static <T> Behavior<Command> create(
            ProcessSpec spec, ActorRef<T> owner, Function<? super Event, ? extends T> translation) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            Owner translated = event -> owner.tell(translation.apply(event));
            Processes processes = Processes.get(context.getSystem());
            boolean leadsGroup = spec.grouping() != Grouping.INHERIT;
            ChildProcess process;
            try (Plumbing plumbing = new Plumbing(spec)) {
                process = plumbing.spawn(processes);
                processes.add(process, leadsGroup);
                translated.tell(plumbing.started(process.identity()));
            } catch (PosixException e) {
                translated.tell(new StartFailed(e));
                return Behaviors.stopped();
            }
            return new ProcessActor(context, timers, processes, process, leadsGroup, spec.ownerLost(), translated)
                    .running();
        }));
    }

    /**
     * Takes up a process that another actor of this actor system has started with {@link OwnerLost#KEEP}. The owner is
     * told {@link Exited}, at once if it has ended meanwhile, and nothing before.
     *
     * @param process from {@link Processes#find}
     */
    public static <T> Behavior<Command> adopt(
            ChildProcess process, ActorRef<T> owner, Function<? super Event, ? extends T> translation) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            Processes processes = Processes.get(context.getSystem());
            Owner translated = event -> owner.tell(translation.apply(event));
            boolean leadsGroup = processes.leadsGroup(process);
            return new ProcessActor(context, timers, processes, process, leadsGroup, OwnerLost.KEEP, translated)
                    .running();
        }));
    }

    private Behavior<Command> running() {
        ActorRef<Command> self = context.getSelf();
        process.exit().thenAccept(status -> self.tell(new Ended(status)));
        return Behaviors.receive(Command.class)
                .onMessage(SendSignal.class, command -> signal(command.signal()))
                .onMessage(Stop.class, this::stop)
                .onMessage(StopOverdue.class, overdue -> signalAll(Signal.KILL))
                .onMessage(Ended.class, this::ended)
                .onSignal(PostStop.class, postStop -> lost())
                .build();
    }

    private Behavior<Command> signal(Signal signal) {
        try {
            process.signal(signal);
        } catch (PosixException e) {
            context.getLog().warn("process [{}] was not sent [{}]: {}", process.pid(), signal, e.getMessage());
        }
        return Behaviors.same();
    }

    private Behavior<Command> signalAll(Signal signal) {
        if (!leadsGroup) {
            return signal(signal);
        }
        try {
            process.signalGroup(signal);
        } catch (PosixException e) {
            context.getLog().warn("group [{}] was not sent [{}]: {}", process.pid(), signal, e.getMessage());
        }
        return Behaviors.same();
    }

    private Behavior<Command> stop(Stop command) {
        if (command.within().isZero()) {
            return signalAll(Signal.KILL);
        }
        signalAll(Signal.TERM);
        timers.startSingleTimer(StopOverdue.INSTANCE, StopOverdue.INSTANCE, command.within());
        return signalAll(Signal.CONT);
    }

    private Behavior<Command> ended(Ended message) {
        processes.remove(process);
        owner.tell(new Exited(message.status()));
        return Behaviors.stopped();
    }

    private Behavior<Command> lost() {
        boolean runs = processes.find(process.identity()).isPresent();
        if (runs && ownerLost == OwnerLost.KILL) {
            signalAll(Signal.KILL);
            process.exit().thenAccept(status -> processes.remove(process));
        }
        return Behaviors.same();
    }

    /** The descriptors of one start: opened before it, closed after it unless the owner gets them. */
    private static final class Plumbing implements AutoCloseable {
        private final ProcessSpec spec;
        private final List<AutoCloseable> ours = new ArrayList<>();
        private final List<AutoCloseable> ownersUnlessFailed = new ArrayList<>();
        private Optional<Descriptor> stdinEnd = Optional.empty();
        private Optional<Descriptor> stdoutEnd = Optional.empty();
        private Optional<Descriptor> stderrEnd = Optional.empty();
        private Optional<PosixException> identityProblem = Optional.empty();

        Plumbing(ProcessSpec spec) {
            this.spec = spec;
        }

        ChildProcess spawn(Processes processes) throws PosixException {
            Optional<Descriptor> stdin = input(processes);
            Optional<Descriptor> stdout = output(spec.stdout(), processes, end -> stdoutEnd = Optional.of(end));
            Optional<Descriptor> stderr = output(spec.stderr(), processes, end -> stderrEnd = Optional.of(end));
            ChildProcess process = processes
                    .posix()
                    .spawn(new SpawnRequest(
                            spec.command(), environment(), directory(), stdin, stdout, stderr, spec.grouping()));
            ownersUnlessFailed.clear();
            spec.identityFile().ifPresent(file -> write(file, process.identity()));
            return process;
        }

        Started started(ProcessIdentity identity) {
            return new Started(identity, identityProblem, stdinEnd, stdoutEnd, stderrEnd);
        }

        private void write(ProcessSpec.IdentityFile file, ProcessIdentity identity) {
            try (Descriptor open = file.directory().openOverwrite(file.name(), IDENTITY_MODE)) {
                open.write(identity.toLine());
            } catch (PosixException e) {
                identityProblem = Optional.of(e);
            }
        }

        private Optional<Descriptor> input(Processes processes) throws PosixException {
            if (spec.stdin() instanceof Stdio.Pipe) {
                var pipe = processes.posix().pipe();
                stdinEnd = Optional.of(theirs(pipe.writeEnd()));
                return Optional.of(own(pipe.readEnd()));
            }
            if (spec.stdin() instanceof Stdio.File file) {
                return Optional.of(
                        own(Descriptor.openRead(OsString.of(file.path().toString()))));
            }
            return given(spec.stdin());
        }

        private Optional<Descriptor> output(
                Stdio stdio, Processes processes, java.util.function.Consumer<Descriptor> otherEnd)
                throws PosixException {
            if (stdio instanceof Stdio.Pipe) {
                var pipe = processes.posix().pipe();
                otherEnd.accept(theirs(pipe.readEnd()));
                return Optional.of(own(pipe.writeEnd()));
            }
            if (stdio instanceof Stdio.File file) {
                return Optional.of(
                        own(Descriptor.openWrite(OsString.of(file.path().toString()), file.append())));
            }
            return given(stdio);
        }

        private static Optional<Descriptor> given(Stdio stdio) {
            return stdio instanceof Stdio.Given given ? Optional.of(given.descriptor()) : Optional.empty();
        }

        private Optional<Directory> directory() throws PosixException {
            if (spec.directory() instanceof ProcessSpec.OpenDirectory open) {
                return Optional.of(
                        open.below().isPresent()
                                ? own(open.directory().directory(open.below().get()))
                                : open.directory());
            }
            if (spec.directory() instanceof ProcessSpec.DirectoryAt at) {
                return Optional.of(own(Directory.open(OsString.of(at.path().toString()))));
            }
            return Optional.empty();
        }

        private Optional<List<OsString>> environment() {
            if (spec.environment().isEmpty()) {
                return Optional.empty();
            }
            List<OsString> entries = new ArrayList<>();
            for (OsString entry : Launch.ofThisJvm().environment()) {
                if (spec.environment().keySet().stream().noneMatch(name -> sets(entry, name))) {
                    entries.add(entry);
                }
            }
            for (Map.Entry<String, Optional<String>> change : spec.environment().entrySet()) {
                change.getValue().ifPresent(value -> entries.add(OsString.of(change.getKey() + "=" + value)));
            }
            return Optional.of(entries);
        }

        private static boolean sets(OsString entry, String name) {
            byte[] prefix = OsString.of(name + "=").bytes();
            byte[] bytes = entry.bytes();
            return bytes.length >= prefix.length && Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
        }

        private <T extends AutoCloseable> T own(T resource) {
            ours.add(resource);
            return resource;
        }

        private <T extends AutoCloseable> T theirs(T resource) {
            ownersUnlessFailed.add(resource);
            return resource;
        }

        @Override
        public void close() {
            ours.forEach(Plumbing::close);
            ownersUnlessFailed.forEach(Plumbing::close);
        }

        private static void close(AutoCloseable resource) {
            try {
                resource.close();
            } catch (Exception e) {
                throw new IllegalStateException("closing a descriptor failed", e);
            }
        }
    }
}
