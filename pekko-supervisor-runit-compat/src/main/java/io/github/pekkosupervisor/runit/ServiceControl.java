package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.posix.DurationText;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.protocol.Request;
import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.spec.ChildKind;
import io.github.pekkosupervisor.spec.TreePath;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Commands to service directories of a tree, as those of {@code sv}, from Java:
 *
 * <pre>{@code
 * ServiceControl services = ServiceControl.of(tree, "services");
 * services.restart("web").thenAccept(web -> log.info("runs as {}", web.process()));
 * }</pre>
 *
 * <p>Each is answered when it is so, with how the service directory is seen then. A stage fails with a
 * {@link NotObeyedException} if there is no such child or service directory, or none that could obey now; and if it is
 * not so within seven seconds, as {@code sv} waits: {@link #within} has other times, and what has been commanded is
 * done all the same. May be used from any thread. Values.
 *
 * <p>A command that is given before an earlier one has been answered may be obeyed before it: wait for the answer where
 * the order matters.
 *
 * <p>Of a child that is {@link ServiceDirectories#scanned scanned} the name of an entry says which; a command does what
 * that of {@code sv} does. Of {@link ServiceDirectories#one one} that is a child itself no name is needed, and a
 * command is a call of its supervisor; {@link #exit()} does no more there than {@link #down()}.
 */
public final class ServiceControl {

    private static final Duration AS_SV = Duration.ofSeconds(7);

    private final SupervisionTree tree;
    private final List<String> ids;
    private final Duration patience;

    private ServiceControl(SupervisionTree tree, List<String> ids, Duration patience) {
        this.tree = tree;
        this.ids = ids;
        this.patience = patience;
    }

    /**
     * Of a child that is service directories, which need not run yet.
     *
     * @param path the ids that lead to it from the top
     */
    public static ServiceControl of(SupervisionTree tree, String... path) {
        if (path.length == 0) {
            throw new IllegalArgumentException("the top is no service directory; name a child");
        }
        return new ServiceControl(tree, List.of(path), AS_SV);
    }

    /** The same with another time to wait until it is so; more than zero. */
    public ServiceControl within(Duration longest) {
        if (longest.isNegative() || longest.isZero()) {
            throw new IllegalArgumentException("the time to wait must be positive, was " + DurationText.of(longest));
        }
        return new ServiceControl(tree, ids, longest);
    }

    // ---- commands

    /** Has it started, if it does not run; it runs then. */
    public CompletionStage<Node> up(String name) {
        return command(Optional.of(name), Wish.UP, new Request.RestartChild(id()));
    }

    /** The same of a child that is a service directory. */
    public CompletionStage<Node> up() {
        return command(Optional.empty(), Wish.UP, new Request.RestartChild(id()));
    }

    /** Has it stopped; it is down then, {@code finish} has been run, and it stays down. */
    public CompletionStage<Node> down(String name) {
        return command(Optional.of(name), Wish.DOWN, new Request.TerminateChild(id()));
    }

    /** The same of a child that is a service directory; a restart of its group starts it again, as in OTP. */
    public CompletionStage<Node> down() {
        return command(Optional.empty(), Wish.DOWN, new Request.TerminateChild(id()));
    }

    /** Has it run once: its end is not followed by a start. It runs then, or has done so. */
    public CompletionStage<Node> once(String name) {
        return command(Optional.of(name), Wish.ONCE, new Request.StartOnce(id()));
    }

    /** The same of a child that is a service directory. */
    public CompletionStage<Node> once() {
        return command(Optional.empty(), Wish.ONCE, new Request.StartOnce(id()));
    }

    /** Has it stopped and started; another process of it runs then. */
    public CompletionStage<Node> restart(String name) {
        return command(Optional.of(name), Wish.RESTART, new Request.RenewChild(id()));
    }

    /** The same of a child that is a service directory, with those siblings that the strategy restarts with it. */
    public CompletionStage<Node> restart() {
        return command(Optional.empty(), Wish.RESTART, new Request.RenewChild(id()));
    }

    /**
     * Has its supervision ended, with its logger; that is so then. A directory that is scanned has it supervised anew a
     * second later, as long as its entry is there.
     */
    public CompletionStage<Node> exit(String name) {
        return command(Optional.of(name), Wish.EXIT, new Request.TerminateChild(id()));
    }

    /** The same as {@link #down()}. */
    public CompletionStage<Node> exit() {
        return down();
    }

    /**
     * Has {@code run} sent a signal, after {@code control/} has had its say, as by the letters {@code k p c h a i q 1
     * 2}; it has been sent then, if it runs.
     *
     * @throws IllegalArgumentException there is no letter for it; for TERM there is {@link #restart(String)}
     */
    public CompletionStage<Node> signal(String name, Signal signal) {
        return command(Optional.of(name), wish(signal), new Request.SignalChild(id(), signal));
    }

    /** The same of a child that is a service directory. */
    public CompletionStage<Node> signal(Signal signal) {
        return command(Optional.empty(), wish(signal), new Request.SignalChild(id(), signal));
    }

    private static Wish wish(Signal signal) {
        return Wish.of(signal)
                .orElseThrow(() -> new IllegalArgumentException(
                        "runit has no letter for " + signal + (signal == Signal.TERM ? "; use restart, or down" : "")));
    }

    // ---- how they get there

    /** @param request what is asked of its supervisor if it is a service directory by itself */
    private CompletionStage<Node> command(
            Optional<String> name, Wish wish, Request<? extends SupervisorResult> request) {
        Goal goal = new Goal(path());
        var begun = supervisor()
                .thenCompose(supervisor -> supervisor
                        .childSpec(id())
                        .thenCompose(answer -> begin(supervisor, answer, name, wish, request, goal)))
                .exceptionally(failure -> {
                    goal.reached.completeExceptionally(cause(failure));
                    return false;
                });
        assert begun != null;
        return goal.reached
                .orTimeout(patience.toNanos(), TimeUnit.NANOSECONDS)
                .handle((nothing, failure) -> {
                    if (failure != null) {
                        throw new CompletionException(inWords(cause(failure), goal.path, wish));
                    }
                    return goal.path;
                })
                .thenCompose(path -> tree.snapshot()
                        .thenApply(snapshot -> snapshot.find(path)
                                .orElseThrow(
                                        () -> NotObeyedException.nobody("service directory [" + path + "] is gone"))));
    }

    /** What a command is to lead to. */
    private static final class Goal {
        final CompletableFuture<Void> reached = new CompletableFuture<>();

        /**
         * Of the service directory, as far as it is known: an entry may have the name of the child that it is below.
         */
        volatile String path;

        Goal(String path) {
            this.path = path;
        }
    }

    private static Throwable cause(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }

    private Throwable inWords(Throwable failure, String path, Wish wish) {
        if (failure instanceof TimeoutException) {
            return new NotObeyedException(
                    NotObeyedException.Why.NOT_IN_TIME,
                    "service directory [" + path + "] is not " + wish.goal() + " after " + DurationText.of(patience));
        }
        return failure instanceof NotObeyedException
                ? NotObeyedException.nobody("service directory [" + path + "]: " + failure.getMessage())
                : failure;
    }

    private String id() {
        return ids.get(ids.size() - 1);
    }

    private String path() {
        String path = TreePath.TOP;
        for (String id : ids) {
            path = TreePath.below(path, id);
        }
        return path;
    }

    private CompletionStage<SupervisorRef> supervisor() {
        return tree.supervisor(ids.subList(0, ids.size() - 1).toArray(String[]::new))
                .thenApply(found -> found.orElseThrow(() -> NotObeyedException.nobody("its supervisor does not run")));
    }

    private CompletionStage<Boolean> begin(
            SupervisorRef supervisor,
            SupervisorResult.SpecResult answer,
            Optional<String> name,
            Wish wish,
            Request<? extends SupervisorResult> request,
            Goal goal) {
        if (!(answer instanceof SupervisorResult.FoundSpec found)) {
            throw NotObeyedException.nobody("there is no child \"" + id() + "\"");
        }
        ChildKind kind = found.spec().kind();
        if (kind instanceof RunsvKind) {
            boolean isMeant = name.isEmpty() || name.get().equals(id());
            if (!isMeant) {
                throw NotObeyedException.nobody("child \"" + id() + "\" is one service directory, which needs no name");
            }
            return ask(supervisor, request, goal.reached);
        } else if (kind instanceof RunsvdirKind) {
            String entry = name.orElseThrow(() -> NotObeyedException.nobody(
                    "child \"" + id() + "\" is a directory of service directories; name one"));
            goal.path = TreePath.below(path(), entry);
            return supervisor.child(id()).thenApply(child -> tell(child, entry, wish, goal.reached));
        }
        throw NotObeyedException.nobody("child \"" + id() + "\" is no service directory");
    }

    private boolean tell(SupervisorResult.WhichResult child, String entry, Wish wish, CompletableFuture<Void> reached) {
        if (!(child instanceof SupervisorResult.ChildInfo info) || info.handle().isEmpty()) {
            throw NotObeyedException.nobody("child \"" + id() + "\" does not run");
        }
        info.handle().get().ref().tell(new ServicesChild.Commanded(entry, wish, reached));
        return true;
    }

    /** A child that is down, or restarting, is started by other calls than one that runs. */
    private CompletionStage<Boolean> ask(
            SupervisorRef supervisor, Request<? extends SupervisorResult> request, CompletableFuture<Void> reached) {
        return supervisor.ask(request).thenCompose(answer -> {
            if (answer == SupervisorResult.Restarting.INSTANCE) {
                return ask(supervisor, new Request.StartNow(id()), reached);
            } else if (answer == SupervisorResult.NotRunning.INSTANCE && request instanceof Request.RenewChild) {
                return ask(supervisor, new Request.RestartChild(id()), reached);
            }
            boolean isSo = answer == SupervisorResult.Ok.INSTANCE
                    || answer == SupervisorResult.Running.INSTANCE
                    || answer instanceof SupervisorResult.Started
                    || (answer == SupervisorResult.NotRunning.INSTANCE && request instanceof Request.SignalChild);
            if (isSo) {
                reached.complete(null);
            } else {
                reached.completeExceptionally(
                        NotObeyedException.nobody("its supervisor has answered [" + answer + "]"));
            }
            return CompletableFuture.completedFuture(isSo);
        });
    }
}
