package io.github.pekkosupervisor.actor;

import io.github.pekkosupervisor.posix.Cgroup;
import io.github.pekkosupervisor.posix.ChildProcess;
import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.ListenAddress;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.HeldSockets;
import io.github.pekkosupervisor.process.KeptProcesses;
import io.github.pekkosupervisor.process.Liveness;
import io.github.pekkosupervisor.process.NormalExits;
import io.github.pekkosupervisor.process.ProcessActor;
import io.github.pekkosupervisor.process.ProcessEvent;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.Processes;
import io.github.pekkosupervisor.process.Readiness;
import io.github.pekkosupervisor.process.Stdio;
import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.ProcessNotified;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.Shutdown;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An operating system process. The incarnation's actor is a {@link ProcessActor}; how it ended becomes an exit reason
 * here.
 */
record ProcessRunner(ProcessSpec spec) implements ChildRunner {

    private static final Logger LOG = LoggerFactory.getLogger(SupervisorLog.NAME);

    @Override
    public Props props() {
        return Processes.dispatcher();
    }

    @Override
    public Class<?> messages() {
        return ProcessActor.Command.class;
    }

    @Override
    public Optional<Object> stopRequest(Duration within) {
        return Optional.of(new ProcessActor.Stop(within));
    }

    @Override
    public Optional<Object> killRequest() {
        return Optional.of(new ProcessActor.Stop(Duration.ZERO));
    }

    /** What stops or continues it is for all that its stop is for. */
    @Override
    public Optional<Object> signalRequest(Signal signal, ChildHandle incarnation) {
        return Optional.of(
                signal == Signal.STOP || signal == Signal.CONT
                        ? new ProcessActor.SignalAll(signal)
                        : new ProcessActor.SendSignal(signal));
    }

    @Override
    public boolean knowsItsEnd() {
        return true;
    }

    @Override
    public void staysDown(String id, String why) {
        if (spec.stdin() instanceof Stdio.Connected connected) {
            connected.connection().disconnect("child \"" + id + "\" is down and will not be started again: " + why);
        }
    }

    @Override
    public void leftDown(String path, Function<String, HeldSockets> sockets) {
        if (!spec.sockets().isEmpty()) {
            sockets.apply(path).resume(spec.sockets());
        }
    }

    // ---- one incarnation

    @Override
    public Behavior<?> incarnation(IncarnationContext child) {
        LiveContext live = LiveContext.of(child);
        return live.around().kept().<Behavior<?>>map(kept -> keptOr(kept, live)).orElseGet(() -> started(spec, live));
    }

    /** The process that runs already, or a new one where there is certainly none. */
    private Behavior<?> keptOr(KeptChildren kept, LiveContext child) {
        try {
            Optional<KeptChildren.Running> running = kept.adopt(child.handle(), child.path(), isKept(spec));
            if (running.isPresent()) {
                takeSockets(running.get().process(), child);
                child.handle()
                        .adopts(running.get().ranBefore(), running.get().known().isPaused());
                sayIfChanged(running.get(), child);
                ProcessActor.Left left = kept.left(running.get(), spec);
                if (!isKept(spec)) {
                    kept.goesOn(running.get());
                }
                return ProcessActor.adopt(
                        kept.resumed(running.get(), of(child)),
                        running.get().process(),
                        left,
                        new Translation(spec, spec, child, left.isReady())::told);
            }
            if (!isKept(spec)) {
                return started(kept.findable(spec), child);
            }
            refuseWhatBreaks();
            return started(kept.intends(child.path(), spec, stopWithin(child.shutdown())), child);
        } catch (PosixException e) {
            return child.<Object>exit(ExitReason.crash(e));
        }
    }

    /** They stay open after its end then, as those of any other. */
    private void takeSockets(ChildProcess process, LiveContext child) {
        if (spec.sockets().isEmpty()) {
            return;
        }
        try {
            List<ListenAddress> missing = sockets(child).takeFrom(process.pid(), spec.sockets());
            if (!missing.isEmpty()) {
                LOG.warn(
                        "process [{}] of child [{}], which has been taken over, does not wait at {}; it is opened at the"
                                + " next start",
                        process.pid(),
                        child.path(),
                        missing);
            }
        } catch (PosixException e) {
            LOG.warn(
                    "the sockets of process [{}] of child [{}], which has been taken over, cannot be kept open over its"
                            + " next restart, and who connects in that moment is refused: {}",
                    process.pid(),
                    child.path(),
                    e.getMessage());
        }
    }

    private static HeldSockets sockets(LiveContext child) {
        return child.around().addresses().tree().sockets().of(child.path());
    }

    /** @param as what it is started as, which is more than its specification says where it is to be found again */
    private Behavior<?> started(ProcessSpec as, LiveContext child) {
        return ProcessActor.create(
                new ProcessRunner(as).of(child),
                new Translation(spec, as, child, spec.ready() == Readiness.immediately())::told);
    }

    private void sayIfChanged(KeptChildren.Running running, LiveContext child) {
        if (!running.isFrom(spec)) {
            LOG.info(
                    "process [{}] of child [{}] runs by an earlier specification; the present one counts from its next"
                            + " start",
                    running.process().pid(),
                    child.path());
        }
    }

    /** Of a tree that is known beforehand it has been said before. */
    private void refuseWhatBreaks() throws PosixException {
        Optional<String> why = spec.breaksWithThisJvm();
        if (why.isPresent()) {
            throw new PosixException("spawn", spec.command().get(0).toString(), "EINVAL", why.get());
        }
    }

    /** How long a stop may take; empty for any time. */
    private static Optional<Duration> stopWithin(Shutdown shutdown) {
        if (shutdown instanceof Shutdown.Timeout timeout) {
            return Optional.of(timeout.within());
        }
        return shutdown == Shutdown.brutalKill() ? Optional.of(Duration.ZERO) : Optional.empty();
    }

    private static boolean isKept(ProcessSpec spec) {
        return spec.whenSupervisorDies() == ProcessSpec.WhenSupervisorDies.KEEP;
    }

    /** Held for the child, if it has any, or had. */
    private static ProcessSpec withSockets(ProcessSpec spec, LiveContext child) {
        boolean hasSome = !spec.sockets().isEmpty()
                || child.around().addresses().tree().sockets().has(child.path());
        return hasSome ? spec.withHeldSockets(sockets(child)) : spec;
    }

    /** Under a name that the next JVM knows, if that may have to find it. */
    private static ProcessSpec inCgroup(ProcessSpec spec, LiveContext child) {
        if (spec.cgroup().isEmpty()) {
            return spec;
        }
        String identity = child.around()
                .kept()
                .map(kept -> kept.cgroupIdentity(child.path()))
                .orElseGet(() -> KeptProcesses.ourselves() + " "
                        + child.around().addresses().tree().number() + " " + child.path());
        return spec.withCgroupName(Cgroup.nameOf(child.id(), identity));
    }

    /** The specification with the child's place in what is logged. */
    private ProcessSpec of(LiveContext child) {
        Map<String, String> context = new HashMap<>(spec.logContext());
        context.putAll(child.logContext());
        ProcessSpec placed = inCgroup(withSockets(spec.withLogContext(context), child), child);
        return spec.isNamed() ? placed : placed.withName(child.id());
    }

    /** What its process tells, as a supervisor understands it. */
    private static final class Translation {
        private final boolean isOneshot;
        private final boolean isReadyAtOnce;
        private final Set<Integer> ignoreExitCodes;
        private final ProcessSpec spec;
        private final ProcessSpec startedAs;
        private final LiveContext child;
        private Optional<ProcessRest> rest = Optional.empty();

        /** @param isReadyAtOnce whether no sign follows the start */
        Translation(ProcessSpec spec, ProcessSpec startedAs, LiveContext child, boolean isReadyAtOnce) {
            this.spec = spec;
            this.startedAs = startedAs;
            isOneshot = spec.oneshot().isPresent();
            this.isReadyAtOnce = isReadyAtOnce;
            ignoreExitCodes = spec.ignoreExitCodes();
            this.child = child;
        }

        /** In the incarnation's actor. */
        void told(ProcessEvent event) {
            if (event instanceof ProcessEvent.Started started) {
                keptChildren().ifPresent(kept -> canBeFound(kept, started.identity()));
                child.handle().runs(started.identity());
                child.handle().writes(started.lastLines());
                child.hasBegun();
                if (!isOneshot && isReadyAtOnce) {
                    child.ready(started.identity());
                }
            } else if (event instanceof ProcessEvent.Notified notified) {
                keptChildren().ifPresent(kept -> kept.says(child.path(), notified.said()));
                child.handle().says(notified.notice());
                child.tell(new ProcessNotified(child.path(), child.incarnation(), notified.notice()));
            } else if (event instanceof ProcessEvent.Said changed) {
                keptChildren().ifPresent(kept -> kept.says(child.path(), changed.said()));
            } else if (event instanceof ProcessEvent.Warned warned) {
                LOG.warn("process of child [{}] {}", child.path(), warned.what());
            } else if (event == ProcessEvent.Ready.INSTANCE) {
                keptChildren().ifPresent(kept -> kept.ready(child.path()));
                child.ready(child.handle().process().orElseThrow());
            } else if (event instanceof ProcessEvent.StartFailed failed) {
                keptEnds();
                child.<Object>exit(ExitReason.crash(failed.cause()));
            } else if (event instanceof ProcessEvent.NotReady notReady) {
                child.<Object>exit(ExitReason.failed(notReady.description()));
            } else if (event instanceof ProcessEvent.Hung hung) {
                child.isHung(hung.why(), hung.then() == Liveness.Then.RESTART);
            } else if (event == ProcessEvent.Recovered.INSTANCE) {
                child.hasRecovered();
            } else if (event instanceof ProcessEvent.Paused paused) {
                keptChildren().ifPresent(kept -> kept.paused(child.path(), paused.isPaused()));
            } else if (event instanceof ProcessEvent.Exited exited) {
                child.handle().overran(exited.overrun());
                rest.ifPresent(ProcessRest::close);
                keptEnds();
                if (isEarly()
                        && exited.status().exited()
                        && ignoreExitCodes.contains(exited.status().code())) {
                    child.<Object>ignore();
                } else {
                    child.<Object>exit(reason(exited));
                }
            }
        }

        private Optional<KeptChildren> keptChildren() {
            return child.around().kept();
        }

        /** It runs, and may be left to another program that this JVM becomes. */
        private void canBeFound(KeptChildren kept, ProcessIdentity identity) {
            if (!child.handle().isAdopted()) {
                if (isKept(spec)) {
                    kept.started(child.path(), identity, spec.live().isPresent());
                } else {
                    kept.runs(child.path(), identity, spec, startedAs, stopWithin(child.shutdown()));
                }
            }
            rest = Optional.of(ProcessRest.of(child, spec, kept));
        }

        private void keptEnds() {
            child.handle()
                    .process()
                    .ifPresent(identity -> keptChildren().ifPresent(kept -> kept.isOver(child.path(), identity)));
            if (isKept(spec) || child.handle().isAdopted()) {
                keptChildren().ifPresent(kept -> kept.ended(child.handle(), child.path()));
            }
        }

        private boolean isEarly() {
            return !child.handle().isReady() && !child.handle().isAskedToStop();
        }

        /** Before it was ready its last words tell more than its exit code. */
        private ExitReason reason(ProcessEvent.Exited exited) {
            if (child.handle().isAskedToStop() && !exited.overrun().isEmpty()) {
                // one with its group, it has not ended in time
                return ExitReason.killed();
            }
            if (exited.outOfMemory().isPresent() && !child.handle().isAskedToStop()) {
                return ExitReason.failed(exited.outOfMemory().get());
            }
            boolean saysLittle = exited.outcome() == NormalExits.Outcome.NORMAL;
            if (isOneshot) {
                return saysLittle || !isEarly() || exited.lastLines().isEmpty()
                        ? ProcessRunner.reason(exited.outcome(), exited.status())
                        : ExitReason.failed("ended before it was done: " + exited.description());
            }
            return isEarly() && (saysLittle || !exited.lastLines().isEmpty())
                    ? ExitReason.failed("ended before it was ready: " + exited.description())
                    : ProcessRunner.reason(exited.outcome(), exited.status());
        }
    }

    static ExitReason reason(NormalExits.Outcome outcome, ExitStatus status) {
        return switch (outcome) {
            case NORMAL -> ExitReason.normal();
            case STOPPED -> ExitReason.shutdown();
            case KILLED -> ExitReason.killed();
            case FAILED -> failure(status);
        };
    }

    private static ExitReason failure(ExitStatus status) {
        if (!status.isKnown()) {
            return ExitReason.failed(status.toString());
        }
        return status.exited()
                ? new ExitReason.ExitCode(status.code())
                : new ExitReason.Signalled(Signal.nameOf(status.signal()));
    }
}
