package io.github.pekkosupervisor;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.pekkosupervisor.InvalidSpecException.Problem;
import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.NormalExits;
import io.github.pekkosupervisor.process.ProcessActor;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.Processes;
import io.github.pekkosupervisor.process.Readiness;
import io.github.pekkosupervisor.process.Stdio;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;

/**
 * An operating system process. The incarnation's actor is a {@link ProcessActor}; how it ended becomes an exit reason
 * here.
 */
record ProcessKind(ProcessSpec spec) implements ChildKind {

    /** Beyond the process's own limit, so that its own word on what was wrong comes first. */
    private static final Duration STOP_AFTER_LIMIT = Duration.ofSeconds(15);

    /** A kill is certain, but the last output may take a moment, and so may a large process. */
    private static final Duration KILL_GRACE = Duration.ofSeconds(10);

    @Override
    public String name() {
        return "process";
    }

    @Override
    public Optional<Duration> defaultStartTimeout() {
        return Optional.of(spec.startTimeout().plus(STOP_AFTER_LIMIT));
    }

    @Override
    public Props props() {
        return Processes.dispatcher();
    }

    @Override
    public Class<?> messages() {
        return ProcessActor.Command.class;
    }

    @Override
    public boolean acknowledgesItself() {
        return true;
    }

    @Override
    public Optional<Object> stopRequest(Duration within) {
        return Optional.of(new ProcessActor.Stop(within));
    }

    @Override
    public Optional<Object> killRequest() {
        return Optional.of(new ProcessActor.Stop(Duration.ZERO));
    }

    @Override
    public boolean isAwaited() {
        return spec.stdin() instanceof Stdio.Connected;
    }

    @Override
    public boolean isAwaitedAs(ChildKind other) {
        return other instanceof ProcessKind process && process.spec.stdin().equals(spec.stdin());
    }

    @Override
    public void staysDown(String id, String why) {
        if (spec.stdin() instanceof Stdio.Connected connected) {
            connected.connection().disconnect("child \"" + id + "\" is down and will not be started again: " + why);
        }
    }

    @Override
    public boolean knowsItsEnd() {
        return true;
    }

    @Override
    public Duration killGrace() {
        return KILL_GRACE;
    }

    // ---- one incarnation

    @Override
    public Behavior<?> incarnation(ChildContext child) {
        Incarnation incarnation = new Incarnation(spec, child);
        return ProcessActor.create(of(child), incarnation::told);
    }

    /** The specification with the child's place in what is logged. */
    private ProcessSpec of(ChildContext child) {
        Map<String, String> context = new HashMap<>(spec.logContext());
        context.put("supervisor", child.surroundings().path());
        context.put("child", child.id());
        ProcessSpec placed = spec.withLogContext(context);
        return spec.isNamed() ? placed : placed.withName(child.id());
    }

    private static final class Incarnation {
        private final boolean readyWhenStarted;
        private final Set<Integer> ignoreExits;
        private final ChildContext child;

        Incarnation(ProcessSpec spec, ChildContext child) {
            readyWhenStarted = spec.readiness() == Readiness.immediately();
            ignoreExits = spec.ignoreExits();
            this.child = child;
        }

        /** In the incarnation's actor. */
        void told(ProcessActor.Event event) {
            if (event instanceof ProcessActor.Started started) {
                child.handle().runs(started.identity());
                if (readyWhenStarted) {
                    child.ready(started.identity());
                }
            } else if (event == ProcessActor.Ready.INSTANCE) {
                child.ready(child.handle().process().orElseThrow());
            } else if (event instanceof ProcessActor.StartFailed failed) {
                child.<Object>exit(ExitReason.crash(failed.cause()));
            } else if (event instanceof ProcessActor.NotReady notReady) {
                child.<Object>exit(ExitReason.failed(notReady.description()));
            } else if (event instanceof ProcessActor.Exited exited) {
                child.handle().overran(exited.overrun());
                if (isEarly()
                        && exited.status().exited()
                        && ignoreExits.contains(exited.status().code())) {
                    child.<Object>ignore();
                } else {
                    child.<Object>exit(reason(exited));
                }
            }
        }

        private boolean isEarly() {
            return !child.handle().isReady() && !child.handle().isAskedToStop();
        }

        /** Before it was ready its last words tell more than its exit code. */
        private ExitReason reason(ProcessActor.Exited exited) {
            if (child.handle().isAskedToStop() && !exited.overrun().isEmpty()) {
                // one with its group, it has not ended in time
                return ExitReason.killed();
            }
            boolean saysLittle = exited.outcome() == NormalExits.Outcome.NORMAL;
            return isEarly() && (saysLittle || !exited.lastLines().isEmpty())
                    ? ExitReason.failed("ended before it was ready: " + exited.description())
                    : ProcessKind.reason(exited.outcome(), exited.status());
        }
    }

    static ExitReason reason(NormalExits.Outcome outcome, ExitStatus status) {
        return switch (outcome) {
            case NORMAL -> ExitReason.normal();
            case STOPPED -> ExitReason.shutdown();
            case KILLED -> ExitReason.killed();
            case FAILED ->
                status.exited()
                        ? new ExitReason.ExitCode(status.code())
                        : new ExitReason.Signalled(Signal.nameOf(status.signal()));
        };
    }

    // ---- what is wrong with it

    /** As Linux has it, the NUL at its end not counted. */
    private static final int LONGEST_SOCKET_PATH = 107;

    /** What the world may change until it starts, such as files and addresses, is looked at when it does. */
    @Override
    public List<Problem> problems(String path) {
        List<Problem> problems = new ArrayList<>();
        spec.contradiction()
                .ifPresent(why -> problems.add(
                        new Problem(path, "invalid_readiness", spec.readiness().toString(), why)));
        if (hasLoosePipe()) {
            problems.add(new Problem(
                    path,
                    "invalid_stdio",
                    Stdio.pipe().toString(),
                    "nobody would have the other end of its pipe; talk to it by withConnection, or let its streams be"
                            + " logged, copied, inherited, discarded or files"));
        }
        if (spec.readiness() instanceof Readiness.UnixSocket socket
                && socket.path().toString().getBytes(UTF_8).length > LONGEST_SOCKET_PATH) {
            problems.add(new Problem(
                    path,
                    "invalid_readiness",
                    socket.path().toString(),
                    "the path of a Unix socket has at most " + LONGEST_SOCKET_PATH
                            + " bytes on this system; choose a shorter one"));
        }
        if (!spec.ignoreExits().isEmpty() && spec.readiness() == Readiness.immediately()) {
            problems.add(new Problem(
                    path,
                    "invalid_ignore_exits",
                    spec.ignoreExits().toString(),
                    "a process that is ready immediately cannot say by its exit code that it need not run; give it"
                            + " another readiness"));
        }
        return problems;
    }

    private boolean hasLoosePipe() {
        return Stream.of(spec.stdin(), spec.stdout(), spec.stderr()).anyMatch(Stdio.Pipe.class::isInstance);
    }
}
