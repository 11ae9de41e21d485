package io.github.pekkosupervisor.runit.page;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.protocol.SupervisorResult.ChildInfo;
import io.github.pekkosupervisor.protocol.TreeHealth;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.runit.NotObeyedException;
import io.github.pekkosupervisor.runit.ServiceControl;
import io.github.pekkosupervisor.runit.export.LinkedService;
import io.github.pekkosupervisor.runit.export.ServicesHolder;
import io.github.pekkosupervisor.runit.page.Picture.Row;
import io.github.pekkosupervisor.spec.ChildKind;
import io.github.pekkosupervisor.spec.TreePath;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A tree in this JVM. A command is a call of the supervisor above, and to an entry of a directory of service
 * directories what {@link ServiceControl} makes of it.
 */
record TreeSource(SupervisionTree tree, Watch watch) implements Source {

    /** Until then the answer is waited for; what was asked goes on. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Duration PATIENCE_FOR_LOG = Duration.ofSeconds(2);

    @Override
    public CompletionStage<TreeHealth> health() {
        return tree.health();
    }

    // ---- commands

    @Override
    public CompletionStage<Answered> command(Row row, Row above, Command command, Optional<Signal> signal) {
        CompletionStage<Answered> asked = above.node().kind().equals(Command.SCANNED)
                ? toEntry(row.node(), above.node(), command, signal)
                : toChild(row.node(), above.node(), command, signal);
        return asked.toCompletableFuture()
                .copy()
                .orTimeout(PATIENCE.toNanos(), TimeUnit.NANOSECONDS)
                .exceptionally(TreeSource::failed);
    }

    private static Answered failed(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        boolean isLate = cause instanceof TimeoutException
                || (cause instanceof NotObeyedException why && why.why() == NotObeyedException.Why.NOT_IN_TIME);
        return isLate
                ? Answered.goesOn("it has been asked for and is not so yet; it goes on")
                : Answered.notNow(String.valueOf(cause.getMessage()));
    }

    private CompletionStage<Answered> toEntry(Node node, Node above, Command command, Optional<Signal> signal) {
        ServiceControl services = ServiceControl.of(tree, ids(above.path())).within(PATIENCE);
        String name = TreePath.lastId(node.path());
        CompletionStage<Node> obeyed = switch (command) {
            case RESTART -> services.restart(name);
            case START -> services.up(name);
            case STOP -> services.down(name);
            case SIGNAL -> services.signal(name, signal.orElseThrow());
        };
        return obeyed.thenApply(seen -> Answered.done(done(command, signal)));
    }

    private static String done(Command command, Optional<Signal> signal) {
        return switch (command) {
            case RESTART -> "restarted";
            case START -> "started";
            case STOP -> "stopped";
            case SIGNAL -> signal.map(one -> one.name() + " has been sent").orElse("sent");
        };
    }

    private CompletionStage<Answered> toChild(Node node, Node above, Command command, Optional<Signal> signal) {
        return tree.supervisor(ids(above.path())).thenCompose(found -> {
            if (found.isEmpty()) {
                return now(Answered.notNow("its supervisor does not run"));
            }
            SupervisorRef supervisor = found.get();
            return Command.isDynamic(above)
                    ? handle(supervisor, node)
                            .thenCompose(handle -> handle.isEmpty()
                                    ? now(Answered.notNow("it is gone, or another one by now"))
                                    : ask(new ByHandle(supervisor, handle.get()), command, signal))
                    : ask(new ById(supervisor, TreePath.lastId(node.path())), command, signal);
        });
    }

    private static CompletionStage<Answered> now(Answered answer) {
        return CompletableFuture.completedFuture(answer);
    }

    private static CompletionStage<Optional<ChildHandle>> handle(SupervisorRef supervisor, Node node) {
        OptionalLong number = node.incarnation().isPresent() ? node.incarnation() : node.former();
        return supervisor
                .children()
                .thenApply(all -> all.stream()
                        .map(ChildInfo::handle)
                        .flatMap(Optional::stream)
                        .filter(handle -> number.isPresent() && handle.incarnation() == number.getAsLong())
                        .findFirst());
    }

    /** A child, as its supervisor is asked about it. */
    private interface Child {
        CompletionStage<? extends SupervisorResult> renew();

        CompletionStage<? extends SupervisorResult> start();

        CompletionStage<? extends SupervisorResult> startNow();

        CompletionStage<? extends SupervisorResult> stop();

        CompletionStage<? extends SupervisorResult> kill();

        CompletionStage<? extends SupervisorResult> signal(Signal signal);
    }

    private record ById(SupervisorRef supervisor, String id) implements Child {
        @Override
        public CompletionStage<? extends SupervisorResult> renew() {
            return supervisor.renewChild(id);
        }

        @Override
        public CompletionStage<? extends SupervisorResult> start() {
            return supervisor.restartChild(id);
        }

        @Override
        public CompletionStage<? extends SupervisorResult> startNow() {
            return supervisor.startNow(id);
        }

        @Override
        public CompletionStage<? extends SupervisorResult> stop() {
            return supervisor.terminateChild(id);
        }

        @Override
        public CompletionStage<? extends SupervisorResult> kill() {
            return supervisor.killChild(id);
        }

        @Override
        public CompletionStage<? extends SupervisorResult> signal(Signal signal) {
            return supervisor.signalChild(id, signal);
        }
    }

    private record ByHandle(SupervisorRef supervisor, ChildHandle child) implements Child {
        @Override
        public CompletionStage<? extends SupervisorResult> renew() {
            return supervisor.renewChild(child);
        }

        /** One that is down is no child any more; what is left is one that waits. */
        @Override
        public CompletionStage<? extends SupervisorResult> start() {
            return startNow();
        }

        @Override
        public CompletionStage<? extends SupervisorResult> startNow() {
            return supervisor.startNow(child);
        }

        @Override
        public CompletionStage<? extends SupervisorResult> stop() {
            return supervisor.terminateChild(child);
        }

        @Override
        public CompletionStage<? extends SupervisorResult> kill() {
            return supervisor.killChild(child);
        }

        @Override
        public CompletionStage<? extends SupervisorResult> signal(Signal signal) {
            return supervisor.signalChild(child, signal);
        }
    }

    private static CompletionStage<Answered> ask(Child child, Command command, Optional<Signal> signal) {
        return switch (command) {
            case RESTART -> child.renew().thenCompose(answer -> ifWaiting(child, answer, command));
            case START -> child.start().thenCompose(answer -> ifWaiting(child, answer, command));
            case STOP -> child.stop().thenApply(answer -> answered(answer, command, signal));
            case SIGNAL ->
                (signal.orElseThrow() == Signal.KILL ? child.kill() : child.signal(signal.get()))
                        .thenApply(answer -> answered(answer, command, signal));
        };
    }

    /** One that waits for its restart is started by another call than one that runs, or is down. */
    private static CompletionStage<Answered> ifWaiting(Child child, SupervisorResult answer, Command command) {
        return answer == SupervisorResult.Restarting.INSTANCE
                ? child.startNow().thenApply(started -> answered(started, command, Optional.empty()))
                : now(answered(answer, command, Optional.empty()));
    }

    private static Answered answered(SupervisorResult answer, Command command, Optional<Signal> signal) {
        if (answer instanceof SupervisorResult.Started || answer == SupervisorResult.Ok.INSTANCE) {
            return Answered.done(done(command, signal));
        } else if (answer instanceof SupervisorResult.StartFailed failed) {
            return Answered.notNow("it could not be started: " + failed.reason().inWords());
        } else if (answer == SupervisorResult.Ignored.INSTANCE) {
            return Answered.done("it has said that it need not run");
        } else if (answer == SupervisorResult.NotFound.INSTANCE) {
            return Answered.nobody("there is no such child any more");
        } else if (answer == SupervisorResult.NotRunning.INSTANCE) {
            return Answered.notNow("it does not run");
        } else if (answer == SupervisorResult.Running.INSTANCE) {
            return Answered.notNow("it runs already");
        } else if (answer == SupervisorResult.NoReaction.INSTANCE) {
            return Answered.notNow("it has no reaction to that signal");
        } else if (answer == SupervisorResult.NotKept.INSTANCE) {
            return Answered.notNow("it is temporary, and could not be started again");
        } else if (answer == SupervisorResult.SupervisorGone.INSTANCE) {
            return Answered.notNow("its supervisor has ended");
        }
        return Answered.notNow("its supervisor has answered " + answer);
    }

    /** Those that lead to a place. */
    static String[] ids(String path) {
        Deque<String> ids = new ArrayDeque<>();
        for (String at = path; !at.equals(TreePath.TOP); at = TreePath.above(at)) {
            ids.addFirst(TreePath.lastId(at));
        }
        return ids.toArray(String[]::new);
    }

    // ---- logs

    @Override
    public Optional<List<String>> lastLines(Row row) {
        String path = row.node().path();
        Optional<OsString> directory = serviceDirectory(path);
        if (directory.isPresent()) {
            return directory.flatMap(LogTail::of);
        }
        List<String> lines = written(row.node());
        return Optional.of(lines.isEmpty() ? watch.lastLinesOf(path) : lines).filter(some -> !some.isEmpty());
    }

    /** What a process has written that passes through this JVM, as long as it runs. */
    private List<String> written(Node node) {
        if (node.process().isEmpty()) {
            return List.of();
        }
        return soon(tree.supervisor(ids(TreePath.above(node.path())))
                        .thenCompose(found -> found.isEmpty()
                                ? CompletableFuture.completedFuture(Optional.<ChildHandle>empty())
                                : handle(found.get(), node)))
                .map(ChildHandle::lastLines)
                .orElse(List.of());
    }

    private static <T> Optional<T> soon(CompletionStage<Optional<T>> asked) {
        try {
            return asked.toCompletableFuture().get(PATIENCE_FOR_LOG.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // it ends, or is busy: there is nothing to be shown now
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** Where the service directory is that stands there, or whose logger does. */
    private Optional<OsString> serviceDirectory(String path) {
        if (path.equals(TreePath.TOP)) {
            return Optional.empty();
        }
        Optional<ChildKind> kind = kindOf(path);
        if (kind.isPresent()) {
            return kind.filter(LinkedService.class::isInstance).map(own -> ((LinkedService) own).serviceDirectory());
        }
        String above = TreePath.above(path);
        Optional<ChildKind> holder = above.equals(TreePath.TOP) ? Optional.empty() : kindOf(above);
        if (holder.isPresent() && holder.get() instanceof ServicesHolder services) {
            return Optional.of(services.servicesDirectory().plus("/" + TreePath.lastId(path)));
        }
        return TreePath.lastId(path).equals("log") ? serviceDirectory(above) : Optional.empty();
    }

    /** What kind of child it is; empty if it is none. */
    private Optional<ChildKind> kindOf(String path) {
        return soon(tree.supervisor(ids(TreePath.above(path)))
                .thenCompose(found -> found.isEmpty()
                        ? CompletableFuture.completedFuture(Optional.<ChildKind>empty())
                        : found.get()
                                .childSpec(TreePath.lastId(path))
                                .thenApply(answer -> answer instanceof SupervisorResult.FoundSpec spec
                                        ? Optional.of(spec.spec().kind())
                                        : Optional.<ChildKind>empty())));
    }
}
