package io.github.pekkosupervisor.spec;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.pekkosupervisor.process.Liveness;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.ProcessSpec.OneshotAgain;
import io.github.pekkosupervisor.process.Readiness;
import io.github.pekkosupervisor.process.Stdio;
import io.github.pekkosupervisor.spec.InvalidSpecException.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** An operating system process. */
public record ProcessKind(ProcessSpec spec) implements ChildKind {

    /** Beyond the process's own limit, so that its own word on what was wrong comes first. */
    private static final Duration STOP_AFTER_LIMIT = Duration.ofSeconds(15);

    /** A kill is certain, but the last output may take a moment, and so may a large process. */
    private static final Duration KILL_GRACE = Duration.ofSeconds(10);

    @Override
    public boolean tellsOfItsBeginning() {
        return true;
    }

    @Override
    public boolean isHeldByStop() {
        return true;
    }

    @Override
    public String name() {
        return "process";
    }

    @Override
    public Optional<OneshotAgain> oneshot() {
        return spec.oneshot();
    }

    /** A oneshot takes as long as it takes, and its limit is looked to by its supervisor alone. */
    @Override
    public Optional<Duration> defaultStartTimeout() {
        if (spec.oneshot().isPresent()) {
            return spec.hasStartTimeout() ? Optional.of(spec.startTimeout()) : Optional.empty();
        }
        return Optional.of(spec.startTimeout().plus(STOP_AFTER_LIMIT));
    }

    @Override
    public boolean isAwaited() {
        return isConnected() || !spec.sockets().isEmpty();
    }

    private boolean isConnected() {
        return spec.stdin() instanceof Stdio.Connected;
    }

    @Override
    public boolean isAwaitedAs(ChildKind other) {
        return other instanceof ProcessKind process
                && (!isConnected() || process.spec.stdin().equals(spec.stdin()));
    }

    @Override
    public Duration defaultKillGrace() {
        return KILL_GRACE;
    }

    // ---- what is wrong with it

    private static final String UNREAD =
            "it is to be ready by a line, but nothing that it writes comes through the JVM;"
                    + " set stdout or stderr to log, prefix or inherit, or choose another sign";

    /** As Linux has it, the NUL at its end not counted. */
    private static final int LONGEST_SOCKET_PATH = 107;

    /** What the world may change until it starts, such as files and addresses, is looked at when it does. */
    @Override
    public List<Problem> problems(String path) {
        return problems(path, Wording.JAVA);
    }

    @Override
    public List<Problem> problems(String path, Wording words) {
        List<Problem> problems = new ArrayList<>();
        for (String problem : spec.problems()) {
            problems.add(
                    new Problem(path, "invalid_process", spec.command().get(0).toString(), problem));
        }
        spec.contradiction()
                .ifPresent(why -> problems.add(new Problem(
                        path,
                        "invalid_readiness",
                        spec.ready().toString(),
                        spec.ready() instanceof Readiness.Line ? words.of(why, UNREAD) : why)));
        if (hasLoosePipe()) {
            problems.add(new Problem(
                    path,
                    "invalid_stdio",
                    Stdio.pipe().toString(),
                    "nobody would have the other end of its pipe; talk to it by withConnection, or let its streams be"
                            + " logged, copied, inherited, discarded or files"));
        }
        longSocketPath(path, "invalid_readiness", spec.ready()).ifPresent(problems::add);
        spec.live()
                .flatMap(Liveness::sign)
                .flatMap(sign -> longSocketPath(path, "invalid_liveness", sign))
                .ifPresent(problems::add);
        if (spec.oneshot().isPresent()) {
            oneshot(path, words, problems);
        } else if (!spec.ignoreExitCodes().isEmpty() && spec.ready() == Readiness.immediately()) {
            problems.add(new Problem(
                    path,
                    "invalid_ignore_exits",
                    spec.ignoreExitCodes().toString(),
                    "a process that is ready immediately cannot say by its exit code that it need not run; give it"
                            + words.of(" another readiness", " a ready { }")));
        }
        return problems;
    }

    private static Optional<Problem> longSocketPath(String path, String error, Readiness sign) {
        return sign instanceof Readiness.UnixSocket socket
                        && socket.path().toString().getBytes(UTF_8).length > LONGEST_SOCKET_PATH
                ? Optional.of(new Problem(
                        path,
                        error,
                        socket.path().toString(),
                        "the path of a Unix socket has at most " + LONGEST_SOCKET_PATH
                                + " bytes on this system; choose a shorter one"))
                : Optional.empty();
    }

    private void oneshot(String path, Wording words, List<Problem> problems) {
        if (spec.ready() != Readiness.immediately()) {
            problems.add(new Problem(
                    path,
                    "invalid_oneshot",
                    spec.ready().toString(),
                    "a oneshot has started when it has ended normally, so it cannot be ready before; leave out "
                            + words.of("withReady", "ready { }") + ", or the oneshot if it is to go on running"));
        }
        spec.live()
                .ifPresent(live -> problems.add(new Problem(
                        path,
                        "invalid_oneshot",
                        live.toString(),
                        "a oneshot is over when it is done, and nobody looks whether it still works; leave out "
                                + words.of("withLive", "live { }") + ", or the oneshot if it is to go on running")));
        if (!spec.ignoreExitCodes().isEmpty()) {
            problems.add(new Problem(
                    path,
                    "invalid_oneshot",
                    spec.ignoreExitCodes().toString(),
                    "a oneshot is down when it is done, whether there was something to do or not; give the exit codes of"
                            + " both by " + words.of("withNormalExitCodes", "normal-exit-codes")
                            + ", and none to ignore"));
        }
    }

    private boolean hasLoosePipe() {
        return Stream.of(spec.stdin(), spec.stdout(), spec.stderr()).anyMatch(Stdio.Pipe.class::isInstance);
    }
}
